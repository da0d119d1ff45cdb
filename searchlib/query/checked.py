"""Nodes that only a look at the text can decide. Each says which terms narrow the choice, and looks in code shared by
all engines, so that these agree to the character.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import ClassVar

from whoosh.query import And, Every, Query, Term

from searchlib.analysis.grams import covering, is_digit, is_gram
from searchlib.analysis.runs import Run, may_be_of_word, runs
from searchlib.analysis.terms import WINDOW, char_terms
from searchlib.model import TEXT, Span
from searchlib.query.characters import (
    INSIDE,
    NOT_AFTER_LETTER,
    NOT_BEFORE_LETTER,
    is_inside,
    is_letter,
    is_of_spaced_word,
)
from searchlib.query.fields import TERM_FIELDS
from searchlib.query.narrowing import Repeated
from searchlib.query.stretches import stretches


class Checked(Query):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Paragraphs of which the field, folded, has what the node describes."""

    fieldname: str
    # Which check of a text takes longer: the dearer one comes last.
    cost: ClassVar[int] = 1

    @property
    @abstractmethod
    def needed(self) -> Query:
        """Return what every paragraph in question matches, told from terms alone; `Every` where nothing is known.

        It is made of `And`, `Or`, `Term` (also `Repeated`) and `Nearly`.
        """

    @abstractmethod
    def spans(self, folded: str) -> Iterator[Span]:
        """Where in a folded text it is, by start."""

    def matches(self, folded: str) -> bool:
        """Whether it is in a folded text: the last word, whatever terms narrowed the choice."""
        return any(True for _ in self.spans(folded))

    def may_have(self, pair: str) -> bool:  # noqa: ARG002 — for nodes that can tell
        """Return whether two adjacent folded characters can both be in a matching stretch, or decide about one.

        Where not, a text that is cut between them matches only if one of the two parts does.
        """
        return True

    @property
    def is_decided(self) -> bool:
        """Whether matching `needed` is the same as matching the node, so that no text has to be looked at."""
        return False


@dataclass(frozen=True)
class Literal(Checked):
    """Paragraphs whose folded text has `text`, which is folded, in it as it stands."""

    text: str
    fieldname: str = TEXT

    @cached_property
    def needed(self) -> Query:
        fields = TERM_FIELDS[self.fieldname]
        found = [Term(fields.grams if is_gram(term) else fields.chars, term) for term in covering(self.text)]
        # Rarer than its characters, and of a few paragraphs with all of these only some have it.
        words = dict.fromkeys(run.text for run in runs(self.text) if self._is_whole(run))
        return joined(And, [*found, *(Term(fields.words, word) for word in words)])

    def _is_whole(self, run: Run) -> bool:
        """Return whether a word of another script is a term of any match, whatever stands around the literal."""
        end = run.start + len(run.text)
        if run.is_han or not run.start or end == len(self.text) or len(run.text) > WINDOW:
            return False
        return not any(map(may_be_of_word, (self.text[run.start - 1], self.text[end])))

    def spans(self, folded: str) -> Iterator[Span]:
        at = folded.find(self.text)
        while at >= 0:
            yield Span(at, at + len(self.text))
            at = folded.find(self.text, at + len(self.text))

    def matches(self, folded: str) -> bool:
        return self.text in folded

    def may_have(self, pair: str) -> bool:
        return pair in self.text

    @cached_property
    def is_decided(self) -> bool:
        """One term is the literal."""
        return covering(self.text) == [self.text]

    @property
    def all_chars(self) -> list[str]:
        """For each Han run its pairs, which say all that its characters say and more; a lone character itself."""
        found = [char_terms(run.text)[len(run.text) :] or [run.text] for run in runs(self.text) if run.is_han]
        return [term for terms in found for term in terms]

    @cached_property
    def chars(self) -> tuple[str, ...]:
        """The same, each once."""
        return tuple(dict.fromkeys(self.all_chars))


@dataclass(frozen=True)
class BoundedLiteral(Checked):
    """Paragraphs that have `text`, folded, where it neither begins nor ends inside a word of letters or a number."""

    text: str
    fieldname: str = TEXT

    @cached_property
    def _literal(self) -> Literal:
        return Literal(self.text, self.fieldname)

    @property
    def needed(self) -> Query:
        return self._literal.needed

    def spans(self, folded: str) -> Iterator[Span]:
        at = folded.find(self.text)
        while at >= 0:
            end = at + len(self.text)
            if not (_is_inside(folded, at) or _is_inside(folded, end)):
                yield Span(at, end)
                at = end - 1
            at = folded.find(self.text, at + 1)

    def may_have(self, pair: str) -> bool:
        return self._literal.may_have(pair) or _is_inside(pair, 1)


def _is_inside(folded: str, at: int) -> bool:
    """Return whether a place is between two letters, or two digits, of one word."""
    if not 0 < at < len(folded):
        return False
    before, after = folded[at - 1], folded[at]
    if "_" in (before, after) or not (is_of_spaced_word(before) and is_of_spaced_word(after)):
        return False
    return is_digit(before) == is_digit(after)


