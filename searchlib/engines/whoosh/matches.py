"""The paragraphs that a question matches, as arrays, and their order: none of them is read to be put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.engines.whoosh.terms import Figures


class Row(NamedTuple):
    """One of the paragraphs; see `Matches`."""

    segment: int
    number: int
    rank: int
    complete: bool
    score: float


class Matches(NamedTuple):
    """The paragraphs that a question matches, one at each place of all arrays.

    A paragraph is known by its segment and its number in there; `ranks` are those of their paths among all paths.
    Complete ones come first, then the lesser of `keys`, then the path and the number, which within a segment rises with
    that of the paragraph in its source; see `Order` for what is turned round.
    """

    segments: Numbers
    numbers: Numbers
    ranks: Numbers
    complete: Mask
    scores: Figures
    keys: Figures

    def first(self, wanted: int, *, is_reversed: bool) -> Numbers:
        """The places of the first `wanted` in order."""
        sign = -1 if is_reversed else 1
        complete = self._first_of(np.flatnonzero(self.complete), wanted, sign)
        partial = self._first_of(np.flatnonzero(~self.complete), wanted - len(complete), sign)
        return np.concatenate((complete, partial))

    def sources(self, *, is_reversed: bool) -> tuple[Numbers, Numbers]:
        """The place of the first paragraph of each source, in order, and how many the source has."""
        places = self.first(len(self.ranks), is_reversed=is_reversed)
        _, first, counts = np.unique(self.ranks[places], return_index=True, return_counts=True)
        by_order = np.argsort(first)
        return places[first[by_order]], counts[by_order]

    def source_count(self) -> int:
        return int(np.count_nonzero(np.bincount(self.ranks)))

    def rows(self, places: Numbers) -> Iterator[Row]:
        columns = (self.segments, self.numbers, self.ranks, self.complete, self.scores)
        return map(Row, *(column[places].tolist() for column in columns))

    def _first_of(self, places: Numbers, wanted: int, sign: int) -> Numbers:
        if wanted <= 0:
            return places[:0]
        if wanted < len(places):
            keys = sign * self.keys[places]
            # All that are not after the last one wanted; who ties with it is of the party, for the path to decide.
            places = places[keys <= np.partition(keys, wanted - 1)[wanted - 1]]
        order = np.lexsort([sign * column[places] for column in (self.numbers, self.ranks, self.keys)])
        return places[order[:wanted]]


def joined(parts: Sequence[Matches]) -> Matches:
    if not parts:
        none, nothing = np.empty(0, np.int64), np.empty(0)
        return Matches(none, none, none, np.empty(0, np.bool_), nothing, nothing)
    return Matches(*map(np.concatenate, zip(*parts, strict=True)))
