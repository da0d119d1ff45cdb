"""HTML, through the standard library's parser: the one that tells for every piece of text where it stands.

Tree builders (lxml, selectolax, html5lib) give at best the line of a tag; the place of a hit would be lost. What a
tree would add, implied ends of elements, does not matter here: any block-level tag ends the block before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import islice, takewhile

from searchlib.model import Block, BlockKind
from searchlib.reading.blocks import Blocks
from searchlib.reading.markup import AMPERSAND, bounds_of
from searchlib.reading.pieces import Pieces, Whole

VERSION = 2
# Of tags, their attributes, references.
MARKS = "\n<=&"

# Tags that stand inside a line of text; every other one ends a block.
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark nobr q rb rt rp ruby s"
    " samp small span strike strong sub sup time tt u var wbr".split()
)
_SILENT = frozenset({"script", "style", "template", "rp", "rt"})
# Their end tags may be left out; the next tag of the ruby, or its end, stands for them.
_ANNOTATIONS = frozenset({"rp", "rt"})
_CELLS = frozenset({"td", "th"})
_SPACE = re.compile(r"[ \t\n\r\f]+")
# Blocks of a page that is not held in memory before which its title is to stand.
_TELLING = 10_000
_LEVELS = {f"h{level}": level for level in range(1, 7)}


def read(text: Pieces) -> tuple[str, Iterable[Block]]:
    """The title of the page and a block for every block-level element that has text of its own, the title included."""
    if not text.is_held:
        return _title(text), _Page(text)
    parser = _Parser(text)
    blocks = tuple(parser.parse())
    return parser.title.strip(), blocks


def read_part(text: str, first_line: int) -> Iterator[Block]:
    """The blocks of a piece of HTML that begins at `first_line` of its file."""
    return _Parser(Whole(text), first_line).parse()


def _title(text: Pieces) -> str:
    """The title of a page, which stands before most of it."""
    parser = _Parser(text)
    for _ in islice(parser.parse(), _TELLING):
        if parser.has_title:
            break
    return parser.title.strip()


class _Page:
    """The blocks of a page, made as they are asked for."""

    def __init__(self, text: Pieces) -> None:
        self._text = text

    def __iter__(self) -> Iterator[Block]:
        return _Parser(self._text).parse()


class _Parser(HTMLParser):
    def __init__(self, text: Pieces, first_line: int = 1) -> None:
        # Character references come one by one, so that the text around each keeps its own place.
        super().__init__(convert_charrefs=False)
        self.blocks = Blocks()
        self.title = ""
        self._text = text
        self._at = 0
        self._before = first_line - 1
        self._silent: list[str] = []
        self._level = 0
        self._verbatim = 0
        self._in_title = False

    def parse(self) -> Iterator[Block]:
        bounds = bounds_of(self._text)
        for piece in bounds.markup(self._text):
            self.feed(piece)
            yield from self.blocks.take()
        self.close()
        if bounds.rest:
            self.handle_data(bounds.rest)
        self._end_block()
        yield from self.blocks.take()

    @property
    def has_title(self) -> bool:
        """Return whether the title is complete."""
        return bool(self.title) and not self._in_title

    def updatepos(self, i: int, j: int) -> int:
        self._at = j
        return super().updatepos(i, j)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 — the base class's
        if not _is_inline(tag) or tag in _ANNOTATIONS | {"rb"}:
            self._end_annotation()
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _CELLS:
            self.blocks.part(*self._here())
        elif tag == "br" and self._level:
            self._add("\n")
        elif not _is_inline(tag):
            self._end_block()
            self._level = _LEVELS.get(tag, self._level)
            self._verbatim += tag == "pre"
            self._in_title = tag == "title" and not self.title

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In XHTML `<script/>` is all there is of it: no end tag comes that would let the text be heard again.
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        if not _is_inline(tag) or tag == "ruby":
            self._end_annotation()
        if not _is_inline(tag) and tag not in _CELLS:
            self._end_block()
            self._verbatim = max(0, self._verbatim - (tag == "pre"))
            self._in_title = False
            if tag in _LEVELS:
                self._level = 0

    def _end_annotation(self) -> None:
        if self._silent and self._silent[-1] in _ANNOTATIONS:
            self._silent.pop()

    def _end_block(self) -> None:
        """A heading's level holds for its text, whatever blocks that stands in, and no further: ends may be missing."""
        if self.blocks.close(BlockKind.VERBATIM if self._verbatim else BlockKind.FLOW, self._level):
            self._level = 0

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 — the base class's
        """Skips `<![if !vml]>` and its like; the base class raises AssertionError at names it does not know."""
        mark = "]]>" if self.rawdata.startswith("<![CDATA[", i) else ">"
        end = self.rawdata.find(mark, i)
        return end + len(mark) if end >= 0 else -1

    def handle_data(self, data: str) -> None:
        data = data.replace(AMPERSAND, "&")
        if self._in_title:
            self.title += _SPACE.sub(" ", data)
        if self._silent:
            return
        if self._verbatim:
            self._add_lines(data)
        else:
            self._add_collapsed(data)

    def handle_entityref(self, name: str) -> None:
        self._add_reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._add_reference(f"&#{name}")

    def _add_reference(self, reference: str) -> None:
        # The parser does not tell whether a semicolon ended it, and without one it may be text: AT&T.
        if self.rawdata.startswith(";", self._at + len(reference)):
            reference += ";"
        meaning = unescape(reference)
        if self._in_title:
            self.title += meaning
        if not self._silent:
            # `&copy2024` is ©2024, of which the digits stand in the file as they are.
            same = takewhile(lambda pair: pair[0] == pair[1], zip(meaning[::-1], reference[::-1], strict=False))
            rest = sum(1 for _ in same)
            self._add(meaning[: len(meaning) - rest])
            self._add(meaning[len(meaning) - rest :], len(reference) - rest)

    def _add(self, text: str, ahead: int = 0) -> None:
        line, column = self._here()
        self.blocks.add(text, line, column + ahead)

    def _here(self) -> tuple[int, int]:
        line, offset = self.getpos()
        return self._before + line, offset + 1

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


def _is_inline(tag: str) -> bool:
    """Whether a tag stands inside a line; what has a prefix is a word processor's mark round a word: `st1:place`."""
    return tag in _INLINE or ":" in tag
