"""Nodes that only a look at the text can decide. Each says which terms narrow the choice, and looks in code shared by
all engines, so that these agree to the character.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from whoosh.query import And, Every, Query, Term

from searchlib.analysis.runs import HAN, PICTURES, is_han, runs
from searchlib.analysis.terms import STRIDE, char_terms
from searchlib.model import TEXT, Span
from searchlib.query.fields import TERM_FIELDS

# What a wildcard stands for: letters of any script, digits, pictures. Spaces and punctuation end what it can reach.
INSIDE = rf"[\w{HAN}{PICTURES}]"
# A letter or digit of a script with words: a pattern that begins or ends with one begins or ends with a word.
_LETTER = rf"[^\W{HAN}{PICTURES}]"
NOT_AFTER_LETTER, NOT_BEFORE_LETTER = rf"(?<!{_LETTER})", rf"(?!{_LETTER})"


class Checked(Query):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Paragraphs of which the field, folded, has what the node describes."""

    fieldname: str

    @property
    @abstractmethod
    def needed(self) -> Query:
        """What every paragraph in question matches: `And`, `Or`, `Term`, `Piece`, or `Every` where nothing is known."""

    @abstractmethod
    def spans(self, folded: str) -> Iterator[Span]:
        """Where in a folded text it is, by start."""

    def matches(self, folded: str) -> bool:
        """Whether it is in a folded text: the last word, whatever terms narrowed the choice."""
        return any(True for _ in self.spans(folded))

    def may_have(self, pair: str) -> bool:  # noqa: ARG002 — for nodes that can tell
        """Whether two neighbouring characters, folded, can both be in a stretch that matches, or decide about one.

        Where not, a text that is cut between them matches only if one of the two parts does.
        """
        return True

    @property
    def is_decided(self) -> bool:
        """Whether matching `needed` is the same as matching the node, so that no text has to be looked at."""
        return False


@dataclass(frozen=True)
class Piece(Query):  # type: ignore[misc]
    """Paragraphs with a term that has `text`, which is not Han, anywhere in it."""

    fieldname: str
    text: str


@dataclass(frozen=True)
class Literal(Checked):
    """Paragraphs whose folded text has `text`, which is folded, in it as it stands."""

    text: str
    fieldname: str = TEXT

    @cached_property
    def needed(self) -> Query:
        words, chars = TERM_FIELDS[self.fieldname]
        # The literal may begin or end in the middle of a word of another script, so it asks for pieces of these.
        pieces = dict.fromkeys(run.text[:STRIDE] for run in runs(self.text) if not run.is_han)
        return joined(And, [*(Term(chars, term) for term in self._chars), *(Piece(words, piece) for piece in pieces)])

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
        """A single character, a single pair: the term is the literal."""
        return self._chars == (self.text,)

    @cached_property
    def _chars(self) -> tuple[str, ...]:
        """For each Han run its pairs, which say all that its characters say and more; a lone character itself."""
        found = [char_terms(run.text)[len(run.text) :] or [run.text] for run in runs(self.text) if run.is_han]
        return tuple(dict.fromkeys(term for terms in found for term in terms))


@dataclass(frozen=True)
class Near(Checked):
    """Paragraphs that have all `parts`, folded, in any order, with at most `distance` other characters among them."""

    parts: tuple[str, ...]
    distance: int
    fieldname: str = TEXT

    @cached_property
    def needed(self) -> Query:
        return joined(And, [Literal(part, self.fieldname).needed for part in dict.fromkeys(self.parts)])

    def spans(self, folded: str) -> Iterator[Span]:
        found = sorted(span for part in set(self.parts) for span in _occurrences(part, folded))
        near = {span for first, last in self._windows(folded, found) for span in found[first : last + 1]}
        return iter(sorted(near))

    def _windows(self, folded: str, found: list[Span]) -> Iterator[tuple[int, int]]:
        """The first and last of each shortest stretch of spans with all parts in it that is short enough."""
        missing = {part: self.parts.count(part) for part in self.parts}
        room = self.distance + sum(map(len, self.parts))
        first = 0
        for last, (start, end) in enumerate(found):
            missing[folded[start:end]] -= 1
            while all(count <= 0 for count in missing.values()):
                reach = max(span.end for span in found[first : last + 1])
                if reach - found[first].start <= room:
                    yield first, last
                missing[folded[slice(*found[first])]] += 1
                first += 1


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

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """What has to stand in the text as it is."""
        return tuple(dict.fromkeys(filter(None, re.split(r"[?*]", self.text))))

    @cached_property
    def needed(self) -> Query:
        return joined(And, [Literal(literal, self.fieldname).needed for literal in self.literals])

    def spans(self, folded: str) -> Iterator[Span]:
        return _found(self._pattern, folded)

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


def _found(pattern: re.Pattern[str], folded: str) -> Iterator[Span]:
    return (Span(*match.span()) for match in pattern.finditer(folded) if match[0])


def is_inside(char: str) -> bool:
    """Whether a wildcard can stand for a character."""
    return re.match(INSIDE, char) is not None


def is_letter(char: str) -> bool:
    return not is_han(char) and re.match(_LETTER, char) is not None
