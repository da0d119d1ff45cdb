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
from functools import lru_cache
from pathlib import Path

import numpy as np

from searchlib.analysis import Terms, analyze
from searchlib.analysis.bulk import Gatherer
from searchlib.analysis.terms import CHARS, HEADING_CHARS, HEADING_WORDS, TITLE_CHARS, TITLE_WORDS, WORDS
from searchlib.engines.whoosh.arrays import ArrayWriter, column, smallest, stored_field
from searchlib.engines.whoosh.invert import write_points, write_strings, write_words
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

# Titles and headings whose terms are kept for the paragraphs that follow.
_SHARED = 16


class Builder:
    """Gathers paragraphs, source after source, and writes them as a segment."""

    def __init__(self, path: Path) -> None:
        self._writer = ArrayWriter(path)
        self._gatherer = Gatherer()
        self._stored = RecordsWriter(self._writer, stored_field(PARAGRAPH))
        self._title = _Shared(self._writer, TITLE_STORED, (TITLE_WORDS, TITLE_CHARS), TITLE_BACK)
        self._heading = _Shared(self._writer, HEADING_STORED, (HEADING_WORDS, HEADING_CHARS), HEADING_BACK)
        self._analyze = lru_cache(_SHARED)(analyze)
        self._title_lengths = array("I")
        self._paths: list[bytes] = []
        self._starts = array("I")
        self.size = 0

    @property
    def characters(self) -> int:
        """How many characters have been gathered, which is what tells the memory they take."""
        return self._gatherer.characters_gathered

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
            self._title.put(stored_title(paragraph.title), self._analyze(field_text(paragraph, TITLE)))
        if self._heading.is_new(number, paragraph.heading):
            self._heading.put(stored_headings(paragraph.heading), self._analyze(field_text(paragraph, HEADING)))
        self._title_lengths.append(self._title.length)
        self.size += 1

    def write(self) -> None:
        """Writes the segment; there is nothing to be added any more."""
        self._stored.close()
        self._write_paths()
        self._write_text()
        self._title.write(self.size)
        self._heading.write(self.size)
        self._writer.close()

    def _write_paths(self) -> None:
        starts = np.array(self._starts, np.int64)
        counts = np.diff(starts, append=self.size)
        order = [at for at in sorted(range(len(self._paths)), key=self._paths.__getitem__) if counts[at]]
        numbers = np.concatenate([np.arange(starts[at], starts[at] + counts[at]) for at in order])
        paths = [self._paths[at] for at in order]
        TermsWriter(self._writer, PATH, self.size).add_words(paths, counts[order], numbers, np.ones(len(numbers)))

    def _write_text(self) -> None:
        gathered = self._gatherer.take()
        lengths, title_lengths = gathered.word_counts, np.array(self._title_lengths)
        self._writer.append(column(LENGTH), smallest(lengths))
        self._writer.append(column(TITLE_LENGTH), smallest(title_lengths))
        self._writer.facts.update(paragraphs=self.size, words=int(lengths.sum()) + int(title_lengths.sum()))
        paragraphs = np.repeat(np.arange(self.size, dtype=np.uint32), lengths)
        write_words(TermsWriter(self._writer, WORDS, self.size), gathered.vocabulary, gathered.words, paragraphs)
        del paragraphs
        firsts, seconds = (gathered.chars >> np.uint64(21)), (gathered.chars & np.uint64((1 << 21) - 1))
        write_points(TermsWriter(self._writer, CHARS, self.size), firsts, seconds, gathered.char_texts)

    def discard(self) -> None:
        """Lets go of what has been gathered."""
        self._writer.discard()


class _Shared:
    """What many paragraphs of a source have alike: written once, with the first of them."""

    def __init__(self, writer: ArrayWriter, name: str, fields: tuple[str, str], back: str) -> None:
        self._writer, self._fields, self._back = writer, fields, back
        self._stored = RecordsWriter(writer, stored_field(name))
        self._first: dict[Hashable, tuple[int, int]] = {}
        self._last: Hashable = None
        self._backs = array("I")
        self._at = 0
        self._numbers: dict[str, int] = {}
        self._words, self._word_paragraphs = array("I"), array("I")
        self._chars: list[str] = []
        self._char_paragraphs = array("I")
        self.length = 0

    def begin(self) -> None:
        """Another source shares nothing with the one before."""
        self._first = {}
        self._last = None

    def is_new(self, number: int, value: Hashable) -> bool:
        """Takes the next paragraph; if it is the first of its source with this value, `put` has to follow."""
        if value is not self._last and value != self._last:
            self._last = value
            if value not in self._first:
                self._first[value] = number, 0
                self._at = number
                self._backs.append(0)
                return True
            self._at, self.length = self._first[value]
        self._stored.add(b"")
        self._backs.append(number - self._at)
        return False

    def put(self, record: bytes, terms: Terms) -> None:
        """What the paragraph is the first one with."""
        self._stored.add(record)
        self.length = len(terms.words)
        self._first[self._last] = self._at, self.length
        self._words.extend(self._numbers.setdefault(word, len(self._numbers)) for word in terms.words)
        self._word_paragraphs.extend([self._at] * len(terms.words))
        self._chars += terms.chars
        self._char_paragraphs.extend([self._at] * len(terms.chars))

    def write(self, size: int) -> None:
        self._stored.close()
        self._writer.append(column(self._back), smallest(np.array(self._backs)))
        words, chars = (TermsWriter(self._writer, field, size) for field in self._fields)
        write_words(words, list(self._numbers), np.array(self._words), np.array(self._word_paragraphs))
        write_strings(chars, self._chars, np.array(self._char_paragraphs))
