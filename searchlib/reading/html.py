"""HTML, through the standard library's parser: the one that tells for every piece of text where it stands.

Tree builders (lxml, selectolax, html5lib) give at best the line of a tag; the place of a hit would be lost. What a
tree would add, implied ends of elements, does not matter here: any block-level tag ends the block before it.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from searchlib.model import Block, BlockKind
from searchlib.reading.blocks import Blocks

VERSION = 1

# Tags that stand inside a line of text; every other one ends a block.
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark nobr q rb rt rp ruby s"
    " samp small span strike strong sub sup time tt u var wbr".split()
)
_SILENT = frozenset({"script", "style", "template", "rp", "rt"})
_CELLS = frozenset({"td", "th"})
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LEVELS = {f"h{level}": level for level in range(1, 7)}


def read(text: str) -> tuple[str, tuple[Block, ...]]:
    """The title of the page and a block for every block-level element that has text of its own."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    parser.end_block()
    return parser.title.strip(), tuple(parser.blocks.done)


def read_part(text: str, first_line: int) -> tuple[Block, ...]:
    """The blocks of a piece of HTML that begins at `first_line` of its file."""
    parser = _Parser(first_line)
    parser.feed(text)
    parser.close()
    parser.end_block()
    return tuple(parser.blocks.done)


class _Parser(HTMLParser):
    def __init__(self, first_line: int = 1) -> None:
        # Character references come one by one, so that the text around each keeps its own place.
        super().__init__(convert_charrefs=False)
        self.blocks = Blocks()
        self.title = ""
        self._before = first_line - 1
        self._silent: list[str] = []
        self._level = 0
        self._verbatim = 0
        self._in_title = False

    def end_block(self) -> None:
        self.blocks.close(BlockKind.VERBATIM if self._verbatim else BlockKind.FLOW, self._level)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 — the base class's
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _CELLS:
            self._add(" ")
        elif tag not in _INLINE:
            self.end_block()
            self._level = _LEVELS.get(tag, 0)
            self._verbatim += tag == "pre"
            self._in_title = tag == "title"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # `<script/>` opens a script in HTML; the parser would take what follows for text.
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        if tag not in _INLINE and tag not in _CELLS:
            self.end_block()
            self._level = 0
            self._verbatim = max(0, self._verbatim - (tag == "pre"))
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += _SPACE.sub(" ", data)
        elif self._silent:
            return
        elif self._verbatim:
            self._add_lines(data)
        else:
            self._add_collapsed(data)

    def handle_entityref(self, name: str) -> None:
        self._add_reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._add_reference(f"&#{name};")

    def _add_reference(self, reference: str) -> None:
        if self._in_title:
            self.title += unescape(reference)
        elif not self._silent:
            self._add(unescape(reference))

    def _add(self, text: str) -> None:
        line, offset = self.getpos()
        self.blocks.add(text, self._before + line, offset + 1)

    def _add_lines(self, data: str) -> None:
        line, offset = self.getpos()
        for number, text in enumerate(data.split("\n")):
            if number:
                self.blocks.add("\n", self._before + line + number - 1, offset + 1)
                offset = 0
            self.blocks.add(text, self._before + line + number, offset + 1)
            offset += len(text)

    def _add_collapsed(self, data: str) -> None:
        """White space becomes one space, or one line end where it holds any; `paragraphs` joins lines."""
        line, offset = self.getpos()
        at = 0
        for gap in _SPACE.finditer(data):
            self._add_piece(data[at : gap.start()], line, offset + 1)
            offset += gap.start() - at
            if not self.blocks.ends_with_space():
                self.blocks.add("\n" if "\n" in gap[0] else " ", self._before + line, offset + 1)
            ends = gap[0].count("\n")
            line += ends
            offset = len(gap[0]) - gap[0].rfind("\n") - 1 if ends else offset + len(gap[0])
            at = gap.end()
        self._add_piece(data[at:], line, offset + 1)

    def _add_piece(self, text: str, line: int, column: int) -> None:
        self.blocks.add(text, self._before + line, column)
