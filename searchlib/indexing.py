"""The writer's side of a library: which index to write, what to read for it, and in which order it becomes valid."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from searchlib import catalog as catalogs
from searchlib import meta
from searchlib.analysis import fingerprint
from searchlib.catalog import Catalog, Known, Plan, diff
from searchlib.engines import DEFAULT, engine
from searchlib.engines.interface import Engine
from searchlib.errors import IndexDamaged, NoIndex, PathError, WriteFailed
from searchlib.ingest import Task
from searchlib.lock import writing
from searchlib.meta import Meta
from searchlib.model import Change, ChangeKind, Found, IndexReport, Skipped
from searchlib.reading import reader_versions
from searchlib.scan import Rules, Scan, scan
from searchlib.updating import OnChange, Tally, Update

CATALOG = "catalog.db"
# The largest file that is read where nothing else is said, in bytes: every novel, and no memory image.
MAX_BYTES = 64_000_000


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


@dataclass(frozen=True, slots=True)
class Index:
    """An index open for writing. One made `anew` is not valid yet: `meta` is still to be written."""

    meta: Meta
    engine: Engine
    catalog: Catalog
    anew: bool


def update(folder: Path, request: Request) -> IndexReport:
    """Carries a request out on the index in `folder`."""
    began = time.monotonic()
    if folder.exists() and not folder.is_dir():
        raise PathError(f"{folder} is a file, and the index needs a folder", hint="--index FOLDER names another")
    root = _root(folder)
    seen = scan(request.paths, request.rules)
    if request.dry_run:
        known, anew = _known(folder, request)
        seen, plan = _planned(seen, known, request, root, anew=anew)
        return _report(seen, root, _foreseen(plan, {} if anew else known), began)
    with _writable(folder), writing(folder, request.wait_s), _opened(folder, request) as index:
        known = index.catalog.sources()
        seen, plan = _planned(seen, known, request, root, anew=index.anew)
        if index.catalog.is_unfinished() and not index.anew:
            plan = replace(plan, removed=(*plan.removed, *_strays(index, known, plan.read)))
        tally = _run(folder, index, plan, seen, known, request)
    return _report(seen, root, tally, began)


def relative(path: str, root: Path) -> str:
    """A path as the current folder has it, as the library has it."""
    folder, name = os.path.split(path)
    return _relative_folder(folder or os.curdir, str(root), os.getcwd()) + name


@cache
def _relative_folder(folder: str, root: str, _current: str) -> str:
    """Cached, because a folder has many files; the current folder is part of what the answer depends on."""
    found = os.path.relpath(folder, root).replace(os.sep, "/")
    return "" if found == os.curdir else f"{found}/"


def _root(folder: Path) -> Path:
    return folder.absolute().parent


def _known(folder: Path, request: Request) -> tuple[dict[str, Known], bool]:
    """What the catalog knows, and whether the index has to be made anew: for a dry run, which makes nothing."""
    try:
        anew = request.rebuild or mismatch(meta.read(folder)) is not None
        with closing(Catalog(folder / CATALOG)) as catalog:
            return catalog.sources(), anew
    except NoIndex:
        return {}, False
    except IndexDamaged:
        if not request.rebuild:
            raise
        return {}, True


def mismatch(made_with: Meta) -> tuple[str, str] | None:
    """What an index was made with and what this program needs instead, if these differ."""
    pairs = (
        (f"format {made_with.format}", f"format {meta.FORMAT}"),
        (f"engine {made_with.engine}", f"engine {DEFAULT}"),
        (made_with.fingerprint, fingerprint()),
    )
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WriteFailed(str(folder), reason.lower()) from error


@contextmanager
def _opened(folder: Path, request: Request) -> Iterator[Index]:
    """The index to write: the one that is there, or one to take its place."""
    index = _open(folder, request)
    try:
        yield index
    finally:
        index.catalog.close()
        _tidy(folder)


def _open(folder: Path, request: Request) -> Index:
    try:
        made_with = meta.read(folder)
    except NoIndex:
        return _create(folder)
    except IndexDamaged:
        if not request.rebuild:
            raise
        return _anew(folder, Meta(meta.FORMAT, DEFAULT, 0, ""))
    if request.rebuild or mismatch(made_with):
        return _anew(folder, made_with)
    catalog = Catalog(folder / CATALOG)
    if catalog.fact("generation") != str(made_with.generation):
        # The end of a rebuild was missed by the catalog: nothing tells which sources the engine has.
        catalog.close()
        return _anew(folder, made_with)
    return Index(made_with, engine(made_with.engine).open(folder / made_with.engine_folder), catalog, anew=False)


def _create(folder: Path) -> Index:
    made_with = Meta(meta.FORMAT, DEFAULT, 1, fingerprint())
    _tidy(folder)
    (folder / CATALOG).unlink(missing_ok=True)
    catalog = catalogs.create(folder / CATALOG)
    catalog.commit((), (), {"generation": "1"})
    made = engine(DEFAULT).create(folder / made_with.engine_folder)
    meta.write(folder, made_with)
    return Index(made_with, made, catalog, anew=False)


def _anew(folder: Path, old: Meta) -> Index:
    """An index beside the one that is there, which stays valid until the new one is whole."""
    made_with = Meta(meta.FORMAT, DEFAULT, old.generation + 1, fingerprint())
    catalog = _usable_catalog(folder / CATALOG)
    shutil.rmtree(folder / made_with.engine_folder, ignore_errors=True)
    made = engine(DEFAULT).create(folder / made_with.engine_folder)
    return Index(made_with, made, catalog, anew=True)


def _usable_catalog(path: Path) -> Catalog:
    """The catalog, or an empty one in place of one that can't be read."""
    try:
        catalog = catalogs.create(path)
        catalog.sources()
    except IndexDamaged:
        path.unlink()
        return catalogs.create(path)
    return catalog


