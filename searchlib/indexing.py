"""One update of an index as a whole: what to read for it and what to remove."""

from __future__ import annotations

import os
import time
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib import meta
from searchlib.analysis import prepare
from searchlib.catalog import Known
from searchlib.directory import Directory
from searchlib.errors import IndexDamaged, NoRoots, PathError
from searchlib.ignore import patterns_of_globs
from searchlib.meta import mismatch, root_of
from searchlib.model import Change, ChangeKind, IndexReport
from searchlib.planning import Before, Wanted, Work, work
from searchlib.roots import FACT, Roots, is_missing, refuse_texts, roots_of
from searchlib.scan import Scan, nothing_there
from searchlib.updating import OnChange, Tally
from searchlib.writing import Index, known_before, metadata_of, opened, refuse_foreign

if TYPE_CHECKING:
    from searchlib.ingest import Task


@dataclass(frozen=True, slots=True)
class Request:
    """What an update was asked for; see `Library.update`."""

    wanted: Wanted
    max_bytes: int
    jobs: int
    rebuild: bool
    dry_run: bool
    wait_s: float
    on_change: OnChange
    trusted: bool


def update(folder: Path, request: Request) -> IndexReport:
    """Carries a request out on the index in `folder`."""
    began = time.monotonic()
    if folder.exists() and not folder.is_dir():
        raise PathError(f"{folder} is a file, and the index needs a folder", hint="--index FOLDER names another")
    _check(folder, request)
    if request.dry_run:
        before = _before(folder, request)
        planned = work(request.wanted, before)
        if not before.anew:
            planned = _without_unchanged(planned, request)
        return report(_foreseen(planned, {} if before.anew else before.known), began, planned)
    with opened(folder, trusted=request.trusted, rebuild=request.rebuild, wait_s=request.wait_s) as index:
        return update_opened(index, request, began)


def update_opened(index: Index, request: Request, began: float) -> IndexReport:
    """Carries a request out on an index that is open for writing."""
    folder = index.directory.path
    recorded = _recorded(index, folder)
    known = index.sources()
    refuse_texts(folder, known.values())
    planned = work(request.wanted, Before(root_of(folder), known, recorded, index.anew))
    return report(_run(index, planned, known, request), began, planned)


def _recorded(index: Index, folder: Path) -> Roots | None:
    """The recorded roots; an index that is made anew does without those that can't be read."""
    try:
        return roots_of(index.catalog.facts(), folder)
    except IndexDamaged:
        if not index.anew:
            raise
        return None


def _check(folder: Path, request: Request) -> None:
    """Refuses what can be seen to be wrong before an index is opened, or made."""
    wanted = request.wanted
    for globs in (wanted.given.filters.include, wanted.given.filters.exclude):
        patterns_of_globs(globs)
    names = wanted.names or wanted.default
    _refuse_as_source(folder, names)
    if os.path.lexists(folder / meta.NAME):
        return
    if not names:
        raise NoRoots
    if gone := [name for name in names if is_missing(name)]:
        raise nothing_there(gone)


def _refuse_as_source(folder: Path, names: Sequence[str]) -> None:
    """Raise `PathError` where the folder of the index is itself named as a source."""
    place = os.path.realpath(folder)
    if found := [name for name in names if name and os.path.realpath(name) == place]:
        raise PathError(
            f"{found[0]} is the folder of the index, and no source", hint="--index FOLDER names another for the index"
        )


def _before(folder: Path, request: Request) -> Before:
    """The index as it is: for a dry run, which makes nothing."""
    base = root_of(folder)
    if not folder.exists():
        return Before(base, {}, None, anew=False)
    with Directory.open(folder, trusted=request.trusted) as directory:
        refuse_foreign(directory)
        metadata = metadata_of(directory, rebuild=request.rebuild)
        if metadata is None or not metadata.complete:
            return Before(base, {}, None, anew=False)
        known, facts = known_before(directory, metadata)
    refuse_texts(folder, known.values())
    return Before(base, known, roots_of(facts, folder), request.rebuild or mismatch(metadata) is not None)


def _run(index: Index, planned: Work, known: dict[str, Known], request: Request) -> Tally:
    facts = {FACT: text} if (text := planned.roots.to_json()) != index.catalog.fact(FACT) else {}
    plan, kept = planned.plan, planned.kept if index.anew else ()
    if not plan.read and not kept:
        return index.carry_out(plan, (), lambda _, __: iter(()), request.on_change, facts)
    # What reads files is not loaded where there is nothing to read.
    from searchlib.keeping import copy_task, copying, old_reader
    from searchlib.workers import reading

    tasks = [_task(path, planned, request, anew=index.anew) for path in plan.read]
    with (
        old_reader(index, kept) as old,
        reading(tasks, request.jobs, index.meta.engine, index.engine_directory) as run,
    ):
        if old:
            rows = [known[path] for path in kept]
            tasks, run = [*tasks, *map(copy_task, rows)], copying(rows, old, index.engine, run)
        elif kept:
            # Of an index that can't be read nothing can be kept.
            plan = replace(plan, removed=(*plan.removed, *kept), unchanged=())
        tally = index.carry_out(plan, tasks, run, request.on_change, facts)
    # What was copied was not read.
    tally.bytes_read -= sum(known[path].size for path in kept) if old else 0
    prepare()
    return tally


def _task(path: str, planned: Work, request: Request, *, anew: bool) -> Task:
    """An index made anew has nothing of a source; which encoding the user gave it is known all the same."""
    from searchlib.ingest import Task

    source = planned.known.get(path)
    root = planned.roots.owner(path)
    encoding = root.encoding if root and root.encoding else None
    return Task(
        path=path,
        found=planned.files[path],
        known=None if anew else source,
        encoding=encoding if path in planned.forced else None,
        max_bytes=request.max_bytes,
        told=source if source and source.told else None,
        usual=encoding,
    )


def _without_unchanged(planned: Work, request: Request) -> Work:
    """The plan, without the files that would be read and found to have the content that they had."""
    plan = planned.plan
    if not any(path in planned.known for path in plan.read):
        return planned
    from searchlib.ingest import is_unchanged

    same = {path for path in plan.read if is_unchanged(_task(path, planned, request, anew=False))}
    read = tuple(path for path in plan.read if path not in same)
    return replace(planned, plan=replace(plan, read=read, unchanged=(*plan.unchanged, *same)))


def _foreseen(planned: Work, known: Container[str]) -> Tally:
    """What a dry run can tell: which files would be read, not what would be found in them."""
    tally = Tally(unchanged=len(planned.plan.unchanged), skipped=list(planned.plan.passed))
    tally.changes += (Change(path, ChangeKind.REMOVED) for path in planned.plan.removed)
    for path in planned.plan.read:
        tally.changes.append(Change(path, ChangeKind.CHANGED if path in known else ChangeKind.ADDED))
    return tally


def report(tally: Tally, began: float, planned: Work | None = None) -> IndexReport:
    """What an update did that `began` at that time of the monotonic clock."""
    seen = planned.seen if planned else Scan((), (), links=0, others=0)
    return IndexReport(
        changes=tuple(sorted(tally.changes, key=lambda change: change.path)),
        unchanged=tally.unchanged,
        skipped=tuple(sorted((*seen.skipped, *tally.skipped), key=lambda skipped: skipped.path)),
        paragraphs=tally.paragraphs,
        bytes_read=tally.bytes_read,
        links=seen.links,
        others=seen.others,
        seconds=time.monotonic() - began,
        missing=planned.missing if planned else (),
        notes=planned.notes if planned else (),
    )
