"""What Whoosh keeps of each paragraph beside its terms, written and read as arrays.

    stored.NAME.*      what is stored of a field: see `records`
    stored.NAME.kinds  what kind of value each of these is (u1), see `plain`; without it all are bytes, and the empty
                       ones nothing
    length.NAME        how long the field is in each paragraph, exactly (u1, u2 or u4); 0 where it has no terms
    column.NAME…       see `columns`
    vector.NAME.*      for each paragraph, its own terms in the field: a record of u32 number of terms; for each u32
                       bytes of the term, f64 weight, u32 bytes of the value; then term and value after term and value

Names are those of fields as `arrays.quoted` writes them.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from whoosh.codec.base import PerDocumentReader, PerDocumentWriter
from whoosh.columns import Column, ColumnReader, NumericColumn
from whoosh.fields import FieldType, Schema
from whoosh.formats import Format
from whoosh.matching import ListMatcher, Matcher

from searchlib.engines.whoosh.arrays import (
    ArrayFile,
    ArrayWriter,
    column,
    lengths_of,
    smallest,
    stored_field,
    unquoted,
    vectors_of,
)
from searchlib.engines.whoosh.columns import NumbersReader, NumbersWriter, OtherWriter, column_reader, column_writer
from searchlib.engines.whoosh.columns import has_column as has_column_in
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.plain import BYTES, NOTHING, record, value_of
from searchlib.engines.whoosh.records import Records, RecordsWriter
from searchlib.engines.whoosh.schema import BACK, HEADING_BACK, HEADING_STORED, TITLE_BACK, TITLE_STORED

_COUNT, _ITEM = struct.Struct("<I"), struct.Struct("<IdI")
# Stored once for the paragraphs that share it, where a column says how far back.
_STORED_BACK = {TITLE_STORED: TITLE_BACK, HEADING_STORED: HEADING_BACK}
_SHARED = "shared"


class _Values:
    """Records of a field with their kinds; paragraphs come in order, and those left out have nothing."""

    def __init__(self, arrays: ArrayWriter, name: str) -> None:
        self._arrays, self._name = arrays, name
        self._records = RecordsWriter(arrays, name)
        self._kinds = array("B")
        self._is_plain = True

    def add(self, number: int, kind: int, content: bytes) -> None:
        self._fill(number)
        self._kinds.append(kind)
        self._records.add(content)
        self._is_plain = self._is_plain and kind == BYTES and bool(content)

    def write(self, size: int) -> None:
        self._fill(size)
        self._records.close()
        if not self._is_plain:
            self._arrays.append(f"{self._name}.kinds", np.array(self._kinds, "<u1"))

    def _fill(self, number: int) -> None:
        for _ in range(number - len(self._kinds)):
            self._kinds.append(NOTHING)
            self._records.add(b"")


class DocumentsWriter(PerDocumentWriter):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Takes paragraphs one after the other; nothing of one is kept before it is finished."""

    def __init__(self, arrays: ArrayWriter) -> None:
        self._arrays = arrays
        self._values: dict[str, _Values] = {}
        self._lengths: dict[str, array[int]] = {}
        self._columns: dict[str, NumbersWriter | OtherWriter] = {}
        self._pending: list[Callable[[int], None]] = []
        self._is_in_one = False
        self.size = 0
        self.is_closed = False

    def start_doc(self, number: int) -> None:
        if self._is_in_one or number != self.size:
            raise ValueError(f"paragraph {number} can't come after {self.size} others")
        self._is_in_one = True

    def add_field(self, name: str, _: FieldType, value: object, length: int | None) -> None:
        if value is not None:
            self._put(stored_field(name), *record(value))
        if length:
            self._pending.append(lambda number: self._set_length(name, number, length))

    def add_column_value(self, name: str, kind: Column, value: Any) -> None:
        if name not in self._columns:
            self._columns[name] = column_writer(kind)
        self._pending.append(lambda number: self._columns[name].add(number, value))

    def add_vector_items(self, name: str, _: FieldType, items: Iterable[tuple[str, float, bytes]]) -> None:
        if items := list(items):
            self._put(vectors_of(name), BYTES, _vector(items))

    def finish_doc(self) -> None:
        for put in self._pending:
            put(self.size)
        self.size += 1
        self.cancel_doc()

    def cancel_doc(self) -> None:
        self._pending = []
        self._is_in_one = False

    def close(self) -> None:
        if self._is_in_one:
            self.finish_doc()
        self.is_closed = True

    def write(self, schema: Schema) -> None:
        """Appends everything to the arrays.

        What the schema stores and its columns of numbers are there, whether or not any paragraph has something in them.
        """
        for name, field in schema.items():
            if field.stored:
                self._values_of(stored_field(name))
            if type(field.column_type) is NumericColumn and name not in self._columns:
                self._columns[name] = column_writer(field.column_type)
        for values in self._values.values():
            values.write(self.size)
        for name, lengths in self._lengths.items():
            lengths.extend([0] * (self.size - len(lengths)))
            self._arrays.append(lengths_of(name), smallest(np.array(lengths)))
        for name, writer in self._columns.items():
            writer.write(self._arrays, name, self.size)
        self._arrays.facts[_SHARED] = 0

    def total(self, name: str) -> int:
        """The sum of a column of numbers."""
        writer = self._columns.get(name)
        return int(writer.total) if isinstance(writer, NumbersWriter) else 0

    def _put(self, name: str, kind: int, content: bytes) -> None:
        self._pending.append(lambda number: self._values_of(name).add(number, kind, content))

    def _values_of(self, name: str) -> _Values:
        if name not in self._values:
            self._values[name] = _Values(self._arrays, name)
        return self._values[name]

    def _set_length(self, name: str, number: int, length: int) -> None:
        lengths = self._lengths.setdefault(name, array("I"))
        lengths.extend([0] * (number - len(lengths)))
        lengths.append(length)


