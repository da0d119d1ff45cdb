"""The writer's side of a library: which index to write, what to read for it, and in which order it becomes valid."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib import catalog as catalogs
from searchlib import meta, private, trust
from searchlib.analysis import fingerprint, prepare
from searchlib.catalog import CATALOG, Catalog, Known, Plan, diff
from searchlib.engines import DEFAULT, engine
from searchlib.engines.interface import Engine
from searchlib.errors import IndexDamaged, NoIndex, PathError, WriteFailed
from searchlib.lasting import make_folder
from searchlib.lock import writing
from searchlib.meta import Meta, mismatch, root_of
from searchlib.model import Change, ChangeKind, Found, IndexReport, Skipped
from searchlib.reading import reader_versions
from searchlib.scan import Rules, Scan, scan
from searchlib.scope import Scope
from searchlib.updating import OnChange, Tally, Update

if TYPE_CHECKING:
    from searchlib.ingest import Task
    from searchlib.workers import Run


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


@dataclass(frozen=True, slots=True)
class Index:
    """An index open for writing.

    One made `anew` is not valid yet: `meta` is still to be written. `before` are the sources that the engine it takes
    the place of has.
    """

    folder: Path
    meta: Meta
    engine: Engine
    catalog: Catalog
    anew: bool
    before: dict[str, Known] = field(default_factory=dict)

    @property
    def engine_folder(self) -> Path:
        return self.folder / self.meta.engine_folder

    def sources(self) -> dict[str, Known]:
        """What is known of every source of the index, or of the one before it."""
        return {**self.before, **self.catalog.sources()}

    def carry_out(self, plan: Plan, tasks: Sequence[Task], run: Run, on_change: OnChange) -> Tally:
        """Has the tasks done by `run` and does the rest of the plan, in steps."""
        if self.catalog.is_unfinished() and not self.anew:
            plan = replace(plan, removed=(*plan.removed, *self._strays(plan.read)))
        return Update(
            engine=self.engine,
            catalog=self.catalog,
            generation=self.meta.generation,
            on_change=on_change,
            anew=self.anew,
            publish=(lambda: meta.write(self.folder, self.meta)) if self.anew else (lambda: None),
        ).run(plan, tasks, run)

    def _strays(self, read: Collection[str]) -> list[str]:
        """Sources that the engine has and the catalog never heard of, because a crash came between their commits.

        Those that are `read` now are replaced; the others would stay for ever.
        """
        expected = {*self.sources(), *read}
        with closing(self.engine.reader()) as reader:
            return [path for path in reader.sources() if path not in expected]


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
        return report(_foreseen(plan, {} if anew else known), began, seen, root)
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
    made_with = _made_with(folder, rebuild=request.rebuild)
    if made_with is None:
        return {}, False
    known: dict[str, Known] = {}
    anew = request.rebuild or mismatch(made_with) is not None
    try:
        with closing(Catalog(folder / CATALOG)) as catalog:
            known, anew = catalog.sources(), anew or _is_behind(catalog, made_with)
    except IndexDamaged:
        if not anew:
            raise
    return {**_named_by_engine(folder, made_with), **known} if anew else known, anew


def _made_with(folder: Path, *, rebuild: bool) -> Meta | None:
    """What the index was made with; None where there is none."""
    try:
        return meta.read(folder)
    except NoIndex:
        return None
    except IndexDamaged:
        if not rebuild:
            raise
        return Meta(meta.FORMAT, DEFAULT, 0, "")


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    try:
        make_folder(folder, mode=private.FOLDER)
        yield
    except BrokenPipeError:
        raise  # from `on_change`: whoever read the progress has seen enough, and nothing is wrong with the disk
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WriteFailed(str(folder), reason.lower()) from error


@contextmanager
def opened(folder: Path, *, trusted: bool, rebuild: bool = False, wait_s: float = 0) -> Iterator[Index]:
    """The index to write, for one writer: the one that is there, or one to take its place."""
    trust.check(folder, trusted=trusted)
    with writable(folder), writing(folder, wait_s):
        index = _open(folder, rebuild=rebuild)
        try:
            yield index
        finally:
            index.catalog.close()
            _tidy(folder)


def _open(folder: Path, *, rebuild: bool) -> Index:
    made_with = _made_with(folder, rebuild=rebuild)
    if made_with is None:
        return _create(folder)
    if rebuild or mismatch(made_with):
        return _anew(folder, made_with)
    with closing(Catalog(folder / CATALOG)) as catalog:
        is_behind = _is_behind(catalog, made_with)
    if is_behind:
        return _anew(folder, made_with)
    return Index(folder, made_with, _engine(folder, made_with), Catalog(folder / CATALOG), anew=False)


def _is_behind(catalog: Catalog, made_with: Meta) -> bool:
    """Whether the end of a rebuild was missed by the catalog: then it tells of other paragraphs than the engine has."""
    return catalog.fact("generation") != str(made_with.generation)


def _create(folder: Path) -> Index:
    """The first index; what a run that died before it had written `meta.json` left behind makes room."""
    made_with = Meta(meta.FORMAT, DEFAULT, 1, fingerprint())
    made = _new_engine(folder, made_with)
    (folder / CATALOG).unlink(missing_ok=True)
    with closing(catalogs.create(folder / CATALOG)) as catalog:
        catalog.commit((), (), {"generation": "1"})
    meta.write(folder, made_with)
    return Index(folder, made_with, made, Catalog(folder / CATALOG), anew=False)


def _anew(folder: Path, old: Meta) -> Index:
    """An index beside the one that is there, which stays valid until the new one is whole."""
    made_with = Meta(meta.FORMAT, DEFAULT, old.generation + 1, fingerprint())
    before = _named_by_engine(folder, old)
    made = _new_engine(folder, made_with)
    return Index(folder, made_with, made, _usable_catalog(folder / CATALOG), anew=True, before=before)


def _engine(folder: Path, made_with: Meta) -> Engine:
    return engine(made_with.engine).open(folder / made_with.engine_folder)


def _new_engine(folder: Path, made_with: Meta) -> Engine:
    shutil.rmtree(folder / made_with.engine_folder, ignore_errors=True)
    return engine(made_with.engine).create(folder / made_with.engine_folder)


def _named_by_engine(folder: Path, made_with: Meta) -> dict[str, Known]:
    """The sources that the engine of an index has, where it can be asked: a catalog may be damaged, or behind."""
    if (made_with.format, made_with.engine) != (meta.FORMAT, DEFAULT):
        return {}
    try:
        with closing(_engine(folder, made_with).reader()) as reader:
            return {path: catalogs.named(path) for path in reader.sources()}
    except IndexDamaged:
        return {}


def _usable_catalog(path: Path) -> Catalog:
    """The catalog, or an empty one in place of one that can't be read."""
    try:
        with closing(catalogs.create(path)) as catalog:
            catalog.sources()
    except IndexDamaged:
        path.unlink()
    return catalogs.create(path)


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
    found = _by_path(seen.found, root)
    in_scope = {path: source for path, source in known.items() if path in scope}
    kept = [_relative(skipped.path, root) for skipped in seen.skipped]
    return diff(found, in_scope, versions=reader_versions(), encoding=request.encoding, kept=kept)


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
