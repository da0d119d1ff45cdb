"""`searchlib index`, and then the power goes: `python -m tests.trust power`.

What an update does to its files is recorded, call by call of the operating system, SQLite's too. Then the disk is put
together as the power could have left it after each of these calls: what had not been told to last (`fsync`) is there,
or lost, or cut somewhere; names in folders as well as contents of files. On each such disk a search must see one of the
states that the update commits, and one more update must bring the index to what a fresh one is, even where a document
is gone by then, or back as it was before. What a command has done by its end must last.

A disk is taken to keep the order of changes in a folder, as file systems with a journal do. No order is assumed among
several folders, nor among the writes to one file or to several.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from searchlib.errors import SearchlibError

from . import disks, folders, moments, syscalls
from .bounds import Bound
from .disks import WAYS, Disk
from .folders import DOCUMENTS, INDEX, Folder, State
from .moments import Moment
from .syscalls import Call


@dataclass
class Figures:
    """Disks by the way in which the power went; `losses` says what was wrong with one, and should be empty."""

    calls: int = 0
    disks: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        total = f"{self.disks.total()} disks after {self.calls} calls, {len(self.losses)} losses"
        return [total, *(f"{count:6} {way}" for way, count in sorted(self.disks.items())), *self.losses]


class _Update(NamedTuple):
    """An update that was recorded: the folder before it, the states that it commits, what it did."""

    before: Path
    before_fresh: State
    root: Path
    expected: list[State]
    fresh: State
    calls: list[Call]


def run(
    count: int | None,
    scratch: Path,
    *,
    seconds: float | None = None,
    seed: int = 1,
    ways: Sequence[str] = tuple(WAYS),
) -> Figures:
    """Loses power so often, or after every call, in each of these ways; `scratch` has nothing else in it."""
    figures, chance, bound = Figures(), random.Random(seed), Bound(seconds)
    updates = list(_recorded(scratch, seed))
    figures.calls = sum(len(update.calls) for update in updates)
    for left, update in zip(range(len(updates), 0, -1), updates, strict=True):
        each = count and max(1, count // len(updates))
        _Loss(update, scratch / "left", figures, chance).run(each, ways, bound.share(1 / left))
    return figures


def _recorded(scratch: Path, seed: int) -> Iterator[_Update]:
    """The first update of a folder, some more, one by several processes, and one that makes the index anew."""
    folder = Folder(scratch / "life", seed)
    for number, more in enumerate((["-j1"], ["-j1"], ["-j2"], ["-j1"], ["-j1", "--rebuild"])):
        before = folder.copy(scratch / f"before-{number}")
        before_fresh = folders.fresh(folder.root, scratch / "fresh").state
        folder.change()
        expected = folders.foreseen(folder, scratch / "copy", rebuild="--rebuild" in more)
        command = [sys.executable, moments.__file__, "index", DOCUMENTS, *more]
        environment = {**os.environ, moments.NAME: json.dumps(asdict(Moment("")))}
        calls = syscalls.recorded(command, folder.root, environment)
        fresh = folders.fresh(folder.root, scratch / "fresh").state
        yield _Update(before, before_fresh, folder.copy(scratch / f"after-{number}"), expected, fresh, calls)


class _Loss:
    def __init__(self, update: _Update, root: Path, figures: Figures, chance: random.Random) -> None:
        self._update, self._root, self._figures, self._chance = update, root, figures, chance
        self._seen: set[int] = set()
        before, after = _contents(update.before), _contents(update.root)
        self._about = sorted(path for path in {**before, **after} if before.get(path) != after.get(path))

    def run(self, count: int | None, ways: Sequence[str], bound: Bound) -> None:
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.copytree(self._update.root / DOCUMENTS, self._root / DOCUMENTS)
        disk, calls = Disk(self._update.before, INDEX), self._update.calls
        moments = [(number, way) for number in range(1, len(calls) + 1) for way in ways]
        chosen = set(self._chance.sample(moments, min(count, len(moments)))) if count else set(moments)
        for number, call in enumerate(calls, start=1):
            disk.do(call)
            for way in ways:
                if (number, way) in chosen and not bound.is_over():
                    self._lose(number, way, disk.left(WAYS[way], self._chance))

    def _lose(self, number: int, way: str, left: dict[str, bytes | None]) -> None:
        """One disk; the same one again would tell nothing."""
        is_ended, one = number == len(self._update.calls), hash(tuple(left.items()))
        if one in self._seen and not is_ended:
            return
        self._seen.add(one)
        shutil.rmtree(self._root / INDEX, ignore_errors=True)
        disks.write(self._root, left)
        self._figures.disks[way] += 1
        try:
            wrong = self._wrong(is_ended=is_ended)
        except (SearchlibError, AssertionError) as error:
            wrong = str(error)
        if wrong:
            call = self._update.calls[number - 1]
            self._figures.losses.append(f"{way} after {call.kind} {call.path} ({self._update.root.name}): {wrong}")

    def _wrong(self, *, is_ended: bool) -> str:
        expected = self._update.expected[-1:] if is_ended else self._update.expected
        if folders.state(self._root / INDEX) not in expected:
            return "a search sees no committed state"
        with self._changed() as fresh:
            folders.update(self._root)
            if folders.state(self._root / INDEX) != fresh:
                return "the next update did not bring the index to what a fresh one is"
        return ""

    @contextmanager
    def _changed(self) -> Iterator[State]:
        """Mostly takes a document that the update is about away, or puts it back as it was before; what a fresh index
        then has."""
        now, before = self._root, self._update.before
        path = self._chance.choice(self._about)
        fresh = dict(self._update.fresh or {})
        if change := self._chance.randrange(3):
            fresh.pop(path, None)
            (now / path).unlink(missing_ok=True)
        if change == 1 and (before / path).exists():
            _copy(before / path, now / path)
            if texts := (self._update.before_fresh or {}).get(path):
                fresh[path] = texts
        yield fresh
        (now / path).unlink(missing_ok=True)
        if (self._update.root / path).exists():
            _copy(self._update.root / path, now / path)


def _copy(one: Path, to: Path) -> None:
    """With its time."""
    to.parent.mkdir(exist_ok=True)
    shutil.copy2(one, to)


def _contents(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted((root / DOCUMENTS).rglob("*.*"))}