class DocumentsReader(PerDocumentReader):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Reads them; `segment` says which are deleted. A title is each paragraph's own here, however it is kept."""

    def __init__(self, file: ArrayFile, segment: Any) -> None:
        self._file, self._segment = file, segment
        self._size = int(file.facts["paragraphs"])
        self._lengths: dict[str, Numbers] = {}
        self._stored: dict[str, Callable[[int], object]] = {
            name: self._reader_of(name, stored_field(name)) for name in _named(file, "stored")
        }

    def doc_count(self) -> int:
        return self._size - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        return self._size

    def has_deletions(self) -> bool:
        return bool(self._segment.has_deletions())

    def is_deleted(self, number: int) -> bool:
        return bool(self._segment.is_deleted(number))

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._segment.deleted_docs())

    def stored_fields(self, number: int) -> dict[str, object]:
        values = {name: read(number) for name, read in self._stored.items()}
        return {name: value for name, value in values.items() if value is not None}

    def supports_columns(self) -> bool:
        return True

    def has_column(self, name: str) -> bool:
        return has_column_in(self._file, name)

    def column_reader(self, name: str, kind: Column) -> ColumnReader:
        if name in BACK.values() and shares(self._file):
            return NumbersReader(np.zeros(self._size, np.uint8))
        return column_reader(self._file, name, kind, self._size)

    def lengths(self, name: str) -> Numbers:
        """The length of the field in each paragraph; 0 everywhere where lengths of it are not kept."""
        if name not in self._lengths:
            found = self._file.get(lengths_of(name), "<u1")
            self._lengths[name] = found.astype(np.int64) if len(found) else np.zeros(self._size, np.int64)
        return self._lengths[name]

    def doc_field_length(self, number: int, name: str, default: int = 0) -> int:
        return int(self.lengths(name)[number]) or default

    def field_length(self, name: str) -> int:
        return int(self.lengths(name).sum())

    def min_field_length(self, name: str) -> int:
        return int(min(self.lengths(name), default=0))

    def max_field_length(self, name: str) -> int:
        return int(self.lengths(name).max(initial=0))

    def has_vector(self, number: int, name: str) -> bool:
        return f"{vectors_of(name)}.firsts" in self._file and bool(Records(self._file, vectors_of(name))[number])

    def vector(self, number: int, name: str, format_: Format) -> Matcher:
        items = _items(Records(self._file, vectors_of(name))[number])
        return ListMatcher(*(list(part) for part in zip(*items, strict=True)), format=format_)

    def _reader_of(self, field: str, name: str) -> Callable[[int], object]:
        """What gives the stored value of a paragraph."""
        records, kinds = Records(self._file, name), self._file.get(f"{name}.kinds", "<u1")
        if len(kinds):
            return lambda number: value_of(int(kinds[number]), records[number])
        if field in _STORED_BACK and shares(self._file):
            first = first_of(self._file, _STORED_BACK[field])
            return lambda number: records[int(first[number])] or None
        return lambda number: records[number] or None


def shares(file: ArrayFile) -> bool:
    """Whether paragraphs share titles and headings, as the bulk writer has it."""
    return bool(file.facts.get(_SHARED, 1))


def first_of(file: ArrayFile, back: str) -> Numbers:
    """For each paragraph the one that it shares a title, or headings, with."""
    values = file[column(back)]
    return np.arange(len(values)) - values


def _named(file: ArrayFile, kind: str) -> list[str]:
    names = (name.split(".") for name in file)
    return [unquoted(parts[1]) for parts in names if parts[0] == kind and parts[2:] == ["firsts"]]


def _vector(items: list[tuple[str, float, bytes]]) -> bytes:
    encoded = [(term.encode(), weight, value) for term, weight, value in items]
    heads = b"".join(_ITEM.pack(len(term), weight, len(value)) for term, weight, value in encoded)
    return _COUNT.pack(len(items)) + heads + b"".join(term + value for term, _, value in encoded)


def _items(content: bytes) -> Iterator[tuple[str, float, bytes]]:
    (count,) = _COUNT.unpack_from(content)
    at = _COUNT.size + count * _ITEM.size
    for term_bytes, weight, value_bytes in _ITEM.iter_unpack(content[_COUNT.size : at]):
        middle, end = at + term_bytes, at + term_bytes + value_bytes
        yield content[at:middle].decode(), weight, content[middle:end]
        at = end
