"""Many wildcards joined by OR, searched for in many texts at once: a text that has one of them needs no further look.

Most wildcards that come in hundreds have two literals, `X*Y` or `X?Y`. Those whose literals are of the same lengths are
searched for together: for each place with an X, one look into a table tells whether what begins at some distance is a Y
that goes with it, however many wildcards there are. Short distances come first, and texts in which a wildcard was found
are left out from there on, so the longer distances cost little. Other wildcards are searched for one by one, those of
the commonest characters first, in texts that are sorted by character.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.query import Query

from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.engines.whoosh.wildcards import CodedTexts, is_searchable
from searchlib.query import Wildcard
from searchlib.query.characters import is_letter

IsOver = Callable[[], bool]

# Two literals and what is open between them.
_PAIR = re.compile(r"\**([^?*]+)(\*+|\?+)([^?*]+)\**", re.DOTALL)
# A table has a place for any two of the literals that wildcards begin and end with.
_MOST_PAIRS = 1_000
# So few are searched for faster one by one.
_FEW_PAIRS = 3
# Longer distances are left to the search for each wildcard alone: in texts without punctuation a star reaches far.
_FURTHEST = 64
# Once one text in so many has a wildcard, the others are sorted again without it.
_GONE = 4


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
        alike: defaultdict[_Kind, list[_Pair]] = defaultdict(list)
        # Those of the wildcards that are searched for one by one.
        self.alone: set[Wildcard] = set()
        for node in nodes:
            if pair := _Pair.of(node):
                alike[pair.kind].append(pair)
            else:
                self.alone.add(node)
        alphabet = _numbered("".join(pair.first + pair.second for pairs in alike.values() for pair in pairs))
        self._groups: list[_Group] = []
        for kind, pairs in sorted(alike.items(), key=lambda item: -len(item[1])):
            if _FEW_PAIRS < len(pairs) <= _MOST_PAIRS:
                self._groups.append(_Group(kind, pairs, alphabet))
            else:
                self.alone.update(pair.node for pair in pairs)
        self._known = np.zeros(sys.maxunicode + 1, np.intp)
        self._known[list(map(ord, alphabet))] = list(alphabet.values())

    def together(self, texts: CodedTexts, is_over: IsOver) -> tuple[Mask, set[Wildcard]]:
        """Return which texts have one of the wildcards, as far as that is told together; and others to look for."""
        found, rest = np.zeros(texts.count, np.bool_), set[Wildcard]()
        if self._groups:
            alpha = self._known.take(texts.codes)
            for group in self._groups:
                if is_over() or found.all():
                    break
                rest.update(group.search(texts, alpha, found, is_over))
        return found, rest

    def one_by_one(self, texts: CodedTexts, nodes: Iterable[Wildcard], is_over: IsOver) -> Mask:
        """Return which of the texts have one of some of the wildcards, as far as there is time to tell."""
        found, still = np.zeros(texts.count, np.bool_), np.arange(texts.count)
        having = found.copy()
        # Those of common characters leave the fewest texts to the others.
        for node in sorted(nodes, key=texts.most_places, reverse=True):
            if is_over():
                break
            having |= texts.having(node)
            if np.count_nonzero(having) * _GONE >= len(having):
                found[still[having]] = True
                still, texts = still[~having], texts.of(~having)
                having = np.zeros(len(still), np.bool_)
            if not len(still):
                break
        found[still[having]] = True
        return found


class _Kind(NamedTuple):
    """Lengths of the two literals, and whether they begin and end with a word of a script with words."""

    first: int
    second: int
    opens: bool
    ends: bool


class _Pair(NamedTuple):
    """A wildcard of two literals; from the end of the first to the start of the second it is `distance`, 0 for any."""

    node: Wildcard
    first: str
    second: str
    distance: int

    @classmethod
    def of(cls, node: Wildcard) -> _Pair | None:
        match = _PAIR.fullmatch(node.text)
        if match is None or len(match[2]) >= _FURTHEST:
            return None
        return cls(node, match[1], match[3], 0 if "*" in match[2] else len(match[2]) + 1)

    @property
    def kind(self) -> _Kind:
        text = self.node.text
        return _Kind(len(self.first), len(self.second), is_letter(text[0]), is_letter(text[-1]))


class _Group:
    """Wildcards of one kind."""

    def __init__(self, kind: _Kind, pairs: list[_Pair], alphabet: dict[str, int]) -> None:
        self._kind, self._pairs = kind, pairs
        self._stars = [pair.node for pair in pairs if not pair.distance]
        self._firsts = _Literals([pair.first for pair in pairs], alphabet)
        self._seconds = _Literals([pair.second for pair in pairs], alphabet)
        self._tables = {distance: self._table(distance) for distance in {0, *(pair.distance for pair in pairs)}}

    def _table(self, distance: int) -> Mask:
        """Row by row, which two literals make a wildcard at a distance."""
        table = np.zeros((len(self._firsts.numbers) + 1, len(self._seconds.numbers) + 1), np.bool_)
        for pair in self._pairs:
            if pair.distance in (0, distance):
                table[self._firsts.numbers[pair.first], self._seconds.numbers[pair.second]] = True
        return table.ravel()

    def search(self, texts: CodedTexts, alpha: Numbers, found: Mask, is_over: IsOver) -> list[Wildcard]:
        """Marks the texts that have one of the wildcards; those that reach further than is looked here."""
        places, firsts = self._firsts.occurring(alpha)
        seconds = self._seconds.at_each(alpha)
        if self._kind.ends:
            at = np.flatnonzero(seconds != 0)
            seconds[at.compress(texts.is_letter_at(at + self._kind.second))] = 0
        if found.any():
            chosen = ~found.take(texts.text_at(places))
            places, firsts = places.compress(chosen), firsts.compress(chosen)
        if self._kind.opens:
            chosen = (places == 0) | ~texts.is_letter_at(places - 1)
            places, firsts = places.compress(chosen), firsts.compress(chosen)
        places += self._kind.first - 1
        rows = firsts * (len(self._seconds.numbers) + 1)
        for distance in range(1, 1 + (_FURTHEST if self._stars else max(self._tables))):
            if is_over() or not len(places):
                break
            if distance > 1:
                chosen = texts.is_inside(places + (distance - 1))
                places, rows = places.compress(chosen), rows.compress(chosen)
            if self._stars or distance in self._tables:
                hits = self._tables.get(distance, self._tables[0]).take(rows + seconds.take(places + distance))
                found[texts.text_at(places.compress(hits))] = True
                chosen = ~found.take(texts.text_at(places))
                places, rows = places.compress(chosen), rows.compress(chosen)
        return self._stars if len(places) else []


class _Literals:
    """Literals of one length, which are told apart character by character, from the first on."""

    def __init__(self, literals: Iterable[str], alphabet: dict[str, int]) -> None:
        self.numbers = _numbered(literals)
        self._width = len(alphabet) + 1
        self._steps: list[npt.NDArray[np.intp]] = []
        known = {"": 0}
        for length in range(1, len(next(iter(self.numbers))) + 1):
            beginnings = _numbered(literal[:length] for literal in self.numbers)
            step = np.zeros((len(known) + 1) * self._width, np.intp)
            for beginning, number in beginnings.items():
                step[known[beginning[:-1]] * self._width + alphabet[beginning[-1]]] = number
            self._steps.append(step)
            known = beginnings

    def at_each(self, alpha: Numbers) -> Numbers:
        """For each character of the texts the number of the literal that begins there, 0 where none does."""
        if len(self._steps) == 1:
            return self._steps[0].take(alpha)
        found = np.zeros(len(alpha), np.intp)
        places, numbers = self.occurring(alpha)
        found[places] = numbers
        return found

    def occurring(self, alpha: Numbers) -> tuple[Numbers, Numbers]:
        """Where literals begin among characters of the alphabet, rising, and the number of each."""
        first, *others = self._steps
        numbers = first.take(alpha)
        places = np.flatnonzero(numbers != 0)
        numbers = numbers.take(places)
        for offset, step in enumerate(others, 1):
            numbers = step.take(numbers * self._width + alpha.take(places + offset))
            chosen = numbers != 0
            places, numbers = places.compress(chosen), numbers.compress(chosen)
        return places, numbers


def _numbered(items: Iterable[str]) -> dict[str, int]:
    return {item: number for number, item in enumerate(dict.fromkeys(items), 1)}
