"""One segment of the index, its postings and lengths as arrays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.columns import NumericColumn
from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import IndexReader, TermNotFound

from searchlib.analysis.terms import WORDS
from searchlib.engines.ranking import COUNTED_IN
from searchlib.engines.whoosh.schema import BACK, HEADING_BACK, LENGTH, PARAGRAPH, PATH, TITLE_BACK, TITLE_LENGTH
from searchlib.engines.whoosh.stored import paragraph_of, text_of
from searchlib.model import TEXT, Paragraph, field_text

Numbers = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Postings(NamedTuple):
    """The paragraphs that have a term, by their number in the segment, rising, and how often each has it."""

    paragraphs: Numbers
    frequencies: Figures

    def times(self, number: int) -> int:
        """How often one paragraph has the term."""
        at = int(np.searchsorted(self.paragraphs, number))
        return int(self.frequencies[at]) if at < len(self.paragraphs) and self.paragraphs[at] == number else 0


_NONE = Postings(np.empty(0, np.int64), np.empty(0, np.float64))

# The terms of `words` that do not begin with a Han character, as ranges of their bytes. The ranges may have Han
# characters in them, and have a few; what counts is that they have every other character of a word.
_OTHER_SCRIPTS = (("", "⺀"), ("〆", "〇"), ("\u302a", "㐀"), ("\ua000", "\ue000"), ("\uf900", "\U00020000"))


# Postings kept in memory at most, at 16 bytes each.
_MOST_REMEMBERED = 4_000_000
# Sorting numbers costs this many times as much as counting them all up in an array of the segment's size.
_FEW = 16


class Segment:
    """What one of Whoosh's segments holds. Removed paragraphs keep their numbers until segments are merged."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        self.size: int = reader.doc_count_all()
        self._postings: dict[tuple[str, bytes], Postings] = {}
        self._remembered = 0

    @cached_property
    def live(self) -> Mask:
        """Which paragraphs have not been removed."""
        mask = np.ones(self.size, np.bool_)
        mask[list(self._reader.deleted_docs_set)] = False
        return mask

    @cached_property
    def lengths(self) -> Figures:
        """Words in each paragraph's text and title; 0 for those removed."""
        return (self._column(LENGTH) * self.live).astype(np.float64) + self.title_lengths

    @cached_property
    def title_lengths(self) -> Figures:
        """Words in the title of each paragraph; 0 for those removed."""
        return (self._column(TITLE_LENGTH) * self.live).astype(np.float64)

    @property
    def paths(self) -> list[str]:
        """The paths of all sources, of some of which everything may have been removed."""
        return self._sources[0]

    @property
    def source_of(self) -> Numbers:
        """For each paragraph the place of its source in `paths`."""
        return self._sources[1]

    @cached_property
    def _sources(self) -> tuple[list[str], Numbers]:
        paths, source_of = [], np.zeros(self.size, np.int64)
        # A source is written as a whole, so its paragraphs are neighbours; merging segments leaves them in order.
        for place, (term, info) in enumerate(self._reader.iter_field(PATH)):
            paths.append(os.fsdecode(term))
            source_of[info.min_id() : info.max_id() + 1] = place
        return paths, source_of

    def of_sources(self, is_wanted: Callable[[str], bool]) -> Mask:
        """The paragraphs of the sources whose path is wanted."""
        return np.fromiter(map(is_wanted, self.paths), np.bool_, len(self.paths))[self.source_of]

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
            return parts[0] if parts else _NONE
        both = np.concatenate([part.paragraphs for part in parts])
        frequencies = np.concatenate([part.frequencies for part in parts])
        if len(both) * _FEW < self.size:
            paragraphs, places = np.unique(both, return_inverse=True)
            return Postings(paragraphs, np.bincount(places, frequencies).astype(np.float64))
        added = np.bincount(both, frequencies, self.size).astype(np.float64)
        paragraphs = np.flatnonzero(added)
        return Postings(paragraphs, added[paragraphs])

    def having(self, field: str, *terms: str | bytes) -> Mask:
        """Which paragraphs have any of the terms."""
        mask = np.zeros(self.size, np.bool_)
        for term in terms:
            mask[self.postings(field, term).paragraphs] = True
        return mask

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

    def text(self, number: int, field: str = TEXT) -> str:
        """What the paragraph says in a field, not folded; see `field_text`."""
        stored = self._reader.stored_fields(number)[PARAGRAPH]
        return text_of(stored) if field == TEXT else field_text(paragraph_of(stored), field)

    def _column(self, name: str) -> Numbers:
        """A number for each paragraph."""
        column = self._reader.column_reader(name, NumericColumn("I"), translate=False)
        # Whoosh gives out one value at a time, 2 µs each; its bytes, which are not part of its interface, come at once.
        raw = np.frombuffer(column._dbfile.get(column._basepos, 4 * column._count), ">u4")
        values = np.zeros(self.size, np.int64)
        values[: len(raw)] = raw
        return values

    def _read(self, field: str, term: bytes) -> Postings:
        found = self._written(field, term)
        return self._spread(found, BACK[field]) if field in BACK and len(found.paragraphs) else found

    def _spread(self, written: Postings, back: str) -> Postings:
        """Postings of what paragraphs share, for all that share it."""
        if back == TITLE_BACK:
            # All paragraphs of a source have its title, and they are neighbours.
            counts = self._titled[written.paragraphs]
            ends = np.cumsum(counts)
            shift = np.repeat(written.paragraphs - (ends - counts), counts)
            return Postings(np.arange(ends[-1]) + shift, np.repeat(written.frequencies, counts))
        frequencies = np.zeros(self.size)
        frequencies[written.paragraphs] = written.frequencies
        spread = frequencies[self._headed]
        paragraphs = np.flatnonzero(spread)
        return Postings(paragraphs, spread[paragraphs])

    @cached_property
    def _titled(self) -> Numbers:
        """How many paragraphs share the title of each that is the first with it; 0 for the others."""
        return np.bincount(np.arange(self.size) - self._column(TITLE_BACK), minlength=self.size)

    @cached_property
    def _headed(self) -> Numbers:
        """For each paragraph, the first of its source with its headings."""
        return np.arange(self.size) - self._column(HEADING_BACK)

    def _written(self, field: str, term: bytes) -> Postings:
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return _NONE
        if not isinstance(matcher, FilterMatcher):
            return _blocks(matcher)
        paragraphs, frequencies = _blocks(matcher.child)
        kept = self.live[paragraphs]
        return Postings(paragraphs[kept], frequencies[kept])


def _blocks(matcher: W3LeafMatcher) -> Postings:
    """All postings of a term, block by block.

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
    return Postings(np.concatenate(numbers), np.concatenate(weights)) if numbers else _NONE
