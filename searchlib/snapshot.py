"""A snapshot of an index: the paragraphs and the catalog of one commit, for as long as anybody asks it.

The files of a commit are opened at once. A writer may remove them afterwards; they stay on the disk until the last
snapshot of that commit is gone.
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from searchlib import meta
from searchlib.commit_data import CatalogFile, named_in
from searchlib.directory import Directory
from searchlib.engines import engine
from searchlib.errors import IndexDamaged, IndexOutdated, NoIndex
from searchlib.meta import Meta
from searchlib.place import Place

if TYPE_CHECKING:
    from searchlib.catalog import Known
    from searchlib.engines.interface import Commit, Reader
    from searchlib.model import Facts

Made = TypeVar("Made")

# Seconds for which a library answers from a commit without looking whether there is a newer one.
_LONGEST_S = 3_600


class Snapshot:
    """One commit of an index, which any number of threads may ask at once.

    `inconsistency` is a clause that says why the catalog can't be used, and empty where it can.
    """

    def __init__(
        self, folder: Path, metadata: Meta, reader: Reader, catalog: BinaryIO | None, inconsistency: str = ""
    ) -> None:
        self.metadata = metadata
        self.reader = reader
        self.inconsistency = inconsistency
        self._folder = folder
        self._catalog = catalog
        self._lock = Lock()
        self._sources: dict[str, Known] | None = None
        self._files: dict[str, Facts] | None = None
        if catalog:
            # When the last call that asks it has ended, and nobody can know which one that is. In a cycle of references
            # a `__del__` would come too late: the file is closed, and complained of, before what refers to it.
            weakref.finalize(self, catalog.close)

    @property
    def commit(self) -> Commit:
        return self.reader.commit

    @property
    def identity(self) -> tuple[str, str, str]:
        """A key that differs between any two commits of an index."""
        return _identity(self.metadata, self.commit)

    @property
    def size(self) -> int:
        """The size of all files of the commit."""
        file = named_in(self.commit.data)
        return self.commit.bytes + (file.bytes if file else 0)

    def sources(self) -> dict[str, Known]:
        """Every source of the catalog by its path; raises `IndexDamaged` where the catalog is of another commit."""
        with self._lock:
            if self._sources is None:
                self._sources = self._read_sources()
            return self._sources

    def files(self) -> dict[str, Facts]:
        """Return what the files of the sources were like when they were indexed, by path."""
        from searchlib.facts import facts_of

        sources = self.sources()
        if self._files is None:
            self._files = facts_of(sources.values())
        return self._files

    def facts(self) -> dict[str, str]:
        """Return what the commit remembers beside its sources, by name."""
        file = named_in(self.commit.data)
        return file.facts if file else {}

    def copy_catalog_to(self, directory: Directory) -> None:
        """Write the catalog to another folder; raise `IndexDamaged` where it is not as it was written."""
        self.sources()
        with self._lock:
            content = self._catalog_content()
        with (directory / self._file().name).create() as copy:
            copy.write(content)
            copy.flush()
            os.fsync(copy.fileno())
        directory.sync()

    def _read_sources(self) -> dict[str, Known]:
        # SQLite takes its time to import, and few queries need it.
        from searchlib import catalog

        with closing(catalog.read(self._catalog_content(), self._file(), str(self._folder))) as opened:
            return opened.sources()

    def _catalog_content(self) -> bytes:
        if self._catalog is None:
            raise IndexDamaged(str(self._folder), self.inconsistency)
        self._catalog.seek(0)
        return self._catalog.read()

    def _file(self) -> CatalogFile:
        return CatalogFile.of_commit(self.commit.data)


class Snapshots:
    """The snapshot that the calls of one library answer from, one after the other; for any number of threads."""

    def __init__(self, folder: Place, *, trusted: bool) -> None:
        self._folder, self._trusted = folder, trusted
        self._lock = Lock()
        self._open: Snapshot | None = None
        # When the open commit was last known to be the last one, by the monotonic clock.
        self._current_s = 0.0

    def get(self) -> Snapshot:
        """The open one, or the last commit; raises what `open_snapshot` does."""
        with self._lock:
            if self._open is not None and time.monotonic() - self._current_s > _LONGEST_S:
                # Whoever never refreshes would keep files on the disk that were removed long ago.
                if self._open.identity != last_identity(self._folder(), trusted=self._trusted):
                    self._open = None
                self._current_s = time.monotonic()
            return self._open or self._opened()

    def refresh(self) -> bool:
        """Open the last commit; return whether it is another one than before."""
        with self._lock:
            before, now = self._open, self._opened()
            return before is None or before.identity != now.identity

    def is_current(self) -> bool:
        """Return whether the open commit is the last one."""
        return self.get().identity == last_identity(self._folder(), trusted=self._trusted)

    def close(self) -> None:
        with self._lock:
            self._open = None

    def _opened(self) -> Snapshot:
        self._open = open_snapshot(self._folder(), trusted=self._trusted)
        self._current_s = time.monotonic()
        return self._open


def open_snapshot(folder: Path, *, trusted: bool) -> Snapshot:
    """The last commit; raises `NoIndex`, `UntrustedIndex`, `IndexOutdated` or `IndexDamaged`."""
    return _of_last_commit(folder, trusted, _snapshot)


def last_identity(folder: Path, *, trusted: bool) -> tuple[str, str, str]:
    """The `identity` of the last commit, without opening it; raises what `open_snapshot` does."""
    return _of_last_commit(folder, trusted, _last_identity)


def _of_last_commit(folder: Path, trusted: bool, make: Callable[[Directory, Directory, Meta], Made]) -> Made:
    """Return what `make` makes of the folders of an index and its engine.

    A rebuild removes the files of the index that it replaces, so one may be gone between its name being read and its
    being opened. Then there is a newer `meta.json`, and `make` is called again.
    """
    try:
        directory = Directory.open(folder, trusted=trusted)
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndex(str(folder)) from None
    with directory:
        while True:
            metadata = meta.read(directory)
            if differing := meta.mismatch(metadata):
                raise IndexOutdated(str(folder), *differing)
            if not metadata.complete:
                raise NoIndex(str(folder), "making it was interrupted")
            try:
                with directory.open_folder(metadata.folder) as of_engine:
                    return make(directory, of_engine, metadata)
            except (IndexDamaged, FileNotFoundError, NotADirectoryError) as error:
                if meta.read(directory) != metadata:
                    continue
                if isinstance(error, IndexDamaged):
                    raise
                raise IndexDamaged(str(folder), f"its folder {metadata.folder} is missing") from None


def _snapshot(directory: Directory, of_engine: Directory, metadata: Meta) -> Snapshot:
    made = engine(metadata.engine).open(of_engine)
    while True:
        reader = made.reader()
        catalog, inconsistency = _open_catalog(directory, reader.commit.data)
        if inconsistency and made.last_commit().id != reader.commit.id:
            continue  # a later commit has removed the catalog of this one
        if inconsistency and meta.read(directory) != metadata:
            raise IndexDamaged(str(directory.path), inconsistency)  # a rebuild has: that of the new index is opened
        return Snapshot(directory.path, metadata, reader, catalog, inconsistency)


def _last_identity(_directory: Directory, of_engine: Directory, metadata: Meta) -> tuple[str, str, str]:
    return _identity(metadata, engine(metadata.engine).suspected(of_engine).last_commit())


def _identity(metadata: Meta, commit: Commit) -> tuple[str, str, str]:
    # A restored backup gives the id that it had announced once more; what that commit announces is new.
    return metadata.folder, commit.id, commit.next


def _open_catalog(directory: Directory, data: str) -> tuple[BinaryIO | None, str]:
    """The catalog that a commit names, or why it is not that of the commit."""
    try:
        file = CatalogFile.of_commit(data)
        opened = (directory / file.name).open()
    except FileNotFoundError:
        return None, f"{file.name} is missing, which the last commit names"
    except ValueError as error:
        return None, str(error)
    except IndexDamaged as error:
        return None, error.what
    if opened.seek(0, 2) == file.bytes:
        return opened, ""
    opened.close()
    return None, f"{file.name} is not as long as it was written"
