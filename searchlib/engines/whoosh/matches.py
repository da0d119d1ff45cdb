"""The paragraphs that a question matches, as arrays, and their order: none of them is read to be put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.postings import Figures, Mask, Numbers


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
    that of the paragraph in its source.
    """

    segments: Numbers
    numbers: Numbers
    ranks: Numbers
    complete: Mask
    scores: Figures
    keys: Figures

    def first(self, wanted: int) -> Numbers:
        """The places of the first `wanted` in order."""
        complete = self._first_of(np.flatnonzero(self.complete), wanted)
        return np.concatenate((complete, self._first_of(np.flatnonzero(~self.complete), wanted - len(complete))))

    def sources(self) -> tuple[Numbers, Numbers]:
        """The place of the first paragraph of each source, in order, and how many the source has."""
        places = self.first(len(self.ranks))
        _, first, counts = np.unique(self.ranks[places], return_index=True, return_counts=True)
        by_order = np.argsort(first)
        return places[first[by_order]], counts[by_order]

    def rows(self, places: Numbers) -> Iterator[Row]:
        columns = (self.segments, self.numbers, self.ranks, self.complete, self.scores)
        return map(Row, *(column[places].tolist() for column in columns))

    def _first_of(self, places: Numbers, wanted: int) -> Numbers:
        if wanted <= 0:
            return places[:0]
        if wanted < len(places):
            keys = self.keys[places]
            # All that are not after the last one wanted; who ties with it is of the party, for the path to decide.
            places = places[keys <= np.partition(keys, wanted - 1)[wanted - 1]]
        order = np.lexsort((self.numbers[places], self.ranks[places], self.keys[places]))
        return places[order[:wanted]]


def joined(parts: Sequence[Matches]) -> Matches:
    if not parts:
        none, nothing = np.empty(0, np.int64), np.empty(0)
        return Matches(none, none, none, np.empty(0, np.bool_), nothing, nothing)
    return Matches(*map(np.concatenate, zip(*parts, strict=True)))
