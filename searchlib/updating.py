"""Bringing an index up to date with its files, in steps, each of which is a commit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from searchlib.catalog import Catalog, Known, Plan
from searchlib.commit_data import named_in
from searchlib.directory import Directory
from searchlib.engines.interface import Engine, Writer
from searchlib.model import Change, ChangeKind, Progress, Skipped

if TYPE_CHECKING:
    from searchlib.ingest import Outcome, Task
    from searchlib.workers import Run

# Bytes of source between two commits: what an interruption costs at most.
STEP_BYTES = 64_000_000

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
        self.paragraphs += outcome.paragraphs
        if outcome.reason:
            self.skipped.append(Skipped(task.path, outcome.reason))
        was_indexed = task.known is not None and not task.known.reason
        if outcome.is_new:
            kind = ChangeKind.CHANGED if was_indexed else ChangeKind.ADDED
            self.changes.append(Change(task.path, kind, outcome.known.encoding if outcome.known else ""))
        elif was_indexed and removes(outcome):
            self.changes.append(Change(task.path, ChangeKind.REMOVED))
        elif was_indexed:
            self.unchanged += 1


@dataclass(frozen=True, slots=True)
class Update:
    """One update of an index.

    An index that is made `anew` is committed once, at the end, and `publish` is called after that: until then the old
    index is the valid one. `directory` is that of the index; each commit writes a catalog there, and removes the one
    before. `facts` are committed with the first sources, or without any where no source has changed.
    """

    engine: Engine
    catalog: Catalog
    directory: Directory
    on_change: OnChange
    anew: bool = False
    publish: Callable[[], None] = lambda: None
    facts: Mapping[str, str] = field(default_factory=dict)

    def run(self, plan: Plan, tasks: Sequence[Task], run: Run) -> Tally:
        """Carries the plan out; `run` does the tasks.

        What was committed before an error or an interruption stays.
        """
        tally = Tally(unchanged=len(plan.unchanged), skipped=list(plan.passed))
        tally.changes += (Change(path, ChangeKind.REMOVED) for path in plan.removed)
        gone = (*plan.removed, *plan.forgotten)
        if gone or tasks or self.anew:
            total = Progress(0, len(tasks), 0, sum(task.bytes for task in tasks), 0, "")
            for number, step in enumerate(_steps(tasks, None if self.anew else STEP_BYTES)):
                self._commit(step, run, () if number else gone, tally, total)
        elif self.facts:
            with self.engine.writer() as writer:
                self.catalog.change((), (), self.facts)
                self._end(writer)
        return tally

    def _commit(self, step: Sequence[Task], run: Run, removed: Iterable[str], tally: Tally, total: Progress) -> None:
        known: list[Known] = []
        gone = list(removed)
        parts: list[str] = []
        with self.engine.writer() as writer:
            for path in gone:
                writer.remove(path)
            for outcome in self._outcomes(step, run, parts, tally, total):
                if removes(outcome) or (outcome.is_new and not outcome.paragraphs):
                    writer.remove(outcome.task.path)
                if outcome.known:
                    known.append(outcome.known)
                elif outcome.drops:
                    gone.append(outcome.task.path)
                tally.add(outcome)
            self.on_change(_progress(tally, total, ""))
            writer.adopt(parts)
            self.catalog.change(known, gone, {"updated": str(time.time()), **self.facts})
            self._end(writer)
        self.publish()
        tally.files_committed = tally.files
        self.on_change(_progress(tally, total, ""))

    def _end(self, writer: Writer) -> None:
        """Commits engine and catalog at the same moment, and removes the catalog before."""
        before = named_in(self.engine.last_commit().data)
        writer.commit(self.catalog.save(self.directory, writer.commit_id, before))
        if before:
            self.directory.remove_file(before.name)

    def _outcomes(
        self, step: Sequence[Task], run: Run, parts: list[str], tally: Tally, total: Progress
    ) -> Iterable[Outcome]:
        """Return what came of each task at last: some may have been done over."""
        last: dict[str, Outcome] = {}
        files, size = tally.files, tally.bytes
        for outcome in run(step, parts):
            path = outcome.task.path
            if path not in last:
                files, size = files + 1, size + outcome.task.bytes
            last[path] = outcome
            self.on_change(_progress(tally, total, path)._replace(files_done=files, bytes_done=size))
        return last.values()


def _steps(tasks: Sequence[Task], limit: int | None) -> Iterator[Sequence[Task]]:
    """The tasks in stretches of about `limit` bytes of source, at least one."""
    start = taken = 0
    for at, task in enumerate(tasks):
        if limit is not None and taken >= limit:
            yield tasks[start:at]
            start, taken = at, 0
        taken += task.bytes
    yield tasks[start:]


def removes(outcome: Outcome) -> bool:
    """Whether the file is known to have no text any more; one that could not be got at keeps what it had."""
    return bool(outcome.reason) and (outcome.known is not None or outcome.drops)


def _progress(tally: Tally, total: Progress, path: str) -> Progress:
    return total._replace(
        files_done=tally.files, bytes_done=tally.bytes, files_committed=tally.files_committed, path=path
    )
