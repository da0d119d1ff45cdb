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
        # Of all texts that were gathered: what tells how much memory is taken.
        self.characters = 0

    def begin(self, path: str) -> None:
        """The paragraphs that follow are of this source."""
        self._paths.append(path_term(path))
        self._starts.append(self.size)
        self._title.begin()
        self._heading.begin()

    def add(self, paragraph: Paragraph) -> None:
        text, title, heading = paragraph.text, paragraph.title, paragraph.heading
        self._gatherer.add(text)
        self._stored.add(stored(paragraph))
        if title != self._title.last and self._title.is_new(self.size, title):
            self._title.put(self.size, stored_title(title), field_text(paragraph, TITLE))
        if heading != self._heading.last and self._heading.is_new(self.size, heading):
            self._heading.put(self.size, stored_headings(heading), field_text(paragraph, HEADING))
        self.characters += len(text)
        self.size += 1

    def write(self) -> None:
        """Writes the segment; there is nothing to be added any more."""
        self._stored.close()
        self._title.close(self.size)
        self._heading.close(self.size)
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
        firsts, which = np.array(shared.firsts, np.uint32), shared.which(self.size)
        lengths = self._written_terms(shared.gatherer, words, chars, firsts)
        self._writer.append(column(back), smallest(np.arange(self.size, dtype=np.uint32) - firsts[which]))
        return lengths[which]

    def _written_terms(self, gatherer: Gatherer, words: str, chars: str, paragraphs: Array) -> Array:
        """Writes the terms of texts, each of which is of one of the paragraphs; returns the words of each text."""
        vocabulary, numbers, word_counts, codes, code_counts = gatherer.take()
        owners = np.repeat(paragraphs, word_counts)
        write_words(TermsWriter(self._writer, words, self.size), vocabulary, numbers, owners)
        # What is not needed any more makes room for the characters, which need most.
        del vocabulary, numbers, owners
        write_points(TermsWriter(self._writer, chars, self.size), codes, code_counts, paragraphs)
        return word_counts

    def discard(self) -> None:
        """Lets go of what has been gathered."""
        self._writer.discard()


class _Shared:
    """What many paragraphs of a source have alike, gathered once; `firsts` are those that have it first."""

    def __init__(self, records: RecordsWriter) -> None:
        self.gatherer = Gatherer()
        self.firsts = array("I")
        # What the last paragraph has; of another source there is none.
        self.last: Hashable = None
        self._records, self._recorded = records, 0
        self._known: dict[Hashable, int] = {}
        # Where stretches of paragraphs begin that have the same, and the places of that among the firsts.
        self._starts, self._places = array("I"), array("I")

    def begin(self) -> None:
        """Another source shares nothing with the one before."""
        self._known = {}
        self.last = None

    def is_new(self, number: int, value: Hashable) -> bool:
        """Takes a paragraph with another value than the last; if it is new to its source, `put` has to follow."""
        self.last = value
        place = self._known.setdefault(value, len(self.firsts))
        self._starts.append(number)
        self._places.append(place)
        return place == len(self.firsts)

    def put(self, number: int, record: bytes, text: str) -> None:
        """What the paragraph is the first one with."""
        self.firsts.append(number)
        self._records.skip(number - self._recorded)
        self._records.add(record)
        self._recorded = number + 1
        self.gatherer.add(text)

    def close(self, size: int) -> None:
        self._records.skip(size - self._recorded)
        self._records.close()

    def which(self, size: int) -> Array:
        """For each paragraph the place of what it has among the firsts."""
        return np.repeat(np.array(self._places), np.diff(np.array([*self._starts, size])).astype(np.int64))
