"""Which part of a paragraph to show, and where in it the question's terms are. No colour: that is for front ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from searchlib.analysis import fold
from searchlib.analysis.runs import is_han, runs
from searchlib.analysis.terms import words_of
from searchlib.model import Snippet, Span

# Characters of a snippet where nothing else is asked for: two or three lines of a terminal.
WIDTH = 120
# How far a snippet's edge may move to stand at punctuation.
_REACH = 24
_BREAK = re.compile(r"[。！？；…，、：!?;,:\n]+[”’」』）》)\]]*|\s+|(?=[“「『《（])")


@dataclass(frozen=True, slots=True)
class Marks:
    """What to look for in a text, folded: literals anywhere, words where they are words, and `pairs` of Han characters
    in a text that has neither.
    """

    literals: tuple[str, ...]
    words: tuple[str, ...]
    pairs: tuple[str, ...] = ()

    @classmethod
    def of(cls, literals: Iterable[str], words: Iterable[str], pairs: Iterable[str] = ()) -> Marks:
        """Without single Han characters, as long as there is a longer word: 的 and 不 would light up everywhere."""
        kept = tuple(words)
        longer = tuple(word for word in kept if len(word) > 1 or not is_han(word))
        return cls(tuple(literals), longer or kept, tuple(pairs))


def snippet(text: str, marks: Marks, width: int = WIDTH) -> Snippet:
    """The `width` or so characters of a text that have the most of `marks`, cut at punctuation where there is any."""
    spans = find(text, marks)
    start, end = _window(text, spans, width)
    inside = tuple(
        Span(span.start - start, span.end - start) for span in spans if start <= span.start and span.end <= end
    )
    return Snippet(text[start:end], start, inside)


def find(text: str, marks: Marks) -> tuple[Span, ...]:
    """Where the marks are in a text, by start; none lies inside another."""
    folded = fold(text)
    found = {span for literal in marks.literals for span in _occurrences(literal, folded)}
    found.update(span for word in marks.words if is_han(word[0]) for span in _occurrences(word, folded))
    if others := {word for word in marks.words if not is_han(word[0])}:
        found.update(_words(others, folded))
    if not found:
        found = {span for pair in marks.pairs for span in _occurrences(pair, folded)}
    return tuple(_outermost(sorted(found, key=lambda span: (span.start, -span.end))))


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
        breaks = [match.end() for match in _BREAK.finditer(text, max(0, start - _REACH), first)]
        nearest = min(breaks, key=lambda at: abs(at - start), default=start)
        start = nearest if abs(nearest - start) <= _REACH else start
    if end < len(text):
        breaks = [match.end() for match in _BREAK.finditer(text, last, min(len(text), end + _REACH))]
        nearest = min(breaks, key=lambda at: abs(at - end), default=end)
        end = nearest if abs(nearest - end) <= _REACH else end
    return start, end
