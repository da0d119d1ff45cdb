"""An index of Whoosh's in a folder of this engine's: its readers, searchers and writers, over our table of contents.

    index = open_index(folder)
    with index.searcher() as searcher:
        hits = searcher.search(QueryParser("words", index.schema).parse("枫桥 土地"))

A schema is code and is not kept in the folder: without one, it is that of the engine. Whoosh's writer keeps what it is
given in memory until it commits, and handles every posting by itself: it is for a few paragraphs, and the engine's own
for many. Both take one lock, so that there is one writer at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import IndexReader
from whoosh.util.filelock import FileLock
from whoosh.writing import SegmentWriter

from searchlib.directory import FOLDER_MODE, Directory
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.codec import ArrayCodec, ArraySegment
from searchlib.engines.whoosh.schema import schema as own_schema
from searchlib.engines.whoosh.table import Row, Table

_NAME = "MAIN"
# Whoosh's writer sorts what it has gathered in files once it is more than so many megabytes; they would be pickled.
_NEVER = 1 << 40


def create_index(folder: Path, schema: Schema) -> TableIndex:
    """An index without paragraphs in `folder`, which is made."""
    folder.mkdir(FOLDER_MODE, parents=True)
    directory = Directory.open(folder)
    table.create(directory)
    return TableIndex(directory, schema)


def open_index(folder: Path, schema: Schema | None = None) -> TableIndex:
    """Raises `IndexDamaged`."""
    directory = Directory.open(folder)
    table.read(directory)
    return TableIndex(directory, schema or own_schema())


class TableIndex(FileIndex):  # type: ignore[misc]  # Whoosh's classes are not typed
    def __init__(self, folder: Directory, schema: Schema) -> None:
        self.storage = _Folder(folder)
        self.indexname = _NAME
        self.folder = folder
        self.own_schema = schema

    def writer(self, **options: Any) -> TableWriter:
        """What Whoosh's own `writer` takes, except for a codec and what is about files."""
        return TableWriter(self, **options)

    def reader(self, reuse: IndexReader | None = None) -> IndexReader:  # noqa: ARG002 — opening one costs next to nothing
        info = self._read_toc()
        return self._reader(self.storage, info.schema, info.segments, info.generation)

    def latest_generation(self) -> int:
        return table.read(self.folder).generation

    def last_modified(self) -> float:
        return table.last_modified(self.folder)

    def lock(self, _: str) -> FileLock:
        return table.lock(self.folder)

    def _read_toc(self) -> TOC:
        return table.of_last_commit(self.folder, self._contents)

    def _contents(self, last: Table) -> TOC:
        return TOC(self.own_schema.copy(), [self._segment(row) for row in last.rows], last.generation)

    def _segment(self, row: Row) -> ArraySegment:
        removed = table.removed(self.folder, row).tolist()
        return ArraySegment(self.indexname, row.name, table.opened(self.folder, row), removed)


class TableWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Whoosh's writer, whose commit replaces our table."""

    def __init__(self, index: TableIndex, **options: Any) -> None:
        super().__init__(index, **{**options, "codec": ArrayCodec(), "limitmb": _NEVER})
        self._index = index

    def _commit_toc(self, segments: list[ArraySegment]) -> None:
        folder = self._index.folder
        last = table.read(folder)
        # What the library keeps with a commit stays: Whoosh's writer knows nothing of it.
        table.commit(folder, last, [_row(folder, segment, last) for segment in segments], last.data)
        self._index.own_schema = self.schema

    def _cleanup_on_error(self) -> None:
        self.newsegment.arrays.discard()
        super()._cleanup_on_error()


class _Folder(FileStorage):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Nothing of Whoosh's lies in it but arrays."""

    def __init__(self, directory: Directory) -> None:
        super().__init__(str(directory.path))
        self.directory = directory

    def temp_storage(self, name: str | None = None) -> RamStorage:  # noqa: ARG002 — Whoosh's signature
        return RamStorage()


def _row(folder: Directory, segment: ArraySegment, last: Table) -> Row:
    before = {row.name: row for row in last.rows}
    row = before.get(segment.segid) or table.row_of(folder, segment.segid, segment.doc_count_all())
    removed = np.array(list(segment.deleted_docs()), np.int64)
    return table.with_removed(folder, last, row, [removed]) if len(removed) else row
