"""Plain text: stretches of lines between blank ones. What a line means is for `paragraphs` to find out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from searchlib.model import Anchor, Block
from searchlib.text_lines import lines_of

VERSION = 1
MARKS = "\n"


def read(text: str) -> tuple[str, Iterable[Block]]:
    """No title, and a block for every stretch of lines that are not blank."""
    return "", _Stretches(text)


class _Stretches:
    """The blocks of a text, made as they are asked for: a text has as many lines as its author likes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __iter__(self) -> Iterator[Block]:
        text = self._text
        # Where the present stretch begins, and the number of its first line; 0 between two stretches.
        start = first = at = 0
        for number, line in enumerate(lines_of(text), start=1):
            if line and not line.isspace():
                if not first:
                    start, first = at, number
            elif first:
                yield _block(text[start : at - 1], first)
                first = 0
            at += len(line) + 1
        if first:
            yield _block(text[start:], first)


def _block(text: str, line: int) -> Block:
    return Block(text, (Anchor(0, line, 1),))
