"""Which paragraphs of an index were cut, and into which pieces: those that go on from the one before them say so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask


class Groups(NamedTuple):
    """Paragraphs that were cut, none of them removed: all their `pieces`, rising; at which of these each paragraph
    begins, and the end; and for each piece which paragraph it is of.
    """

    pieces: Numbers
    starts: Numbers
    owners: Numbers

    def of(self, wanted: Numbers) -> Groups:
        """Some of the paragraphs, by their rising places."""
        counts = np.diff(self.starts)[wanted]
        starts = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(starts[-1]) + np.repeat(self.starts[wanted] - starts[:-1], counts)
        return Groups(self.pieces[places], starts, np.repeat(np.arange(len(wanted)), counts))

    @property
    def size(self) -> int:
        """How many paragraphs."""
        return len(self.starts) - 1


def groups_of(continued: Numbers, live: Mask, size: int) -> Groups | None:
    """The groups of pieces, by the rising numbers of those that go on from the one before; None where there is none."""
    continued = continued[live[continued]]
    if not len(continued):
        return None
    firsts = continued[np.diff(continued, prepend=-2) > 1] - 1
    pieces = np.sort(np.concatenate([firsts, continued]))
    starts = np.searchsorted(pieces, np.append(firsts, size))
    return Groups(pieces, starts, np.repeat(np.arange(len(firsts)), np.diff(starts)))
