"""Whoosh's interface to the terms of a segment, written and read as arrays.

Beside the arrays of `terms`, whose names begin with the field's own (see `arrays.quoted`), a field has, where its
format says more of a posting than how often the term occurs:

    value_sizes   the bytes of each posting's value (u4), term after term and paragraph after paragraph
    value_starts  where those of each term begin in (u8)
    values        the values, as the format writes them: positions, for one (u1)

A term that Whoosh gives a paragraph twice, as fields of several numbers do, is one posting with both weights.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
from whoosh.codec.base import FieldCursor, FieldWriter, TermsReader
from whoosh.fields import FieldType, Schema
from whoosh.formats import Format
from whoosh.reading import TermInfo, TermNotFound

from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter, quoted, unquoted
from searchlib.engines.whoosh.documents import DocumentsReader, DocumentsWriter, first_of, shares
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.matcher import ArrayMatcher, Values, weights_of
from searchlib.engines.whoosh.schema import BACK, CHAR_FIELDS, LENGTH, TITLE_LENGTH, TermsField
from searchlib.engines.whoosh.terms import Postings, Terms, TermsWriter, point

# Postings that are gathered before they are appended.
_AT_ONCE = 1_000_000
_PLACES = ".paragraphs.places"


class InvertedWriter(FieldWriter):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Takes postings sorted by field, term and paragraph; `close` writes the file, if there have been any to take."""

    def __init__(self, arrays: ArrayWriter, documents: DocumentsWriter) -> None:
        self._arrays, self._documents = arrays, documents
        self._field: _FieldWriter
        self._is_whole = False
        self.is_closed = False

    def add_postings(self, schema: Schema, lengths: object, items: Iterable[Any]) -> None:
        """Takes all that there are, when no more paragraphs come."""
        self._documents.write(schema)
        super().add_postings(schema, lengths, items)
        self._is_whole = True

    def start_field(self, name: str, field: FieldType) -> None:
        self._field = _FieldWriter(self._arrays, name, field, self._documents.size)

    def start_term(self, term: bytes) -> None:
        self._field.start(term)

    def add(self, number: int, weight: float, value: bytes, _: int) -> None:
        self._field.add(number, weight, value)

    def finish_term(self) -> None:
        self._field.finish()

    def finish_field(self) -> None:
        self._field.flush()

    def close(self) -> None:
        if self._is_whole:
            words = sum(self._documents.total(name) for name in (LENGTH, TITLE_LENGTH))
            self._arrays.facts.update(paragraphs=self._documents.size, words=words)
            self._arrays.close()
        self._arrays.discard()
        self.is_closed = True


class _FieldWriter:
    def __init__(self, arrays: ArrayWriter, name: str, field: FieldType, size: int) -> None:
        self._arrays, self._name = arrays, quoted(name)
        self._terms = TermsWriter(arrays, self._name, size)
        self._is_points = name in CHAR_FIELDS and isinstance(field, TermsField)
        self._has_values = field.format.fixed_value_size() != 0
        self._value_bytes = 0
        self._clear()

    def _clear(self) -> None:
        self._found: list[bytes] = []
        self._counts, self._numbers, self._weights = array("I"), array("I"), array("d")
        self._value_sizes, self._value_starts, self._values = array("I"), array("Q"), bytearray()

    def start(self, term: bytes) -> None:
        self._found.append(term)
        self._counts.append(0)
        self._value_starts.append(self._value_bytes)

    def add(self, number: int, weight: float, value: bytes) -> None:
        if self._counts[-1] and self._numbers[-1] == number:
            self._weights[-1] += weight
            return
        self._counts[-1] += 1
        self._numbers.append(number)
        self._weights.append(weight)
        self._value_sizes.append(len(value))
        self._values += value
        self._value_bytes += len(value)

    def finish(self) -> None:
        if len(self._numbers) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        postings = np.array(self._counts, np.int64), np.array(self._numbers, np.int64), np.array(self._weights)
        if self._is_points:
            points = [point(term.decode()) for term in self._found]
            self._terms.add_points(np.array(points, np.uint64), *postings)
        else:
            self._terms.add_words(self._found, *postings)
        if self._has_values:
            self._append("value_sizes", np.array(self._value_sizes, "<u4"))
            self._append("value_starts", np.array(self._value_starts, "<u8"))
            self._append("values", np.frombuffer(bytes(self._values), np.uint8))
        self._clear()

    def _append(self, name: str, values: Any) -> None:
        self._arrays.append(f"{self._name}.{name}", values)


