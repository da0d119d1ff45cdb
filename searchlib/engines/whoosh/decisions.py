"""Cache of the results of looking into texts: a query that is repeated reads no text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchlib.engines.whoosh.lists import Numbers
from searchlib.query import Checked

Known = npt.NDArray[np.uint8]
UNKNOWN, NO, YES = 0, 1, 2

# Decisions that are kept at most, at 9 bytes each, and nodes; when there are more, all are dropped.
_MOST, _MOST_NODES = 2_000_000, 1_000


class _Told(NamedTuple):
    """Paragraphs by rising number, and for each of them whether it matches."""

    numbers: Numbers
    known: Known


class Decisions:
    """Cache of the paragraphs of a commit that match nodes which only texts can decide; safe for threads.

    What is known of a node is replaced as a whole, so that whoever got hold of it may go on with it.
    """

    def __init__(self) -> None:
        self._told: dict[Checked, _Told] = {}
        self._count = 0

    def of(self, node: Checked, numbers: Numbers) -> Known:
        """Return the cached results for paragraphs, by rising number."""
        known = np.zeros(len(numbers), np.uint8)
        if (told := self._told.get(node)) and len(told.numbers):
            at = told.numbers.searchsorted(numbers)
            is_told = told.numbers.take(at, mode="clip") == numbers
            known[is_told] = told.known[at[is_told]]
        return known

    def add(self, node: Checked, numbers: Numbers, known: Known) -> None:
        """Remember what is known of paragraphs, by rising number, some of which may still be unknown."""
        new = known != UNKNOWN
        if told := self._told.get(node):
            new &= self.of(node, numbers) == UNKNOWN
        if not new.any():
            return
        numbers, known = numbers[new], known[new]
        self._count += len(numbers)
        if self._count > _MOST or len(self._told) >= _MOST_NODES:
            self._told, self._count, told = {}, len(numbers), None
        if told:
            numbers, known = np.concatenate([told.numbers, numbers]), np.concatenate([told.known, known])
            order = np.argsort(numbers)
            numbers, known = numbers[order], known[order]
        self._told[node] = _Told(numbers, known)
