"""Whoosh's interface to the postings of one term, over arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from copy import copy
from functools import cached_property
from itertools import islice
from typing import Any, Self

import numpy as np
from whoosh.formats import Format
from whoosh.matching import LeafMatcher, ReadTooFar

from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.terms import Figures, Postings

# Postings that are passed over together where none of them can score enough.
BLOCK = 128


class Values:
    """What a format says of each posting of a term beside its weight, such as positions: bytes, one after the other."""

    def __init__(self, content: Array, sizes: Array) -> None:
        self._content = content
        self._ends = np.cumsum(sizes, dtype=np.int64)

    def __getitem__(self, at: int) -> bytes:
        start = int(self._ends[at - 1]) if at else 0
        return self._content[start : int(self._ends[at])].tobytes()


class ArrayMatcher(LeafMatcher):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Stands at one posting after the other.

    `lengths` are those of all paragraphs in the term's field, `values` those of the postings; None where there are
    none. Numbers are taken out of the arrays once, as Python's own, since Whoosh asks for one at a time.
    """

    def __init__(
        self,
        postings: Postings,
        *,
        lengths: Numbers | None = None,
        values: Values | None = None,
        format_: Format = None,
        term: tuple[str, bytes] | None = None,
        scorer: Any = None,
    ) -> None:
        self._postings, self._lengths, self._values = postings, lengths, values
        self._ids = postings.paragraphs.tolist()
        self._at = 0
        self.format, self._term, self.scorer = format_, term, scorer

    def is_active(self) -> bool:
        return self._at < len(self._ids)

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> Self:
        return copy(self)

    def id(self) -> int:
        number: int = self._ids[self._at]
        return number

    def all_ids(self) -> Iterator[int]:
        return islice(self._ids, self._at, None)

    def next(self) -> bool:
        """Says whether another block begins, which is when Whoosh looks whether it can score enough."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return self._at % BLOCK == 0 or not self.is_active()

    def skip_to(self, target: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._ids, target, self._at)

    def weight(self) -> float:
        weight: float = self._weights[self._at]
        return weight

    def value(self) -> bytes:
        return b"" if self._values is None else self._values[self._at]

    def skip_to_quality(self, least: float) -> int:
        """Passes over blocks in which nothing scores more than `least`; returns how many."""
        skipped = 0
        while self.is_active() and self.block_quality() <= least:
            self._at += BLOCK - self._at % BLOCK
            skipped += 1
        return skipped

    def block_min_id(self) -> int:
        number: int = self._ids[self._at - self._at % BLOCK]
        return number

    def block_max_id(self) -> int:
        number: int = self._ids[min(self._at - self._at % BLOCK + BLOCK, len(self._ids)) - 1]
        return number

    def block_max_weight(self) -> float:
        weight: float = self._highest[self._at // BLOCK]
        return weight

    def block_min_length(self) -> int:
        length: int = self._shortest[self._at // BLOCK]
        return length

    def block_max_length(self) -> int:
        length: int = self._longest[self._at // BLOCK]
        return length

    @cached_property
    def _weights(self) -> list[float]:
        weights: list[float] = weights_of(self._postings).tolist()
        return weights

    @cached_property
    def _highest(self) -> list[float]:
        return self._of_blocks(np.maximum, weights_of(self._postings))

    @cached_property
    def _shortest(self) -> list[int]:
        return self._of_blocks(np.minimum, self._own_lengths)

    @cached_property
    def _longest(self) -> list[int]:
        return self._of_blocks(np.maximum, self._own_lengths)

    @property
    def _own_lengths(self) -> Numbers:
        numbers = self._postings.paragraphs
        return np.zeros_like(numbers) if self._lengths is None else self._lengths[numbers]

    def _of_blocks(self, extreme: np.ufunc, figures: Array) -> list[Any]:
        found: list[Any] = extreme.reduceat(figures, np.arange(0, len(figures), BLOCK)).tolist()
        return found


def weights_of(postings: Postings) -> Figures:
    """How often each of the paragraphs has the term."""
    weights = np.ones(len(postings.paragraphs))
    weights[np.searchsorted(postings.paragraphs, postings.repeated)] = postings.frequencies
    return weights
