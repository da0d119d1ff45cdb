"""An index open for writing: the one that is there, a new one, or one that takes its place.

Only what `meta.json`, the engine's table of contents and the commit name is ever removed, so that whatever else users
keep in the folder of an index stays.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib import catalog as catalogs
from searchlib import meta
from searchlib.analysis import fingerprint
from searchlib.catalog import Catalog, Known, Plan
from searchlib.commit_data import file_name, named_in, updated_at
from searchlib.directory import FOLDER_MODE, Directory
from searchlib.engines import DEFAULT, engine
from searchlib.engines.interface import Engine
from searchlib.errors import FolderInUse, IndexDamaged, NoIndex, UntrustedIndex, WriteFailed
from searchlib.lasting import make_folder
from searchlib.lock import LOCK, writing
from searchlib.meta import Meta, mismatch
from searchlib.updating import OnChange, Tally, Update

if TYPE_CHECKING:
    from searchlib.ingest import Task
    from searchlib.workers import Run

# What may lie in a folder that counts as empty: git's placeholder, and the lock of a run that ended before it began.
_PLACEHOLDERS = frozenset({".gitkeep", LOCK})
# Names in an error message.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Index:
    """An index open for writing.

    One made `anew` is not valid yet: `meta` is still to be written. `before` are the sources of the index it takes the
    place of, `old_meta` is what that was made with. `inconsistency` says in a clause why the catalog of the last
    commit can't be used, in whose place there is one that knows nothing of the files; empty where it can.
    """

    directory: Directory
    meta: Meta
    engine_directory: Directory
    engine: Engine
    catalog: Catalog
    anew: bool = False
    old_meta: Meta | None = None
    before: dict[str, Known] = field(default_factory=dict)
    inconsistency: str = ""

    def sources(self) -> dict[str, Known]:
        """Return what is known of every source of the index, or of the one before it."""
        return {**self.before, **self.catalog.sources()}

    def carry_out(
        self, plan: Plan, tasks: Sequence[Task], run: Run, on_change: OnChange, facts: Mapping[str, str] | None = None
    ) -> Tally:
        """Has the tasks done by `run` and does the rest of the plan, in steps; `facts` are remembered with them."""
        return Update(
            engine=self.engine,
            catalog=self.catalog,
            directory=self.directory,
            on_change=on_change,
            anew=self.anew,
            publish=self._publish,
            facts=facts or {},
        ).run(plan, tasks, run)

    def _publish(self) -> None:
        if self.old_meta:
            meta.write(self.directory, self.meta, f"{meta.NAME}.{self.old_meta.next}")


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Turn errors of the disk into `WriteFailed`."""
    try:
        yield
    except BrokenPipeError:
        raise  # from `on_change`: whoever read the progress has seen enough, and nothing is wrong with the disk
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WriteFailed(str(folder), reason.lower()) from error


@contextmanager
def opened(folder: Path, *, trusted: bool, rebuild: bool = False, wait_s: float = 0) -> Iterator[Index]:
    """The index to write, for one writer: the one that is there, or one to take its place."""
    with locked(folder, trusted=trusted, wait_s=wait_s) as directory, opened_in(directory, rebuild=rebuild) as index:
        yield index


@contextmanager
def opened_in(directory: Directory, *, rebuild: bool) -> Iterator[Index]:
    """The same in an open folder whose lock is held."""
    try:
        index = _open(directory, rebuild=rebuild)
        with closing(index.catalog):
            yield index
    finally:
        _tidy(directory)


@contextmanager
def locked(folder: Path, *, trusted: bool, wait_s: float) -> Iterator[Directory]:
    """The folder of an index, for one writer; raises `FolderInUse` before anything is written to another folder."""
    with writable(folder):
        make_folder(folder, mode=FOLDER_MODE)
        with Directory.open(folder, trusted=trusted) as directory, locked_in(directory, wait_s):
            yield directory


@contextmanager
def locked_in(directory: Directory, wait_s: float) -> Iterator[None]:
    """The same for a folder that is open."""
    with writable(directory.path):
        refuse_foreign(directory)
        with writing(directory, lambda: _note(directory), wait_s):
            # Another process may have made something of it meanwhile.
            refuse_foreign(directory)
            yield


def refuse_foreign(directory: Directory) -> None:
    """Raise `FolderInUse` for a folder that is neither empty nor that of an index."""
    if not is_index(directory):
        refuse_contents(directory)


