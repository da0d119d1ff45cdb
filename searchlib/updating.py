"""Bringing an index up to date with its files, in steps: each a commit of the engine and then of the catalog."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from searchlib.catalog import Catalog, Known, Plan
from searchlib.engines.interface import Engine, Entry, Writer
from searchlib.ingest import Outcome, Task
from searchlib.model import Change, ChangeKind, Progress, Skipped
from searchlib.workers import Result

# Bytes of source between two commits: what an interruption costs at most.
STEP_BYTES = 32_000_000

OnChange = Callable[[Progress], None]


@dataclass(slots=True)
class Tally:
    """What has been done so far; `files` and their `bytes` are done with, `bytes_read` of them were read."""

    changes: list[Change] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unchanged: int = 0
    paragraphs: int = 0
    files: int = 0
    bytes: int = 0
    bytes_read: int = 0
    files_committed: int = 0

    def add(self, outcome: Outcome) -> None:
        task = outcome.task
        self.files += 1
        self.bytes += task.bytes
        self.bytes_read += outcome.known.size if outcome.known else 0
        self.paragraphs += len(outcome.paragraphs or ())
        if outcome.reason:
            self.skipped.append(Skipped(task.path, outcome.reason))
        was_indexed = task.known is not None and not task.known.reason
        if outcome.paragraphs is not None:
            kind = ChangeKind.CHANGED if was_indexed else ChangeKind.ADDED
            self.changes.append(Change(task.path, kind, outcome.known.encoding if outcome.known else ""))
        elif was_indexed and _removes(outcome):
            self.changes.append(Change(task.path, ChangeKind.REMOVED))
        elif was_indexed:
            self.unchanged += 1


@dataclass(frozen=True, slots=True)
class Update:
    """One update of an index.

    An index that is made `anew` is committed once, at the end, and `publish` is called between the engine's commit and
    the catalog's: until then the old index is the valid one.
    """

    engine: Engine
    catalog: Catalog
    generation: int
    on_change: OnChange
    anew: bool = False
    publish: Callable[[], None] = lambda: None

    def run(self, plan: Plan, tasks: Sequence[Task], found: Iterator[Result]) -> Tally:
        """Carries the plan out with what was `found` of the tasks, in their order.

        What was committed before an error or an interruption stays.
        """
        tally = Tally(unchanged=len(plan.unchanged), skipped=list(plan.passed))
        tally.changes += (Change(path, ChangeKind.REMOVED) for path in plan.removed)
        gone = (*plan.removed, *plan.forgotten)
        if gone or tasks or self.anew:
            steps = _steps(found, None if self.anew else STEP_BYTES)
            total = Progress(0, len(tasks), 0, sum(task.bytes for task in tasks), 0, "")
            for number, step in enumerate(steps):
                self._commit(step, () if number else gone, tally, total)
        return tally

    def _commit(self, step: Iterator[Result], removed: Iterable[str], tally: Tally, total: Progress) -> None:
        known: list[Known] = []
        gone = list(removed)
        with self.engine.writer() as writer:
            for path in gone:
                writer.remove(path)
            for outcome, entries in step:
                _write(writer, outcome, entries)
                if outcome.known:
                    known.append(outcome.known)
                elif outcome.drops:
                    gone.append(outcome.task.path)
                tally.add(outcome)
                self.on_change(_progress(tally, total, outcome.task.path))
            self.on_change(_progress(tally, total, ""))
            self.catalog.begin([*gone, *(source.path for source in known)])
            writer.commit()
        self.publish()
        facts = {"generation": str(self.generation), "updated": str(time.time())}
        self.catalog.commit(known, gone, facts, anew=self.anew)
        tally.files_committed = tally.files
        self.on_change(_progress(tally, total, ""))


def _steps(found: Iterator[Result], limit: int | None) -> Iterator[Iterator[Result]]:
    """The results in stretches of about `limit` bytes of source, at least one; each is used up before the next."""
    yield _up_to(found, limit)
    for first in found:
        yield _up_to(chain([first], found), limit)


def _up_to(found: Iterator[Result], limit: int | None) -> Iterator[Result]:
    taken = 0
    for result in found:
        yield result
        taken += result[0].task.bytes
        if limit is not None and taken >= limit:
            return


def _write(writer: Writer, outcome: Outcome, entries: Iterable[Entry]) -> None:
    if outcome.paragraphs is not None:
        writer.replace(outcome.task.path, entries)
    elif _removes(outcome):
        writer.remove(outcome.task.path)


def _removes(outcome: Outcome) -> bool:
    """Whether the file is known to have no text any more; one that could not be got at keeps what it had."""
    return bool(outcome.reason) and (outcome.known is not None or outcome.drops)


def _progress(tally: Tally, total: Progress, path: str) -> Progress:
    return replace(
        total, files_done=tally.files, bytes_done=tally.bytes, files_committed=tally.files_committed, path=path
    )
