"""`python -m tests.trust [kills|power|failures|crowd|damage|files] [COUNT]`, from the root of the repository.

Without a name, all of them one after the other. COUNT is how many kills, disks and failures, or for how many seconds
there is a crowd. Prints what was done and what was wrong, and ends with 1 if anything was.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from . import crowd, damage, failures, files, kills, power
from .folders import in_memory


class Figures(Protocol):
    losses: list[str]

    def lines(self) -> list[str]: ...


_RUNS: dict[str, Callable[[int | None, Path], Figures]] = {
    "kills": lambda count, scratch: kills.run(count or 500, scratch),
    "power": power.run,
    "failures": failures.run,
    "crowd": lambda seconds, scratch: crowd.run(seconds or 120, scratch),
    "damage": damage.run,
    "files": files.run,
}


def _main(name: str = "", count: str = "") -> int:
    losses = 0
    for one in [name] if name else _RUNS:
        began = time.monotonic()
        with in_memory() as scratch:
            figures = _RUNS[one](int(count) if count else None, scratch)
        print(f"{one}, in {time.monotonic() - began:.0f} s:", *figures.lines(), sep="\n", flush=True)
        losses += len(figures.losses)
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
