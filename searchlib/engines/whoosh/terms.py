"""The terms of one field of a segment, in the order of their bytes, with their postings.

The arrays of a field, whose names begin with its own:

    bytes, ends        of words: the terms one after the other (u1), and where each one ends (u4); or
    points             of up to three characters: their code points, 21 bits each from the highest on, 0 for none (u8)
    paragraphs.*       for each term the paragraphs that have it; see `lists`
    repeating          the numbers of the terms that some paragraph does not have exactly once (u4)
    repeated.*         for each of these, the paragraphs in question
    times              how often each of those has the term (u1), or 0 where that is in:
    odd_at, odd        the places in `times` of 0 (u8), and the figures (f8)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchlib.engines.whoosh.arrays import Array, ArrayFile, ArrayWriter, LazyArray
from searchlib.engines.whoosh.lists import Lists, ListsWriter, Numbers

Figures = npt.NDArray[np.float64]

# Bits of a code point, of which a term of characters has up to three.
POINT_BITS, MOST_POINTS = 21, 3
_SHIFTS = tuple(POINT_BITS * at for at in reversed(range(MOST_POINTS)))
_ODD = 0


class Postings(NamedTuple):
    """The paragraphs that have a term, by their number in the segment, rising.

    `repeated` are those of them that do not have it exactly once, `frequencies` how often these do.
    """

    paragraphs: Numbers
    repeated: Numbers
    frequencies: Figures


NOTHING = Postings(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


class TermsWriter:
    """Appends terms with their postings to the arrays of a field; `bound` is how many paragraphs the segment has."""

    def __init__(self, writer: ArrayWriter, field: str, bound: int) -> None:
        self._writer, self._field = writer, field
        self._paragraphs = ListsWriter(writer, f"{field}.paragraphs", bound)
        self._repeated = ListsWriter(writer, f"{field}.repeated", bound)
        self._terms = self._bytes = self._times = 0

    def add_words(self, terms: Sequence[bytes], counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        """Terms, how many paragraphs have each, and term after term these and how often they have it."""
        if not terms:
            return
        ends = self._bytes + np.cumsum(np.fromiter(map(len, terms), np.int64, len(terms)))
        self._bytes = int(ends[-1])
        self._writer.append(f"{self._field}.bytes", np.frombuffer(b"".join(terms), np.uint8))
        self._writer.append(f"{self._field}.ends", ends.astype("<u4"))
        self._add(counts, numbers, frequencies)

    def add_points(self, points: npt.NDArray[np.uint64], counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        """The same for terms of characters."""
        self._writer.append(f"{self._field}.points", points.astype("<u8"))
        self._add(counts, numbers, frequencies)

    def _add(self, counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        self._paragraphs.add(numbers, counts)
        repeated = np.flatnonzero(frequencies != 1)
        terms = np.searchsorted(np.cumsum(counts), repeated, "right")
        repeating, counts_of = np.unique(terms, return_counts=True)
        self._writer.append(f"{self._field}.repeating", (self._terms + repeating).astype("<u4"))
        self._repeated.add(numbers[repeated], counts_of)
        self._add_times(frequencies[repeated])
        self._terms += len(counts)

    def _add_times(self, times: Array) -> None:
        is_plain = (times > _ODD) & (times < 1 << 8) & (times == np.floor(times))
        self._writer.append(f"{self._field}.times", np.where(is_plain, times, _ODD).astype("<u1"))
        if len(odd := np.flatnonzero(~is_plain)):
            self._writer.append(f"{self._field}.odd_at", (self._times + odd).astype("<u8"))
            self._writer.append(f"{self._field}.odd", times[odd].astype("<f8"))
        self._times += len(times)


class Words:
    """A dictionary of terms as bytes."""

    def __init__(self, blob: LazyArray, ends: LazyArray) -> None:
        self._bytes, self._ends = blob, ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at: int) -> bytes:
        start = self._ends.at(at - 1) if at else 0
        return self._bytes.part(start, self._ends.at(at)).tobytes()

    def __iter__(self) -> Iterator[bytes]:
        blob = self._bytes.whole().data
        start = 0
        for end in self._ends.whole().tolist():
            yield bytes(blob[start:end])
            start = end

    def find(self, term: bytes) -> int | None:
        at = self.place(term)
        return at if at < len(self) and self[at] == term else None

    def stretch(self, first: int, end: int) -> tuple[bytes, Numbers]:
        """The terms from `first` to before `end`, one after the other, and where each of them ends."""
        start = self._ends.at(first - 1) if first else 0
        ends = self._ends.part(first, end).astype(np.int64) - start
        return self._bytes.part(start, start + int(ends[-1]) if len(ends) else start).tobytes(), ends

    def place(self, term: bytes) -> int:
        """Where the first term is that is not below this one."""
        at = bisect_left(range(len(self)), term, key=self._unproved)
        # See `LazyArray.search`.
        for neighbour in range(max(at - 1, 0), min(at + 1, len(self))):
            self[neighbour]
        return at

    def _unproved(self, at: int) -> bytes:
        ends = self._ends.data
        return bytes(self._bytes.data[ends[at - 1] if at else 0 : ends[at]])


class Points:
    """A dictionary of terms of up to three characters."""

    def __init__(self, points: LazyArray) -> None:
        self._points = points

    @property
    def points(self) -> npt.NDArray[np.uint64]:
        return self._points.whole()

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, at: int) -> bytes:
        return characters(self._points.at(at)).encode()

    def __iter__(self) -> Iterator[bytes]:
        return (characters(number).encode() for number in self.points.tolist())

    def find(self, term: bytes) -> int | None:
        if not (wanted := point(term.decode(errors="replace"))):
            return None
        at = self._points.search(wanted)
        return at if at < len(self) and self._points.at(at) == wanted else None

    def place(self, term: bytes) -> int:
        """Where the first term is that is not below this one."""
        return bisect_left(self, term)


def characters(point: int) -> str:
    codes = (point >> shift & (1 << POINT_BITS) - 1 for shift in _SHIFTS)
    return "".join(map(chr, filter(None, codes))) or "\0"


def point(term: str) -> int:
    """Up to three characters as a number, in whose order terms are in that of their bytes; 0 for what is none."""
    if len(term) > MOST_POINTS:
        return 0
    return sum(ord(char) << shift for char, shift in zip(term, _SHIFTS, strict=False))


class Terms:
    """The terms of a field of one segment."""

    def __init__(self, file: ArrayFile, field: str, bound: int) -> None:
        points = file.lazy(f"{field}.points", "<u8")
        self.dictionary: Words | Points
        if len(points):
            self.dictionary = Points(points)
        else:
            self.dictionary = Words(file.lazy(f"{field}.bytes", "<u1"), file.lazy(f"{field}.ends", "<u4"))
        self.paragraphs = Lists(file, f"{field}.paragraphs", bound)
        self._repeated = Lists(file, f"{field}.repeated", bound)
        self._repeating = file.lazy(f"{field}.repeating", "<u4")
        self._times = file.lazy(f"{field}.times", "<u1")
        self._odd_at, self._odd = file.lazy(f"{field}.odd_at", "<u8"), file.lazy(f"{field}.odd", "<f8")

    def __len__(self) -> int:
        return len(self.paragraphs)

    def from_term(self, term: bytes) -> Iterator[int]:
        """The numbers of the terms from this one on, whether or not it is there."""
        return iter(range(self.dictionary.place(term), len(self)))

    def postings(self, at: int) -> Postings:
        """The postings of the term of this number."""
        return Postings(self.paragraphs.numbers(at), *self.repeated(at))

    def repeated(self, at: int) -> tuple[Numbers, Figures]:
        """The paragraphs that do not have the term exactly once, and how often they have it."""
        place = self._repeating.search(at)
        if place == len(self._repeating) or self._repeating.at(place) != at:
            return NOTHING.repeated, NOTHING.frequencies
        start = int(self._starts[place])
        return self._repeated.numbers(place), self._figures(start, start + self._repeated.count(place))

    def stretch(self, first: int, end: int) -> tuple[Numbers, Numbers, Figures]:
        """The terms from `first` to before `end`: how many paragraphs each has, these, and how often they have it."""
        counts = self.paragraphs.counts_of(first, end)
        numbers = self.paragraphs.stretch(first, end)
        frequencies = np.ones(len(numbers))
        low, high = (self._repeating.search(bound) for bound in (first, end))
        if low < high:
            # Both are sorted by term and then by paragraph, so that each of the second is found in the first.
            owners = np.repeat(np.arange(end - first), counts)
            repeating = np.repeat(
                self._repeating.part(low, high).astype(np.int64) - first, self._repeated.counts_of(low, high)
            )
            keys, wanted = _keys(owners, numbers), _keys(repeating, self._repeated.stretch(low, high))
            start = int(self._starts[low])
            frequencies[np.searchsorted(keys, wanted)] = self._figures(start, start + len(wanted))
        return counts, numbers, frequencies

    @cached_property
    def _starts(self) -> Numbers:
        """Where the figures of each of the repeating terms begin in `times`."""
        counts = self._repeated.counts.astype(np.int64)
        return np.cumsum(counts) - counts

    def _figures(self, start: int, end: int) -> Figures:
        figures = self._times.part(start, end).astype(np.float64)
        if len(self._odd_at):
            low, high = (self._odd_at.search(bound) for bound in (start, end))
            figures[self._odd_at.part(low, high).astype(np.int64) - start] = self._odd.part(low, high)
        return figures


def _keys(terms: Numbers, numbers: Numbers) -> Numbers:
    return (terms << 32) | numbers
