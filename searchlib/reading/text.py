"""Plain text: stretches of lines between blank ones. What a line means is for `paragraphs` to find out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from searchlib.model import Anchor, Block, BlockKind
from searchlib.reading.pieces import Pieces
from searchlib.text_lines import lines_in

VERSION = 1
MARKS = "\n"

# Characters of a stretch that are held at once; a line takes about as much memory as so many besides.
_MOST, _A_LINE = 1_000_000, 100


def read(text: Pieces) -> tuple[str, Iterable[Block]]:
    """No title, and a block for every stretch of lines that are not blank; several for a long one."""
    return "", _Stretches(text)


class _Stretches:
    """The blocks of a text, made as they are asked for: a text has as many lines as its author likes."""

    def __init__(self, text: Pieces) -> None:
        self._text = text

    def __iter__(self) -> Iterator[Block]:
        # The lines of the present stretch that are in no block yet, the number of the first, and their length.
        lines, first, length = list[str](), 1, 0
        for number, line in enumerate(lines_in(self._text), start=1):
            if not line or line.isspace():
                if lines:
                    yield _block(lines, first, BlockKind.PLAIN)
                    lines = []
                continue
            if not lines:
                first, length = number, 0
            elif length >= _MOST:
                yield _block(lines, first, BlockKind.OPEN)
                lines, first, length = [], number, 0
            lines.append(line)
            length += len(line) + _A_LINE
        if lines:
            yield _block(lines, first, BlockKind.PLAIN)


def _block(lines: list[str], first: int, kind: BlockKind) -> Block:
    return Block("\n".join(lines), (Anchor(0, first, 1),), kind)
