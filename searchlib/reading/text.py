"""Plain text: stretches of lines between blank ones. What a line means is for `paragraphs` to find out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from searchlib.model import Anchor, Block

VERSION = 1


def read(text: str) -> tuple[str, tuple[Block, ...]]:
    """No title, and a block for every stretch of lines that are not blank."""
    return "", tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    numbered = enumerate(text.split("\n"), start=1)
    for is_blank, group in groupby(numbered, key=lambda line: not line[1].strip()):
        if not is_blank:
            yield _block(list(group))


def _block(lines: list[tuple[int, str]]) -> Block:
    anchors, start = [], 0
    for number, line in lines:
        anchors.append(Anchor(start, number, 1))
        start += len(line) + 1
    return Block("\n".join(line for _, line in lines), tuple(anchors))
