"""Types of Kampung KB: features, clusters, their stability, reference types, profiles (METHOD 9)."""
