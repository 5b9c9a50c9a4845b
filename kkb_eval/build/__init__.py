"""What runs: which reports there are, which are current, how they are made, indexed, packed and printed."""
