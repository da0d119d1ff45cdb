"""The paragraphs that a question matches, as arrays, and their order: none of them is read to be put in its place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.engines.whoosh.terms import Figures


class Matches(NamedTuple):
    """Paragraphs that a question matches, by rising number, one at each place of all arrays.

    Complete ones come first, then the lesser of `keys`, then the path and the number, which within a segment rises with
    that of the paragraph in its source; see `Order` for what is turned round.
    """

    numbers: Numbers
    complete: Mask
    keys: Figures
    corpus: Corpus

    def first(self, wanted: int, *, is_reversed: bool) -> Numbers:
        """The places of the first `wanted` in order."""
        sign = -1 if is_reversed else 1
        complete = self._first_of(np.flatnonzero(self.complete), wanted, sign)
        partial = self._first_of(np.flatnonzero(~self.complete), wanted - len(complete), sign)
        return np.concatenate((complete, partial))

    def sources(self, *, is_reversed: bool) -> tuple[Numbers, Numbers]:
        """The place of the first paragraph of each source, in order, and how many the source has."""
        places = self.first(len(self.numbers), is_reversed=is_reversed)
        sources = self.corpus.source_at(self.numbers)[places]
        _, first, counts = np.unique(sources, return_index=True, return_counts=True)
        by_order = np.argsort(first)
        return places[first[by_order]], counts[by_order]

    def _first_of(self, places: Numbers, wanted: int, sign: int) -> Numbers:
        if wanted <= 0:
            return places[:0]
        keys = sign * self.keys[places]
        if wanted < len(places):
            # All that are not after the last one wanted; who ties with it is of the party, for the path to decide.
            bar = np.partition(keys, wanted - 1)[wanted - 1]
            before = int(np.count_nonzero(keys < bar))
            tied = self._first_paths(places[keys == bar], wanted - before, sign)
            places = np.concatenate((places[keys < bar], tied))
            keys = sign * self.keys[places]
        order: Numbers = np.lexsort([sign * self.numbers[places], sign * self._ranks(places), keys])
        return places[order[:wanted]]

    def _first_paths(self, places: Numbers, wanted: int, sign: int) -> Numbers:
        """Those that are not after the last one wanted by their paths."""
        if wanted >= len(places):
            return places
        ranks = sign * self._ranks(places)
        last = int(np.partition(ranks, wanted - 1)[wanted - 1])
        return places[ranks <= last]

    def _ranks(self, places: Numbers) -> Numbers:
        order = np.argsort(places)
        ranks = np.empty_like(places)
        ranks[order] = self.corpus.ranks(self.corpus.source_at(self.numbers[places[order]]))
        return ranks