def refuse_contents(directory: Directory) -> None:
    """Raise `FolderInUse` for a folder that is not empty."""
    names = [name for name in directory.names() if not _is_placeholder(directory, name)]
    if names:
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        raise FolderInUse(str(directory.path), ", ".join(names[:_NAMED]) + more)


def is_index(directory: Directory) -> bool:
    """Return whether a folder is that of an index, which may be damaged."""
    try:
        return bool(meta.read(directory))
    except NoIndex:
        return False
    except IndexDamaged:
        return True


def _is_placeholder(directory: Directory, name: str) -> bool:
    """Return whether a file may be overwritten, or stay, when an index is made in its folder."""
    if name not in (".gitkeep", LOCK, meta.NAME):
        return False
    with suppress(UntrustedIndex, IndexDamaged):
        content = (directory / name).read()
        # A run that was interrupted when it had made `meta.json` had the lock before.
        return name == ".gitkeep" or (not content and directory.has(LOCK))
    return False


def _note(directory: Directory) -> str:
    try:
        return meta.read(directory).note
    except (NoIndex, IndexDamaged):
        return ""


def metadata_of(directory: Directory, *, rebuild: bool) -> Meta | None:
    """Return what the index was made with; None where there is none.

    Raises `IndexDamaged` where that can't be known, unless it is to be rebuilt.
    """
    try:
        return meta.read(directory)
    except NoIndex:
        return None
    except IndexDamaged:
        if not rebuild:
            raise
        return recovered(directory)


def recovered(directory: Directory) -> Meta:
    """Return what can be known of an index whose `meta.json` can't be read: where the engine is.

    Of several, which are there where another index was copied over this one, the one with the newest commit counts.
    Raises `IndexDamaged` where no file can take the place of `meta.json`.
    """
    if directory.has_folder(meta.NAME):
        raise IndexDamaged(str(directory.path), f"{meta.NAME} is a folder and not a file")
    folder = max(meta.engine_folders(directory), key=lambda name: _committed_at(directory, name), default="")
    return Meta(meta.FORMAT, DEFAULT, folder, meta.new_id(), "", "")


def _committed_at(directory: Directory, name: str) -> float:
    """When an engine was last committed to, as its commit says, or else as its folder does."""
    with directory.open_folder(name) as folder:
        made = engine(DEFAULT).suspected(folder)
        return updated_at(facts_in(made.last_commit().data)) or os.stat(folder.place).st_mtime


def _open(directory: Directory, *, rebuild: bool) -> Index:
    metadata = metadata_of(directory, rebuild=rebuild)
    if metadata is None or not metadata.complete:
        return _create(directory, metadata)
    if rebuild or mismatch(metadata):
        return _anew(directory, metadata)
    folder = engine_directory(directory, metadata)
    made = engine(metadata.engine).open(folder)
    data = made.last_commit().data
    try:
        catalog = catalogs.load(directory, data)
        catalog.sources()
        inconsistency = ""
    except IndexDamaged as damage:
        # Of another commit, or damaged: nothing is known of any file, so that all are compared again.
        catalog = Catalog(where=str(directory.path))
        catalog.change(_named_by(made).values(), (), facts_in(data))
        inconsistency = damage.what
    return Index(directory, metadata, folder, made, catalog, inconsistency=inconsistency)


def engine_directory(directory: Directory, metadata: Meta) -> Directory:
    """The folder of the engine; raises `IndexDamaged` where it is gone."""
    try:
        return directory.open_folder(metadata.folder)
    except (FileNotFoundError, NotADirectoryError):
        raise IndexDamaged(str(directory.path), f"its folder {metadata.folder} is missing") from None


def _create(directory: Directory, begun: Meta | None) -> Index:
    """The first index, or the one that an interrupted run had begun."""
    metadata = begun or meta.new()
    if begun is None:
        directory.remove_file(meta.NAME)
        meta.create(directory, metadata)
    folder = _new_folder(directory, metadata.folder)
    made = engine(metadata.engine).create(folder)
    catalog = Catalog(where=str(directory.path))
    with made.writer() as writer:
        writer.commit(catalog.save(directory, writer.commit_id))
    now = replace(metadata, complete=True)
    meta.write(directory, now, f"{meta.NAME}.{metadata.next}")
    return Index(directory, now, folder, made, catalog)


