"""One segment of the index, its postings and lengths as arrays."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from searchlib.engines.whoosh.arrays import ArrayFile, column, stored_field
from searchlib.engines.whoosh.lists import Bits, Numbers
from searchlib.engines.whoosh.records import Records
from searchlib.engines.whoosh.schema import (
    BACK,
    CONTINUED,
    CONTINUES,
    EDGES,
    HEADING_BACK,
    HEADING_STORED,
    LENGTH,
    PARAGRAPH,
    PATH,
    TITLE_BACK,
    TITLE_LENGTH,
    TITLE_STORED,
)
from searchlib.engines.whoosh.stored import paragraph_of, texts_of
from searchlib.engines.whoosh.terms import NOTHING, Figures, Postings, Terms, Words
from searchlib.errors import IndexDamaged
from searchlib.model import TEXT, Paragraph, field_text

Mask = npt.NDArray[np.bool_]
Lengths = npt.NDArray[np.int32]
Units = npt.NDArray[np.float32]


class Part(Protocol):
    """What one segment has of a term, its removed paragraphs included."""

    @property
    def having(self) -> int:
        """How many paragraphs have the term."""

    def bits(self) -> Bits | None:
        """The paragraphs, where they are kept as bits."""

    def decode(self, numbers: Numbers, base: int) -> None:
        """Puts the paragraphs into an array of so many, with something added to the number of each."""

    def repeated(self) -> tuple[Numbers, Figures]:
        """The paragraphs that do not have the term exactly once, and how often they have it."""


class Written(NamedTuple):
    """A term as the segment's file has it."""

    terms: Terms
    at: int
    having: int

    def bits(self) -> Bits | None:
        return self.terms.paragraphs.bits(self.at)

    def decode(self, numbers: Numbers, base: int) -> None:
        self.terms.paragraphs.decode(self.at, numbers, base)

    def repeated(self) -> tuple[Numbers, Figures]:
        return self.terms.repeated(self.at)


class Spread(NamedTuple):
    """A term of headings: what paragraphs share is written once, and spread over all that share it."""

    postings: Postings

    @property
    def having(self) -> int:
        return len(self.postings.paragraphs)

    def bits(self) -> None:
        return None

    def decode(self, numbers: Numbers, base: int) -> None:
        np.add(self.postings.paragraphs, base, out=numbers)

    def repeated(self) -> tuple[Numbers, Figures]:
        return self.postings.repeated, self.postings.frequencies


# The terms of `words` that do not begin with a Han character, as ranges of their bytes. The ranges may have Han
# characters in them, and have a few; what counts is that they have every other character of a word.
_OTHER_SCRIPTS = (("", "⺀"), ("〆", "〇"), ("\u302a", "㐀"), ("\ua000", "\ue000"), ("\uf900", "\U00020000"))

# Terms whose places in the dictionary are remembered: a question asks for each several times.
_MOST_FOUND = 10_000
# Stands for a place that is not remembered; None is that of a term that is not there.
_NOT_LOOKED_UP = -1


class Segment:
    """What a segment holds. Removed paragraphs keep their numbers until segments are merged."""

    def __init__(self, file: ArrayFile, removed: Numbers) -> None:
        self.file = file
        self.removed = removed
        self.size = int(file.facts["paragraphs"])
        self._columns: dict[str, npt.NDArray[np.unsignedinteger]] = {}
        # Room is made for each of them, so that it has to be as many as there are, whatever the file says.
        if self.size != len(self._column(LENGTH)):
            raise IndexDamaged(str(file.path.parent), f"{file.path.name} has another number of paragraphs than it says")
        self._terms: dict[str, Terms] = {}
        self._found: dict[tuple[str, bytes], int | None] = {}
        self._other_words: dict[str, list[tuple[int, bytes, Numbers]]] = {}
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

    @cached_property
    def continues(self) -> Mask | None:
        """Return which paragraphs go on from the one before; None where none does."""
        return self._column(CONTINUES) != 0 if self.file.facts.get(CONTINUED) else None

    @cached_property
    def edges(self) -> npt.NDArray[np.uint64]:
        """For each paragraph that goes on, the characters on both sides of the cut before it."""
        edges = self.file[EDGES]
        if self.continues is None or len(edges) != np.count_nonzero(self.continues):
            raise IndexDamaged(str(self.file.path.parent), f"{self.file.path.name} has another number of cuts")
        return edges

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
        # Another thread may clear them at any moment, so that what was found is held here.
        known = self._found.get(key, _NOT_LOOKED_UP)
        if known != _NOT_LOOKED_UP:
            return known
        if len(self._found) >= _MOST_FOUND:
            self._found.clear()
        found = self._found[key] = self.terms(field).dictionary.find(key[1])
        return found

    def part(self, field: str, term: str | bytes) -> Part | None:
        """What there is of a term, if there is any; those of titles are at the first paragraph of each source."""
        if (at := self._at(field, term)) is None:
            return None
        terms = self.terms(field)
        if BACK.get(field) == HEADING_BACK:
            return Spread(self._spread(terms.postings(at)))
        return Written(terms, at, terms.paragraphs.count(at))

    def words_with(self, piece: str, field: str) -> Iterator[int]:
        """The words of a field that have `piece`, which is not Han, inside, by their numbers among its terms."""
        wanted = piece.encode()
        for first, words, ends in self._others(field):
            # They stand one after the other: what reaches over the end of one is in none.
            found = words.find(wanted)
            while 0 <= found < len(words):
                at = int(ends.searchsorted(found, "right"))
                end = int(ends[at])
                if found + len(wanted) <= end:
                    yield first + at
                    found = words.find(wanted, end)
                else:
                    found = words.find(wanted, found + 1)

    def _others(self, field: str) -> list[tuple[int, bytes, Numbers]]:
        """The words that do not begin with a Han character, in stretches, remembered.

        Of each stretch, the number of its first word, all of its words one after the other, and where each ends.
        """
        if (known := self._other_words.get(field)) is None:
            dictionary = self.terms(field).dictionary
            known = []
            # One of a field without terms, which is an empty one, may pass for one of characters.
            if isinstance(dictionary, Words):
                for bounds in _OTHER_SCRIPTS:
                    first, end = (dictionary.place(bound.encode("utf-8", "surrogatepass")) for bound in bounds)
                    known.append((first, *dictionary.stretch(first, end)))
            self._other_words[field] = known
        return known

    def paragraph(self, number: int) -> Paragraph:
        source = int(self.starts.searchsorted(number, "right")) - 1
        heading, title = (
            records[number - back.at(number)]
            for records, back in ((self._headings, self._heading_back), (self._titles, self._title_back))
        )
        place = number - int(self.starts[source])
        with self._readable():
            return paragraph_of(self._stored[number], self.paths[source], place, heading, title)

    def texts(self, numbers: Sequence[int], field: str = TEXT) -> list[str]:
        """What paragraphs, by rising number, say in a field, not folded; see `field_text`."""
        if field == TEXT:
            with self._readable():
                return texts_of(self._stored.stretches(numbers))
        return [field_text(self.paragraph(number), field) for number in numbers]

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Records have a checksum and no more: whoever made the file may have put anything into them."""
        try:
            yield
        except (RecursionError, TypeError, ValueError, struct.error) as error:
            what = f"{self.file.path.name} has a text that can't be read ({error})"
            raise IndexDamaged(str(self.file.path.parent), what) from error

    def _column(self, name: str) -> npt.NDArray[np.unsignedinteger]:
        """A number for each paragraph."""
        if (found := self._columns.get(name)) is None:
            found = self._columns[name] = self.file[column(name)]
        return found

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
