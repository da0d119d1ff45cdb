"""A folder swapped while it is being opened: `python -m tests.trust swaps [--count N]`.

A process puts a folder that others can write in the place of the index and back, as fast as it can, while the index is
opened again and again. What is in that folder must never be answered from, and nothing of it may be changed by an
update.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from searchlib import Library
from searchlib.errors import SearchlibError, UntrustedIndex

from .bounds import Bound

_OWN, _PLANTED = "自己的文件。", "别人的文件。"
_SWAPPING = """
import os
swaps = 0
while os.getppid() == {parent}:
    for one, other in (("index", "own"), ("planted", "index"), ("index", "planted"), ("own", "index")):
        os.rename(one, other)
    swaps += 1
    if swaps % 100 == 0:
        open("swaps", "w").write(str(swaps))
"""


@dataclass
class Figures:
    """What became of openings; `losses` says in which the planted folder was accepted, and should be empty."""

    opened: Counter[str] = field(default_factory=Counter)
    swaps: int = 0
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        kinds = [f"{count:6} {kind}" for kind, count in sorted(self.opened.items())]
        total = f"{self.opened.total()} openings during {self.swaps} swaps, {len(self.losses)} of what was planted"
        return [total, *kinds, *self.losses]


def run(count: int | None, scratch: Path, *, seconds: float | None = None) -> Figures:
    """Opens an index so often, or as often as there is time for; `scratch` has nothing else in it."""
    figures, bound, count = Figures(), Bound(seconds), count or 5_000
    for name, text in (("planted", _PLANTED), ("own", _OWN)):
        (scratch / "文").mkdir()
        (scratch / "文/a.txt").write_text(text, encoding="utf-8")
        with Library.create(scratch / "index") as library:
            library.update([scratch / "文"])
        (scratch / "index").rename(scratch / name)
        shutil.rmtree(scratch / "文")
    (scratch / "planted").chmod(0o777)
    (scratch / "own").rename(scratch / "index")
    code = _SWAPPING.format(parent=os.getpid())
    with subprocess.Popen([sys.executable, "-c", code], cwd=scratch) as swapping:
        while figures.opened.total() < count and not bound.is_over() and not figures.losses:
            kind = _opened(scratch / "index")
            figures.opened[kind] += 1
            if kind == _PLANTED:
                figures.losses.append("answered from the planted folder")
        swapping.kill()
    figures.swaps = int((scratch / "swaps").read_text(encoding="utf-8") or 0) if (scratch / "swaps").exists() else 0
    return figures


def _opened(index: Path) -> str:
    try:
        with Library.open(index) as library:
            (hit,) = library.search("文件")
            return hit.snippet.text
    except UntrustedIndex:
        return "refused"
    except SearchlibError as error:
        return type(error).__name__
