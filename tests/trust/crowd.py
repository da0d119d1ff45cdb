"""One writer and many readers: `python -m tests.trust crowd`.

The documents change and the index is updated, sometimes made anew, again and again; now and then the writer is killed,
and the next one takes over at once. Each reader opens the index, asks, looks at every source, does all of that once
more and closes it: nothing may change between the two looks, and what there is of a document must be all of one
version. A second writer comes all the time; it is told by whom and since when the index is being written, or waits.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.pool import AsyncResult, Pool
from pathlib import Path
from typing import NamedTuple

from searchlib import Library
from searchlib.errors import SearchlibError

from . import folders
from .folders import DOCUMENTS, Folder
from .moments import Ended, Killable, Moment

_TOLD = re.compile(
    r"searchlib: the index in index is being written by process \d+, since [-\d]+ [:\d]+\n"
    r"try again when it has ended; searchlib index --wait SECONDS waits for it\n"
)
_WAIT = "--wait=600"
# Looks after which a reader has in memory what it needs.
_WARM = 5


class _Looks(NamedTuple):
    """What a reader saw: how many indexes, and how its memory (in bytes) and its open files grew meanwhile."""

    looks: int
    memory: int
    files: int
    wrong: str


@dataclass
class Figures:
    """What the writers did, and what the readers saw; `losses` says what was wrong, and should be empty."""

    writers: Counter[str] = field(default_factory=Counter)
    readers: list[_Looks] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        looks = sum(reader.looks for reader in self.readers)
        memory = max(reader.memory for reader in self.readers) / 1e6
        files = max(reader.files for reader in self.readers)
        return [
            f"{len(self.readers)} readers looked {looks} times, {len(self.losses)} losses",
            f"the memory of none grew by more than {memory:.1f} MB, its open files by more than {files}",
            *(f"{count:6} {what}" for what, count in sorted(self.writers.items())),
            *self.losses,
        ]


def run(count: int | None, scratch: Path, *, seconds: float | None = None, readers: int = 16, seed: int = 1) -> Figures:
    """Has a crowd for so many seconds (120), which `seconds` bounds; `scratch` has nothing else in it."""
    figures, chance = Figures(), random.Random(seed)
    seconds = min(count or 120, seconds or float("inf"))
    folder = Folder(scratch / "life", seed)
    folders.update(folder.root)
    with multiprocessing.get_context("spawn").Pool(readers) as pool, Killable() as first, Killable() as second:
        looking = _begun(pool, readers, folder.index, seconds)
        until = time.monotonic() + seconds
        rival = threading.Thread(target=_come_again, args=(second, folder, until, figures))
        rival.start()
        while time.monotonic() < until:
            folder.change(3)
            _write(first, folder, chance, figures)
        rival.join()
        figures.readers = [one.get(timeout=600) for one in looking]
    figures.losses += [reader.wrong for reader in figures.readers if reader.wrong]
    return figures


def _begun(pool: Pool, readers: int, index: Path, seconds: float) -> list[AsyncResult[_Looks]]:
    """All of them have started by then."""
    pool.map(time.sleep, [0.1] * readers, chunksize=1)
    return [pool.apply_async(_look, (index, seconds)) for _ in range(readers)]


def _write(killable: Killable, folder: Folder, chance: random.Random, figures: Figures) -> None:
    more = ["--rebuild"] if chance.random() < 0.1 else []
    after_s = chance.uniform(0, 0.5) if chance.random() < 0.2 else None
    ended = killable.run(folder.root, Moment(""), "index", DOCUMENTS, "-j1", _WAIT, *more, killed_after_s=after_s)
    figures.writers[_done(ended, figures)] += 1


def _come_again(killable: Killable, folder: Folder, until: float, figures: Figures) -> None:
    while time.monotonic() < until:
        for more in ([], [_WAIT]):
            ended = killable.run(folder.root, Moment(""), "index", DOCUMENTS, "-j1", *more)
            figures.writers[f"second: {_done(ended, figures, may_be_told=not more)}"] += 1


def _done(ended: Ended, figures: Figures, *, may_be_told: bool = False) -> str:
    if ended.status == -9:
        return "killed"
    if may_be_told and ended.status == 2 and _TOLD.fullmatch(ended.said):
        return "told who is writing"
    if ended.status not in (0, 2) or not ended.said.startswith(("added", "searchlib: skipped")):
        figures.losses.append(f"a writer ended with {ended.status} and {ended.said!r}")
    return "updated"


def _look(index: Path, seconds: float) -> _Looks:
    """What one reader does, in a process of its own."""
    looks, wrong = 0, ""
    memory, files = 0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and not wrong:
        try:
            wrong = _wrong(index)
        except (SearchlibError, OSError, AssertionError) as error:
            wrong = f"{type(error).__name__}: {error}"
        looks += 1
        if looks == _WARM:
            memory, files = _memory(), _files()
    return _Looks(looks, _memory() - (memory or _memory()), _files() - (files or _files()), wrong)


def _wrong(index: Path) -> str:
    with Library.open(index) as library:
        first = folders.seen(library)
        time.sleep(0.01)
        if folders.seen(library) != first:
            return "what a reader sees changed under its eyes"
    mixed = [path for path, paragraphs in first.items() if not folders.is_whole(paragraphs)]
    return f"not all of one version: {mixed}" if mixed else ""


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


def _files() -> int:
    return len(os.listdir("/proc/self/fd"))
