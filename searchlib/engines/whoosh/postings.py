"""One segment of the index, its postings and lengths as arrays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from searchlib.analysis.terms import WORDS
from searchlib.engines.ranking import COUNTED_IN
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
from searchlib.engines.whoosh.terms import NONE, Figures, Postings, Terms
from searchlib.model import TEXT, Paragraph, field_text

Mask = npt.NDArray[np.bool_]

# The terms of `words` that do not begin with a Han character, as ranges of their bytes. The ranges may have Han
# characters in them, and have a few; what counts is that they have every other character of a word.
_OTHER_SCRIPTS = (("", "⺀"), ("〆", "〇"), ("\u302a", "㐀"), ("\ua000", "\ue000"), ("\uf900", "\U00020000"))

# Postings kept in memory at most, at 8 bytes each.
_MOST_REMEMBERED = 4_000_000


class Segment:
    """What a segment holds. Removed paragraphs keep their numbers until segments are merged."""

    def __init__(self, file: ArrayFile, removed: Numbers) -> None:
        self.file = self._file = file
        self.removed = self._removed = removed
        self.size = int(file.facts["paragraphs"])
        self._terms: dict[str, Terms] = {}
        self._postings: dict[tuple[str, bytes], Postings] = {}
        self._remembered = 0
        self._stored = Records(file, stored_field(PARAGRAPH))
        self._titles = Records(file, stored_field(TITLE_STORED))
        self._headings = Records(file, stored_field(HEADING_STORED))

    @cached_property
    def live(self) -> Mask:
        """Which paragraphs have not been removed."""
        mask = np.ones(self.size, np.bool_)
        mask[self._removed] = False
        return mask

    @property
    def live_count(self) -> int:
        return self.size - len(self._removed)

    @cached_property
    def word_count(self) -> int:
        """Words in the texts and titles of all paragraphs that have not been removed."""
        removed = sum(int(self._column(name)[self._removed].sum()) for name in (LENGTH, TITLE_LENGTH))
        return int(self._file.facts["words"]) - removed

    @cached_property
    def lengths(self) -> Figures:
        """Words in each paragraph's text and title."""
        return self._column(LENGTH).astype(np.float64) + self.title_lengths

    @cached_property
    def title_lengths(self) -> Figures:
        """Words in the title of each paragraph."""
        return self._column(TITLE_LENGTH).astype(np.float64)

    @property
    def paths(self) -> list[str]:
        """The paths of all sources in the order of their paragraphs; of some everything may have been removed."""
        return self._sources[0]

    @property
    def starts(self) -> Numbers:
        """The first paragraph of each source, and behind them the number of all paragraphs."""
        return self._sources[1]

    @cached_property
    def _sources(self) -> tuple[list[str], Numbers]:
        # A source is written as a whole, so its paragraphs are neighbours; merging segments leaves them in order.
        terms = self.terms(PATH)
        firsts = terms.paragraphs.firsts()
        order = np.argsort(firsts)
        paths = [os.fsdecode(terms.dictionary[at]) for at in order.tolist()]
        return paths, np.append(firsts[order], self.size)

    @cached_property
    def source_of(self) -> Numbers:
        """For each paragraph the place of its source in `paths`."""
        return np.repeat(np.arange(len(self.paths)), np.diff(self.starts))

    def of_sources(self, is_wanted: Callable[[str], bool]) -> Mask:
        """The paragraphs of the sources whose path is wanted."""
        wanted = np.fromiter(map(is_wanted, self.paths), np.bool_, len(self.paths))
        return np.repeat(wanted, np.diff(self.starts))

    def terms(self, field: str) -> Terms:
        if field not in self._terms:
            self._terms[field] = Terms(self._file, field, self.size)
        return self._terms[field]

    def postings(self, field: str, term: str | bytes) -> Postings:
        """The postings of a term, remembered: a question asks for a term more than once."""
        key = field, term if isinstance(term, bytes) else term.encode()
        return self._remembering(key, lambda: self._read(*key))

    def _remembering(self, key: tuple[str, bytes], read: Callable[[], Postings]) -> Postings:
        if key not in self._postings:
            found = read()
            self._remembered += len(found.paragraphs)
            if self._remembered > _MOST_REMEMBERED:
                self._postings.clear()
                self._remembered = len(found.paragraphs)
            self._postings[key] = found
        return self._postings[key]

    def counted(self, field: str, term: str) -> Postings:
        """The postings of a term in all fields in which it counts for the ranking, added up."""
        fields = COUNTED_IN.get(field, (field,))
        return self._remembering(("+".join(fields), term.encode()), lambda: self._added(fields, term))

    def _added(self, fields: Sequence[str], term: str) -> Postings:
        parts = [part for field in fields if len((part := self.postings(field, term)).paragraphs)]
        if len(parts) < 2:
            return parts[0] if parts else NONE
        added = np.zeros(self.size)
        for part in parts:
            added[part.paragraphs] += 1
            added[part.repeated] += part.frequencies - 1
        paragraphs = np.flatnonzero(added)
        repeated = paragraphs[added[paragraphs] != 1]
        return Postings(paragraphs, repeated, added[repeated])

    def having(self, field: str, *terms: str | bytes) -> Mask:
        """Which paragraphs have any of the terms."""
        mask = np.zeros(self.size, np.bool_)
        for term in terms:
            mask[self.postings(field, term).paragraphs] = True
        return mask

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
        source = int(np.searchsorted(self.starts, number, "right")) - 1
        heading, title = (
            records[number - int(self._column(back)[number])]
            for records, back in ((self._headings, HEADING_BACK), (self._titles, TITLE_BACK))
        )
        at = number - int(self.starts[source])
        return paragraph_of(self._stored[number], self.paths[source], at, heading, title)

    def text(self, number: int, field: str = TEXT) -> str:
        """What the paragraph says in a field, not folded; see `field_text`."""
        return text_of(self._stored[number]) if field == TEXT else field_text(self.paragraph(number), field)

    def _column(self, name: str) -> npt.NDArray[np.unsignedinteger]:
        """A number for each paragraph."""
        return self._file[column(name)]

    def _read(self, field: str, term: bytes) -> Postings:
        found = self._written(field, term)
        if field in BACK and len(found.paragraphs):
            found = self._spread(found, BACK[field])
        if len(self._removed):
            live = self.live
            kept = live[found.repeated]
            found = Postings(
                found.paragraphs[live[found.paragraphs]], found.repeated[kept], found.frequencies[kept]
            )
        return found

    def _written(self, field: str, term: bytes) -> Postings:
        terms = self.terms(field)
        at = terms.dictionary.find(term)
        return NONE if at is None else terms.postings(at)

    def _spread(self, written: Postings, back: str) -> Postings:
        """Postings of what paragraphs share, for all that share it."""
        times = np.zeros(self.size)
        times[written.paragraphs] = 1
        times[written.repeated] = written.frequencies
        spread = times[self._shared_with(back)]
        paragraphs = np.flatnonzero(spread)
        repeated = paragraphs[spread[paragraphs] != 1]
        return Postings(paragraphs, repeated, spread[repeated])

    def _shared_with(self, back: str) -> Numbers:
        """For each paragraph, the first of its source with its title or its headings."""
        return np.arange(self.size) - self._column(back)
