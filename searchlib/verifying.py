"""Whether an index is whole: what it was made with, its engine, its catalog, and the files that it was made from.

From cheap to dear: meta data; checksums and structure of the engine's files; the terms of all stored texts beside the
postings; the catalog, in itself and beside the engine; every file that has not changed, beside its paragraphs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from searchlib import catalog as catalogs
from searchlib import meta
from searchlib.catalog import Known
from searchlib.defaults import MAX_BYTES
from searchlib.directory import Directory
from searchlib.engines import engine
from searchlib.engines.interface import Engine, Reader
from searchlib.errors import IndexDamaged, NoIndex
from searchlib.findings import Finding, FindingKind
from searchlib.ingest import Task, ingest
from searchlib.meta import Meta
from searchlib.model import Found, Skipped, Step
from searchlib.query import parse
from searchlib.reading import reader_versions
from searchlib.roots import FACT, roots_of
from searchlib.writing import engine_directory, facts_in, known_before, metadata_of, recovered

OnChange = Callable[[Step], None]

_EVERYTHING = "*"


@dataclass(slots=True)
class Examined:
    """What an examination found, and what a repair has to know of it.

    `parts` of the engine are to be discarded; `known` are the sources in the catalog, None where it can't be read, and
    `facts` what else the commit remembers. Sources `outside` lie in none of the recorded roots: their files were never
    indexed, and are not to be read because a catalog says so.
    """

    root: Path
    metadata: Meta | None = None
    needs_rebuild: bool = False
    parts: set[str] = field(default_factory=set)
    known: dict[str, Known] | None = None
    facts: dict[str, str] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unread: list[Skipped] = field(default_factory=list)

    def add(self, kind: FindingKind, path: str, what: str) -> None:
        self.findings.append(Finding(kind, path, what))

    def add_damage(self, error: IndexDamaged) -> None:
        self.add(FindingKind.DAMAGED, "", error.what)

    @property
    def unsound(self) -> set[str]:
        """The sources that can't stay as they are."""
        found = {finding.path for finding in self.findings if finding.path}
        return found | {path for path in self.known or () if self._is_lacking(path)}

    def _is_lacking(self, path: str) -> bool:
        source = (self.known or {})[path]
        return bool(self.parts and source.paragraphs and path not in self.counts)


def examine(directory: Directory, *, quick: bool, on_change: OnChange) -> Examined:
    """Looks for all that is wrong with an index; raises `NoIndex`.

    `quick` leaves out what takes reading all texts, stored or in files.
    """
    found = Examined(meta.root_of(directory.path))
    try:
        _examine_all(directory, found, quick=quick, on_change=on_change)
    except IndexDamaged as error:
        found.add_damage(error)
        _prepare_rebuild(directory, found)
    return found


def _examine_all(directory: Directory, found: Examined, *, quick: bool, on_change: OnChange) -> None:
    found.metadata = _metadata(directory)
    made = engine(found.metadata.engine).suspected(engine_directory(directory, found.metadata))
    _examine_engine(made, found, quick=quick, on_change=on_change)
    _examine_catalog(directory, made.last_commit().data, found)
    if found.known is None and found.parts:
        # Neither the catalog nor the engine says all that there was.
        _prepare_rebuild(directory, found)
    _examine_roots(found)
    with closing(made.reader(without=found.parts)) as reader:
        found.counts = reader.counts(parse(_EVERYTHING))
        if found.known is not None:
            _compare(found, found.known)
            if not quick:
                _compare_files(found, found.known, reader, on_change)


def _metadata(directory: Directory) -> Meta:
    """What the index was made with; raises `IndexDamaged` where that can't be known, or is not what it should be."""
    metadata = metadata_of(directory, rebuild=False)
    if metadata is None or not metadata.complete:
        raise NoIndex(str(directory.path))
    if differing := meta.mismatch(metadata):
        made, needed = differing
        what = f"{meta.NAME} says it was made with {made}, and this program needs {needed}"
        raise IndexDamaged(str(directory.path), what)
    return metadata


