"""Checking an index, and mending exactly what is wrong with it.

What can't be relied on is read again from its files, whole sources of it. Where a file is gone, what can be read of it
in the index is kept. Only where it can't be known what there is, the whole index is made anew.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchlib import catalog as catalogs
from searchlib import meta
from searchlib.catalog import Catalog, Known, named
from searchlib.commit_data import named_in
from searchlib.defaults import MAX_BYTES
from searchlib.directory import Directory
from searchlib.engines import engine
from searchlib.engines.interface import Engine, Reader, Writer
from searchlib.errors import IndexDamaged, LibraryIndexError, NoIndex
from searchlib.findings import Repairs, VerifyReport
from searchlib.indexing import Request, update_opened
from searchlib.ingest import Ingested, Task, ingest
from searchlib.model import ChangeKind, Paragraph, Step
from searchlib.planning import Wanted, is_reached
from searchlib.reading import SUFFIXES, reader_versions
from searchlib.roots import FACT, Given, Roots, roots_of
from searchlib.scan import Rules
from searchlib.updating import removes
from searchlib.verifying import Examined, OnChange, examine, task_of
from searchlib.workers import Run, run_here
from searchlib.writing import engine_directory, locked_in, metadata_of, opened_in, recovered


def verify(
    folder: Path, *, quick: bool, repair: bool, wait_s: float, trusted: bool, on_change: OnChange
) -> VerifyReport:
    """See `Library.verify`."""
    began = time.monotonic()
    try:
        opened = Directory.open(folder, trusted=trusted)
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndex(str(folder)) from None
    # Opened once: whatever is put in its place meanwhile is neither read nor written.
    with opened as directory:
        found = _examined(directory, quick or repair, on_change)
        repairs, left = None, found
        if repair:
            with locked_in(directory, wait_s):
                found, repairs = _repaired(directory, on_change)
                left = examine(directory, quick=False, on_change=on_change) if repairs else found
    return VerifyReport(
        findings=tuple(found.findings),
        left=tuple(left.findings),
        repairs=repairs,
        changed=tuple(sorted(left.changed)),
        unread=tuple(left.unread),
        sources=len(left.counts),
        paragraphs=sum(left.counts.values()),
        seconds=time.monotonic() - began,
    )


def _examined(directory: Directory, quick: bool, on_change: OnChange) -> Examined:
    """Without the writer's lock, which nobody should wait for; what an update did meanwhile is no damage."""
    while True:
        before = _state(directory)
        found = examine(directory, quick=quick, on_change=on_change)
        if not found.findings or _state(directory) == before:
            return found


def _state(directory: Directory) -> tuple[str, str]:
    """Return what differs after each commit; empty where it can't be read."""
    try:
        metadata = metadata_of(directory, rebuild=True)
        if metadata is None:
            return "", ""
        made = engine(metadata.engine).suspected(engine_directory(directory, metadata))
        return metadata.folder, made.last_commit().id
    except IndexDamaged:
        return "", ""


def _repaired(directory: Directory, on_change: OnChange) -> tuple[Examined, Repairs | None]:
    found = examine(directory, quick=False, on_change=on_change)
    if not found.findings:
        return found, None
    if not found.needs_rebuild and found.metadata:
        return found, _Mending(directory, found, found.metadata.engine, on_change).run()
    _prepare_rebuild(directory, found)
    return found, _rebuilt(directory, found)


def _prepare_rebuild(directory: Directory, found: Examined) -> None:
    """Raises `LibraryIndexError`, and touches nothing, where the files of the sources are not all that it takes."""
    if any(source.reader not in ("", *reader_versions()) for source in (found.known or {}).values()):
        raise LibraryIndexError(
            f"the index in {directory.path} has to be made anew, and is of texts that are in no file",
            hint="give the texts to Library.update_texts again, once the folder is removed",
        )
    if not found.known and not found.facts.get(FACT):
        raise _unknown_sources(directory)
    if found.metadata is None:
        # Whatever it was made with, the engine that is replaced can so still say which files it had.
        metadata = recovered(directory)
        meta.write(directory, metadata, f"{meta.NAME}.{metadata.next}")


def _rebuilt(directory: Directory, found: Examined) -> Repairs:
    """The whole index made anew from the files of all sources that are known."""
    began = time.monotonic()
    largest = max((source.size for source in (found.known or {}).values()), default=0)
    request = Request(
        wanted=Wanted((), Given(), _rules(directory)),
        max_bytes=max(MAX_BYTES, largest),
        jobs=1,
        rebuild=True,
        dry_run=False,
        trusted=directory.trusted,
        wait_s=0,
        on_change=lambda _: None,
    )
    with opened_in(directory, rebuild=True) as index:
        report = update_opened(index, request, began)
    gone = [change.path for change in report.changes if change.kind == ChangeKind.REMOVED]
    read = [change.path for change in report.changes if change.kind != ChangeKind.REMOVED]
    return Repairs(read=tuple(read), lost=tuple(gone), rebuilt=True)


def _rules(directory: Directory) -> Rules:
    return Rules(frozenset(SUFFIXES), apart=frozenset({os.path.realpath(directory.path)}))


