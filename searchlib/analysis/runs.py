"""Where a folded text has Han characters, where words of other scripts, and where nothing that is indexed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Every block of the script, by code point: radicals, 々 and 〇, numerals, strokes, extension A, the main block, private
# use (where GB18030, HKSCS and editions of the classics put rare characters), compatibility ideographs, and planes 2
# and 3 whole, so that extensions still to come are not lost. Compatibility ideographs are written as escapes, because
# an editor that normalizes what it saves would make them ordinary ones.
HAN = (
    "⺀-⻳⼀-⿕々〇〡-〩〸-〻㇀-㇥㐀-䶿一-鿿\ue000-\uf8ff\uf900-\ufaff\U00016fe2-\U00016ff1\U00020000-\U0003ffff"
    "\U000f0000-\U0010ffff"
)
# Emoji and other pictures are words of one character.
PICTURES = "☀-➿⬀-⯿\U0001f000-\U0001faff"

# What joins letters to one word, between two of them.
JOINS = ".'-"

_LETTERS = rf"[^\W{HAN}{PICTURES}]+"
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<word>{_LETTERS}(?:[{JOINS}]{_LETTERS})*)|(?P<picture>[{PICTURES}])")
_PART = re.compile(r"[^\W\d_]+|\d+")
_PIECE = re.compile(r"[^.'_-]+")


class Run(NamedTuple):
    """A stretch of folded text that is indexed, from character `start` on."""

    text: str
    start: int
    is_han: bool


def runs(folded: str) -> Iterator[Run]:
    for match in _RUN.finditer(folded):
        yield Run(match[0], match.start(), match.lastgroup == "han")


def parts(word: str) -> list[tuple[str, int]]:
    """A word of another script and what it is put together from, each with its start in the word, the whole first.

    >>> [part for part, _ in parts("iphone15")], [part for part, _ in parts("tidb_mem_quota")]
    (['iphone15', 'iphone', '15'], ['tidb_mem_quota', 'tidb', 'mem', 'quota'])
    """
    found = {(word, 0): None}
    for pattern in (_PIECE, _PART):
        found.update(((match[0], match.start()), None) for match in pattern.finditer(word))
    return list(found)


def is_han(char: str) -> bool:
    found = _RUN.match(char)
    return found is not None and found.lastgroup == "han"
