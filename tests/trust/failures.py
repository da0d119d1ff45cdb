"""`searchlib index` while something fails: `python -m tests.trust failures`.

Every call that reaches the disk is refused once, for want of room, of rights, or by the disk itself, in the process and
in its workers; the disk is really full, at every size, where one may be mounted; the clock is set back; documents are
edited while they are being read. The command must say in one sentence what happened and end with 2, a search must see a
committed state, and the next update must bring the index to what a fresh one is.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from searchlib.errors import SearchlibError

from . import folders, moments
from .bounds import Bound
from .folders import DOCUMENTS, INDEX, Folder, State
from .moments import OF_WORKERS, Killable, Moment

_ERRORS = ("ENOSPC", "EIO", "EACCES")
_REFUSED = re.compile(
    r"(searchlib: skipped .*\n)*searchlib: the index in index could not be written \([a-z/ ]+\); the last commit is "
    r"intact\nmend the cause and run the same command again\n"
)
_SKIPPED = re.compile(r"(searchlib: skipped .*\n)+(added .*\n(.*\n)*)?")
# Whatever these can't look at, or read, is skipped and kept as it was.
_OF_READING = ("looking for files", "reading")
_PAGE, _MOST_PAGES = 4096, 60
# Of the time; the rest is for full disks.
_SHARE_OF_CALLS = 0.8


@dataclass
class Figures:
    """Failures by kind, and how many ended the update; of the others a document was left out, or nothing came."""

    failures: Counter[str] = field(default_factory=Counter)
    told: int = 0
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        kinds = [f"{count:6} {kind}" for kind, count in sorted(self.failures.items())]
        total = f"{self.failures.total()} failures, {self.told} of which ended the update, {len(self.losses)} losses"
        return [total, *kinds, *self.losses]


class _Case(NamedTuple):
    """A moment, and whether it is of an update by several processes, or of one that makes the index anew."""

    moment: Moment
    more: tuple[str, ...]


def run(count: int | None, scratch: Path, *, seconds: float | None = None, seed: int = 1) -> Figures:
    """Has about so many things fail, or all; `scratch` has nothing else in it."""
    bound = Bound(seconds)
    with Killable() as killable:
        failing = _Failing(scratch, killable, random.Random(seed))
        before_disks = bound.share(_SHARE_OF_CALLS)
        for case in failing.chosen(count):
            if before_disks.is_over():
                break
            failing.one(case)
        failing.fill_disks(count and max(1, count // 10), bound)
    return failing.figures


class _Failing:
    def __init__(self, scratch: Path, killable: Killable, chance: random.Random) -> None:
        self._scratch, self._killable, self._chance = scratch, killable, chance
        self._root = scratch / "now"
        folder = Folder(scratch / "life", chance.randrange(1 << 30))
        folders.update(folder.root)
        self._before = folder.state()
        folder.change()
        self._folder = folder
        self._expected = {
            rebuild: folders.committed(folder.copy(scratch / "copy"), rebuild=rebuild) for rebuild in (False, True)
        }
        self.figures = Figures()

    def chosen(self, count: int | None) -> list[_Case]:
        """From each kind in turn, where it is not to be all."""
        cases = list(self._cases())
        self._chance.shuffle(cases)
        kinds: defaultdict[tuple[str, bool], list[_Case]] = defaultdict(list)
        for case in cases:
            kinds[case.moment.stage, case.moment.in_worker].append(case)
        in_turn = [case for some in zip_longest(*kinds.values()) for case in some if case]
        return in_turn[: count or None]

    def _cases(self) -> Iterator[_Case]:
        for more in (("-j1",), ("-j1", "--rebuild")):
            for number, (stage, step) in enumerate(self._steps(more)):
                if more == ("-j1",) or stage not in (*_OF_READING, "writing a segment", "merging"):
                    yield _Case(Moment(_ERRORS[number % 3], stage, step, calls=True), more)
        for stage in OF_WORKERS:
            for step in range(1, 8):
                yield _Case(Moment(_ERRORS[step % 3], stage, step, in_worker=True, calls=True), ("-j2",))
        for step in range(1, 60, 2):
            yield _Case(Moment("edit", "reading", step), ("-j1",))
        yield _Case(Moment("set the clock back", "looking for files", 1), ("-j1",))

    def _steps(self, more: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        counted = self._scratch / "steps.json"
        self._begin()
        self._update(_Case(Moment("", calls=True, counted=str(counted)), more))
        for stage, steps in json.loads(counted.read_text(encoding="utf-8")).items():
            yield from ((stage, step) for step in range(1, steps + 1))

    def one(self, case: _Case) -> None:
        self._begin()
        status, said = self._update(case)
        moment = case.moment
        kind = f"{moment.deed}, {moment.stage}{' of a worker' * moment.in_worker}"
        self.figures.failures[kind] += 1
        try:
            wrong = self._wrong(case, status, said)
        except (SearchlibError, AssertionError) as error:
            wrong = str(error)
        if wrong:
            self.figures.losses.append(f"{kind}, step {moment.step} {case.more}: {wrong}")

    def _begin(self) -> None:
        self._folder.copy(self._root)

    def _update(self, case: _Case) -> moments.Ended:
        return self._killable.run(self._root, case.moment, "index", DOCUMENTS, *case.more)

    def _wrong(self, case: _Case, status: int, said: str) -> str:
        seen, expected = folders.state(self._root / INDEX), self._expected["--rebuild" in case.more]
        self.figures.told += bool(_REFUSED.fullmatch(said))
        if _REFUSED.fullmatch(said):
            is_right = status == 2 and seen in expected
        elif case.moment.stage in _OF_READING:
            # Each document is as it was or as it is.
            is_right = status in (0, 2) and (status == 0 or bool(_SKIPPED.match(said))) and self._is_whole(seen)
        else:
            # What was refused was of no consequence: cleaning up, or a note.
            is_right = said.startswith(("added", "searchlib: skipped")) and seen == expected[-1]
        if not is_right:
            return f"{status} {said!r}{'' if seen in expected else ', and no committed state'}"
        folders.update(self._root)
        fresh = folders.fresh(self._root, self._scratch / "fresh").state
        if folders.state(self._root / INDEX) != fresh:
            return "the next update did not bring the index to what a fresh one is"
        return ""

    def _is_whole(self, seen: State) -> bool:
        fresh = folders.fresh(self._root, self._scratch / "fresh").state
        states = [state or {} for state in (self._before, self._expected[False][-1], fresh)]
        return all(texts in [state.get(path) for state in states] for path, texts in (seen or {}).items())

    def fill_disks(self, count: int | None, bound: Bound) -> None:
        """Updates on disks with room for so many pages more than what is there."""
        usual = self._root
        with _mounted(self._scratch / "disk") as disk:
            if disk is None:
                return
            self._root = disk / "now"
            pages = range(1, _MOST_PAGES)
            for page in self._chance.sample(pages, min(count or len(pages), len(pages))):
                if bound.is_over():
                    break
                self._begin()
                used = int(subprocess.check_output(["du", "-s", "--block-size=1", disk]).split()[0])
                _resize(disk, used + page * _PAGE)
                status, said = self._update(case := _Case(Moment("full disk"), ("-j1",)))
                self.figures.failures["full disk"] += 1
                _resize(disk, 1 << 30)
                if wrong := self._wrong(case, status, said):
                    self.figures.losses.append(f"full disk, {page} pages left: {wrong}")
        self._root = usual


@contextmanager
def _mounted(at: Path) -> Iterator[Path | None]:
    """A disk in memory, where one may be mounted."""
    at.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1G", "searchlib", str(at)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        yield None
        return
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


def _resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)
