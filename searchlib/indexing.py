"""One update of an index as a whole: what to read for it and what to remove."""

from __future__ import annotations

import os
import time
from collections.abc import Container, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib import trust
from searchlib.analysis import prepare
from searchlib.catalog import CATALOG, Catalog, Known, Plan, diff
from searchlib.errors import IndexDamaged, PathError
from searchlib.meta import mismatch, root_of
from searchlib.model import Change, ChangeKind, Found, IndexReport, Skipped
from searchlib.reading import reader_versions
from searchlib.scan import Rules, Scan, scan
from searchlib.scope import Scope
from searchlib.updating import OnChange, Tally
from searchlib.writing import Index, is_behind, made_with_of, named_by_engine, opened

if TYPE_CHECKING:
    from searchlib.ingest import Task


@dataclass(frozen=True, slots=True)
class Request:
    """What an update was asked for; see `Library.update`."""

    paths: Sequence[str]
    rules: Rules
    encoding: str | None
    max_bytes: int
    jobs: int
    rebuild: bool
    dry_run: bool
    wait_s: float
    on_change: OnChange
    trusted: bool
    checksum: bool = False


def update(folder: Path, request: Request) -> IndexReport:
    """Carries a request out on the index in `folder`."""
    began = time.monotonic()
    if folder.exists() and not folder.is_dir():
        raise PathError(f"{folder} is a file, and the index needs a folder", hint="--index FOLDER names another")
    root = root_of(folder)
    seen = scan(request.paths, request.rules)
    if request.dry_run:
        known, anew = _known(folder, request)
        seen, plan = _planned(seen, known, request, root, anew=anew)
        unread = _without_unchanged(plan, seen, known, request, root) if not anew else plan
        return report(_foreseen(unread, {} if anew else known), began, seen, root)
    with opened(folder, trusted=request.trusted, rebuild=request.rebuild, wait_s=request.wait_s) as index:
        known = index.sources()
        seen, plan = _planned(seen, known, request, root, anew=index.anew)
        tally = _run(index, plan, seen, known, request)
    return report(tally, began, seen, root)


def _relative(path: str, root: Path) -> str:
    """A path as the current folder has it, as the library has it."""
    return os.path.relpath(path, root).replace(os.sep, "/")


def _by_path(files: Iterable[Found], root: Path) -> dict[str, Found]:
    """Files by their paths as the library has them; a folder has many, and is placed once."""
    prefixes: dict[str, str] = {}
    return {_relative_file(file.path, root, prefixes): file for file in files}


def _relative_file(path: str, root: Path, prefixes: dict[str, str]) -> str:
    folder, name = os.path.split(path)
    if folder not in prefixes:
        found = _relative(folder or os.curdir, root)
        prefixes[folder] = "" if found == os.curdir else f"{found}/"
    return prefixes[folder] + name


def _known(folder: Path, request: Request) -> tuple[dict[str, Known], bool]:
    """What is known of the sources, and whether the index has to be made anew: for a dry run, which makes nothing."""
    trust.check(folder, trusted=request.trusted)
    made_with = made_with_of(folder, rebuild=request.rebuild)
    if made_with is None:
        return {}, False
    known: dict[str, Known] = {}
    anew = request.rebuild or mismatch(made_with) is not None
    try:
        with closing(Catalog(folder / CATALOG)) as catalog:
            known, anew = catalog.sources(), anew or is_behind(catalog, made_with)
    except IndexDamaged:
        if not anew:
            raise
    return {**named_by_engine(folder, made_with), **known} if anew else known, anew


def _planned(seen: Scan, known: dict[str, Known], request: Request, root: Path, *, anew: bool) -> tuple[Scan, Plan]:
    """What to do; for an index made anew, about every source of the old one too, wherever it is."""
    if not anew:
        return seen, _plan(seen, request, root, known)
    seen = _with_others(seen, known, request, root)
    plan = _plan(seen, request, root, {})
    here = set(plan.read)
    gone = (path for path, source in known.items() if not source.reason and path not in here)
    return seen, replace(plan, removed=tuple(gone))


