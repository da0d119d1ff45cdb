"""`python -m tests.trust NAME [--places N] [--seed S]`: runs a module of this folder at length, by its name.

Each has `run(count, seed)`, which prints figures and returns how many of the trials went wrong.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

NAMES = ("damage",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--places", type=int, default=1_000, metavar="N", help="How many trials.")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    wrong: int = import_module(f"tests.trust.{chosen.name}").run(chosen.places, chosen.seed)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