@dataclass(slots=True)
class _Mending:
    directory: Directory
    found: Examined
    engine_name: str
    on_change: OnChange
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    rows: list[Known] = field(default_factory=list)
    roots: Roots | None = None

    def run(self) -> Repairs:
        """Mends what was found, in one commit."""
        metadata = metadata_of(self.directory, rebuild=True)
        assert metadata  # noqa: S101 — it was read to find what is to be mended
        made = engine(self.engine_name).suspected(engine_directory(self.directory, metadata))
        before = named_in(made.last_commit().data)
        self.roots = roots_of(self.found.facts, self.found.root)
        tasks, gone = self._to_read()
        with (
            closing(made.reader(without=self.found.parts)) as reader,
            closing(self._catalog(made.last_commit().data)) as catalog,
            made.writer() as writer,
        ):
            writer.discard(self.found.parts)
            self._keep(gone, made, reader, writer)
            writer.adopt(self._read(tasks, run_here(made.parts, self._ingested_beside(reader)), writer))
            out = [*self.removed, *self.lost]
            for path in out:
                writer.remove(path)
            catalog.change(self.rows, out, {**self.found.facts, "updated": str(time.time())})
            writer.commit(catalog.save(self.directory, writer.commit_id, before))
            if before:
                self.directory.remove_file(before.name)
        read = tuple(task.path for task in tasks)
        return Repairs(read, tuple(self.removed), tuple(self.kept), tuple(self.lost))

    def _read(self, tasks: Sequence[Task], run: Run, writer: Writer) -> list[str]:
        """Reads sources again, and names the parts with their paragraphs."""
        parts: list[str] = []
        for done, outcome in enumerate(run(tasks, parts), start=1):
            if removes(outcome) or (outcome.is_new and not outcome.paragraphs):
                writer.remove(outcome.task.path)
            if outcome.known:
                self.rows.append(outcome.known)
            self.on_change(Step("reading again", done, len(tasks)))
        return parts

    def _keep(self, gone: Collection[str], made: Engine, reader: Reader, writer: Writer) -> None:
        """Keeps what can be read of sources whose files are gone."""
        kept = {path: self.found.counts[path] for path in gone if path in self.found.counts}
        for path, paragraphs in self._salvaged(gone, made, reader):
            writer.replace(path, paragraphs)
            kept[path] = len(paragraphs)
        for path, count in kept.items():
            known = (self.found.known or {}).get(path) or named(path)
            self.rows.append(replace(known, paragraphs=count))
        self.kept += kept
        self.lost += (path for path in gone if path not in kept)

    def _to_read(self) -> tuple[list[Task], list[str]]:
        """The sources to read again, and those that can't be."""
        known, unsound = self.found.known, self.found.unsound
        paths = unsound if known is not None else unsound | set(self.found.counts)
        tasks, gone = [], []
        for path in sorted(paths):
            source = (known or {}).get(path)
            is_unknown = known is not None and (source is None or source.reason)
            if is_unknown or path in self.found.outside or self._is_elsewhere(path, source):
                self.removed.append(path)
            elif (task := self._task(path, source)) is None:
                gone.append(path)
            else:
                tasks.append(task)
        return tasks, gone

    def _is_elsewhere(self, path: str, source: Known | None) -> bool:
        """Return whether a source's file exists but no update would reach it: a repair must not read it."""
        if self.roots is None or (source and source.reader not in ("", *reader_versions())):
            return False
        is_there = os.path.lexists(self.found.root / path)
        return is_there and not is_reached(path, self.roots, self.found.root, _rules(self.directory))

    def _task(self, path: str, source: Known | None) -> Task | None:
        if source and source.reader not in reader_versions():
            return None
        task = task_of(self.found.root, path, source)
        return task if task and os.access(task.found.path, os.R_OK) else None

    def _ingested_beside(self, reader: Reader) -> Callable[[Task], Ingested]:
        """Reads a source; where only the catalog forgot it, its paragraphs stay as they are."""

        def ingested(task: Task) -> Ingested:
            outcome, made = ingest(task)
            paragraphs = list(made)
            outcome = outcome.with_paragraphs(len(paragraphs)) if outcome.is_new else outcome
            is_sound = task.path not in self.found.unsound and paragraphs == reader.paragraphs(task.path)
            return (replace(outcome, is_new=False) if is_sound else outcome), paragraphs

        return ingested

    def _salvaged(self, gone: Collection[str], made: Engine, reader: Reader) -> Iterator[tuple[str, list[Paragraph]]]:
        """What can be read of sources whose files are gone, where it has to be written anew."""
        unsound, counts = self.found.unsound, self.found.counts
        for path in gone:
            if path in counts and path in unsound:
                # One of each, of a source that is there twice.
                yield path, list({paragraph.number: paragraph for paragraph in reader.paragraphs(path)}.values())
        elsewhere = {path for path in gone if path not in counts}
        for part in self.found.parts if elsewhere else ():
            for path, paragraphs in made.salvaged(part):
                if path in elsewhere:
                    elsewhere.remove(path)
                    yield path, paragraphs

    def _catalog(self, data: str) -> Catalog:
        """The catalog, or one without sources where it can't be read."""
        if self.found.known is not None:
            return catalogs.load(self.directory, data)
        empty = Catalog(where=str(self.directory.path))
        empty.change((), (), self.found.facts)
        return empty


class UnknownSources(LibraryIndexError):
    """Nothing that can be read of an index says which files it is of: only its user knows."""


def _unknown_sources(directory: Directory) -> UnknownSources:
    return UnknownSources(
        f"nothing that can be read in {directory.path} says which files were indexed",
        hint="make the index anew with: searchlib index --rebuild PATH",
    )
