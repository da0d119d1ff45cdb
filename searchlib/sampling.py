"""What to ask an index about itself: questions made of what stands in its paragraphs, drawn so that common and rare
things both have their chance.

Half of the samples begin at *places*: each Han character of the text has the same chance as any other, and so has each
character of a word of another script and each border of a Han run (reservoir sampling, Li's algorithm L, which passes
over the places that it does not take). What is common in the text is common in these. The other half begin at
*distinct characters*: each different one has the same chance, be it in every paragraph or in one, and stands for any
of the paragraphs that have it. Around the character a stretch or a word that has it is chosen.

A paragraph that is too long to be shown is indexed in pieces. Around each cut between two of them is a place of another
kind, for stretches across the cut, which only the whole paragraph has.

The same paragraphs in the same order and the same seed give the same samples. No question is drawn twice, so that a
small library may have fewer of them than were asked for.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice, pairwise
from random import Random
from typing import NamedTuple, TypeVar

from searchlib.analysis import fold, tokens
from searchlib.analysis.runs import Run, is_han, runs
from searchlib.analysis.terms import WORDS
from searchlib.paragraphs import cuts

# The longest stretch, in characters, and the longest across a cut.
LONGEST = 8
LONGEST_ACROSS = 24
# What a literal can be put between, each with the marks that would end it.
_MARKS = {"“”": '"“”„‟〝〞〟＂', "「」": "」", "『』": "』", "｢｣": "｣"}

Item = TypeVar("Item")


class Kind(StrEnum):
    SUBSTRING = "substring"  # 1 to 8 Han characters, wherever words begin and end
    WORD = "word"  # what jieba makes of a Han run
    OTHER = "other word"  # of another script, whole or a part of it
    MIXED = "mixed"  # 2 to 8 characters, Han and what stands beside it: marks, spaces, other scripts
    ACROSS = "across cut"  # 2 to 24 characters on both sides of a cut in a long paragraph, whatever they are


class Sample(NamedTuple):
    """A question, and the folded text that it asks for; a quoted one is written as it stands in the paragraph."""

    kind: Kind
    is_quoted: bool
    text: str
    query: str


class _Spot(NamedTuple):
    """A character of a paragraph."""

    paragraph: str
    at: int


# One sample of each in every round.
_ROUND = (
    *((Kind.SUBSTRING, True),) * 4,
    (Kind.WORD, True),
    (Kind.WORD, False),
    (Kind.OTHER, True),
    (Kind.OTHER, False),
    *((Kind.MIXED, True),) * 2,
    *((Kind.ACROSS, True),) * 2,
)


def draw(paragraphs: Iterable[str], count: int, seed: int) -> list[Sample]:
    """At most `count` different samples of the texts of whole paragraphs, which are gone through once.

    Of twelve, four are substrings, two words, two words of other scripts, both quoted and bare, two mixed, and two
    across a cut. Where one kind gives out, there are more of the others.
    """
    chosen = Random(seed)  # noqa: S311 — a sample, no secret
    places = _Places(2 * count, chosen)
    for paragraph in paragraphs:
        bounds = [0, *cuts(paragraph), len(paragraph)]
        for start, end in pairwise(bounds):
            places.look(paragraph[start:end])
        for cut in bounds[1:-1]:
            first = max(0, cut - LONGEST_ACROSS)
            places.look_across(paragraph[first : cut + LONGEST_ACROSS], cut - first)
    common, rare = places.common(), places.rare()
    streams, drawn = [], set[tuple[str, bool]]()
    for kind, is_quoted in _ROUND:
        # An order of its own for each, or what is drawn of one kind would decide what is left for another.
        own = [chosen.sample(spots, len(spots)) for spots in (common[kind], rare[kind])]
        streams.append(_samples(kind, is_quoted, _in_turn(own), chosen, drawn))
    return list(islice(_in_turn(streams), count))


class _Reservoir:
    """At most `size` of all the places that are offered, each of them as likely as any other."""

    def __init__(self, size: int, chosen: Random) -> None:
        self.taken: list[_Spot] = []
        self._size = size
        self._chosen = chosen
        self._weight = 1.0
        # How many places are passed over before the next one that is taken.
        self._ahead = 0

    def offer(self, paragraph: str, places: Sequence[int]) -> None:
        while self._ahead < len(places):
            self._take(_Spot(paragraph, places[self._ahead]))
            self._ahead += 1 + self._passed_over()
        self._ahead -= len(places)

    def _take(self, spot: _Spot) -> None:
        if len(self.taken) < self._size:
            self.taken.append(spot)
        else:
            self.taken[self._chosen.randrange(self._size)] = spot

    def _passed_over(self) -> int:
        if len(self.taken) < self._size:
            return 0
        # 1 - random() is never 0.
        self._weight *= (1 - self._chosen.random()) ** (1 / self._size)
        return int(math.log(1 - self._chosen.random()) / math.log1p(-min(self._weight, 1 - 2**-53)))


class _Places:
    """Where samples may begin, of all the paragraphs, and pieces of long ones, that were looked at."""

    def __init__(self, size: int, chosen: Random) -> None:
        self._chosen = chosen
        self._han, self._others, self._borders, self._cuts = (_Reservoir(size, chosen) for _ in range(4))
        # Every different character: in how many paragraphs it is, and one of them.
        self._holders: dict[str, tuple[int, str]] = {}

    def look(self, paragraph: str) -> None:
        folded = fold(paragraph)
        for run in runs(folded):
            places = range(run.start, run.start + len(run.text))
            if run.is_han:
                self._han.offer(paragraph, places)
                self._borders.offer(paragraph, [at for at in (places.start, places.stop) if 0 < at < len(folded)])
            else:
                self._others.offer(paragraph, places)
        # Not `set`, whose order is another in every process.
        for char in dict.fromkeys(folded):
            count = self._holders[char][0] + 1 if char in self._holders else 1
            if count * self._chosen.random() < 1:
                self._holders[char] = count, paragraph
            else:
                self._holders[char] = count, self._holders[char][1]

    def look_across(self, around: str, at: int) -> None:
        """Around a cut, which is before the character at `at`."""
        self._cuts.offer(around, [at])

    def common(self) -> dict[Kind, list[_Spot]]:
        """Places out of all places."""
        return {
            **_by_kind(self._han.taken, self._others.taken, self._borders.taken),
            Kind.ACROSS: self._cuts.taken,
        }

    def rare(self) -> dict[Kind, list[_Spot]]:
        """One place of every different character; one that is in no word is beside a Han character."""
        han: list[_Spot] = []
        others: list[_Spot] = []
        borders: list[_Spot] = []
        for char, (_, paragraph) in self._holders.items():
            folded = fold(paragraph)
            at = self._chosen.choice([at for at, other in enumerate(folded) if other == char])
            run = _run_at(folded, at)
            if run.text:
                (han if run.is_han else others).append(_Spot(paragraph, at))
            elif at and is_han(folded[at - 1]):
                borders.append(_Spot(paragraph, at))
            elif at + 1 < len(folded) and is_han(folded[at + 1]):
                borders.append(_Spot(paragraph, at + 1))
        # Another stretch at each cut.
        return {**_by_kind(han, others, borders), Kind.ACROSS: self._cuts.taken}


def _by_kind(han: list[_Spot], others: list[_Spot], borders: list[_Spot]) -> dict[Kind, list[_Spot]]:
    return {Kind.SUBSTRING: han, Kind.WORD: han, Kind.OTHER: others, Kind.MIXED: borders}


def _samples(
    kind: Kind, is_quoted: bool, spots: Iterable[_Spot], chosen: Random, drawn: set[tuple[str, bool]]
) -> Iterator[Sample]:
    for spot in spots:
        piece = _piece(kind, spot, chosen)
        text = fold(piece)
        # Folded, a bare word has no mark in it that would make it another question.
        query = _quoted(piece) if is_quoted else text
        if query and (text, is_quoted) not in drawn:
            drawn.add((text, is_quoted))
            yield Sample(kind, is_quoted, text, query)


def _piece(kind: Kind, spot: _Spot, chosen: Random) -> str:
    """What is asked for at a spot, which is the second character of the two at a border."""
    paragraph, at = spot
    match kind:
        case Kind.SUBSTRING:
            run = _run_at(fold(paragraph), at)
            around = range(run.start, run.start + len(run.text))
            return _stretch(paragraph, around, range(at, at + 1), chosen.randint(1, LONGEST), chosen)
        case Kind.MIXED:
            around = range(len(paragraph))
            return _stretch(paragraph, around, range(at - 1, at + 1), chosen.randint(2, LONGEST), chosen)
        case Kind.ACROSS:
            around = range(len(paragraph))
            return _stretch(paragraph, around, range(at - 1, at + 1), chosen.randint(2, LONGEST_ACROSS), chosen)
        case _:
            words = [span for field, _, span in tokens(paragraph) if field == WORDS and span.start <= at < span.end]
            span = chosen.choice(words)
            return paragraph[span.start : span.end]


def _stretch(paragraph: str, around: range, core: range, length: int, chosen: Random) -> str:
    """So many characters that have `core` among them, or all there are `around` it."""
    length = min(length, len(around))
    start = chosen.randint(max(around.start, core.stop - length), min(core.start, around.stop - length))
    return paragraph[start : start + length]


def _run_at(folded: str, at: int) -> Run:
    """The run that a character is in; an empty one where it is in none."""
    nothing = Run("", at, is_han=False)
    return next((run for run in runs(folded) if run.start <= at < run.start + len(run.text)), nothing)


def _quoted(piece: str) -> str:
    """The piece between marks that it does not have; empty where it has one of every pair."""
    fitting = (marks for marks, ending in _MARKS.items() if not set(piece) & set(ending))
    return next((marks[0] + piece + marks[1] for marks in fitting), "")


def _in_turn(sources: Iterable[Iterable[Item]]) -> Iterator[Item]:
    """One of each, again and again, for as long as any of them has more."""
    waiting = deque(map(iter, sources))
    while waiting:
        source = waiting.popleft()
        for item in islice(source, 1):
            yield item
            waiting.append(source)
