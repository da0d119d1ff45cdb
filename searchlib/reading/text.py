"""Plain text: stretches of lines between blank ones. What a line means is for `paragraphs` to find out."""

from __future__ import annotations

from searchlib.model import Anchor, Block

VERSION = 1
MARKS = "\n"


def read(text: str) -> tuple[str, tuple[Block, ...]]:
    """No title, and a block for every stretch of lines that are not blank."""
    blocks = []
    first, lines = 0, text.split("\n")
    lines.append("")
    for number, line in enumerate(lines):
        if line and not line.isspace():
            continue
        if first < number:
            blocks.append(_block(lines[first:number], first + 1))
        first = number + 1
    return "", tuple(blocks)


def _block(lines: list[str], number: int) -> Block:
    """The block of lines that stand one under the other, the first of which has this number."""
    if len(lines) == 1:
        return Block(lines[0], (Anchor(0, number, 1),))
    anchors, start = [], 0
    for line_number, line in enumerate(lines, start=number):
        anchors.append(Anchor(start, line_number, 1))
        start += len(line) + 1
    return Block("\n".join(lines), tuple(anchors))
