"""Which part of a paragraph to show, and where in it the question's terms are. No colour: that is for front ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Protocol

from searchlib.analysis import fold
from searchlib.analysis.runs import is_han, runs
from searchlib.analysis.terms import words_of
from searchlib.answers import Snippet
from searchlib.defaults import WIDTH
from searchlib.model import Span
from searchlib.punctuation import NO_END, NO_START

# Characters of a snippet where nothing else is asked for: two or three lines of a terminal.
# How far a snippet's edge may move to stand at punctuation.
_REACH = 24
# Behind a stop or a gap and whatever closes with it; before a mark that opens.
_EDGE = re.compile(
    rf"(?:[。！？；…，、：!?;,:]|\s+)[{re.escape(''.join(NO_START))}]*|(?=[{re.escape(''.join(NO_END))}])"
)


class Pattern(Protocol):
    """Something that stretches of text can be like."""

    def spans(self, folded: str) -> Iterator[Span]:
        """Where in a folded text they are."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What to look for in a text, folded: literals and `patterns` anywhere, words where they are words; in a text that
    has none of these, `pairs` of Han characters, and in one that has no pair either, `singles`.
    """

    literals: tuple[str, ...]
    words: tuple[str, ...]
    pairs: tuple[str, ...] = ()
    singles: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()

    @classmethod
    def of(
        cls, literals: Iterable[str], words: Iterable[str], pairs: Iterable[str] = (), patterns: Iterable[Pattern] = ()
    ) -> Marks:
        """Single Han characters count last, as long as there is a longer word: 的 and 不 would light up everywhere."""
        longer: list[str] = []
        singles: list[str] = []
        for word in words:
            (singles if len(word) == 1 and is_han(word) else longer).append(word)
        return cls(tuple(literals), tuple(longer), tuple(pairs), tuple(singles), tuple(patterns))


def snippet(text: str, marks: Marks, width: int = WIDTH, rest: str = "") -> Snippet:
    """The `width` or so characters of a text that have the most of `marks`, cut at punctuation where there is any.

    `rest` is how the text goes on. What begins in the text and ends in there is shown whole.
    """
    if rest and not marks.patterns:
        # No span can need more, and no word is taken for a longer one's beginning.
        rest = rest[: 1 + max(map(len, (*marks.literals, *marks.words, *marks.pairs)), default=0)]
    spans = find(text, marks, rest)
    reach = max((span.end for span in spans), default=0)
    if reach > len(text):
        text = (text + rest)[: reach + _REACH]
    elif rest:
        # Between the pieces of a paragraph is what white space there was.
        text = text[: max(reach, len(text.rstrip()))]
    start, end = _window(text, spans, width)
    inside = tuple(
        Span(span.start - start, span.end - start) for span in spans if start <= span.start and span.end <= end
    )
    return Snippet(text[start:end], start, inside)


def find(text: str, marks: Marks, rest: str = "") -> tuple[Span, ...]:
    """Where the marks are in a text, by start; none lies inside another, and all begin before its `rest`."""
    folded = fold(text + rest)
    found = {span for span in _marked(folded, marks) if span.start < len(text)}
    for terms in (marks.pairs, marks.singles):
        occurrences = (span for term in terms for span in _occurrences(term, folded)) if not found else ()
        found.update(span for span in occurrences if span.start < len(text))
    return tuple(_outermost(sorted(found, key=lambda span: (span.start, -span.end))))


def _marked(folded: str, marks: Marks) -> Iterator[Span]:
    """Where a text has literals, patterns and words."""
    for literal in marks.literals:
        yield from _occurrences(literal, folded)
    for pattern in marks.patterns:
        yield from pattern.spans(folded)
    # Most words are in few of the texts.
    words = [word for word in marks.words if word in folded]
    for word in words:
        if is_han(word[0]):
            yield from _occurrences(word, folded)
    if others := {word for word in words if not is_han(word[0])}:
        yield from _words(others, folded)


def _occurrences(term: str, folded: str) -> Iterator[Span]:
    at = folded.find(term)
    while at >= 0:
        yield Span(at, at + len(term))
        at = folded.find(term, at + len(term))


def _words(wanted: set[str], folded: str) -> Iterator[Span]:
    for run in runs(folded):
        if not run.is_han:
            for word, start, end in words_of(run):
                if word in wanted:
                    yield Span(run.start + start, run.start + end)


def _outermost(spans: Iterable[Span]) -> Iterator[Span]:
    reach = 0
    for span in spans:
        if span.end > reach:
            yield span
            reach = span.end


def _window(text: str, spans: Sequence[Span], width: int) -> tuple[int, int]:
    """Start and end of the part to show; a little more than `width` is shown whole."""
    if len(text) <= width + _REACH:
        return 0, len(text)
    first, last = _best(text, spans, width)
    width = max(width, last - first)
    start = max(0, min(first - (width - (last - first)) // 2, len(text) - width))
    return _snapped(text, start, start + width, first, last)


def _best(text: str, spans: Sequence[Span], width: int) -> tuple[int, int]:
    """From where to where the spans reach that are best shown together: different ones first, then many, then early.

    They count by their characters, so that a literal is worth more than two short words of it.
    """
    found = [fold(text[span.start : span.end]) for span in spans]
    totals = [0, *accumulate(map(len, found))]
    ends = [span.end for span in spans]
    best, place = (0, 0), (0, 0)
    for at, span in enumerate(spans):
        # A span that is longer than the width is shown whole.
        until = max(at + 1, bisect_right(ends, span.start + width))
        score = sum(map(len, set(found[at:until]))), totals[until] - totals[at]
        if score > best:
            best, place = score, (span.start, ends[until - 1])
    return place


def _snapped(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """Edges moved to punctuation nearby, never into what is to be shown."""
    if start > 0:
        start = _nearest_edge(text, start, max(0, start - _REACH), min(first, start + _REACH))
        while start < first and text[start] in NO_START:
            start += 1
    if end < len(text):
        end = _nearest_edge(text, end, max(last, end - _REACH), end + _REACH)
    return start, end


def _nearest_edge(text: str, place: int, least: int, most: int) -> int:
    """The good place for an edge that is nearest to `place`, from `least` to `most`; `place` where there is none."""
    edges = takewhile(lambda at: at <= most, (match.end() for match in _EDGE.finditer(text, least)))
    return min(edges, key=lambda at: abs(at - place), default=place)
