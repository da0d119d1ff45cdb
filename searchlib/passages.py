"""Text with anchors, sliced and joined without losing its place in the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from searchlib.model import Anchor, Block


@dataclass(frozen=True, slots=True)
class Passage:
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

    def strip(self) -> Passage:
        start = len(self.text) - len(self.text.lstrip())
        return self.slice(start, max(start, len(self.text.rstrip())))

    def lines(self) -> list[Passage]:
        """The passage cut at its line ends, which are left out."""
        found, start = [], 0
        for line in self.text.split("\n"):
            found.append(self.slice(start, start + len(line)))
            start += len(line) + 1
        return found


def of_block(block: Block) -> Passage:
    return Passage(block.text, block.anchors)


def join(passages: list[Passage], glue: list[str]) -> Passage:
    """The passages one after the other, `glue[i]` (empty or one space) behind the i-th: it stands for a line end."""
    text: list[str] = []
    anchors: list[Anchor] = []
    length = 0
    for passage, space in zip(passages, [*glue, ""], strict=True):
        anchors += (Anchor(at + length, line, column) for at, line, column in passage.anchors)
        text += (passage.text, space)
        length += len(passage.text) + len(space)
    return Passage("".join(text), tuple(anchors))


def _start(anchor: Anchor) -> int:
    return anchor.start