class Field:
    """The terms of one field, by their number, with all postings that each has, of deleted paragraphs too."""

    def __init__(self, file: ArrayFile, name: str, size: int) -> None:
        self.terms = Terms(file, quoted(name), size)
        back = BACK.get(name)
        self._first = first_of(file, back) if back and shares(file) else None
        self._sizes, self._value_starts, self._values = (
            file.get(f"{quoted(name)}.{array_name}", dtype)
            for array_name, dtype in (("value_sizes", "<u4"), ("value_starts", "<u8"), ("values", "<u1"))
        )

    def having(self, at: int) -> int:
        """How many paragraphs have the term."""
        return self.terms.paragraphs.count(at) if self._first is None else len(self.postings(at).paragraphs)

    def postings(self, at: int) -> Postings:
        written = self.terms.postings(at)
        if self._first is None:
            return written
        times = np.zeros(len(self._first))
        times[written.paragraphs] = weights_of(written)
        spread = times[self._first]
        paragraphs = np.flatnonzero(spread)
        repeated = paragraphs[spread[paragraphs] != 1]
        return Postings(paragraphs, repeated, spread[repeated])

    def values(self, at: int) -> Values | None:
        if not len(self._value_starts):
            return None
        first, count = int(self._starts[at]), self.terms.paragraphs.count(at)
        return Values(self._values[int(self._value_starts[at]) :], self._sizes[first : first + count])

    @cached_property
    def _starts(self) -> Numbers:
        """How many postings come before those of each term."""
        counts = self.terms.paragraphs.counts.astype(np.int64)
        return np.cumsum(counts) - counts


class InvertedReader(TermsReader):  # type: ignore[misc]  # Whoosh's classes are not typed
    def __init__(self, file: ArrayFile, documents: DocumentsReader) -> None:
        self._file, self._documents = file, documents
        self._size = documents.doc_count_all()
        self._fields: dict[str, Field] = {}
        names = (name.removesuffix(_PLACES) for name in file if name.endswith(_PLACES))
        # In this order Whoosh merges the terms of several segments.
        self._names = sorted(map(unquoted, names))

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return name in self._names and self.field(name).terms.dictionary.find(text) is not None

    def indexed_field_names(self) -> list[str]:
        return self._names

    def cursor(self, name: str, field: FieldType) -> Cursor:
        return Cursor(self, name, field)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return ((name, text) for name in self._names for text in self.field(name).terms.dictionary)

    def terms_from(self, name: str, first: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field from one on, and those of the fields behind it."""
        if name not in self._names:
            return
        terms = self.field(name).terms
        yield from ((name, terms.dictionary[at]) for at in terms.from_term(first))
        for other in self._names[self._names.index(name) + 1 :]:
            yield from ((other, text) for text in self.field(other).terms.dictionary)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, name: str, first: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(name, first))

    def term_info(self, name: str, text: bytes) -> TermInfo:
        """Raises `TermNotFound`."""
        postings = self.field(name).postings(self._number(name, text))
        weights, lengths = weights_of(postings), self._documents.lengths(name)[postings.paragraphs]
        return TermInfo(
            weight=float(weights.sum()),
            df=len(weights),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(postings.paragraphs[0]),
            maxid=int(postings.paragraphs[-1]),
        )

    def frequency(self, name: str, text: bytes) -> float:
        return float(weights_of(self.field(name).postings(self._number(name, text, KeyError))).sum())

    def doc_frequency(self, name: str, text: bytes) -> int:
        return self.field(name).having(self._number(name, text, KeyError))

    def matcher(self, name: str, text: bytes, format_: Format, scorer: Any = None) -> ArrayMatcher:
        """Raises `TermNotFound`."""
        at = self._number(name, text)
        return ArrayMatcher(
            self.field(name).postings(at),
            lengths=self._documents.lengths(name),
            values=self.field(name).values(at),
            format_=format_,
            term=(name, text),
            scorer=scorer,
        )

    def field(self, name: str) -> Field:
        if name not in self._fields:
            self._fields[name] = Field(self._file, name, self._size)
        return self._fields[name]

    def _number(self, name: str, text: bytes, error: type[Exception] = TermNotFound) -> int:
        at = self.field(name).terms.dictionary.find(text) if name in self._names else None
        if at is None:
            raise error(f"no term {name}:{text!r}")
        return at


class Cursor(FieldCursor):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Walks through the terms of a field, which may be one without terms."""

    def __init__(self, reader: InvertedReader, name: str, field: FieldType) -> None:
        self._reader, self._name, self._field = reader, name, field
        self._terms = reader.field(name).terms
        self._at = 0

    def first(self) -> Any:
        self._at = 0
        return self.text()

    def find(self, term: str | bytes) -> Any:
        """Goes to the term, or to the one that comes where it would be."""
        wanted = term if isinstance(term, bytes) else self._field.to_bytes(term)
        self._at = next(self._terms.from_term(wanted), len(self._terms))
        return self.text()

    def next(self) -> Any:
        self._at += 1
        return self.text()

    def text(self) -> Any:
        """The term as the field has it; None behind the last one."""
        return self._field.from_bytes(self._terms.dictionary[self._at]) if self.is_valid() else None

    term = text

    def term_info(self) -> TermInfo | None:
        return self._reader.term_info(self._name, self._terms.dictionary[self._at]) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._at < len(self._terms)
