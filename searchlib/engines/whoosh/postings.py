"""One segment of the index, its postings and lengths as arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.columns import NumericColumn
from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import IndexReader, TermNotFound

from searchlib.analysis.terms import WORDS
from searchlib.engines.whoosh.schema import BACK, HEADING_BACK, LENGTH, PARAGRAPH, PATH, TITLE_LENGTH
from searchlib.engines.whoosh.stored import paragraph_of, text_of
from searchlib.model import TEXT, Paragraph, field_text

Numbers = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Lengths = npt.NDArray[np.int32]


class Postings(NamedTuple):
    """The paragraphs that have a term, by their number in the segment, rising.

    `repeated` are the places in `paragraphs` of those that have it more than once, `frequencies` how often these do.
    """

    paragraphs: Numbers
    repeated: Numbers
    frequencies: Figures


class Titled(NamedTuple):
    """The sources with a term in their title, by their place in the segment, rising, and how often each has it."""

    sources: Numbers
    frequencies: Figures


NOTHING = Postings(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))
UNTITLED = Titled(NOTHING.paragraphs, NOTHING.frequencies)

# The terms of `words` that do not begin with a Han character, as ranges of their bytes. The ranges may have Han
# characters in them, and have a few; what counts is that they have every other character of a word.
_OTHER_SCRIPTS = (("", "⺀"), ("〆", "〇"), ("\u302a", "㐀"), ("\ua000", "\ue000"), ("\uf900", "\U00020000"))


# Postings kept in memory at most, at 8 bytes each.
_MOST_REMEMBERED = 8_000_000


class Segment:
    """What one of Whoosh's segments holds. Removed paragraphs keep their numbers until segments are merged."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        self.size: int = reader.doc_count_all()
        self._postings: dict[tuple[str, bytes], Postings] = {}
        self._remembered = 0
        self._in_both: dict[tuple[str, str], int] = {}

    @cached_property
    def live(self) -> Mask:
        """Which paragraphs have not been removed."""
        mask = np.ones(self.size, np.bool_)
        mask[list(self._reader.deleted_docs_set)] = False
        return mask

    @cached_property
    def lengths(self) -> Lengths:
        """Words in each paragraph's text and title; 0 for those removed."""
        return ((self._column(LENGTH) + self._column(TITLE_LENGTH)) * self.live).astype(np.int32)

    @cached_property
    def title_lengths(self) -> Lengths:
        """Words in the title of each source; 0 for those removed."""
        return (self._column(TITLE_LENGTH) * self.live)[self.starts[:-1]].astype(np.int32)

    @property
    def paths(self) -> Sequence[str]:
        """The paths of all sources, in the order of their paragraphs; of some everything may have been removed."""
        return self._sources[0]

    @property
    def starts(self) -> Numbers:
        """The first paragraph of each source, rising, and the end: the paragraphs of a source are neighbours."""
        return self._sources[1]

    @cached_property
    def _sources(self) -> tuple[list[str], Numbers]:
        # A source is written as a whole, so its paragraphs are neighbours; merging segments leaves them in order.
        found = sorted((info.min_id(), os.fsdecode(term)) for term, info in self._reader.iter_field(PATH))
        return [path for _, path in found], np.array([*(start for start, _ in found), self.size], np.int64)

    def postings(self, field: str, term: str | bytes) -> Postings:
        """The postings of a term, remembered, in any field but those of titles."""
        key = field, term if isinstance(term, bytes) else term.encode()
        if key not in self._postings:
            found = self._read(*key)
            self._remembered += len(found.paragraphs)
            if self._remembered > _MOST_REMEMBERED:
                self._postings.clear()
                self._remembered = len(found.paragraphs)
            self._postings[key] = found
        return self._postings[key]

    def titled(self, field: str, term: str | bytes) -> Titled:
        """The sources with a term in a field of their titles."""
        # The terms of a title are written for the first paragraph of its source.
        paragraphs, repeated, repetitions = self.postings(field, term)
        frequencies = np.ones(len(paragraphs))
        frequencies[repeated] = repetitions
        return Titled(np.searchsorted(self.starts, paragraphs, "right") - 1, frequencies)

    def having_count(self, field: str, term: str | bytes) -> int:
        """How many paragraphs have a term in a field, not one of titles; read from the dictionary where that knows."""
        if field in BACK or self._reader.has_deletions():
            return len(self.postings(field, term).paragraphs)
        return int(self._reader.doc_frequency(field, term if isinstance(term, bytes) else term.encode()))

    def most_often(self, field: str, term: str | bytes) -> float:
        """How often a paragraph has a term at most; may be more, but is no less than 1."""
        return float(self.postings(field, term).frequencies.max(initial=1))

    def times(self, field: str, term: str | bytes, numbers: Numbers) -> Figures:
        """How often each of some paragraphs, by rising number, has a term; for few of them it need not be decoded."""
        return occurrences(self.postings(field, term), numbers)

    def in_both(self, field: str, title_field: str, term: str) -> int:
        """How many paragraphs have a term in a field and in their title too, remembered."""
        if (field, term) not in self._in_both:
            sources = self.titled(title_field, term).sources
            paragraphs = self.postings(field, term).paragraphs
            ends = np.searchsorted(paragraphs, self.starts[sources + 1])
            self._in_both[field, term] = int((ends - np.searchsorted(paragraphs, self.starts[sources])).sum())
        return self._in_both[field, term]

    def words_with(self, piece: str, field: str = WORDS) -> Iterator[bytes]:
        """The words of a field that have `piece`, which is not Han, inside; looks through all words that are not."""
        wanted = piece.encode()
        for first, end in _OTHER_SCRIPTS:
            last = end.encode("utf-8", "surrogatepass")
            for other, term in self._reader.terms_from(field, first.encode()):
                if other != field or term >= last:
                    break
                if wanted in term:
                    yield term

    def paragraph(self, number: int) -> Paragraph:
        return paragraph_of(self._reader.stored_fields(number)[PARAGRAPH])

    def texts(self, numbers: Sequence[int], field: str = TEXT) -> list[str]:
        """What paragraphs, by rising number, say in a field, not folded; see `field_text`."""
        found = (self._reader.stored_fields(number)[PARAGRAPH] for number in numbers)
        return [text_of(stored) if field == TEXT else field_text(paragraph_of(stored), field) for stored in found]

    def _column(self, name: str) -> Numbers:
        """A number for each paragraph."""
        column = self._reader.column_reader(name, NumericColumn("I"), translate=False)
        # Whoosh gives out one value at a time, 2 µs each; its bytes, which are not part of its interface, come at once.
        raw = np.frombuffer(column._dbfile.get(column._basepos, 4 * column._count), ">u4")
        values = np.zeros(self.size, np.int64)
        values[: len(raw)] = raw
        return values

    def _read(self, field: str, term: bytes) -> Postings:
        paragraphs, frequencies = self._written(field, term)
        if BACK.get(field) == HEADING_BACK:
            # What paragraphs share is written once, and has to be spread over all that share it.
            shared = np.zeros(self.size)
            shared[paragraphs] = frequencies
            spread = shared[self._headed]
            paragraphs = np.flatnonzero(spread)
            frequencies = spread[paragraphs]
        repeated = np.flatnonzero(frequencies > 1)
        return Postings(paragraphs, repeated, frequencies[repeated])

    @cached_property
    def _headed(self) -> Numbers:
        """For each paragraph, the first of its source with its headings."""
        return np.arange(self.size) - self._column(HEADING_BACK)

    def _written(self, field: str, term: bytes) -> tuple[Numbers, Figures]:
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return NOTHING.paragraphs, NOTHING.frequencies
        if not isinstance(matcher, FilterMatcher):
            return _blocks(matcher)
        paragraphs, frequencies = _blocks(matcher.child)
        kept = self.live[paragraphs]
        return paragraphs[kept], frequencies[kept]


