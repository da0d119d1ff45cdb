"""Cutting Han runs into words: a few with jieba's dictionary left on disk, many with rjieba or else jieba.

The three give the same words, with the same places, for every run, so that an index does not depend on which of them
made it. What could part them is done here for all: which characters they see, and the words inside words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from searchlib.analysis.dictionary import FIRST_KNOWN, LAST_KNOWN, is_known

# A character that jieba does not know is a word by itself, and parts what stands around it; rjieba would take it for a
# part of a word that it guesses.
_STRETCH = re.compile(f"[{FIRST_KNOWN}-{LAST_KNOWN}]+|.", re.DOTALL)
# So many characters are cut before a segmenter is loaded. They take as long as loading rjieba does: no process spends
# more than twice what would have been best for it.
_FEW = 10_000


class Segmenter(NamedTuple):
    """What cuts."""

    # The words of stretches of known characters that line ends keep apart, line ends included, without inner words.
    cut: Callable[[str], list[str]]
    # Whether a word is in the dictionary.
    is_word: Callable[[str], bool]


class _Choice:
    """Which segmenter cuts what comes next."""

    def __init__(self) -> None:
        self._left = _FEW

    def expect_much(self) -> None:
        """Loads what cuts much, which no more than a few characters would be cut without."""
        self._left = 0
        loaded()

    def __call__(self, characters: int) -> Segmenter:
        """For so many characters: the mapped dictionary for the first ones of a process, then what has to be loaded."""
        self._left -= characters
        return (mapped() if self._left >= 0 else None) or loaded()


segmenter = _Choice()


@cache
def mapped() -> Segmenter | None:
    """jieba's way without loading its dictionary; None where there is no place to leave that."""
    from searchlib.analysis.mapped_jieba import cutter

    found = cutter()
    return Segmenter(found.cut, found.is_word) if found else None


@cache
def loaded() -> Segmenter:
    """rjieba or else jieba, with its dictionary read when it is first needed."""
    try:
        from searchlib.analysis import rust_jieba as found
    except ImportError:
        from searchlib.analysis import python_jieba

        return Segmenter(python_jieba.cut, python_jieba.is_word)
    return Segmenter(found.cut, found.is_word)


def segment(run: str) -> list[tuple[str, int, int]]:
    """The words of a Han run in jieba's search mode, with start and end: long words, and shorter ones inside them.

    >>> [word for word, _, _ in segment("土地承包经营权")]
    ['土地', '承包', '经营权', '经营']
    """
    # What a single character is needs no dictionary.
    return segment_with(segmenter(len(run)), run) if len(run) > 1 else [(run, 0, 1)] if run else []


def segment_with(by: Segmenter, run: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for stretch in _STRETCH.finditer(run):
        start = stretch.start()
        for word in by.cut(stretch[0]) if is_known(stretch[0][0]) else stretch[0]:
            found.append((word, start, start + len(word)))
            found += ((inner, start + at, start + at + len(inner)) for inner, at in inner_words(by, word))
            start += len(word)
    return sorted(found, key=_by_place)


def inner_words(by: Segmenter, word: str) -> list[tuple[str, int]]:
    """The words of two and three characters inside a longer one, each with its start in it."""
    if len(word) <= 2:
        return []
    pairs = [(word[at : at + 2], at) for at in range(len(word) - 1)]
    threes = [(word[at : at + 3], at) for at in range(len(word) - 2)] if len(word) > 3 else []
    return [inner for inner in pairs + threes if by.is_word(inner[0])]


def _by_place(word: tuple[str, int, int]) -> tuple[int, int]:
    return word[1], -word[2]
