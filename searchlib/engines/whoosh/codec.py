"""A codec of Whoosh's over files of arrays: any schema and any query, on segments of the bulk writer and of Whoosh's.

A segment is one file (`arrays`), named as the table of contents says (`table`), that has for each field its terms
(`terms`, `lists`, and `inverted` for what Whoosh adds), and for each paragraph what `documents` and `columns` say. Its
facts are `paragraphs`; `words`, the sum of the lengths that our own ranking goes by; and `shared`, 0 where Whoosh wrote
it. Where the bulk writer did, the terms of titles and headings stand once for all paragraphs that share them; Whoosh is
shown them as each paragraph's own, and writes them so when it merges.

What Whoosh's own codec (W3) answers, this one does, with two differences: lengths of fields are exact, where W3 rounds
those above ten; and values are stored, and columns kept, only if that needs no pickle (`plain`, `columns`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whoosh.codec.base import Codec, Segment

from searchlib.directory import Directory
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.documents import DocumentsReader, DocumentsWriter
from searchlib.engines.whoosh.inverted import InvertedReader, InvertedWriter
from searchlib.engines.whoosh.table import Row


class ArrayCodec(Codec):  # type: ignore[misc]  # Whoosh's classes are not typed
    # Lengths are written once for a paragraph, and not again for a posting.
    length_stats = False

    def new_segment(self, storage: Any, index_name: str) -> NewSegment:
        return NewSegment(index_name, storage.directory)

    def per_document_writer(self, _: Any, segment: NewSegment) -> DocumentsWriter:
        return segment.documents

    def field_writer(self, _: Any, segment: NewSegment) -> InvertedWriter:
        return InvertedWriter(segment.arrays, segment.documents)

    def per_document_reader(self, _: Any, segment: ArraySegment) -> DocumentsReader:
        return DocumentsReader(segment.file, segment)

    def terms_reader(self, _: Any, segment: ArraySegment) -> InvertedReader:
        return InvertedReader(segment.file, DocumentsReader(segment.file, segment))


class ArraySegment(Segment):  # type: ignore[misc]  # Whoosh's classes are not typed
    """A segment that is read; `removed` are the numbers of its deleted paragraphs."""

    def __init__(self, index_name: str, name: str, file: ArrayFile | None, removed: Iterable[int]) -> None:
        self.indexname, self.segid = index_name, name
        self.compound = False
        self._file = file
        self.committed = frozenset(removed)
        self._removed = set(self.committed)

    @property
    def file(self) -> ArrayFile:
        assert self._file is not None  # noqa: S101 — only one that is being written has none
        return self._file

    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    def should_assemble(self) -> bool:
        return False

    def doc_count_all(self) -> int:
        return int(self.file.facts["paragraphs"])

    def set_doc_count(self, size: int) -> None:
        """Counting is what the writer of the paragraphs does."""

    def deleted_count(self) -> int:
        return len(self._removed)

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._removed))

    def is_deleted(self, number: int) -> bool:
        return number in self._removed

    def delete_document(self, number: int, delete: bool = True) -> None:
        """Raises `ValueError` where a deletion is taken back that was committed."""
        if delete:
            self._removed.add(number)
        elif number in self.committed:
            raise ValueError(f"paragraph {number} is gone since the last commit")
        else:
            self._removed.discard(number)


class NewSegment(ArraySegment):
    """A segment that is written; when its writers have been closed, it is read like any other."""

    def __init__(self, index_name: str, folder: Directory) -> None:
        super().__init__(index_name, table.new_name(table.read(folder).next), None, ())
        self._arrays = folder / Row(self.segid, 0, 0).file
        self.arrays = ArrayWriter(self._arrays)
        self.documents = DocumentsWriter(self.arrays)

    @property
    def file(self) -> ArrayFile:
        if self._file is None:
            self._file = ArrayFile(self._arrays)
        return self._file

    def doc_count_all(self) -> int:
        return self.documents.size