@dataclass(frozen=True)
class Near(Checked):
    """Paragraphs that have all `parts`, folded, in any order, with at most `distance` other characters among them."""

    parts: tuple[str, ...]
    distance: int
    fieldname: str = TEXT
    cost = 2

    @cached_property
    def needed(self) -> Query:
        times = self._times
        found = [Literal(part, self.fieldname).needed for part in times]
        # Other parts may overlap, so that only those of one part add up.
        repeated = {term: times[part] for part in times for term in Literal(part).chars}
        return joined(And, [*found, *_repeated(repeated, self.fieldname)])

    def spans(self, folded: str) -> Iterator[Span]:
        found = self._occurring(folded)
        told: list[Span] = []
        at = 0
        for first, window in self._windows(folded, found):
            last = first + len(window)
            told += reversed(list(islice(reversed(window), last - max(at, first))))
            at = last
        return iter(told)

    def matches(self, folded: str) -> bool:
        if not all(part in folded for part in self._times):
            return False
        if len(folded) <= self._room:
            return all(_has_often(part, times, folded) for part, times in self._times.items())
        return any(True for _ in self._windows(folded, self._occurring(folded)))

    def _occurring(self, folded: str) -> Iterator[Span]:
        found = [_occurrences(part, folded) for part in self._times]
        return merge(*found) if len(found) > 1 else found[0]

    @cached_property
    def _times(self) -> Counter[str]:
        """The parts, and how often each is asked for."""
        return Counter(self.parts)

    @cached_property
    def _room(self) -> int:
        """Return how long a stretch with all parts may be."""
        return self.distance + sum(map(len, self.parts))

    def _windows(self, folded: str, found: Iterator[Span]) -> Iterator[tuple[int, deque[Span]]]:
        """Each shortest stretch of spans with all parts in it that is short enough, with the number of its first one.

        Every span enters the window once and leaves it once, whatever the distance. `ends` are those spans of the
        window that end after all spans behind them, so that the first one ends last.
        """
        missing = dict(self._times)
        lacking = len(missing)
        first, window, ends = 0, deque[Span](), deque[Span]()
        for span in found:
            window.append(span)
            while ends and ends[-1].end <= span.end:
                ends.pop()
            ends.append(span)
            part = folded[slice(*span)]
            missing[part] -= 1
            lacking -= missing[part] == 0
            while not lacking:
                if ends[0].end - window[0].start <= self._room:
                    yield first, window
                gone = window.popleft()
                first += 1
                if ends[0] is gone:
                    ends.popleft()
                part = folded[slice(*gone)]
                missing[part] += 1
                lacking += missing[part] == 1


def _has_often(part: str, times: int, folded: str) -> bool:
    return next(islice(_occurrences(part, folded), times - 1, None), None) is not None


def _occurrences(part: str, folded: str) -> Iterator[Span]:
    """All of them, also those that overlap: the second 哈哈 of 哈哈哈 may be the nearer one."""
    at = folded.find(part)
    while at >= 0:
        yield Span(at, at + len(part))
        at = folded.find(part, at + 1)


@dataclass(frozen=True)
class Wildcard(Checked):
    """Paragraphs with a stretch like `text`, folded: `?` stands for one character, `*` for any number of them.

    Both stand for letters, digits and Han characters only, so no stretch goes beyond a space or a punctuation mark. A
    pattern that begins or ends with a letter of a script with words begins or ends with a word: `app*` is not in
    `happy`.
    """

    text: str
    fieldname: str = TEXT
    cost = 2

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """What has to stand in the text as it is."""
        return tuple(dict.fromkeys(filter(None, re.split(r"[?*]", self.text))))

    @cached_property
    def needed(self) -> Query:
        parts = [Literal(part) for part in re.split(r"[?*]", self.text) if part]
        # The parts of a stretch stand one after the other, so that all of them add up.
        repeated = Counter(term for part in parts for term in part.all_chars)
        found = [Literal(literal, self.fieldname).needed for literal in self.literals]
        return joined(And, [*found, *_repeated(repeated, self.fieldname)])

    @cached_property
    def is_decided(self) -> bool:
        """Stars around a literal that begins and ends with Han characters add nothing to it."""
        text = self.text.strip("*")
        is_alone = not {"?", "*"} & set(text) and not any(map(is_letter, (self.text[0], self.text[-1])))
        return is_alone and Literal(text, self.fieldname).is_decided

    def spans(self, folded: str) -> Iterator[Span]:
        if all(literal in folded for literal in self.literals):
            yield from stretches(self.text, folded)

    def matches(self, folded: str) -> bool:
        return self._pattern.search(folded) is not None

    def may_have(self, pair: str) -> bool:
        return all(char in self.text or is_inside(char) for char in pair)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        first, *rest = (_stretch(part) for part in self.text.strip("*").split("*") if part)
        # Each `*` takes as little as it can and never gives anything back: if there is a stretch at all, the nearest
        # continuations make one, and a pattern of many stars takes no longer than one of few.
        ending = NOT_BEFORE_LETTER if is_letter(self.text[-1]) else ""
        if rest:
            rest[-1] += ending
        else:
            first += ending
        opening = NOT_AFTER_LETTER if is_letter(self.text[0]) else ""
        return re.compile(opening + first + "".join(f"(?>{INSIDE}*?{part})" for part in rest))


def _stretch(part: str) -> str:
    return "".join(INSIDE if char == "?" else re.escape(char) for char in part)


def _repeated(times: Mapping[str, int], field: str) -> list[Query]:
    """The terms that a text needs more than once; how often they stand in titles and headings is not asked for."""
    if field != TEXT:
        return []
    return [Repeated(TERM_FIELDS[field].chars, term, count) for term, count in times.items() if count > 1]


def joined(operator: type[Query], nodes: Iterable[Query]) -> Query:
    """The nodes under one operator; one alone is itself, and none is every paragraph.

    What narrows nothing is left out of an `And`, and leaves nothing of an `Or`.
    """
    found = list(nodes)
    if operator is And:
        found = [node for node in found if not isinstance(node, Every)]
    elif any(isinstance(node, Every) for node in found):
        found = []
    if not found:
        return Every()
    return found[0] if len(found) == 1 else operator(found)
