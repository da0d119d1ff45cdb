"""One segment of the index, its postings and lengths as arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchlib.analysis.terms import WORDS
from searchlib.engines.whoosh.arrays import ArrayFile, column, stored_field
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.records import Records
from searchlib.engines.whoosh.schema import (
    BACK,
    HEADING_BACK,
    HEADING_STORED,
    LENGTH,
    PARAGRAPH,
    PATH,
    TITLE_BACK,
    TITLE_LENGTH,
    TITLE_STORED,
)
from searchlib.engines.whoosh.stored import paragraph_of, text_of
from searchlib.engines.whoosh.terms import NOTHING, Figures, Postings, Terms, times_of
from searchlib.model import TEXT, Paragraph, field_text

Mask = npt.NDArray[np.bool_]
Lengths = npt.NDArray[np.int32]


class Titled(NamedTuple):
    """The sources with a term in their title, by their place in the segment, rising, and how often each has it."""

    sources: Numbers
    frequencies: Figures


UNTITLED = Titled(NOTHING.paragraphs, NOTHING.frequencies)

# The terms of `words` that do not begin with a Han character, as ranges of their bytes. The ranges may have Han
# characters in them, and have a few; what counts is that they have every other character of a word.
_OTHER_SCRIPTS = (("", "⺀"), ("〆", "〇"), ("\u302a", "㐀"), ("\ua000", "\ue000"), ("\uf900", "\U00020000"))

# Terms whose places in the dictionary are remembered: a question asks for each several times.
_MOST_FOUND = 10_000


class Segment:
    """What a segment holds. Removed paragraphs keep their numbers until segments are merged."""

    def __init__(self, file: ArrayFile, removed: Numbers) -> None:
        self.file = file
        self.removed = removed
        self.size = int(file.facts["paragraphs"])
        self._terms: dict[str, Terms] = {}
        self._found: dict[tuple[str, bytes], int | None] = {}
        self._heading_back, self._title_back = (file.lazy(column(name), "<u1") for name in (HEADING_BACK, TITLE_BACK))
        self._stored, self._titles, self._headings = (
            Records(file, stored_field(name)) for name in (PARAGRAPH, TITLE_STORED, HEADING_STORED)
        )

    @cached_property
    def live(self) -> Mask:
        """Which paragraphs have not been removed."""
        mask = np.ones(self.size, np.bool_)
        mask[self.removed] = False
        return mask

    @property
    def live_count(self) -> int:
        return self.size - len(self.removed)

    @cached_property
    def word_count(self) -> int:
        """Words in the texts and titles of all paragraphs that have not been removed."""
        removed = sum(int(self._column(name)[self.removed].sum()) for name in (LENGTH, TITLE_LENGTH))
        return int(self.file.facts["words"]) - removed

    @cached_property
    def lengths(self) -> Lengths:
        """Words in each paragraph's text and title; 0 for those removed."""
        lengths: Lengths = np.add(self._column(LENGTH), self._column(TITLE_LENGTH), dtype=np.int32)
        lengths[self.removed] = 0
        return lengths

    @cached_property
    def title_lengths(self) -> Lengths:
        """Words in the title of each source; 0 for those removed."""
        firsts = self.starts[:-1]
        return (self._column(TITLE_LENGTH)[firsts] * self.live[firsts]).astype(np.int32)

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
        terms = self.terms(PATH)
        firsts = terms.paragraphs.firsts()
        order = np.argsort(firsts)
        return [os.fsdecode(terms.dictionary[at]) for at in order.tolist()], np.append(firsts[order], self.size)

    def terms(self, field: str) -> Terms:
        if (found := self._terms.get(field)) is None:
            found = self._terms[field] = Terms(self.file, field, self.size)
        return found

    def _at(self, field: str, term: str | bytes) -> int | None:
        """The number of a term in its field's dictionary."""
        key = field, term if isinstance(term, bytes) else term.encode()
        if key in self._found:
            return self._found[key]
        if len(self._found) >= _MOST_FOUND:
            self._found.clear()
        found = self._found[key] = self.terms(field).dictionary.find(key[1])
        return found

    def postings(self, field: str, term: str | bytes) -> Postings:
        """The postings of a term in any field but those of titles; each time, they are decoded."""
        if (at := self._at(field, term)) is None:
            return NOTHING
        found = self.terms(field).postings(at)
        if BACK.get(field) == HEADING_BACK:
            found = self._spread(found)
        if not len(self.removed):
            return found
        kept = self.live[found.repeated]
        return Postings(found.paragraphs[self.live[found.paragraphs]], found.repeated[kept], found.frequencies[kept])

    def titled(self, field: str, term: str | bytes) -> Titled:
        """The sources with a term in a field of their titles."""
        # The terms of a title are written for the first paragraph of its source.
        paragraphs, repeated, frequencies = self.postings(field, term)
        if not len(paragraphs):
            return UNTITLED
        times = np.ones(len(paragraphs))
        times[np.searchsorted(paragraphs, repeated)] = frequencies
        return Titled(np.searchsorted(self.starts, paragraphs, "right") - 1, times)

    def having_count(self, field: str, term: str | bytes) -> int:
        """How many paragraphs have a term in a field, not one of titles; nothing is decoded where that can be."""
        if BACK.get(field) == HEADING_BACK:
            return len(self.postings(field, term).paragraphs)
        if (at := self._at(field, term)) is None:
            return 0
        terms = self.terms(field)
        count = terms.paragraphs.count(at)
        return count - int(np.count_nonzero(terms.times(at, self.removed))) if len(self.removed) else count

    def most_often(self, field: str, term: str | bytes) -> float:
        """How often a paragraph has a term at most; may be more, but is no less than 1."""
        at = self._at(field, term)
        return 1.0 if at is None else max(1.0, self.terms(field).most_often(at))

    def times(self, field: str, term: str | bytes, numbers: Numbers) -> Figures:
        """How often each of some paragraphs, by rising number and none of them removed, has a term.

        A list that is kept as bits is not decoded for it.
        """
        if field in BACK:
            return occurrences(self.postings(field, term), numbers)
        at = self._at(field, term)
        return np.zeros(len(numbers)) if at is None else self.terms(field).times(at, numbers)

    def words_with(self, piece: str, field: str = WORDS) -> Iterator[bytes]:
        """The words of a field that have `piece`, which is not Han, inside; looks through all words that are not."""
        wanted = piece.encode()
        terms = self.terms(field)
        for first, end in _OTHER_SCRIPTS:
            last = end.encode("utf-8", "surrogatepass")
            for at in terms.from_term(first.encode()):
                term = terms.dictionary[at]
                if term >= last:
                    break
                if wanted in term:
                    yield term

    def paragraph(self, number: int) -> Paragraph:
        source = int(self.starts.searchsorted(number, "right")) - 1
        heading, title = (
            records[number - back.at(number)]
            for records, back in ((self._headings, self._heading_back), (self._titles, self._title_back))
        )
        place = number - int(self.starts[source])
        return paragraph_of(self._stored[number], self.paths[source], place, heading, title)

    def texts(self, numbers: Sequence[int], field: str = TEXT) -> list[str]:
        """What paragraphs, by rising number, say in a field, not folded; see `field_text`."""
        if field == TEXT:
            return [text_of(record) for record in self._stored.many(numbers)]
        return [field_text(self.paragraph(number), field) for number in numbers]

    def _column(self, name: str) -> npt.NDArray[np.unsignedinteger]:
        """A number for each paragraph."""
        return self.file[column(name)]

    def _spread(self, written: Postings) -> Postings:
        """What paragraphs share is written once, and has to be spread over all that share it."""
        times = np.zeros(self.size)
        times[written.paragraphs] = 1
        times[written.repeated] = written.frequencies
        times = times[np.arange(self.size) - self._column(HEADING_BACK)]
        repeated = np.flatnonzero(times > 1)
        return Postings(np.flatnonzero(times), repeated, times[repeated])


def distinct(parts: Sequence[Numbers]) -> Numbers:
    """The numbers of all parts, rising, each once."""
    numbers = np.sort(np.concatenate([NOTHING.paragraphs, *parts]))
    return numbers[np.diff(numbers, prepend=-1) > 0]


def has(rising: Numbers, numbers: Numbers) -> Mask:
    """Which of the numbers are among some that rise."""
    if not len(rising):
        return np.zeros(len(numbers), np.bool_)
    # Methods, and not functions: there are as many calls as terms, of microseconds.
    found: Mask = rising.take(rising.searchsorted(numbers), mode="clip") == numbers
    return found


def occurrences(postings: Postings, numbers: Numbers) -> Figures:
    """How often each of the paragraphs, by rising number, has a term."""
    return times_of(has(postings.paragraphs, numbers), postings.repeated, postings.frequencies, numbers)