def _tidy(folder: Path) -> None:
    """Removes the folders of engines that are not, or no longer, valid."""
    try:
        valid = meta.read(folder).engine_folder
    except (NoIndex, IndexDamaged):
        return
    for other in folder.glob(f"{DEFAULT}-*"):
        if other.name != valid:
            shutil.rmtree(other, ignore_errors=True)


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
    found = {relative(file.path, root): file for file in seen.found}
    in_scope = {path: source for path, source in known.items() if any(_is_below(path, top) for top in scope)}
    kept = [relative(skipped.path, root) for skipped in seen.skipped]
    return diff(found, in_scope, versions=reader_versions(), encoding=request.encoding, kept=kept)


def _scope(request: Request, root: Path) -> list[str]:
    """The paths of a request as the library has them; what lies below them is all that an update may take out."""
    return [os.path.relpath(path, root).replace(os.sep, "/") for path in request.paths]


def _is_below(path: str, top: str) -> bool:
    if top == ".":
        return not path.startswith("../")
    return path == top or path.startswith(f"{top}/")


def _with_others(seen: Scan, known: Iterable[str], request: Request, root: Path) -> Scan:
    """A scan that also has the sources indexed before that lie elsewhere: an index made anew loses none of them."""
    scope = _scope(request, root)
    others = [str(root / path) for path in known if not any(_is_below(path, top) for top in scope)]
    present = [path for path in others if os.path.isfile(path)]
    return replace(seen, found=(*seen.found, *scan(present, request.rules).found)) if present else seen


def _strays(index: Index, known: Container[str], read: Collection[str]) -> list[str]:
    """Sources that the engine has and the catalog never heard of, because a crash came between their commits.

    Those that are `read` now are replaced; the others would stay for ever.
    """
    coming = set(read)
    with closing(index.engine.reader()) as reader:
        return [path for path in reader.sources() if path not in known and path not in coming]


def _run(folder: Path, index: Index, plan: Plan, seen: Scan, known: dict[str, Known], request: Request) -> Tally:
    root = _root(folder)
    files = {relative(file.path, root): file for file in seen.found}
    scope = _scope(request, root)
    tasks = [_task(path, files[path], known.get(path), request, scope, anew=index.anew) for path in plan.read]
    return Update(
        engine=index.engine,
        catalog=index.catalog,
        generation=index.meta.generation,
        on_change=request.on_change,
        anew=index.anew,
        publish=(lambda: meta.write(folder, index.meta)) if index.anew else (lambda: None),
    ).run(plan, tasks, request.jobs)


def _task(path: str, file: Found, known: Known | None, request: Request, scope: Collection[str], *, anew: bool) -> Task:
    """An index made anew has nothing of a source; which encoding the user gave it is known all the same.

    It also reads sources outside of what was asked for; the encoding in the request is not about these.
    """
    encoding = known.encoding if known and known.told else None
    if request.encoding and any(_is_below(path, top) for top in scope):
        encoding = request.encoding
    return Task(path, file, None if anew else known, encoding, request.max_bytes)


def _foreseen(plan: Plan, known: Container[str]) -> Tally:
    """What a dry run can tell: which files would be read, not what would be found in them."""
    tally = Tally(unchanged=len(plan.unchanged), skipped=list(plan.passed))
    tally.changes += (Change(path, ChangeKind.REMOVED) for path in plan.removed)
    for path in plan.read:
        tally.changes.append(Change(path, ChangeKind.CHANGED if path in known else ChangeKind.ADDED))
    return tally


def _report(seen: Scan, root: Path, tally: Tally, began: float) -> IndexReport:
    unseen = (Skipped(relative(skipped.path, root), skipped.reason) for skipped in seen.skipped)
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