def _plan(seen: Scan, request: Request, root: Path, known: dict[str, Known]) -> Plan:
    scope = _scope(request, root)
    found = _by_path(seen.found, root)
    in_scope = {path: source for path, source in known.items() if path in scope}
    kept = [_relative(skipped.path, root) for skipped in seen.skipped]
    return diff(
        found,
        in_scope,
        versions=reader_versions(),
        encoding=request.encoding,
        kept=kept,
        checksum=request.checksum,
    )


def _scope(request: Request, root: Path) -> Scope:
    """The paths of a request as the library has them; what lies below them is all that an update may take out."""
    return Scope(_relative(path, root) for path in request.paths)


def _with_others(seen: Scan, known: Iterable[str], request: Request, root: Path) -> Scan:
    """A scan that also has the sources indexed before that lie elsewhere: an index made anew loses none of them."""
    scope = _scope(request, root)
    others = [str(root / path) for path in known if path not in scope]
    present = [path for path in others if os.path.isfile(path)]
    return replace(seen, found=(*seen.found, *scan(present, request.rules).found)) if present else seen


def _run(index: Index, plan: Plan, seen: Scan, known: dict[str, Known], request: Request) -> Tally:
    if not plan.read:
        return index.carry_out(plan, (), lambda _, __: iter(()), request.on_change)
    # What reads files is not loaded where there is nothing to read.
    from searchlib.workers import reading

    root = root_of(index.folder)
    files = _by_path(seen.found, root)
    scope = _scope(request, root)
    tasks = [_task(path, files[path], known.get(path), request, scope, anew=index.anew) for path in plan.read]
    with reading(tasks, request.jobs, index.meta.engine, index.engine_folder) as run:
        tally = index.carry_out(plan, tasks, run, request.on_change)
    prepare()
    return tally


def _task(path: str, file: Found, known: Known | None, request: Request, scope: Scope, *, anew: bool) -> Task:
    """An index made anew has nothing of a source; which encoding the user gave it is known all the same.

    It also reads sources outside of what was asked for; the encoding in the request is not about these.
    """
    from searchlib.ingest import Task

    encoding = request.encoding if path in scope else None
    told = known if known and known.told else None
    return Task(path, file, None if anew else known, encoding, request.max_bytes, told)


def _without_unchanged(plan: Plan, seen: Scan, known: dict[str, Known], request: Request, root: Path) -> Plan:
    """The plan, without the files that would be read and found to have the content that they had."""
    if not any(path in known for path in plan.read):
        return plan
    from searchlib.ingest import is_unchanged

    files, scope = _by_path(seen.found, root), _scope(request, root)
    same = {
        path
        for path in plan.read
        if is_unchanged(_task(path, files[path], known.get(path), request, scope, anew=False))
    }
    read = tuple(path for path in plan.read if path not in same)
    return replace(plan, read=read, unchanged=(*plan.unchanged, *same))


def _foreseen(plan: Plan, known: Container[str]) -> Tally:
    """What a dry run can tell: which files would be read, not what would be found in them."""
    tally = Tally(unchanged=len(plan.unchanged), skipped=list(plan.passed))
    tally.changes += (Change(path, ChangeKind.REMOVED) for path in plan.removed)
    for path in plan.read:
        tally.changes.append(Change(path, ChangeKind.CHANGED if path in known else ChangeKind.ADDED))
    return tally


def report(tally: Tally, began: float, seen: Scan, root: Path) -> IndexReport:
    """What an update did that `began` at that time of the monotonic clock."""
    unseen = (Skipped(_relative(skipped.path, root), skipped.reason) for skipped in seen.skipped)
    return IndexReport(
        changes=tuple(sorted(tally.changes, key=lambda change: change.path)),
        unchanged=tally.unchanged,
        skipped=tuple(sorted((*unseen, *tally.skipped), key=lambda skipped: skipped.path)),
        paragraphs=tally.paragraphs,
        bytes_read=tally.bytes_read,
        links=seen.links,
        others=seen.others,
        seconds=time.monotonic() - began,
    )
