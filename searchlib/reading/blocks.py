"""Gathering the text of a block piece by piece, remembering where each piece stands in the file."""

from __future__ import annotations

from searchlib.model import Anchor, Block, BlockKind


class Blocks:
    """Takes pieces of text with their places and makes blocks of them.

    A piece that stands in the file right behind the one before shares its anchor.
    """

    def __init__(self) -> None:
        self.done: list[Block] = []
        self._pieces: list[str] = []
        self._anchors: list[Anchor] = []
        self._length = 0

    def take(self) -> list[Block]:
        """Gives away the blocks that are done."""
        done, self.done = self.done, []
        return done

    def add(self, text: str, line: int, column: int) -> None:
        """Appends text that stands in the file from `line` and `column` on, a line end only as its last character."""
        if not text:
            return
        if not self._follows(line, column):
            self._anchors.append(Anchor(self._length, line, column))
        self._pieces.append(text)
        self._length += len(text)

    def ends_with_space(self) -> bool:
        return not self._pieces or self._pieces[-1][-1:].isspace()

    def part(self, line: int, column: int) -> None:
        """Sets off what follows with one space, where a line end would be taken for one inside a sentence."""
        if self._pieces and self._pieces[-1] == "\n":
            self._pieces[-1] = " "
        if not self.ends_with_space():
            self.add(" ", line, column)

    def close(self, kind: BlockKind = BlockKind.FLOW, level: int = 0) -> bool:
        """Ends the block that has been gathered; one without text leaves nothing, and the answer is no."""
        text, anchors = self.text(), tuple(self._anchors)
        self._pieces, self._anchors, self._length = [], [], 0
        if not text.strip():
            return False
        self.done.append(Block(text, anchors, kind, level))
        return True

    def text(self) -> str:
        """What has been gathered since the last block ended."""
        return "".join(self._pieces)

    def _follows(self, line: int, column: int) -> bool:
        if not self._anchors:
            return False
        last = self._anchors[-1]
        return last.line == line and last.column + self._length - last.start == column
