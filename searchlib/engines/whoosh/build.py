"""Sources to one segment: their terms gathered, then turned around and written as arrays.

A source that is too large to be gathered whole is written as several segments, each by a builder that goes on where the
one before it ended. Only merged, in order, are they what a reader can use: their columns point back to paragraphs of
segments before.

Beside the fields of terms (`terms`) a segment has

    stored.paragraph.*, stored.heading.*, stored.title.*   what is stored of each paragraph; see `records`, `stored`
    column.length, column.title_length                     words of the text, and of the title
    column.title_back, column.heading_back                 how many paragraphs before this one has its title, headings
    column.continues                                       1 where a paragraph goes on from the one before it
    cuts.edges                                             for each of these, the characters on both sides of the cut
    facts: paragraphs; words: the sum of both lengths; continued: how many paragraphs go on from others
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np

from searchlib.analysis.bulk import Gathered, Gatherer
from searchlib.analysis.fold import fold
from searchlib.analysis.grams import LONGEST
from searchlib.directory import File
from searchlib.engines.whoosh.arrays import Array, ArrayWriter, column, smallest, stored_field
from searchlib.engines.whoosh.invert import write_grams, write_points, write_words
from searchlib.engines.whoosh.records import RecordsWriter
from searchlib.engines.whoosh.schema import (
    CONTINUED,
    CONTINUES,
    EDGE_BITS,
    EDGES,
    HEADING_BACK,
    HEADING_STORED,
    LENGTH,
    PARAGRAPH,
    PATH,
    TITLE_BACK,
    TITLE_LENGTH,
    TITLE_STORED,
    path_term,
)
from searchlib.engines.whoosh.stored import stored, stored_headings, stored_title
from searchlib.engines.whoosh.terms import TermsWriter
from searchlib.model import HEADING, TEXT, TITLE, Paragraph
from searchlib.query.fields import TERM_FIELDS, TermFields

# Beside its text a paragraph takes about as much memory as so many characters; and a word that is new as so many.
BESIDE_TEXT, _A_FORM = 4, 8


class Builder:
    """Gathers sources and writes them as a segment.

    `before`, which has been written, is the builder whose last source goes on here.
    """

    def __init__(self, file: File, before: Builder | None = None) -> None:
        self._writer = ArrayWriter(file)
        self._gatherer = Gatherer()
        self._stored = RecordsWriter(self._writer, stored_field(PARAGRAPH))
        self._title = _Shared(RecordsWriter(self._writer, stored_field(TITLE_STORED)))
        self._heading = _Shared(RecordsWriter(self._writer, stored_field(HEADING_STORED)))
        # The end of the text of the last paragraph.
        self._end = ""
        self._paths: list[bytes] = []
        self._starts = array("I")
        self._continues = array("B")
        self._edges = array("Q")
        self.size = 0
        self._characters = 0
        if before:
            self._go_on(before)

    def _go_on(self, before: Builder) -> None:
        self._paths.append(before._paths[-1])
        self._starts.append(0)
        self._end = before._end
        self._title.go_on(before._title, before.size)
        self._heading.go_on(before._heading, before.size)

    @property
    def characters(self) -> int:
        """Those of all texts that were gathered, and as many for paragraphs and words as take the same memory."""
        return self._characters + _A_FORM * self._gatherer.forms

    def add(self, path: str, paragraphs: Sequence[Paragraph]) -> None:
        """Takes all paragraphs of a source, in order."""
        self.begin(path)
        self.extend(paragraphs)

    def begin(self, path: str) -> None:
        """Begins a source."""
        self._paths.append(path_term(path))
        self._starts.append(self.size)
        self._title.begin()
        self._heading.begin()

    def extend(self, paragraphs: Sequence[Paragraph], behind: str = "") -> None:
        """Takes the next paragraphs of a source.

        They begin where nothing `crosses` from the ones before but grams. `behind` is the text that the last one goes
        on in.
        """
        texts = [paragraph.text for paragraph in paragraphs]
        continues = [paragraph.continues for paragraph in paragraphs]
        # The first one has no term together with the one before.
        self._gatherer.extend(texts, [False, *continues[1:]], behind[: LONGEST - 1])
        self._continues.extend(continues)
        before = [self._end, *texts]
        self._edges.extend(edge(before[at], texts[at]) for at, is_going_on in enumerate(continues) if is_going_on)
        self._end = before[-1][-1:]
        self._stored.extend(map(stored, paragraphs))
        for number, title in self._title.new(self.size, [paragraph.title for paragraph in paragraphs]):
            self._title.put(number, stored_title(title), (paragraphs[number - self.size].named,))
        for number, heading in self._heading.new(self.size, [paragraph.heading for paragraph in paragraphs]):
            self._heading.put(number, stored_headings(heading), heading)
        self._characters += sum(map(len, texts)) + BESIDE_TEXT * len(texts)
        self.size += len(texts)

    def write(self) -> None:
        """Writes the segment; there is nothing to be added any more."""
        self._stored.close()
        self._title.close(self.size)
        self._heading.close(self.size)
        self._write_paths()
        lengths = self._written_terms(self._gatherer.take(), TERM_FIELDS[TEXT], np.arange(self.size, dtype=np.uint32))
        title_lengths = self._written_shared(self._title, TERM_FIELDS[TITLE], TITLE_BACK)
        self._written_shared(self._heading, TERM_FIELDS[HEADING], HEADING_BACK)
        self._writer.append(column(LENGTH), smallest(lengths))
        self._writer.append(column(TITLE_LENGTH), smallest(title_lengths))
        self._writer.append(column(CONTINUES), np.array(self._continues, "<u1"))
        self._writer.append(EDGES, np.array(self._edges, "<u8"))
        words = int(lengths.sum()) + int(title_lengths.sum())
        self._writer.facts.update({"paragraphs": self.size, "words": words, CONTINUED: sum(self._continues)})
        self._writer.close()

    def _write_paths(self) -> None:
        starts = np.array(self._starts, np.int64)
        counts = np.diff(starts, append=self.size)
        order = [at for at in sorted(range(len(self._paths)), key=self._paths.__getitem__) if counts[at]]
        numbers = np.concatenate([np.arange(starts[at], starts[at] + counts[at]) for at in order])
        paths = [self._paths[at] for at in order]
        TermsWriter(self._writer, PATH, self.size).add_words(paths, counts[order], numbers, np.ones(len(numbers)))

    def _written_shared(self, shared: _Shared, fields: TermFields, back: str) -> Array:
        """Writes what paragraphs share and how far back they share it; returns the words of it, by paragraph."""
        firsts, counts = np.array(shared.firsts, np.int64), np.array(shared.counts, np.int64)
        self._gatherer.extend(shared.texts)
        gathered = self._gatherer.take().of(np.array(shared.chosen, np.int64))
        word_counts = self._written_terms(gathered, fields, np.repeat(firsts, counts).astype(np.uint32))
        owners = np.repeat(np.arange(len(firsts)), counts)
        lengths = np.bincount(owners, word_counts, len(firsts)).astype(np.uint32)
        shared.lengths = np.concatenate([shared.lengths, lengths[len(shared.lengths) :]])
        which = shared.which(self.size)
        self._writer.append(column(back), smallest(np.arange(self.size) - firsts[which]))
        return shared.lengths[which]

    def _written_terms(self, gathered: Gathered, fields: TermFields, paragraphs: Array) -> Array:
        """Writes the terms of texts, each of which is of one of the paragraphs; returns the words of each text."""
        vocabulary, numbers, word_counts, codes, code_counts = gathered
        owners = np.repeat(paragraphs, word_counts)
        write_words(TermsWriter(self._writer, fields.words, self.size), vocabulary, numbers, owners)
        # What is not needed any more makes room for the characters, which need most.
        del gathered, vocabulary, numbers, owners
        write_points(TermsWriter(self._writer, fields.chars, self.size), codes, code_counts, paragraphs)
        write_grams(TermsWriter(self._writer, fields.grams, self.size), codes, code_counts, paragraphs)
        return word_counts

    def discard(self) -> None:
        """Lets go of what has been gathered."""
        self._writer.discard()


def edge(before: str, after: str) -> int:
    """The characters on both sides of a cut between two texts, folded, as one number."""
    last, first = map(ord, fold(before[-1] + after[0]))
    return last << EDGE_BITS | first


class _Shared:
    """What many paragraphs of a source have alike, such as headings.

    `firsts` are the paragraphs that have it first, `counts` says of how many texts each is made, and `chosen` which of
    `texts` these are: headings that stand above many others are cut and numbered once. `lengths` says how many words
    each has, once that is known. What a source has from the segment before comes first, with numbers below 0 and of no
    texts, as its terms are there.
    """

    def __init__(self, records: RecordsWriter) -> None:
        self.firsts, self.counts, self.chosen = array("q"), array("I"), array("I")
        self.lengths: Array = np.empty(0, np.uint32)
        self.texts: defaultdict[str, int] = defaultdict(count().__next__)
        self._records, self._recorded = records, 0
        # Where stretches of paragraphs begin that have the same, and the places of that among the firsts.
        self._starts, self._places = array("I"), array("I")
        # What the present source has, with its place among the firsts.
        self._known: dict[Hashable, int] = {}

    def begin(self) -> None:
        """Begins a source."""
        self._known = {}

    def go_on(self, before: _Shared, size: int) -> None:
        """Goes on with the source in which a segment of this size has ended, and takes over what that knows."""
        self._known, places = before._known, list(before._known.values())
        before._known = {}
        for at, value in enumerate(self._known):
            self._known[value] = at
        self.firsts.extend(before.firsts[place] - size for place in places)
        self.counts.extend([0] * len(places))
        self.lengths = before.lengths[places]

    def new(self, first: int, values: Iterable[Hashable]) -> Iterator[tuple[int, Any]]:
        """Takes what the next paragraphs of a source have, from number `first` on.

        Gives the number of each that has something new to its source, and that, for `put` to be called with.
        """
        known = self._known
        last: object = self
        for number, value in enumerate(values, first):
            if value is last:
                continue
            last = value
            place = known.setdefault(value, len(self.firsts))
            self._starts.append(number)
            self._places.append(place)
            if place == len(self.firsts):
                yield number, value

    def put(self, number: int, record: bytes, texts: Sequence[str]) -> None:
        """What the paragraph is the first one with."""
        self.firsts.append(number)
        self.counts.append(len(texts))
        self.chosen.extend(map(self.texts.__getitem__, texts))
        self._records.skip(number - self._recorded)
        self._records.add(record)
        self._recorded = number + 1

    def close(self, size: int) -> None:
        self._records.skip(size - self._recorded)
        self._records.close()

    def which(self, size: int) -> Array:
        """For each paragraph the place of what it has among the firsts."""
        return np.repeat(np.array(self._places), np.diff(np.array([*self._starts, size])).astype(np.int64))
