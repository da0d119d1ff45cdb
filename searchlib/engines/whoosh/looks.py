"""Checks of texts: each text is read and folded once for all nodes of a query, and each check done once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from whoosh.query import Query

from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.decisions import NO, UNKNOWN, YES, Known
from searchlib.engines.whoosh.folding import folded
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.engines.whoosh.wildcard_unions import Union, Unions
from searchlib.engines.whoosh.wildcards import CodedTexts, is_searchable
from searchlib.errors import QueryTimeout
from searchlib.query import Checked, Deadline, Literal, Wildcard

# Texts that are looked into between two looks at the clock.
_STRETCH = 500
# So many wildcards, each of them in so many texts, are worth sorting the characters of all texts.
_FEW_WILDCARDS, _MANY_TEXTS = 8, 400
# Characters of texts that are searched together. Arrays of more don't stay in the cache, nor in memory at hand.
_CACHED = 200_000
# Characters that are sorted together, to search for wildcards one by one: each takes as long as a few thousand of them.
_SORTED = 4_000_000
# Where a part like this of a block is to be read, the rest of the block is read along.
_READ_AT_ONCE = 2


class Looks:
    """The texts of some paragraphs, by rising number, and what is known of them by now."""

    def __init__(self, corpus: Corpus, numbers: Numbers, deadline: Deadline) -> None:
        self._corpus, self._numbers, self._deadline = corpus, numbers, deadline
        self._wildcards = 0
        self._texts: dict[str, _Texts] = {}
        self._known: dict[Checked, Known] = {}

    def check(self, node: Checked, numbers: Numbers, *, may: bool) -> Mask:
        """Return which of the numbers, all of this object, match a node; `may` match once time is over."""
        places = self._numbers.searchsorted(numbers)
        if (known := self._known.get(node)) is None:
            known = self._known[node] = self._corpus.decisions.of(node, self._numbers)
        unknown = places[known[places] == UNKNOWN]
        if isinstance(node, Wildcard) and self._is_for_all(node, len(unknown)) and not self._deadline.is_over():
            every = np.arange(len(self._numbers))
            known[:] = np.where(self._of_field(node.fieldname).coded(every).having(node), YES, NO)
            unknown = unknown[:0]
        texts = self._of_field(node.fieldname)
        if isinstance(node, Literal):
            # What is folded stays as it is when it is folded: a text that has it as it is need not be folded.
            self._look(node, known, unknown, texts.raw)
            unknown = unknown[known[unknown] != YES]
            known[unknown] = UNKNOWN
        self._look(node, known, unknown, texts.folded)
        matching: Mask = (known[places] != NO) if may else (known[places] == YES)
        return matching

    def remember(self) -> None:
        """Keep what was found out for later queries."""
        for node, known in self._known.items():
            self._corpus.decisions.add(node, self._numbers, known)

    def check_any(self, unions: Unions, parts: list[Query], numbers: Numbers, *, may: bool) -> tuple[Mask, list[Query]]:
        """Return which numbers match one of many wildcards among nodes joined by OR, and the other nodes."""
        found = np.zeros(len(numbers), np.bool_)
        if len(parts) <= _FEW_WILDCARDS or len(numbers) < _MANY_TEXTS:
            return found, parts
        by_field, others = unions.of(parts, _FEW_WILDCARDS)
        for field, union in by_field.items():
            self._check_union(union, self._of_field(field), self._numbers.searchsorted(numbers), found)
            if self._deadline.is_over():
                found |= may
        return found, others

    def _check_union(self, union: Union, texts: _Texts, places: Numbers, found: Mask) -> None:
        is_over = self._deadline.is_over
        rest = set(union.alone)
        sizes = texts.sizes(places)
        for among in _stretches(np.flatnonzero(~found), sizes, _CACHED):
            if is_over():
                return
            found[among], more = union.together(texts.coded(places[among]), is_over)
            rest |= more
        for among in _stretches(np.flatnonzero(~found), sizes, _SORTED) if rest else ():
            if is_over():
                return
            found[among] = union.one_by_one(texts.coded(places[among]), rest, is_over)

    def _is_for_all(self, node: Wildcard, count: int) -> bool:
        """Return whether to look for it in all texts at once, which takes less than in many of them one by one."""
        if count < _MANY_TEXTS or not is_searchable(node):
            return False
        self._wildcards += 1
        return self._wildcards > _FEW_WILDCARDS

    def _look(self, node: Checked, known: Known, places: Numbers, read: Callable[[Numbers], list[str]]) -> None:
        """Find out which of the texts at some places match, as far as there is time."""
        if not len(places) or self._deadline.is_over():
            return
        # All at once, which is many times as fast.
        read(places)
        for first in range(0, len(places), _STRETCH):
            if first and self._deadline.is_over():
                break
            stretch = places[first : first + _STRETCH]
            known[stretch] = _looked_into(node, read(stretch))

    def _of_field(self, field: str) -> _Texts:
        if (found := self._texts.get(field)) is None:
            found = self._texts[field] = _Texts(self._corpus, self._numbers, field)
        return found


def _stretches(places: Numbers, sizes: Numbers, most: int) -> list[Numbers]:
    """The places, as many at a time as have about so many characters."""
    if not len(places):
        return []
    return np.split(places, np.flatnonzero(np.diff(np.cumsum(sizes[places]) // most)) + 1)


def _looked_into(node: Checked, texts: list[str]) -> list[int]:
    """Return what is known of each text."""
    found: list[int] = []
    try:
        for text in texts:
            found.append(YES if node.matches(text) else NO)  # noqa: PERF401 — what was found before an error stays
    except QueryTimeout:
        # One pattern can use up all the time in one text.
        found += [UNKNOWN] * (len(texts) - len(found))
    return found


class _Texts:
    """Texts of the paragraphs in a field, each read and folded when it is first looked at, with many others."""

    def __init__(self, corpus: Corpus, numbers: Numbers, field: str) -> None:
        self._corpus, self._numbers, self._field = corpus, numbers, field
        self._raw, self._folded = [""] * len(numbers), [""] * len(numbers)
        self._is_read, self._is_folded = np.zeros(len(numbers), np.bool_), np.zeros(len(numbers), np.bool_)

    def raw(self, places: Numbers) -> list[str]:
        missing = places[~self._is_read[places]]
        if len(missing) * _READ_AT_ONCE > np.count_nonzero(~self._is_read):
            # To return to a block of the file costs most.
            missing = np.flatnonzero(~self._is_read)
        if len(missing):
            self._is_read[missing] = True
            _put(self._raw, missing, self._corpus.texts(self._numbers[missing], self._field))
        return _taken(self._raw, places)

    def folded(self, places: Numbers) -> list[str]:
        missing = places[~self._is_folded[places]]
        if len(missing):
            self._is_folded[missing] = True
            _put(self._folded, missing, folded(self.raw(missing)))
        return _taken(self._folded, places)

    def coded(self, places: Numbers) -> CodedTexts:
        return CodedTexts.folded(self.raw(places))

    def sizes(self, places: Numbers) -> Numbers:
        return np.fromiter(map(len, self.raw(places)), np.int64, len(places))


def _put(into: list[str], places: Numbers, texts: list[str]) -> None:
    if _are_neighbours(places):
        into[int(places[0]) : int(places[-1]) + 1] = texts
    else:
        for place, text in zip(places.tolist(), texts, strict=True):
            into[place] = text


def _taken(texts: list[str], places: Numbers) -> list[str]:
    if _are_neighbours(places):
        return texts[int(places[0]) : int(places[-1]) + 1]
    return [texts[place] for place in places.tolist()]


def _are_neighbours(places: Numbers) -> bool:
    """Return whether rising places follow one another without a gap; to slice is many times as fast."""
    return bool(len(places)) and int(places[-1] - places[0]) + 1 == len(places)