def _prepare_rebuild(directory: Directory, found: Examined) -> None:
    """Return what is known of the sources of an index whose engine can't be used as it is."""
    found.needs_rebuild = True
    if found.metadata:
        found.known, found.facts = known_before(directory, found.metadata)
    else:
        found.known, found.facts = known_before(directory, recovered(directory))


def _examine_engine(made: Engine, found: Examined, *, quick: bool, on_change: OnChange) -> None:
    for flaw in made.flaws(texts=not quick, on_change=on_change):
        if not flaw.path:
            found.parts.add(flaw.part)
            found.add(FindingKind.DAMAGED, "", flaw.what)
        else:
            found.add(FindingKind.DOUBLED if flaw.is_doubled else FindingKind.ALTERED, flaw.path, flaw.what)


def _examine_catalog(directory: Directory, data: str, found: Examined) -> None:
    try:
        with closing(catalogs.load(directory, data)) as catalog:
            catalog.check()
            found.known, found.facts = catalog.sources(), catalog.facts()
    except IndexDamaged as error:
        found.add_damage(error)
        found.facts = facts_in(data)


def _examine_roots(found: Examined) -> None:
    try:
        roots = roots_of(found.facts, found.root)
    except IndexDamaged as error:
        found.add_damage(error)
        found.facts[FACT] = ""
        return
    if roots is not None:
        found.outside = {path for path in found.known or () if roots.owner(path) is None}
        for path in sorted(found.outside):
            found.add(FindingKind.EXTRA, path, "it lies in none of the folders and files that are indexed")


def _compare(found: Examined, known: Mapping[str, Known]) -> None:
    """The catalog beside the engine."""
    for path, source in known.items():
        expected, count = 0 if source.reason else source.paragraphs, found.counts.get(path, 0)
        if not source.digest and not source.reason:
            # An update was about to replace it.
            found.changed.append(path)
        elif count < expected and not (found.parts and not count):
            found.add(FindingKind.MISSING, path, f"{expected - count:,} of {expected:,} paragraphs are missing")
        elif count > expected:
            found.add(FindingKind.EXTRA, path, f"there are {count - expected:,} paragraphs more than were indexed")
    for path, count in found.counts.items():
        if path not in known:
            found.add(FindingKind.EXTRA, path, f"its {count:,} paragraphs are of no source that is known")


def _compare_files(found: Examined, known: Mapping[str, Known], reader: Reader, on_change: OnChange) -> None:
    wrong = {finding.path for finding in found.findings}
    versions = reader_versions()
    paths = [path for path in found.counts if path in known and path not in wrong and known[path].reader in versions]
    for done, path in enumerate(paths, start=1):
        source = known[path]
        if source.digest:
            _compare_file(found, source, reader, is_current=versions[source.reader] == source.reader_version)
        on_change(Step("reading files", done, len(paths)))


def _compare_file(found: Examined, source: Known, reader: Reader, *, is_current: bool) -> None:
    """A source beside its file, if that has not changed since."""
    task = task_of(found.root, source.path, source)
    if task is None or not is_current or (task.found.size, task.found.mtime_ns) != (source.size, source.modified_ns):
        found.changed.append(source.path)
        return
    outcome, paragraphs = ingest(task)
    if outcome.known is None:
        found.unread.append(Skipped(source.path, outcome.reason))
    elif outcome.known.digest != source.digest:
        now = outcome.known.size, outcome.known.modified_ns  # it may have been written to since it was looked at
        if source.mtime_ns and now == (source.size, source.modified_ns):
            found.add(FindingKind.ALTERED, source.path, "its file has another content, and the time and size it had")
        else:
            found.changed.append(source.path)
    elif list(paragraphs) != reader.paragraphs(source.path):
        found.add(FindingKind.ALTERED, source.path, "its paragraphs are not those of its file")


def task_of(root: Path, path: str, known: Known | None) -> Task | None:
    """What it takes to read a source anew, whatever is known of it; None where its file is gone."""
    name = os.path.join(root, path)
    try:
        status = os.stat(name)
    except OSError:
        return None
    told = known if known and known.told else None
    found = Found.of(name, status)
    return Task(path, found, None, None, max(MAX_BYTES, status.st_size), told)
