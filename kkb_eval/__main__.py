"""``python -m kkb_eval``: the command line, where the command itself is not on the path."""

import sys

from kkb_eval.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
