"""Text with anchors, sliced and joined without losing its place in the file."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from searchlib.model import Anchor, Block, Place


class Passage(NamedTuple):
    """A text and where it stands, on its way from block to paragraph; see `Block` for `anchors`."""

    text: str
    anchors: tuple[Anchor, ...]

    def slice(self, start: int, end: int) -> Passage:
        first = bisect_right(self.anchors, start, key=_start) - 1
        last = bisect_right(self.anchors, max(start, end - 1), key=_start)
        head = self.anchors[first]
        moved = [Anchor(0, head.line, head.column + start - head.start)]
        moved += (Anchor(at - start, line, column) for at, line, column in self.anchors[first + 1 : last])
        return Passage(self.text[start:end], tuple(moved))

    def place(self, start: int) -> Place:
        """Where the character at `start` stands in the file."""
        at, line, column = self.anchors[bisect_right(self.anchors, start, key=_start) - 1]
        return Place(line, column + start - at)

    def strip(self) -> Passage:
        text = self.text
        if text.strip() == text:
            return self
        start = len(text) - len(text.lstrip())
        return self.slice(start, max(start, len(text.rstrip())))

    def lines(self) -> list[Passage]:
        """The passage cut at its line ends, which are left out."""
        texts = self.text.split("\n")
        if len(texts) == 1:
            return [self]
        if len(texts) == len(self.anchors) and (whole := _whole(texts, self.anchors)):
            return whole
        found, start = [], 0
        for text in texts:
            found.append(self.slice(start, start + len(text)))
            start += len(text) + 1
        return found


def of_block(block: Block) -> Passage:
    return Passage(block.text, block.anchors)


def join(passages: list[Passage], glue: list[str]) -> Passage:
    """The passages one after the other, `glue[i]` (empty or one space) behind the i-th: it stands for a line end."""
    if len(passages) == 1:
        return passages[0]
    text: list[str] = []
    anchors: list[Anchor] = []
    length = 0
    for passage, space in zip(passages, [*glue, ""], strict=True):
        anchors += [Anchor(at + length, line, column) for at, line, column in passage.anchors]
        text += (passage.text, space)
        length += len(passage.text) + len(space)
    return Passage("".join(text), tuple(anchors))


def _whole(texts: list[str], anchors: tuple[Anchor, ...]) -> list[Passage]:
    """The lines of a text that has one anchor for each of them, at its beginning; none where that is not so."""
    found, start = [], 0
    for text, (at, line, column) in zip(texts, anchors, strict=True):
        if at != start:
            return []
        found.append(Passage(text, (Anchor(0, line, column),)))
        start += len(text) + 1
    return found


def _start(anchor: Anchor) -> int:
    return anchor.start
