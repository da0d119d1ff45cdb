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
_JOINS = ".'-"
# What belongs to a word before it (.NET, #1, $5, -5), behind it (C++, C#, 5%, 30℃), and between two that make one
# (R&D, A/B): such a word is one with these and without them.
_BEFORE, _BEHIND, _BETWEEN = ".#@$€£¥+−-", "+#%‰‱℃℉°", "&/"
MARKS = "".join(dict.fromkeys(_JOINS + _BEFORE + _BEHIND + _BETWEEN))

_LETTER = rf"[^\W{HAN}{PICTURES}]"
_CORE = rf"(?>{_LETTER}+(?:[{_JOINS}]{_LETTER}+)*)"
# Signs belong to numbers alone. Three words with slashes between them are a path, of which each is its own.
_PREFIX = rf"(?<![{re.escape(MARKS)}])(?<!{_LETTER})(?:[.#@$€£¥]|[+−-](?=\d))"
_SUFFIX = rf"(?:(?:\+\+|\#)\d*|[+%‰‱℃℉]|°[cf]?)(?![+#%])(?!{_LETTER})"
_TWO = rf"(?<![&/:]){_CORE}[{_BETWEEN}]{_CORE}(?![&/])"
_RUN = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<word>(?:{_PREFIX})?(?:{_TWO}|{_CORE})(?:{_SUFFIX})?)|(?P<picture>[{PICTURES}])"
)
_PARTS = tuple(map(re.compile, (rf"[^{_BETWEEN}]+", _CORE, r"[^\W_]+", r"[^\W\d_]+|\d+")))


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
    >>> [part for part, _ in parts("c/c++")]
    ['c/c++', 'c', 'c++', 'c']
    """
    found = {(word, 0): None}
    for pattern in _PARTS:
        found.update(((match[0], match.start()), None) for match in pattern.finditer(word))
    return list(found)


def may_be_of_word(char: str) -> bool:
    """Return whether a folded character may belong to a word of another script that stands beside it."""
    return char in MARKS or re.match(_LETTER, char) is not None


def is_han(char: str) -> bool:
    found = _RUN.match(char)
    return found is not None and found.lastgroup == "han"