def _anew(directory: Directory, old: Meta) -> Index:
    """An index beside the one that is there, which stays valid until the new one is whole."""
    now = Meta(meta.FORMAT, DEFAULT, old.next_folder, meta.new_id(), old.folder, fingerprint())
    before, facts = known_before(directory, old)
    folder = _new_folder(directory, now.folder)
    made = engine(now.engine).create(folder)
    catalog = Catalog(where=str(directory.path))
    catalog.change((), (), facts)
    return Index(directory, now, folder, made, catalog, anew=True, old_meta=old, before=before)


def _new_folder(directory: Directory, name: str) -> Directory:
    """An empty folder for an engine; what an interrupted run has left in it is removed."""
    if directory.has(name):
        _discard(directory, name)
    try:
        return directory.create_folder(name)
    except FileExistsError:
        # Something that is not of the engine lies in it, and does not disturb.
        return directory.open_folder(name)


def known_before(directory: Directory, old: Meta) -> tuple[dict[str, Known], dict[str, str]]:
    """The sources and facts of an index that is to be replaced, as far as they can be read."""
    if sources := catalogs.old_sources(directory) if old.format < meta.FORMAT else {}:
        return sources, {}
    try:
        made = engine(DEFAULT).suspected(engine_directory(directory, old))
        data = made.last_commit().data
    except IndexDamaged:
        return of_any_catalog(directory)
    named = _named_by(made) if old.engine == DEFAULT else {}
    try:
        with closing(catalogs.load(directory, data)) as catalog:
            return {**named, **catalog.sources()}, catalog.facts()
    except IndexDamaged:
        # The roots stand in the commit too, and count for more than those of another commit's catalog.
        sources, facts = ({}, {}) if named else of_any_catalog(directory)
        return {**sources, **named}, {**facts, **facts_in(data)}


def of_any_catalog(directory: Directory) -> tuple[dict[str, Known], dict[str, str]]:
    """The sources and facts of the newest catalog that can be read, where no commit says which one is valid."""
    found: tuple[dict[str, Known], dict[str, str]] = {}, {}
    for name in directory.names():
        if name.startswith("catalog-") and name.endswith(".db"):
            with suppress(IndexDamaged), closing(Catalog((directory / name).read(), name)) as catalog:
                catalog.check()
                if updated_at(catalog.facts()) >= updated_at(found[1]):
                    found = catalog.sources(), catalog.facts()
    return found


def facts_in(data: str) -> dict[str, str]:
    """The facts that a commit keeps beside its catalog."""
    file = named_in(data)
    return file.facts if file else {}


def _named_by(made: Engine) -> dict[str, Known]:
    """The sources that an engine has, of whose files nothing is known."""
    try:
        with closing(made.reader()) as reader:
            return {path: catalogs.named(path) for path in reader.sources()}
    except IndexDamaged:
        return {}


def _tidy(directory: Directory) -> None:
    """Remove what earlier commits, rebuilds and interrupted runs have left."""
    try:
        metadata = meta.read(directory)
    except (NoIndex, IndexDamaged):
        return
    if not metadata.complete or metadata.format != meta.FORMAT:
        return
    for name in filter(directory.has, filter(None, (metadata.obsolete, metadata.next_folder))):
        _discard(directory, name)
    identifier = metadata.folder.rpartition("-")[2]
    directory.remove_file(f"{meta.NAME}.{metadata.next}")
    directory.remove_file(replace(metadata, next=identifier).note)
    with suppress(IndexDamaged):
        last = engine(metadata.engine).suspected(engine_directory(directory, metadata)).last_commit()
        directory.remove_file(file_name(last.next))
        file = named_in(last.data)
        if file and file.replaced:
            directory.remove_file(file.replaced)


def _discard(directory: Directory, name: str) -> None:
    """Remove the folder of an engine with the catalog of its commit, but nothing that others have put into it."""
    try:
        folder = directory.open_folder(name)
    except (FileNotFoundError, NotADirectoryError, UntrustedIndex):
        return
    with folder:
        with suppress(IndexDamaged):
            last = engine(DEFAULT).suspected(folder).last_commit()
            for of_commit in (last.id, last.next):
                directory.remove_file(file_name(of_commit))
        was_there = engine(DEFAULT).clear(folder)
    directory.remove_folder(name)
    if was_there and not re.fullmatch(r"[a-z]+-[0-9a-f]{16}", name):
        # Of a format before, whose catalog was one file that SQLite wrote to.
        for file in (catalogs.OLD, f"{catalogs.OLD}-journal", "writer.json"):
            directory.remove_file(file)
