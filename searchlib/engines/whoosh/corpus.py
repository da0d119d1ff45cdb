"""All segments as one: their paragraphs and sources numbered through, so that a question goes over them once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, islice, pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from whoosh.query import Query

from searchlib.engines.ranking import saturation
from searchlib.engines.whoosh.decisions import Decisions
from searchlib.engines.whoosh.entries import Entry
from searchlib.engines.whoosh.groups import Groups, groups_of
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Lengths, Mask, Segment, Units
from searchlib.engines.whoosh.schema import PATH, path_term
from searchlib.engines.whoosh.terms import NOTHING, Figures
from searchlib.model import Paragraph
from searchlib.query.weights import K1

Key = tuple[str, str | bytes]
Made = TypeVar("Made")

# Numbers of paragraphs kept in memory at most, at 8 bytes each, and terms of which figures are.
_MOST_KEPT = 16_000_000
_MOST_KNOWN = 2_000

# So much of the files may stay mapped in memory between two questions.
_MOST_MAPPED = 256_000_000
# Up to so many sources are put in the order of their paths by themselves; for more, all are, once.
_FEW_SOURCES = 1_000
# To clear a mask at places costs so many times as much for each as to clear all of it.
_FILLED = 32


class Titled(NamedTuple):
    """The sources with a term in their title, by their place, rising; how often each has it; and their paragraphs."""

    sources: Numbers
    frequencies: Figures
    paragraphs: int


UNTITLED = Titled(NOTHING.paragraphs, NOTHING.frequencies, 0)


class Corpus:
    """What there is beside the question. A number is that of a paragraph among all, removed ones included."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        *self._bases, self.size = accumulate((segment.size for segment in segments), initial=0)
        self._entries: dict[Key, Entry] = {}
        self._kept = 0
        self._titled: dict[Key, Titled] = {}
        self._in_both: dict[Key, int] = {}
        self.decisions = Decisions()
        self._masks: list[Mask] = []
        self._sums: list[Units] = []

    @cached_property
    def live(self) -> Mask:
        """Which paragraphs have not been removed."""
        return _joined([segment.live for segment in self._segments], np.bool_)

    @cached_property
    def paragraphs(self) -> int:
        return sum(segment.live_count for segment in self._segments)

    @cached_property
    def lengths(self) -> Lengths:
        return _joined([segment.lengths for segment in self._segments], np.int32)

    @cached_property
    def average_length(self) -> float:
        return max(sum(segment.word_count for segment in self._segments), 1) / max(self.paragraphs, 1)

    @cached_property
    def units(self) -> Units:
        """What a term of weight 1 adds to the score of each paragraph that has it once, rounded."""
        least, most = (int(self.lengths.min()), int(self.lengths.max())) if self.size else (0, 0)
        # Lengths are whole numbers and few: so many divisions, and not one for each paragraph.
        limits = saturation(np.arange(least, most + 1, dtype=np.float64), self.average_length)
        return ((K1 + 1) / (1 + limits)).astype(np.float32)[self.lengths - least]

    @cached_property
    def least_saturation(self) -> float:
        return saturation(float(self.lengths.min(initial=0)), self.average_length)

    @property
    def largest_unit(self) -> float:
        return (K1 + 1) / (1 + self.least_saturation)

    @cached_property
    def starts(self) -> Numbers:
        """The first paragraph of each source, rising, and the end."""
        firsts = [segment.starts[:-1] + base for segment, base in zip(self._segments, self._bases, strict=True)]
        return np.concatenate([*firsts, np.array([self.size])])

    @cached_property
    def source_sizes(self) -> Numbers:
        return np.diff(self.starts)

    @cached_property
    def title_lengths(self) -> Lengths:
        return _joined([segment.title_lengths for segment in self._segments], np.int32)

    @cached_property
    def paths(self) -> Sequence[str]:
        return list(chain.from_iterable(segment.paths for segment in self._segments))

    @cached_property
    def groups(self) -> Groups | None:
        """The paragraphs that were cut; None where none was."""
        cut = [
            (np.flatnonzero(segment.continues) + base, segment.edges)
            for segment, base in zip(self._segments, self._bases, strict=True)
            if segment.continues is not None
        ]
        if not cut:
            return None
        continued, edges = (np.concatenate(parts) for parts in zip(*cut, strict=True))
        return groups_of(continued, edges, self.live, self.size)

    def entry(self, field: str, term: str | bytes) -> Entry:
        """A term of any field but those of titles, remembered."""
        if (found := self._entries.get((field, term))) is None:
            found = self._entry(field, term)
            self._kept += found.kept
            if self._kept > _MOST_KEPT or len(self._entries) >= _MOST_KNOWN:
                self._entries.clear()
                self._kept = found.kept
            self._entries[field, term] = found
        return found

    def _entry(self, field: str, term: str | bytes) -> Entry:
        parts = [
            (base, part)
            for base, segment in zip(self._bases, self._segments, strict=True)
            if (part := segment.part(field, term))
        ]
        return Entry(parts, self.size, self.live if self.paragraphs < self.size else None)

    def titled(self, field: str, term: str | bytes) -> Titled:
        """The sources with a term in a field of their titles, remembered."""
        return _remembered(self._titled, (field, term), lambda: self._found_titled(field, term))

    def _found_titled(self, field: str, term: str | bytes) -> Titled:
        # The terms of a title are written for the first paragraph of its source.
        entry = self._entry(field, term)
        if not entry.count:
            return UNTITLED
        paragraphs, (repeated, frequencies) = entry.paragraphs, entry.repeated
        times = np.ones(len(paragraphs))
        times[paragraphs.searchsorted(repeated)] = frequencies
        sources = self.starts.searchsorted(paragraphs, "right") - 1
        return Titled(sources, times, int(self.source_sizes[sources].sum()))

    def in_both(self, field: str, title_field: str, term: str) -> int:
        """How many paragraphs have a term in a field and in their title too, remembered."""
        return _remembered(self._in_both, (field, term), lambda: self._counted_in_both(field, title_field, term))

    def _counted_in_both(self, field: str, title_field: str, term: str) -> int:
        entry, sources = self.entry(field, term), self.titled(title_field, term).sources
        if entry.bits is None:
            ends = np.searchsorted(entry.paragraphs, self.starts[sources + 1])
            return int((ends - np.searchsorted(entry.paragraphs, self.starts[sources])).sum())
        mask = self.clean_mask()
        self.mark(sources, mask)
        mask &= entry.bits.mask()
        count = int(np.count_nonzero(mask))
        self.give_back(mask)
        return count

    def mark_inside(self, piece: str, field: str, most: int, mask: Mask) -> bool:
        """Set the mask for the paragraphs with a word of a field that has `piece`, which is not Han, inside.

        Return whether that could be done: not where there are more such words in a segment than so many.
        """
        for base, segment in zip(self._bases, self._segments, strict=True):
            words = list(islice(segment.words_with(piece, field), most + 1))
            if len(words) > most:
                return False
            paragraphs = segment.terms(field).paragraphs
            for word in words:
                mask[paragraphs.numbers(word) + base] = True
        return True

    def by_whoosh(self, node: Query) -> Mask:
        """Which paragraphs match a query that is not of our language."""
        # Whoosh's searcher takes its time to import, and no question of the language needs it.
        from searchlib.engines.whoosh import fallback

        return _joined([fallback.matching(node, segment) for segment in self._segments], np.bool_)

    def term_count(self, field: str) -> int:
        """How many different terms a field has."""
        terms: set[bytes] = set()
        return len(terms.union(*(segment.terms(field).dictionary for segment in self._segments)))

    def paragraph(self, number: int) -> Paragraph:
        at = bisect_right(self._bases, number) - 1
        return self._segments[at].paragraph(number - self._bases[at])

    def texts(self, numbers: Numbers, field: str) -> list[str]:
        """What paragraphs, by rising number, say in a field."""
        found: list[str] = []
        for segment, within in self._by_segment(numbers):
            found += segment.texts(within.tolist(), field)
        return found

    def _by_segment(self, numbers: Numbers) -> Iterator[tuple[Segment, Numbers]]:
        """The segments that have some of the paragraphs, with the numbers in there."""
        cuts = numbers.searchsorted([*self._bases, self.size]).tolist()
        for segment, base, (first, end) in zip(self._segments, self._bases, pairwise(cuts), strict=True):
            if first < end:
                yield segment, numbers[first:end] - base

    def of_path(self, path: str) -> Numbers:
        """The paragraphs of a source, in order."""
        return self.entry(PATH, path_term(path)).paragraphs

    def source_at(self, numbers: Numbers) -> Numbers:
        """The source of each paragraph; of many, their numbers have to be rising."""
        if len(numbers) <= len(self.source_sizes):
            return np.searchsorted(self.starts, numbers, "right") - 1
        return np.repeat(np.arange(len(self.source_sizes)), np.diff(np.searchsorted(numbers, self.starts)))

    def spread(self, sources: Numbers) -> Numbers:
        """The paragraphs of sources."""
        counts = self.source_sizes[sources]
        ends = np.cumsum(counts)
        return np.repeat(self.starts[sources] - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)

    def mark(self, sources: Numbers, mask: Mask) -> None:
        """Sets the mask for all paragraphs of sources."""
        if len(sources) < _FEW_SOURCES:
            for start, end in zip(self.starts[sources].tolist(), self.starts[sources + 1].tolist(), strict=True):
                mask[start:end] = True
        else:
            marked = np.zeros(len(self.source_sizes), np.bool_)
            marked[sources] = True
            mask |= np.repeat(marked, self.source_sizes)

    def source_count(self, mask: Mask) -> int:
        """How many sources have a paragraph in the mask."""
        if not self.size:
            return 0
        return int(np.count_nonzero(np.bitwise_or.reduceat(mask.view(np.uint8), self.starts[:-1])))

    def ranks(self, sources: Numbers) -> Numbers:
        """Numbers that are in the order of the sources' paths."""
        if len(sources) > _FEW_SOURCES:
            return self._ranks[sources]
        # A question has few of all paths on its page; to sort all of them takes longer than to answer it.
        among = {source: rank for rank, source in enumerate(sorted(set(sources.tolist()), key=self.paths.__getitem__))}
        return np.array([among[source] for source in sources.tolist()], np.int64)

    @cached_property
    def _ranks(self) -> Numbers:
        ranks = np.empty(len(self.paths), np.int64)
        ranks[sorted(range(len(self.paths)), key=self.paths.__getitem__)] = np.arange(len(self.paths))
        return ranks

    def release(self) -> None:
        """Lets go of the memory that large files take, when a question has been answered.

        The system counts what was read of them as this process's, and has it in its cache all the same.
        """
        if sum(segment.file.size for segment in self._segments) > _MOST_MAPPED:
            for segment in self._segments:
                segment.file.release()

    # Arrays of the size of the index are kept for the next question: to fill one takes less than to get it anew. Lists
    # hand one to each that asks, in threads of their own too: whether there is one left, only taking it tells. One that
    # is not given back is no loss.

    def clean_mask(self) -> Mask:
        try:
            return self._masks.pop()
        except IndexError:
            return np.zeros(self.size, np.bool_)

    def give_back(self, mask: Mask, touched: Numbers | None = None) -> None:
        """Keeps a mask; `touched` are the paragraphs that it may be set for, where they are known and few."""
        if touched is None or len(touched) * _FILLED > self.size:
            mask.fill(False)
        else:
            mask[touched] = False
        self._masks.append(mask)

    def clean_sums(self) -> Units:
        try:
            return self._sums.pop()
        except IndexError:
            return np.zeros(self.size, np.float32)

    def give_back_sums(self, sums: Units) -> None:
        sums.fill(0)
        self._sums.append(sums)


def _remembered(known: dict[Key, Made], key: Key, make: Callable[[], Made]) -> Made:
    if (found := known.get(key)) is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[key] = make()
    return found


def _joined(parts: Sequence[npt.NDArray[Any]], kind: type[np.generic]) -> npt.NDArray[Any]:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0, kind)
