"""What a user has to rely on, put to the test at full size; run from the root of the repository.

Prints what was done and what was wrong, part after part, and ends with 1 if anything was. A part ends when its count is
reached, or its time is over: then it has done less, and says how much.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from . import crowd, damage, failures, files, foreign, kills, power, rollback, swaps, threads
from .folders import in_memory

# Seconds for each part, where nothing else is said.
BOUND_S = 1_200


class Figures(Protocol):
    losses: list[str]

    def lines(self) -> list[str]: ...


class Run(Protocol):
    def __call__(self, count: int | None, scratch: Path, *, seconds: float | None) -> Figures:
        """Does it about so many times, or as is usual, in an empty folder; ends when so many seconds have passed."""


class Part(NamedTuple):
    run: Run
    counted: str


PARTS = {
    "kills": Part(kills.run, "kills of an update (500)"),
    "power": Part(power.run, "disks as a loss of power leaves them (after every call)"),
    "failures": Part(failures.run, "calls that fail (every one)"),
    "crowd": Part(crowd.run, "seconds with one writer and many readers (120)"),
    "damage": Part(damage.run, "places with damage (1000)"),
    "files": Part(files.run, "megabytes of each hostile file (64)"),
    "foreign": Part(foreign.run, "commands with files of others about (500)"),
    "rollback": Part(rollback.run, "mixtures of files of two commits (200)"),
    "swaps": Part(swaps.run, "openings while the folder is swapped (5000)"),
    "threads": Part(threads.run, "seconds with eight threads and an updating one (60)"),
}


def options() -> argparse.ArgumentParser:
    counted = "\n".join(f"  {name:10}{part.counted}" for name, part in PARTS.items())
    found = argparse.ArgumentParser(
        prog="python -m tests.trust",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"What a part counts, and how many where nothing is said:\n{counted}",
    )
    found.add_argument(
        "parts", nargs="*", type=_part, metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named"
    )
    found.add_argument("--count", type=_positive, metavar="N", help="how many, by each part's own count")
    found.add_argument(
        "--seconds",
        type=_positive,
        default=BOUND_S,
        metavar="S",
        help="a bound on the time of each part; what was done within it is printed (default: %(default)s)",
    )
    return found


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"there is no part {name}; there are {', '.join(PARTS)}")
    return name


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def main(arguments: Sequence[str]) -> int:
    given = options().parse_args(arguments)
    losses = 0
    for name in given.parts or PARTS:
        began = time.monotonic()
        with in_memory() as scratch:
            figures = PARTS[name].run(given.count, scratch, seconds=given.seconds)
        took = time.monotonic() - began
        bound = f", which is its bound of {given.seconds} s" if took >= given.seconds else ""
        print(f"{name}, in {took:.0f} s{bound}:", *figures.lines(), sep="\n", flush=True)
        losses += len(figures.losses)
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