def distinct(parts: Sequence[Numbers]) -> Numbers:
    """The numbers of all parts, rising, each once."""
    numbers = np.sort(np.concatenate([NOTHING.paragraphs, *parts]))
    return numbers[np.diff(numbers, prepend=-1) > 0]


def has(rising: Numbers, numbers: Numbers) -> Mask:
    """Which of the numbers are among some that rise."""
    if not len(rising):
        return np.zeros(len(numbers), np.bool_)
    found: Mask = rising.take(np.searchsorted(rising, numbers), mode="clip") == numbers
    return found


def occurrences(postings: Postings, numbers: Numbers) -> Figures:
    """How often each of the paragraphs, by rising number, has a term."""
    paragraphs, repeated, frequencies = postings
    if not len(paragraphs):
        return np.zeros(len(numbers))
    # Methods, and not functions: there are as many calls as terms, of microseconds.
    places = paragraphs.searchsorted(numbers)
    times: Figures = (paragraphs.take(places, mode="clip") == numbers).astype(np.float64)
    if len(repeated):
        at = repeated.searchsorted(places)
        again = ((repeated.take(at, mode="clip") == places) & (times > 0)).nonzero()[0]
        times[again] = frequencies[at[again]]
    return times


def _blocks(matcher: W3LeafMatcher) -> tuple[Numbers, Figures]:
    """All paragraphs that have a term, block by block, and how often each has it.

    Whoosh reads postings a block at a time and gives them out one by one, at 0.5 µs each; the blocks themselves, which
    are not part of its interface, are the difference between seconds and milliseconds for common characters. A matcher
    that leaves out removed paragraphs begins at the first block that has others, and there may be none.
    """
    numbers, weights = [], []
    while matcher.is_active():
        matcher._read_ids()
        matcher._read_weights()
        numbers.append(np.fromiter(matcher._ids, np.int64))
        weights.append(np.array(matcher._weights, np.float64))
        matcher._next_block()
    if not numbers:
        return NOTHING.paragraphs, NOTHING.frequencies
    return np.concatenate(numbers), np.concatenate(weights)
