"""Which paragraphs of an index were cut, and into which pieces: those that go on from the one before them say so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.engines.whoosh.schema import EDGE_BITS


class Groups(NamedTuple):
    """Paragraphs that were cut, none of them removed: all their `pieces`, rising; at which of these each paragraph
    begins, and the end; for each piece which paragraph it is of; and for each the place, among the `pairs` of
    characters on both sides of cuts, of that before it, or -1.
    """

    pieces: Numbers
    starts: Numbers
    owners: Numbers
    edges: Numbers
    pairs: list[str]

    def of(self, wanted: Numbers) -> Groups:
        """Some of the paragraphs, by their rising places."""
        counts = np.diff(self.starts)[wanted]
        starts = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(starts[-1]) + np.repeat(self.starts[wanted] - starts[:-1], counts)
        owners = np.repeat(np.arange(len(wanted)), counts)
        return Groups(self.pieces[places], starts, owners, self.edges[places], self.pairs)

    @property
    def size(self) -> int:
        """Return how many paragraphs."""
        return len(self.starts) - 1


def groups_of(continued: Numbers, codes: Array, live: Mask, size: int) -> Groups | None:
    """The groups of pieces, by the rising numbers of those that go on from the one before, with what is on both sides
    of the cuts; None where there is none.
    """
    codes, continued = codes[live[continued]], continued[live[continued]]
    if not len(continued):
        return None
    firsts = continued[np.diff(continued, prepend=-2) > 1] - 1
    pieces = np.sort(np.concatenate([firsts, continued]))
    starts = np.searchsorted(pieces, np.append(firsts, size))
    distinct, inverse = np.unique(codes, return_inverse=True)
    edges = np.full(len(pieces), -1, np.int64)
    edges[np.searchsorted(pieces, continued)] = inverse
    pairs = [chr(code >> EDGE_BITS) + chr(code & ((1 << EDGE_BITS) - 1)) for code in distinct.tolist()]
    return Groups(pieces, starts, np.repeat(np.arange(len(firsts)), np.diff(starts)), edges, pairs)
