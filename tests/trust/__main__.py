"""`python -m tests.trust [damage | files] [COUNT]`, from the root of the repository.

Prints what was done and what was wrong, and ends with 1 if anything was.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from . import damage, files


class Figures(Protocol):
    losses: list[str]

    def lines(self) -> list[str]: ...


_RUNS: dict[str, Callable[[int | None, Path], Figures]] = {"damage": damage.run, "files": files.run}


def _main(name: str = "", count: str = "") -> int:
    losses = 0
    for one in [name] if name else _RUNS:
        with tempfile.TemporaryDirectory() as scratch:
            figures = _RUNS[one](int(count) if count else None, Path(scratch))
        print(f"{one}:", *figures.lines(), sep="\n", flush=True)
        losses += len(figures.losses)
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
