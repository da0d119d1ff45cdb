"""Sources to one segment: their terms gathered, then turned around and written as arrays.

Beside the fields of terms (`terms`) a segment has

    stored.paragraph.*, stored.heading.*, stored.title.*   what is stored of each paragraph; see `records`, `stored`
    column.length, column.title_length                     words of the text, and of the title
    column.title_back, column.heading_back                 how many paragraphs before this one has its title, headings
    facts: paragraphs; words: the sum of both lengths
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from pathlib import Path

import numpy as np

from searchlib.analysis.bulk import Gatherer
from searchlib.analysis.terms import CHARS, HEADING_CHARS, HEADING_WORDS, TITLE_CHARS, TITLE_WORDS, WORDS
from searchlib.engines.whoosh.arrays import Array, ArrayWriter, column, smallest, stored_field
from searchlib.engines.whoosh.invert import write_points, write_words
from searchlib.engines.whoosh.records import RecordsWriter
from searchlib.engines.whoosh.schema import (
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
from searchlib.model import HEADING, TITLE, Paragraph, field_text

class Builder:
    """Gathers paragraphs, source after source, and writes them as a segment."""

    def __init__(self, path: Path) -> None:
        self._writer = ArrayWriter(path)
        self._gatherer = Gatherer()
        self._stored = RecordsWriter(self._writer, stored_field(PARAGRAPH))
        self._title = _Shared(RecordsWriter(self._writer, stored_field(TITLE_STORED)))
        self._heading = _Shared(RecordsWriter(self._writer, stored_field(HEADING_STORED)))
        self._paths: list[bytes] = []
        self._starts = array("I")
        self.size = 0

    @property
    def characters(self) -> int:
        """How many characters have been gathered, which is what tells the memory they take."""
        gatherers = (self._gatherer, self._title.gatherer, self._heading.gatherer)
        return sum(gatherer.characters_gathered for gatherer in gatherers)

    def begin(self, path: str) -> None:
        """The paragraphs that follow are of this source."""
        self._paths.append(path_term(path))
        self._starts.append(self.size)
        self._title.begin()
        self._heading.begin()

    def add(self, paragraph: Paragraph) -> None:
        number = self.size
        self._gatherer.add(paragraph.text)
        self._stored.add(stored(paragraph))
        if self._title.is_new(number, paragraph.title):
            self._title.put(stored_title(paragraph.title), field_text(paragraph, TITLE))
        if self._heading.is_new(number, paragraph.heading):
            self._heading.put(stored_headings(paragraph.heading), field_text(paragraph, HEADING))
        self.size += 1

    def write(self) -> None:
        """Writes the segment; there is nothing to be added any more."""
        for records in (self._stored, self._title.records, self._heading.records):
            records.close()
        self._write_paths()
        lengths = self._written_terms(self._gatherer, WORDS, CHARS, np.arange(self.size, dtype=np.uint32))
        title_lengths = self._written_shared(self._title, TITLE_WORDS, TITLE_CHARS, TITLE_BACK)
        self._written_shared(self._heading, HEADING_WORDS, HEADING_CHARS, HEADING_BACK)
        self._writer.append(column(LENGTH), smallest(lengths))
        self._writer.append(column(TITLE_LENGTH), smallest(title_lengths))
        self._writer.facts.update(paragraphs=self.size, words=int(lengths.sum()) + int(title_lengths.sum()))
        self._writer.close()

    def _write_paths(self) -> None:
        starts = np.array(self._starts, np.int64)
        counts = np.diff(starts, append=self.size)
        order = [at for at in sorted(range(len(self._paths)), key=self._paths.__getitem__) if counts[at]]
        numbers = np.concatenate([np.arange(starts[at], starts[at] + counts[at]) for at in order])
        paths = [self._paths[at] for at in order]
        TermsWriter(self._writer, PATH, self.size).add_words(paths, counts[order], numbers, np.ones(len(numbers)))

    def _written_shared(self, shared: _Shared, words: str, chars: str, back: str) -> Array:
        """Writes what paragraphs share and how far back they share it; returns the words of it, by paragraph."""
        firsts, which = np.array(shared.firsts, np.uint32), np.array(shared.which)
        lengths = self._written_terms(shared.gatherer, words, chars, firsts)
        self._writer.append(column(back), smallest(np.arange(self.size, dtype=np.uint32) - firsts[which]))
        return lengths[which]

    def _written_terms(self, gatherer: Gatherer, words: str, chars: str, paragraphs: Array) -> Array:
        """Writes the terms of texts, each of which is of one of the paragraphs; returns the words of each text."""
        gathered = gatherer.take()
        writers = [TermsWriter(self._writer, field, self.size) for field in (words, chars)]
        owners = np.repeat(paragraphs, gathered.word_counts)
        write_words(writers[0], gathered.vocabulary, gathered.words, owners)
        del owners
        firsts, seconds = (gathered.chars >> np.uint64(21)), (gathered.chars & np.uint64((1 << 21) - 1))
        write_points(writers[1], firsts, seconds, paragraphs[gathered.char_texts])
        return gathered.word_counts

    def discard(self) -> None:
        """Lets go of what has been gathered."""
        self._writer.discard()


class _Shared:
    """What many paragraphs of a source have alike, gathered once: `firsts` have it first, `which` is each one's."""

    def __init__(self, records: RecordsWriter) -> None:
        self.records = records
        self.gatherer = Gatherer()
        self.firsts, self.which = array("I"), array("I")
        self._known: dict[Hashable, int] = {}
        self._last: Hashable = None
        self._at = 0

    def begin(self) -> None:
        """Another source shares nothing with the one before."""
        self._known = {}
        self._last = None

    def is_new(self, number: int, value: Hashable) -> bool:
        """Takes the next paragraph; if it is the first of its source with this value, `put` has to follow."""
        if value is not self._last and value != self._last:
            self._last = value
            is_new = value not in self._known
            if is_new:
                self._known[value] = len(self.firsts)
                self.firsts.append(number)
            self._at = self._known[value]
        else:
            is_new = False
        self.which.append(self._at)
        if not is_new:
            self.records.add(b"")
        return is_new

    def put(self, record: bytes, text: str) -> None:
        """What the paragraph is the first one with."""
        self.records.add(record)
        self.gatherer.add(text)
