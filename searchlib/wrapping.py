"""Hard-wrapped text: is a file broken into lines of one width, and which lines belong together?

A line is full when the next one's first word (for Han, its first character with the punctuation that may not stand
at a line's start) would not have fitted behind it. A file is wrapped when most lines that another follows are full
and few of those end a sentence; in a file that gives each paragraph a line of its own, lines have any length.
Widths are those of a terminal, two for a Han character, because that is what authors break lines by.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from unicodedata import east_asian_width

_CLOSING = re.compile(r"[，。、；：！？）》」』”’…,.;:!?)\]]+")
_WORD = re.compile(r"[A-Za-z0-9][^\s一-鿿　-〿＀-￯]*")
_SENTENCE_END = re.compile(r"[。！？；…!?;][”’」』）)]*$")
_WIDE = re.compile(r"[⺀-꓏豈-﫿︰-﹏＀-｠￠-￦\U00016fe0-\U0003ffff“”‘’…—]")

# Below 15 Han characters, lines of one length are verse or a table.
_NARROWEST = 30
# Punctuation that hangs over the edge, and a character of another width: what lines of one width differ by.
_SLACK = 4
_SHARE = 0.6


def wrap_width(stretches: list[list[str]]) -> int:
    """The width at which the lines of a file were broken, or 0; `stretches` are its lines between blank ones."""
    pairs = [(line, following) for lines in stretches for line, following in pairwise(lines)]
    widths = Counter(cells(line) for line, _ in pairs)
    if not widths:
        return 0
    near = {width: sum(widths[width + by] for by in range(-_SLACK, 1)) for width in widths if width >= _NARROWEST}
    width = max(near, key=lambda width: (near[width], width), default=0)
    full = [line for line, following in pairs if is_full(line, following, width)]
    unended = sum(not _SENTENCE_END.search(line.rstrip()) for line in full)
    is_wrapped = width and len(full) >= 2 and len(full) >= _SHARE * len(pairs) and unended >= _SHARE * len(full)
    return width if is_wrapped else 0


def is_full(line: str, following: str, width: int) -> bool:
    """Whether `following` goes on where `line` had no more room."""
    return cells(line) <= width + _SLACK and cells(line) + _lead(following) > width


def glue(line: str, following: str) -> str:
    """What a line end between two joined lines stands for: nothing beside Chinese, a space between other words."""
    return "" if _WIDE.match(line[-1:]) or _WIDE.match(following[:1]) else " "


def cells(text: str) -> int:
    """The width of a text in terminal cells."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _lead(following: str) -> int:
    if word := _WORD.match(following):
        return cells(word[0]) + 1
    closing = _CLOSING.match(following, 1)
    return 2 + (cells(closing[0]) if closing else 0)
