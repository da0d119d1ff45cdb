"""Characters of all scripts as terms: what a string is found by where it has more than Han characters.

A gram is a character that is neither Han nor white space, two neighbours of which one is not Han, three neighbours of
which one is a digit and none a letter, or a letter or digit with the space beside it. Han characters and pairs of them
are terms of a field of their own, since they count for the ranking; grams only tell where to look, so a text has each
of them once. Threes are for dates, prices and versions: each pair of `8月2日` is in a large part of all news.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from searchlib.analysis.runs import is_han

LONGEST = 3
SPACE = " "


@lru_cache(maxsize=8_192)
def is_indexed(char: str) -> bool:
    """Return whether a folded character is part of terms: any but white space, NUL and halves of surrogate pairs."""
    return not (char.isspace() or char == "\0" or "\ud800" <= char <= "\udfff")


def grams(folded: str, end: int | None = None) -> list[str]:
    """The grams of a folded text, each once; with `end`, those that begin before it."""
    found: dict[str, None] = {}
    for at in range(len(folded) if end is None else end):
        found.update((piece, None) for piece in _at(folded, at) if is_gram(piece))
    return list(found)


def _at(folded: str, at: int) -> Iterator[str]:
    """The stretches from a place on that may be terms."""
    if _is_beside_space(pair := folded[at : at + 2]):
        if pair[0] != SPACE:
            yield pair[0]
        yield pair
        return
    for size in range(1, min(LONGEST, len(folded) - at) + 1):
        if not is_indexed(folded[at + size - 1]):
            break
        yield folded[at : at + size]


def _is_beside_space(pair: str) -> bool:
    return SPACE in pair and any(is_digit(char) or is_letter(char) for char in pair)


def is_gram(piece: str) -> bool:
    """Return whether one to three characters that may be a term are a gram."""
    if len(piece) < LONGEST:
        return not all(map(is_han, piece))
    return any(map(is_digit, piece)) and not any(map(is_letter, piece))


def is_digit(char: str) -> bool:
    return char.isdecimal()


def is_letter(char: str) -> bool:
    """Return whether a folded character is one that words of other scripts are made of, and no digit."""
    return not char.isdecimal() and (char.isalnum() or char == "_") and not is_han(char)


def covering(folded: str) -> list[str]:
    """The fewest terms that every text with `folded` in it has, each once: pairs and threes, or a lone character.

    Those of Han characters alone are in the field of these, all others are grams.

    >>> covering("8月2日的 c++")
    ['8月2', '月2日', '2日的', ' c', 'c+', '++']
    """
    found: dict[str, None] = {}
    covered = 0
    for at in range(len(folded)):
        longest = ""
        for piece in _at(folded, at):
            if len(piece) < LONGEST or is_gram(piece):
                longest = piece
        if longest and at + len(longest) > covered:
            covered = at + len(longest)
            found[longest] = None
    return list(found)
