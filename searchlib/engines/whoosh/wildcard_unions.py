"""Many wildcards joined by OR, searched for in many texts at once: a text that has one of them needs no further look.

Most wildcards that come in hundreds have one character on either side, `X*Y` or `X?Y`. These are searched for together:
for each place with an X, one look into a table tells whether the character at some distance is a Y that goes with it,
however many wildcards there are. Short distances come first, and texts in which a wildcard was found are left out from
there on, so the longer distances cost little. All other wildcards are searched for one by one.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from whoosh.query import Query

from searchlib.engines.whoosh.postings import Mask
from searchlib.engines.whoosh.wildcards import CodedTexts, is_searchable
from searchlib.query import Wildcard
from searchlib.query.checked import is_letter

IsOver = Callable[[], bool]
Pair = tuple[str, str]

# Two characters and what is open between them.
_PAIR = re.compile(r"\**([^?*])(\*+|\?*)([^?*])\**", re.DOTALL)
# A table has a place for any two of the characters that wildcards begin and end with.
_MOST_PAIRS = 1_000
# Longer distances are left to the search for each wildcard alone: in texts without punctuation a star reaches far.
_FURTHEST = 64
# Wildcards that are searched for one by one before the texts that have none of them are put together again.
_WAVE = 16


class Unions:
    """Wildcards that are searched for together, by the parts of an OR; made once for all blocks of texts."""

    def __init__(self) -> None:
        self._made: dict[tuple[Query, ...], tuple[dict[str, Union], list[Query]]] = {}

    def of(self, parts: list[Query], few: int) -> tuple[dict[str, Union], list[Query]]:
        """For each field with more than a few wildcards, their union; and the parts that are in none."""
        key = tuple(parts)
        if (made := self._made.get(key)) is None:
            by_field: defaultdict[str, list[Wildcard]] = defaultdict(list)
            for part in parts:
                if isinstance(part, Wildcard) and not part.is_decided and is_searchable(part):
                    by_field[part.fieldname].append(part)
            unions = {field: Union(nodes) for field, nodes in by_field.items() if len(nodes) > few}
            together = {node for field in unions for node in by_field[field]}
            made = self._made[key] = unions, [part for part in parts if part not in together]
        return made


class Union:
    """Wildcards joined by OR, all of them searchable in many texts at once."""

    def __init__(self, nodes: Iterable[Wildcard]) -> None:
        self._stars: dict[Pair, Wildcard] = {}
        # By the distance between the two characters.
        self._gaps: defaultdict[int, set[Pair]] = defaultdict(set)
        self._others = [node for node in nodes if not self._add(node)]
        pairs = [*self._stars, *(pair for gap in self._gaps.values() for pair in gap)]
        self._befores, self._afters = (_numbered(pair[side] for pair in pairs) for side in (0, 1))
        self._tables = {distance: self._table(distance) for distance in (0, *self._gaps)}
        self._known_befores = _known(self._befores, len(self._afters) + 1)
        self._known_afters = _known(self._afters)

    def _add(self, node: Wildcard) -> bool:
        """Whether a wildcard is one of two characters, neither of a script with words, and is added to these."""
        match = _PAIR.fullmatch(node.text)
        if match is None or is_letter(match[1]) or is_letter(match[3]):
            return False
        pair, distance = (match[1], match[3]), len(match[2]) + 1
        if len(self._stars) + sum(map(len, self._gaps.values())) >= _MOST_PAIRS or distance > _FURTHEST:
            return False
        if "*" in match[2]:
            self._stars[pair] = node
        else:
            self._gaps[distance].add(pair)
        return True

    def _table(self, distance: int) -> Mask:
        """Row by row, which characters at a distance make a pair; 0 stands for more than any gap has."""
        table = np.zeros((len(self._befores) + 1, len(self._afters) + 1), np.bool_)
        for before, after in (*self._stars, *self._gaps.get(distance, ())):
            table[self._befores[before], self._afters[after]] = True
        return table.ravel()

    def among(self, texts: CodedTexts, is_over: IsOver) -> Mask:
        """Which of the texts have one of the wildcards, as far as there is time to tell."""
        found, others = self._having_pairs(texts, is_over)
        still = np.arange(texts.count)
        having = found
        for first in range(0, len(others), _WAVE):
            if having.any():
                still, texts = still[~having], texts.of(~having)
            if not len(still) or is_over():
                break
            having = _having(texts, others[first : first + _WAVE], is_over)
            found[still[having]] = True
        return found

    def _having_pairs(self, texts: CodedTexts, is_over: IsOver) -> tuple[Mask, list[Wildcard]]:
        """Which of the texts have one of the pairs, and the wildcards that the other texts may still have."""
        found = np.zeros(texts.count, np.bool_)
        if not self._befores:
            return found, self._others
        codes = texts.codes.astype(np.intp)
        befores, afters = self._known_befores.take(codes), self._known_afters.take(codes)
        places = np.flatnonzero(befores != 0)
        rows = befores.take(places)
        for distance in range(1, 1 + (_FURTHEST if self._stars else max(self._gaps))):
            if is_over() or not len(places):
                break
            if distance > 1:
                chosen = texts.is_inside(places + (distance - 1))
                places, rows = places.compress(chosen), rows.compress(chosen)
            if self._stars or distance in self._gaps:
                hits = self._tables.get(distance, self._tables[0]).take(rows + afters.take(places + distance))
                found[texts.text_at(places.compress(hits))] = True
                chosen = ~found.take(texts.text_at(places))
                places, rows = places.compress(chosen), rows.compress(chosen)
        return found, [*self._stars.values(), *self._others] if len(places) else self._others


def _having(texts: CodedTexts, nodes: Sequence[Wildcard], is_over: IsOver) -> Mask:
    found = np.zeros(texts.count, np.bool_)
    for node in nodes:
        if is_over():
            break
        found |= texts.having(node)
    return found


def _numbered(chars: Iterable[str]) -> dict[str, int]:
    return {char: number for number, char in enumerate(dict.fromkeys(chars), 1)}


def _known(numbers: dict[str, int], times: int = 1) -> npt.NDArray[np.intp]:
    """For each code point the number of the character, so many times; 0 where it has none."""
    known = np.zeros(sys.maxunicode + 1, np.intp)
    known[list(map(ord, numbers))] = list(numbers.values())
    known *= times
    return known
