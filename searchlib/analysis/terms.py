"""The terms of a text, field by field.

`words` holds what jieba makes of each Han run, single characters and stop words included, and every word of another
script whole and in parts. `chars` holds every Han character and every pair of neighbours: whatever jieba did, a
Chinese substring of the text is found through it. `grams` do the same for characters of all scripts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from searchlib.analysis.fold import fold
from searchlib.analysis.grams import LONGEST, grams
from searchlib.analysis.runs import HAN, MARKS, PICTURES, Run, is_han, parts, runs
from searchlib.analysis.segment import segment
from searchlib.model import Span, Token

# The fields of terms: those of a paragraph's text, of its title and of its headings.
WORDS, CHARS, GRAMS = "words", "chars", "grams"
TITLE_WORDS, TITLE_CHARS, TITLE_GRAMS = "title_words", "title_chars", "title_grams"
HEADING_WORDS, HEADING_CHARS, HEADING_GRAMS = "heading_words", "heading_chars", "heading_grams"

# A longer word is indexed in windows of this many characters, each beginning STRIDE after the last, so that every
# stretch of up to STRIDE characters lies whole in one of them.
WINDOW, STRIDE = 128, 64

# What may stand inside a run. Between a character of these and another, a cut may have cut one.
_INSIDE_RUN = re.compile(rf"[\w{HAN}{PICTURES}{re.escape(MARKS)}]")


class Terms(NamedTuple):
    """The terms of a text in order, repeated as often as they occur, but for grams."""

    words: list[str]
    chars: list[str]
    grams: list[str]


def analyze(text: str) -> Terms:
    """The terms under which a text is indexed."""
    words: list[str] = []
    chars: list[str] = []
    folded = fold(text)
    for run in runs(folded):
        if run.is_han:
            words += (word for word, _, _ in segment(run.text))
            chars += char_terms(run.text)
        else:
            words += (part for part, _ in _windows(run.text))
    return Terms(words, chars, grams(folded))


def analyze_pieces(pieces: Sequence[str]) -> list[Terms]:
    """The terms under which the pieces of one text are indexed, none of which is empty.

    Those of each piece by itself, and what lies across a cut is given to the piece in which it begins. So all pieces
    together have every term of the whole text.
    """
    found = [analyze(piece) for piece in pieces]
    for at, words in words_across(pieces).items():
        found[at].words.extend(words)
    for terms, (piece, following) in zip(found, pairwise(pieces), strict=False):
        pair = fold(piece[-1] + following[0])
        if is_han(pair[0]) and is_han(pair[1]):
            terms.chars.append(pair)
    folded = fold("".join(pieces))
    ends = accumulate(map(len, pieces))
    return [
        terms._replace(grams=grams(folded[end - len(piece) : end + LONGEST - 1], len(piece)))
        for terms, piece, end in zip(found, pieces, ends, strict=True)
    ]


def words_across(pieces: Sequence[str]) -> dict[int, list[str]]:
    """Words of runs that were cut, by the piece in which they begin, where that does not have them by itself."""
    if not any(crosses(piece, following) for piece, following in pairwise(pieces)):
        return {}
    starts = list(accumulate(map(len, pieces), initial=0))
    found: dict[int, list[str]] = {}
    known: dict[int, set[str]] = {}
    for run in runs(fold("".join(pieces))):
        first, last = (bisect_right(starts, place) - 1 for place in (run.start, run.start + len(run.text) - 1))
        for word, start, _ in words_of(run) if first < last else ():
            at = bisect_right(starts, run.start + start) - 1
            if at not in known:
                known[at] = set(analyze(pieces[at]).words)
            if word not in known[at]:
                known[at].add(word)
                found.setdefault(at, []).append(word)
    return found


def crosses(piece: str, following: str) -> bool:
    """Return whether a term may cross the cut between two pieces; if not, each side has its own terms."""
    return all(map(_INSIDE_RUN.match, fold(piece[-1] + following[0])))


def outer_words(text: str) -> list[str]:
    """The words of a text that are in no longer one: what jieba's default mode gives, from its search mode."""
    found: list[str] = []
    for run in runs(fold(text)):
        reach = 0
        for word, _, end in words_of(run):
            if end > reach:
                found.append(word)
                reach = end
    return found


def char_terms(run: str) -> list[str]:
    """The characters and pairs of a Han run."""
    return [*run, *map("".join, pairwise(run))]


def tokens(text: str) -> Iterator[Token]:
    """The terms of a text with their places in it, also those of grams: by field, then by start, longer ones first."""
    folded = fold(text)
    found = list(runs(folded))
    for run in found:
        for term, start, end in words_of(run):
            yield Token(WORDS, term, Span(run.start + start, run.start + end))
    for run in found:
        if run.is_han:
            for at, char in enumerate(run.text):
                start = run.start + at
                if at + 1 < len(run.text):
                    yield Token(CHARS, char + run.text[at + 1], Span(start, start + 2))
                yield Token(CHARS, char, Span(start, start + 1))
    for at in range(len(folded)):
        for gram in reversed(grams(folded[at : at + LONGEST], 1)):
            yield Token(GRAMS, gram, Span(at, at + len(gram)))


def words_of(run: Run) -> list[tuple[str, int, int]]:
    """The words of a run with start and end in it, by start, longer ones first."""
    if run.is_han:
        return segment(run.text)
    found = [(part, start, start + len(part)) for part, start in _windows(run.text)]
    return sorted(found, key=lambda word: (word[1], -word[2]))


def _windows(word: str) -> list[tuple[str, int]]:
    found = [(part, start) for part, start in parts(word) if len(part) <= WINDOW]
    if len(word) <= WINDOW:
        return found
    return [*found, *((word[start : start + WINDOW], start) for start in range(0, len(word) - STRIDE, STRIDE))]
