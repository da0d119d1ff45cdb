"""Keeping, in an index that is made anew, what the old one has of files that can't be looked at now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from searchlib import meta
from searchlib.catalog import Known
from searchlib.engines import engine
from searchlib.engines.interface import Engine, Parts, Reader
from searchlib.errors import IndexDamaged, LibraryIndexError
from searchlib.ingest import Outcome, Task
from searchlib.model import Found
from searchlib.workers import Run
from searchlib.writing import Index, engine_directory


@contextmanager
def old_reader(index: Index, paths: Collection[str]) -> Iterator[Reader | None]:
    """The reader of the index that is still the valid one; None where it can't be read, or where no path is kept."""
    reader = _opened(index) if paths else None
    try:
        yield reader
    finally:
        if reader:
            reader.close()


def _opened(index: Index) -> Reader | None:
    try:
        metadata = index.old_meta
        if metadata is None or (metadata.format, metadata.engine) != (meta.FORMAT, index.meta.engine):
            return None
        return engine(metadata.engine).open(engine_directory(index.directory, metadata)).reader()
    except LibraryIndexError:
        return None


def copy_task(source: Known) -> Task:
    """The task of copying a source; there is nothing of it to read from a file."""
    return Task(source.path, Found(source.path, 0, 0), None, None, 0)


def copying(sources: Collection[Known], old: Reader, new: Engine, run: Run) -> Run:
    """Runs the tasks of copying `sources` from the old index here, and all others by `run`."""
    by_path = {source.path: source for source in sources}

    def run_both(tasks: Sequence[Task], names: list[str]) -> Iterator[Outcome]:
        yield from run([task for task in tasks if task.path not in by_path], names)
        parts = new.parts()
        for task in tasks:
            if task.path in by_path:
                yield _copied(task, by_path[task.path], old, parts)
        names += parts.finish()

    return run_both


def _copied(task: Task, source: Known, old: Reader, parts: Parts) -> Outcome:
    """Copies a source; it is no new one, and counts as unchanged."""
    try:
        parts.add(source.path, old.paragraphs(source.path))
    except IndexDamaged:
        reason = "its file can't be read, and what the index had of it is damaged"
        return Outcome(task, None, reason=reason, drops=True)
    return Outcome(task, source)
