"""Checks of texts: each text is read and folded once for all nodes of a query, and each check done once."""

from __future__ import annotations

import numpy as np

from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.folding import folded
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.errors import QueryTimeout
from searchlib.query import Checked, Deadline, Literal

# Texts that are read at once; between two of these stretches it is asked whether the time is over.
_STRETCH = 500
_UNKNOWN, _NO, _YES = 0, 1, 2


class Looks:
    """The texts of some paragraphs, by rising number, and what is known of them by now."""

    def __init__(self, corpus: Corpus, numbers: Numbers, deadline: Deadline) -> None:
        self._corpus, self._numbers, self._deadline = corpus, numbers, deadline
        self._texts: dict[str, _Texts] = {}
        self._known: dict[Checked, np.ndarray[tuple[int], np.dtype[np.uint8]]] = {}

    def check(self, node: Checked, numbers: Numbers, *, may: bool) -> Mask:
        """Which of the numbers, all among those of this object, match a node; `may` is said where time is over."""
        places = self._numbers.searchsorted(numbers)
        if (known := self._known.get(node)) is None:
            known = self._known[node] = np.zeros(len(self._numbers), np.uint8)
        unknown = places[known[places] == _UNKNOWN]
        for first in range(0, len(unknown), _STRETCH):
            if self._deadline.is_over():
                break
            stretch = unknown[first : first + _STRETCH]
            known[stretch] = self._found(node, stretch)
        found = known[places]
        return (found != _NO) if may else (found == _YES)

    def _found(self, node: Checked, places: Numbers) -> list[int]:
        texts = self._of_field(node.fieldname)
        if not isinstance(node, Literal):
            return _looked_into(node, texts.folded(places))
        # What is folded stays as it is when it is folded: a text that has it has it folded too, and needs no folding.
        found = _looked_into(node, texts.raw(places))
        others = [at for at, known in enumerate(found) if known == _NO]
        for at, known in zip(others, _looked_into(node, texts.folded(places[others])), strict=True):
            found[at] = known
        return found

    def _of_field(self, field: str) -> _Texts:
        if (found := self._texts.get(field)) is None:
            found = self._texts[field] = _Texts(self._corpus, self._numbers, field)
        return found


def _looked_into(node: Checked, texts: list[str]) -> list[int]:
    """What is known of each text."""
    found: list[int] = []
    try:
        for text in texts:
            found.append(_YES if node.matches(text) else _NO)
    except QueryTimeout:
        # One pattern can use up all the time in one text.
        found += [_UNKNOWN] * (len(texts) - len(found))
    return found


class _Texts:
    """What the paragraphs say in a field, as far as it was asked for."""

    def __init__(self, corpus: Corpus, numbers: Numbers, field: str) -> None:
        self._corpus, self._numbers, self._field = corpus, numbers, field
        self._raw: dict[int, str] = {}
        self._folded: dict[int, str] = {}

    def raw(self, places: Numbers) -> list[str]:
        """As they stand, or folded where they were folded already."""
        listed: list[int] = places.tolist()
        wanted = [place for place in listed if place not in self._folded and place not in self._raw]
        self._raw.update(zip(wanted, self._corpus.texts(self._numbers[wanted], self._field), strict=True))
        return [self._folded[place] if place in self._folded else self._raw[place] for place in listed]

    def folded(self, places: Numbers) -> list[str]:
        listed: list[int] = places.tolist()
        wanted = np.array([place for place in listed if place not in self._folded], np.int64)
        self._folded.update(zip(wanted.tolist(), folded(self.raw(wanted)), strict=True))
        for place in wanted.tolist():
            del self._raw[place]
        return [self._folded[place] for place in listed]
