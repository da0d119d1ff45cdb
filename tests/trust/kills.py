"""`searchlib index` on a changing folder, killed again and again: `python -m tests.trust kills`.

One index lives through all of it. In each round the folder changes and an update of it is killed: at a step of a stage,
at any time, or by way of its worker processes. Right after, without any repair, a search must see one of the states
that the update commits when it is left alone, and nothing between two of them. Mostly the folder then changes once more
and one update must bring the index to what a fresh one is, paragraph by paragraph and score by score; sometimes the
next update is killed too.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from searchlib.errors import SearchlibError

from . import folders, moments
from .bounds import Bound
from .folders import DOCUMENTS, Folder
from .moments import Killable, Moment

# Stages of an update that makes the index anew.
_REBUILDING = ("making an index anew", "making a new index valid", "tidying")


@dataclass
class Figures:
    """Kills by the stage that they came in; `losses` says what was wrong after one, and should be empty.

    Of some only a worker process died, and the update went on: `went_on` counts these.
    """

    kills: Counter[str] = field(default_factory=Counter)
    survived: int = 0
    went_on: int = 0
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        stages = [f"{count:6} {stage}" for stage, count in sorted(self.kills.items())]
        total = f"{self.kills.total()} kills, {self.went_on} of which the update outlived, {len(self.losses)} losses"
        return [total, *stages, *self.losses]


def run(count: int | None, scratch: Path, *, seconds: float | None = None, seed: int = 1) -> Figures:
    """Kills so many updates (500) of a folder in `scratch`, which has nothing else in it."""
    chance, bound = random.Random(seed), Bound(seconds)
    with Killable() as killable:
        life = _Life(scratch, chance, killable)
        while life.figures.kills.total() < (count or 500) and not bound.is_over():
            life.round()
    return life.figures


class _Life:
    def __init__(self, scratch: Path, chance: random.Random, killable: Killable) -> None:
        self._scratch, self._chance, self._killable = scratch, chance, killable
        self._folder = Folder(scratch / "life", chance.randrange(1 << 30))
        self._left: list[tuple[str, bool]] = []
        self._lasts_s = 1.0
        self.figures = Figures()
        self._steps = self._counted()

    def round(self) -> None:
        self._folder.change()
        stage, in_worker = self._next()
        if stage == "making an index":
            shutil.rmtree(self._folder.index, ignore_errors=True)
        is_anew = stage in _REBUILDING or self._chance.random() < 0.05
        expected = folders.foreseen(self._folder, self._scratch / "copy", rebuild=is_anew)
        went_on = self.figures.went_on
        name = self._killed(stage, in_worker=in_worker, is_anew=is_anew)
        self._look(name, expected[-1:] if self.figures.went_on > went_on else expected)
        if self._chance.random() < 0.7:
            self._folder.change(self._chance.randrange(4))
            self._mend(name)

    def _next(self) -> tuple[str, bool]:
        """Every stage in turn, in no order."""
        if not self._left:
            self._left = [("", False), ("", False), *((stage, False) for stage in moments.STAGES)]
            self._left += ((stage, True) for stage in moments.OF_WORKERS)
            self._chance.shuffle(self._left)
        return self._left.pop()

    def _killed(self, stage: str, *, in_worker: bool, is_anew: bool) -> str:
        """Starts an update and has it killed; what was killed where, or nothing where it ended before."""
        most = self._steps.get(stage, 1) // (4 if in_worker else 1)
        step = self._chance.randint(1, max(1, int(most * self._chance.random())))
        deed = self._chance.choice(["kill", "kill the parent"]) if in_worker else "kill"
        jobs = 2 if in_worker or self._chance.random() < 0.1 else 1
        after_s = None if stage else self._chance.uniform(0, self._lasts_s)
        began = time.monotonic()
        once = self._scratch / "once"
        once.unlink(missing_ok=True)
        moment = Moment(deed if stage else "", stage, step, in_worker, once=str(once) if in_worker else "")
        status, said = self._update(moment, jobs, is_anew, after_s)
        self._lasts_s = 0.7 * self._lasts_s + 0.3 * (time.monotonic() - began)
        if status == -signal.SIGKILL or once.exists():
            name = f"{stage}{f', a worker ({deed})' if in_worker else ''}" if stage else "any time"
            self.figures.kills[name] += 1
            if status != -signal.SIGKILL:
                self.figures.went_on += 1
                self._must_be_whole(name, status, said)
            return name
        self.figures.survived += 1
        self._must_be_whole(f"not killed at {stage}", status, said)
        return ""

    def _must_be_whole(self, name: str, status: int, said: str) -> None:
        if status != (2 if "searchlib: skipped" in said else 0) or "the process that read it died" in said:
            self.figures.losses.append(f"{name}: {status} {said}")

    def _update(self, moment: Moment, jobs: int, is_anew: bool, after_s: float | None = None) -> moments.Ended:
        more = ["--rebuild"] * is_anew
        return self._killable.run(
            self._folder.root, moment, "index", DOCUMENTS, f"-j{jobs}", *more, killed_after_s=after_s
        )

    def _look(self, name: str, expected: list[folders.State]) -> None:
        try:
            seen = folders.state(self._folder.index)
        except (SearchlibError, AssertionError) as error:
            self._lost(f"{name or 'not killed'}: a search fails: {error}")
        else:
            if seen not in (expected if name else expected[-1:]):
                self._lost(f"{name or 'not killed'}: a search sees no committed state")

    def _mend(self, name: str) -> None:
        folders.update(self._folder.root)
        if folders.ranked(self._folder.index) != folders.fresh(self._folder.root, self._scratch / "fresh"):
            self._lost(f"{name or 'not killed'}: the next update did not bring the index to what a fresh one is")

    def _lost(self, what: str) -> None:
        """Keeps what is there to be looked at, and begins again."""
        self.figures.losses.append(what)
        number = len(self.figures.losses)
        self._folder.copy(self._scratch / f"loss-{number}")
        shutil.rmtree(self._folder.index, ignore_errors=True)
        folders.update(self._folder.root)

    def _counted(self) -> dict[str, int]:
        """How many steps each stage has: of an update that makes an index, and of one that makes it anew."""
        counted = self._scratch / "steps.json"
        found: Counter[str] = Counter()
        for is_anew in (False, True):
            self._folder.change()
            self._update(Moment("", counted=str(counted)), 1, is_anew)
            found |= Counter(json.loads(counted.read_text(encoding="utf-8")))
        return found
