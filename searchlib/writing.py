"""An index open for writing: the one that is there, a new one, or one that takes its place."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib import catalog as catalogs
from searchlib import meta, private, trust
from searchlib.analysis import fingerprint
from searchlib.catalog import CATALOG, Catalog, Known, Plan
from searchlib.engines import DEFAULT, engine
from searchlib.engines.interface import Engine
from searchlib.errors import IndexDamaged, NoIndex, WriteFailed
from searchlib.lasting import make_folder
from searchlib.lock import writing
from searchlib.meta import Meta, mismatch
from searchlib.updating import OnChange, Tally, Update

if TYPE_CHECKING:
    from searchlib.ingest import Task
    from searchlib.workers import Run


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

    def carry_out(
        self, plan: Plan, tasks: Sequence[Task], run: Run, on_change: OnChange, facts: Mapping[str, str] | None = None
    ) -> Tally:
        """Has the tasks done by `run` and does the rest of the plan, in steps; `facts` are remembered with them."""
        if self.catalog.is_unfinished() and not self.anew:
            plan = replace(plan, removed=(*plan.removed, *self._strays(plan.read)))
        return Update(
            engine=self.engine,
            catalog=self.catalog,
            generation=self.meta.generation,
            on_change=on_change,
            anew=self.anew,
            publish=(lambda: meta.write(self.folder, self.meta)) if self.anew else (lambda: None),
            facts=facts or {},
        ).run(plan, tasks, run)

    def _strays(self, read: Collection[str]) -> list[str]:
        """Sources that the engine has and the catalog never heard of, because a crash came between their commits.

        Those that are `read` now are replaced; the others would stay for ever.
        """
        expected = {*self.sources(), *read}
        with closing(self.engine.reader()) as reader:
            return [path for path in reader.sources() if path not in expected]


def made_with_of(folder: Path, *, rebuild: bool) -> Meta | None:
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
    made_with = made_with_of(folder, rebuild=rebuild)
    if made_with is None:
        return _create(folder)
    if rebuild or mismatch(made_with):
        return _anew(folder, made_with)
    with closing(Catalog(folder / CATALOG)) as catalog:
        anew = is_behind(catalog, made_with)
    if anew:
        return _anew(folder, made_with)
    return Index(folder, made_with, _engine(folder, made_with), Catalog(folder / CATALOG), anew=False)


def is_behind(catalog: Catalog, made_with: Meta) -> bool:
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
    before = named_by_engine(folder, old)
    made = _new_engine(folder, made_with)
    return Index(folder, made_with, made, _usable_catalog(folder / CATALOG), anew=True, before=before)


def _engine(folder: Path, made_with: Meta) -> Engine:
    return engine(made_with.engine).open(folder / made_with.engine_folder)


def _new_engine(folder: Path, made_with: Meta) -> Engine:
    shutil.rmtree(folder / made_with.engine_folder, ignore_errors=True)
    return engine(made_with.engine).create(folder / made_with.engine_folder)


def named_by_engine(folder: Path, made_with: Meta) -> dict[str, Known]:
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
