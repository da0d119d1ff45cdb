"""Several segments to one, array by array; what was removed is left out.

Paragraphs keep their order, and so those of a source stay neighbours. Terms are taken some at a time, so that what is
in memory at once is about as many words as `_WORDS` says and as many postings as `_AT_ONCE`, besides the postings of
the commonest term and a number a paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchlib.directory import File
from searchlib.engines.whoosh.arrays import Array, ArrayFile, ArrayWriter, column, smallest, stored_field
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.records import Records, RecordsWriter
from searchlib.engines.whoosh.schema import COLUMNS, CONTINUED, CONTINUES, EDGES, LENGTHS, STORED_FIELDS, TERM_FIELDS
from searchlib.engines.whoosh.terms import Figures, Points, Terms, TermsWriter, Words

_AT_ONCE = 2_000_000
# Words of all segments together that are held at once.
_WORDS = 200_000
# The new number of a paragraph that is left out.
_GONE = -1


class Part(NamedTuple):
    """A segment to be merged, and the new numbers of its paragraphs."""

    file: ArrayFile
    numbers: Numbers

    @property
    def live(self) -> npt.NDArray[np.bool_]:
        live: npt.NDArray[np.bool_] = self.numbers != _GONE
        return live


def merge(file: File, segments: Sequence[tuple[ArrayFile, Numbers]]) -> int:
    """Writes one segment from several, each with the numbers of its removed paragraphs; returns its paragraphs."""
    parts, size = _parts(segments)
    writer = ArrayWriter(file)
    try:
        for name in STORED_FIELDS:
            _merge_records(writer, stored_field(name), parts)
        words = continued = 0
        for name in COLUMNS:
            values = np.concatenate([part.file[column(name)][part.live] for part in parts])
            writer.append(column(name), smallest(values))
            words += int(values.sum()) if name in LENGTHS else 0
            continued += int(values.sum()) if name == CONTINUES else 0
        writer.append(EDGES, np.concatenate([_edges(part) for part in parts]))
        for field in TERM_FIELDS:
            _merge_terms(TermsWriter(writer, field, size), [_of(part, field) for part in parts])
        writer.facts.update({"paragraphs": size, "words": words, CONTINUED: continued})
        writer.close()
    finally:
        writer.discard()
    return size


def _parts(segments: Sequence[tuple[ArrayFile, Numbers]]) -> tuple[list[Part], int]:
    parts, size = [], 0
    for file, removed in segments:
        live = np.ones(int(file.facts["paragraphs"]), np.bool_)
        live[removed] = False
        parts.append(Part(file, np.where(live, size + np.cumsum(live) - 1, _GONE)))
        size += int(live.sum())
    return parts, size


def _edges(part: Part) -> Array:
    """Return what is on both sides of the cuts in paragraphs that are kept."""
    if not part.file.facts.get(CONTINUED):
        return np.empty(0, "<u8")
    kept: Array = part.file[EDGES][part.live[np.flatnonzero(part.file[column(CONTINUES)])]]
    return kept


def _merge_records(writer: ArrayWriter, name: str, parts: Sequence[Part]) -> None:
    merged = RecordsWriter(writer, name)
    for part in parts:
        live = part.live
        for first, end, block in (records := Records(part.file, name)).blocks():
            if live[first:end].all():
                merged.add_block(block, end - first)
            else:
                for record in records.many((first + np.flatnonzero(live[first:end])).tolist()):
                    merged.add(record)
        part.file.release()
    merged.close()


class _Field(NamedTuple):
    """Terms of a field of a segment to be merged, from `first` to before `end`; see `Part`."""

    terms: Terms
    numbers: Numbers
    file: ArrayFile
    first: int
    end: int

    def words(self) -> list[bytes]:
        dictionary = self.terms.dictionary
        if isinstance(dictionary, Points) or self.first == self.end:
            return []
        blob, ends = dictionary.stretch(self.first, self.end)
        bounds = [0, *ends.tolist()]
        return [blob[start:end] for start, end in pairwise(bounds)]

    def points(self) -> npt.NDArray[np.uint64]:
        dictionary = self.terms.dictionary
        return dictionary.points if isinstance(dictionary, Points) else np.empty(0, np.uint64)


def _of(part: Part, name: str) -> _Field:
    terms = Terms(part.file, name, len(part.numbers))
    return _Field(terms, part.numbers, part.file, 0, len(terms))


def _merge_terms(writer: TermsWriter, whole: Sequence[_Field]) -> None:
    """The postings of all terms of a field."""
    for fields in _ranges(whole):
        dictionary, places = _union(fields)
        for first, end in _stretches(_sizes(fields, places, len(dictionary))):
            terms, counts, numbers, frequencies = _merged(fields, places, first, end)
            if isinstance(dictionary, list):
                writer.add_words([dictionary[at] for at in terms.tolist()], counts, numbers, frequencies)
            elif len(terms):
                writer.add_points(dictionary[terms], counts, numbers, frequencies)
            # Each stretch is read once, and what is mapped counts as this process's memory.
            for field in fields:
                field.file.release()


def _ranges(fields: Sequence[_Field]) -> Iterator[Sequence[_Field]]:
    """The fields, with as many words at a time as are held at once; there are not so many characters and pairs."""
    dictionaries = [field.terms.dictionary for field in fields]
    # Between two of these no segment has more than its share, also where the words of each are all different.
    step = max(1, _WORDS // len(fields))
    bounds = {words[at] for words in dictionaries if isinstance(words, Words) for at in range(step, len(words), step)}
    firsts = [0] * len(fields)
    for bound in sorted(bounds):
        ends = [dictionary.place(bound) for dictionary in dictionaries]
        yield [field._replace(first=first, end=end) for field, first, end in zip(fields, firsts, ends, strict=True)]
        firsts = ends
    yield [field._replace(first=first) for field, first in zip(fields, firsts, strict=True)]


def _union(fields: Sequence[_Field]) -> tuple[list[bytes] | Array, list[Numbers]]:
    """The terms of all, in order, and for each segment which of them its own are."""
    points = [field.points() for field in fields]
    if any(map(len, points)):
        all_points = np.unique(np.concatenate(points))
        return all_points, [np.searchsorted(all_points, own) for own in points]
    words = [field.words() for field in fields]
    all_words = sorted(set().union(*words))
    number = {word: at for at, word in enumerate(all_words)}
    return all_words, [np.fromiter(map(number.__getitem__, own), np.int64, len(own)) for own in words]


def _sizes(fields: Sequence[_Field], places: Sequence[Numbers], terms: int) -> Numbers:
    """Number of postings of each term of the union, by its place."""
    counts = np.zeros(terms, np.int64)
    for field, place in zip(fields, places, strict=True):
        counts[place] += field.terms.paragraphs.counts_of(field.first, field.end)
    return counts


def _stretches(counts: Numbers) -> Iterator[tuple[int, int]]:
    """Terms from one to before another, with about as many postings as are merged at once."""
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + _AT_ONCE, "right")))
        yield first, end
        first = end


class _Merged(NamedTuple):
    """Terms by their place, how many paragraphs have each, and term after term these and how often they have it."""

    terms: Numbers
    counts: Numbers
    numbers: Numbers
    frequencies: Figures


def _merged(fields: Sequence[_Field], places: Sequence[Numbers], first: int, end: int) -> _Merged:
    """The terms from `first` to before `end` that are still in a paragraph."""
    stretches = [_kept(field, place, first, end) for field, place in zip(fields, places, strict=True)]
    owners, numbers, frequencies = map(np.concatenate, zip(*stretches, strict=True))
    del stretches
    # One term by itself may have all paragraphs, and those of the segments are in order.
    if end > first + 1:
        keys = (owners.astype(np.int64) << 32) | numbers
        order = np.argsort(keys)
        del keys
        owners, numbers, frequencies = owners[order], numbers[order], frequencies[order]
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    return _Merged(owners[starts].astype(np.int64) + first, np.diff(starts, append=len(owners)), numbers, frequencies)


def _kept(field: _Field, place: Numbers, first: int, end: int) -> tuple[npt.NDArray[np.int32], Numbers, Figures]:
    """The postings of a segment that are kept: their terms, counted from `first`, new numbers, and frequencies."""
    low, high = np.searchsorted(place, (first, end)).tolist()
    counts, numbers, frequencies = field.terms.stretch(field.first + low, field.first + high)
    owners = np.repeat((place[low:high] - first).astype(np.int32), counts)
    numbers = field.numbers[numbers]
    kept = numbers != _GONE
    return (owners, numbers, frequencies) if kept.all() else (owners[kept], numbers[kept], frequencies[kept])
