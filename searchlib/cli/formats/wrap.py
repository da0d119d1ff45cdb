"""Breaking Chinese text into the lines of a terminal.

Libraries that wrap text break at spaces, of which Chinese has none, or anywhere, and so begin lines with 。 and end
them with （. Here a line may end behind any Han character, but not before closing or behind opening punctuation, and
not inside a word of another script.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

from searchlib.punctuation import NO_END, NO_START

_WORD = re.compile(r"[^\W一-鿿㐀-䶿]")


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Start and end of each line of at most `width` cells; spaces at a break are left out.

    A line end in the text always breaks. Where no good place is, the line breaks where it is full.
    """
    lines, start = [], 0
    for piece in text.split("\n"):
        lines += _wrap_line(text, start, start + len(piece), width)
        start += len(piece) + 1
    return lines


def _wrap_line(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    lines = []
    while (fits := _fitting(text, start, end, width)) < end:
        at = next((at for at in range(fits, start, -1) if _may_break(text, at)), fits)
        lines.append((start, at))
        start = at
        while start < end and text[start] == " ":
            start += 1
    lines.append((start, end))
    return lines


def _fitting(text: str, start: int, end: int, width: int) -> int:
    """How far the text from `start` fits into `width`, at least one character."""
    used = 0
    for at in range(start, end):
        used += cell_len(text[at])
        if used > width:
            return max(at, start + 1)
    return end


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after in NO_START or before in NO_END:
        return False
    return not (_WORD.match(before) and _WORD.match(after))
