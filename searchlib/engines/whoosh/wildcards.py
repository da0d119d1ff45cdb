"""Wildcards looked for in many texts at once: where a query has hundreds, the texts are sorted by character first."""

from __future__ import annotations

import re
import sys
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from searchlib.engines.whoosh.folding import folded_codes
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.query import Wildcard
from searchlib.query.characters import INSIDE, is_letter

_BETWEEN = "\0"
_LOW_BITS = 0xFFFF
_UNMET, _OUTSIDE, _INSIDE, _LETTER = 0, 1, 2, 3


class CodedTexts:
    """Folded texts, one after the other with a character between them that no wildcard stands for."""

    def __init__(self, codes: npt.NDArray[np.unsignedinteger | np.intp], sizes: Numbers) -> None:
        """Code points, and how many each text has of them with the character that follows it."""
        # As indices, or each look into an array would have to convert them.
        self.codes = codes.astype(np.intp, copy=False)
        self._sizes = sizes
        self._ends = np.cumsum(sizes)

    @classmethod
    def folded(cls, texts: list[str]) -> CodedTexts:
        """Of texts that are not folded."""
        codes = folded_codes(_BETWEEN.join([*texts, ""]))
        return cls(codes, np.fromiter(map(len, texts), np.int64, len(texts)) + 1)

    @property
    def count(self) -> int:
        """Return how many texts there are."""
        return len(self._sizes)

    def of(self, chosen: Mask) -> CodedTexts:
        """Some of the texts."""
        return CodedTexts(self.codes[np.repeat(chosen, self._sizes)], self._sizes[chosen])

    def is_inside(self, places: Numbers) -> Mask:
        """At which places a character is that a wildcard stands for."""
        return self._kinds.take(places) >= _INSIDE

    def is_letter_at(self, places: Numbers) -> Mask:
        """At which places a character of a script with words is."""
        found: Mask = self._kinds.take(places) == _LETTER
        return found

    def text_at(self, places: Numbers) -> Numbers:
        """Return which of the texts each place is in."""
        return self._text_of_each.take(places)

    @cached_property
    def _text_of_each(self) -> Numbers:
        return np.repeat(np.arange(self.count, dtype=np.int64), self._sizes)

    def having(self, node: Wildcard) -> Mask:
        """Return which of the texts the wildcard is in; one that `is_searchable` here."""
        first, *rest = (part for part in node.text.split("*") if part)
        starts = self._starts(first)
        if is_letter(node.text[0]):
            starts = starts[(starts == 0) | (self._kinds[starts - 1] != _LETTER)]
        ends = starts + len(first)
        for part in rest:
            starts = self._starts(part)
            # Between the nearest end before it and a start nothing may stand that a star does not stand for.
            nearest = ends.searchsorted(starts, "right") - 1
            starts, nearest = starts[nearest >= 0], nearest[nearest >= 0]
            ends = starts[self._outside[ends[nearest]] == self._outside[starts]] + len(part)
        if is_letter(node.text[-1]):
            ends = ends[self._kinds[ends] != _LETTER]
        found = np.zeros(len(self._ends), np.bool_)
        found[self._ends.searchsorted(ends)] = True
        return found

    def most_places(self, node: Wildcard) -> int:
        """Return at about how many places a wildcard can be: as many as have the rarest of its characters."""
        codes = np.array([_low(char) for char in node.text if char not in "?*"])
        return int((self._bounds[codes + 1] - self._bounds[codes]).min())

    def _starts(self, part: str) -> Numbers:
        """Where a part without stars stands, rising."""
        at, places = min(
            ((at, self._places(char)) for at, char in enumerate(part) if char != "?"), key=lambda found: len(found[1])
        )
        starts = places - at
        starts = starts[(starts >= 0) & (starts + len(part) < len(self.codes))]
        for offset, char in enumerate(part):
            if char == "?":
                starts = starts[self._kinds[starts + offset] >= _INSIDE]
            elif offset != at:
                starts = starts[self.codes[starts + offset] == ord(char)]
        return starts

    def _places(self, char: str) -> Numbers:
        low = _low(char)
        places = self._order[self._bounds[low] : self._bounds[low + 1]]
        return places[self.codes[places] == ord(char)] if self._has_more_bits else places

    @cached_property
    def _has_more_bits(self) -> bool:
        return bool(self.codes.max(initial=0) > _LOW_BITS)

    @cached_property
    def _order(self) -> Numbers:
        """All places by the character there, as far as 16 bits tell, which are sorted in linear time."""
        return np.argsort(self._lows, kind="stable")

    @cached_property
    def _bounds(self) -> Numbers:
        return np.concatenate(([0], np.cumsum(np.bincount(self._lows, minlength=_LOW_BITS + 1))))

    @cached_property
    def _lows(self) -> npt.NDArray[np.uint16]:
        return (self.codes & _LOW_BITS).astype(np.uint16)

    @cached_property
    def _outside(self) -> Numbers:
        """Return how many characters before each place are none that a star stands for."""
        return np.concatenate(([0], np.cumsum(self._kinds == _OUTSIDE)))

    @cached_property
    def _kinds(self) -> npt.NDArray[np.uint8]:
        known = _known_kinds()
        found = known.take(self.codes)
        if (unmet := found == _UNMET).any():
            for code in np.unique(self.codes[unmet]).tolist():
                known[code] = _kind(chr(code))
            found = known.take(self.codes)
        return found


def is_searchable(node: Wildcard) -> bool:
    """Return whether every part has a character to begin with, and none is the one between the texts."""
    return _BETWEEN not in node.text and all(part.strip("?") for part in node.text.split("*") if part)


def _low(char: str) -> int:
    return ord(char) & _LOW_BITS


def _kind(char: str) -> int:
    if not re.match(INSIDE, char):
        return _OUTSIDE
    return _LETTER if is_letter(char) else _INSIDE


@cache
def _known_kinds() -> npt.NDArray[np.uint8]:
    """The kind of each code point that was met."""
    return np.zeros(sys.maxunicode + 1, np.uint8)
