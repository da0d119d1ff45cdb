"""Markdown, through pulldown-cmark (package pyromark): CommonMark with tables, footnotes and front matter.

It is the parser that tells for every piece of text which bytes of the file it came from, so that a hit inside
`**枫桥**经验` is found as 枫桥经验 and still pointed at where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pyromark import Markdown, Options

from searchlib.model import Block, BlockKind
from searchlib.reading import html
from searchlib.reading.blocks import Blocks
from searchlib.reading.pieces import Pieces
from searchlib.reading.stretches import Stretch, stretches

VERSION = 2
MARKS = html.MARKS + r">\*_~`[]|"

_MARKDOWN = Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_YAML_STYLE_METADATA_BLOCKS
    | Options.ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
)
_INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image", "Superscript", "Subscript"})
_ROWS = frozenset({"TableHead", "TableRow"})
# In code a space may stand for a line end, and in a table a bar for `\|`.
_CODE_PIECE = re.compile(r"[ |]|[^ |]+")
_FRONT_MATTER_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*+[\"']?(.*[^ \t\"'\n])", re.MULTILINE)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Asterisks that CommonMark leaves standing in Chinese: in `他说**“好。”**然后` they close nothing, because a stop
# stands before them and no space behind.
_CJK = re.compile(r"[⺀-〿㇀-鿿\uf900-\ufaff︰-﹏＀-￯\U00020000-\U0003ffff“”‘’…—·]")


def read(text: Pieces) -> tuple[str, Iterable[Block]]:
    """The title that the front matter gives, and the blocks of the page."""
    page = _Page(text)
    if not text.is_held:
        # Front matter stands before all blocks.
        next(iter(page), None)
        return page.title, page
    blocks = tuple(page)
    return page.title, blocks


class _Page:
    """The blocks of a page, made as they are asked for; its title is known when the first one is."""

    def __init__(self, text: Pieces) -> None:
        self._text = text
        self.title = ""

    def __iter__(self) -> Iterator[Block]:
        is_first = True
        for found in stretches(self._text):
            blocks = found
            if isinstance(blocks, Stretch):
                title, blocks = walk(blocks, is_first=is_first)
                self.title = title or self.title
            is_first = is_first and not blocks
            yield from blocks


def walk(stretch: Stretch, *, is_first: bool = True) -> tuple[str, list[Block]]:
    """The title and the blocks that the parser finds in a stretch; `is_first` says that no block stands before it."""
    walk = _Walk(stretch, is_first=is_first)
    for event, place in _MARKDOWN.events_with_range(stretch.text):
        walk.take(event, place["start"], place["end"])
    walk.end_block()
    return walk.title, walk.blocks.take()


class _Walk:
    """Turns the parser's events into blocks."""

    def __init__(self, stretch: Stretch, *, is_first: bool) -> None:
        self.blocks = Blocks()
        self.title = ""
        self._is_first = is_first
        self._bytes = stretch.text.encode()
        self._place = _Cursor(self._bytes, stretch.line)
        self._kind = BlockKind.FLOW
        self._level = 0
        self._in_metadata = False
        self._html: list[tuple[int, int]] = []

    def take(self, event: Any, start: int, end: int) -> None:
        """One event: a name, or a dict of one name and what belongs to it; `start` and `end` count bytes."""
        name, value = _named(event)
        match name:
            case "Start":
                self._begin(value, start)
            case "End":
                self._end(value, end)
            case "Text":
                self._add_text(value, start, end)
            case "Code":
                self._add_code(value, start, end)
            case "Html":
                self._html.append((start, end))
            case "InlineHtml":
                if _LINE_BREAK.fullmatch(value):
                    self._break(start)
            case "SoftBreak":
                self._add("\n", start)
            case "HardBreak" | "Rule":
                self._break(start)

    def end_block(self) -> None:
        self.blocks.close(self._kind, self._level)

    def _begin(self, tag: Any, start: int) -> None:
        name, value = _named(tag)
        if name in _INLINE or name in _ROWS:
            return
        if name == "TableCell":
            if not self.blocks.ends_with_space():
                self._add(" ", start)
            return
        self.end_block()
        match name:
            case "Heading":
                self._level = int(value["level"][1])
            case "CodeBlock" | "Table" | "MetadataBlock":
                self._kind = BlockKind.VERBATIM
                self._in_metadata = name == "MetadataBlock"

    def _end(self, tag: Any, end: int) -> None:
        name, _ = _named(tag)
        if name in _INLINE or name == "TableCell":
            return
        if name in _ROWS:
            self._add("\n", end)
            return
        is_first = self._is_first and not self.blocks.done
        if self._in_metadata and is_first and (found := _FRONT_MATTER_TITLE.search(self.blocks.text())):
            self.title = found[1]
        self.end_block()
        self._kind, self._level, self._in_metadata = BlockKind.FLOW, 0, False
        if self._html:
            self._add_html()

    def _break(self, start: int) -> None:
        """A line that the author ended: a paragraph of its own, but for headings and cells, which are one."""
        if self._level:
            self._add("\n", start)
        elif self._kind is BlockKind.VERBATIM:
            self._add(" ", start)
        else:
            self.end_block()

    def _add_html(self) -> None:
        """The lines of HTML, with spaces for what stands before and between them: marks of lists and quotations."""
        line, column = self._place.at(self._html[0][0])
        text, after = [" " * (column - 1)], self._html[0][0]
        for start, end in self._html:
            text.append(" " * len(self._bytes[after:start].decode()))
            text.append(self._bytes[start:end].decode())
            after = end
        self._html = []
        self.blocks.done += html.read_part("".join(text), line)

    def _is_left_mark(self, text: str, start: int, end: int) -> bool:
        """Whether this asterisk is one of several beside Chinese that neither an escape nor code asked for."""
        if text != "*" or self._kind is BlockKind.VERBATIM:
            return False
        while self._bytes[start - 1 : start] == b"*":
            start -= 1
        while self._bytes[end : end + 1] == b"*":
            end += 1
        around = self._bytes[max(0, start - 4) : start].decode(errors="ignore")[-1:]
        around += self._bytes[end : end + 4].decode(errors="ignore")[:1]
        return end - start > 1 and self._bytes[start - 1 : start] != b"\\" and _CJK.search(around) is not None

    def _add_text(self, text: str, start: int, end: int) -> None:
        if self._is_left_mark(text, start, end):
            return
        # The bytes of an escape or entity are not its text.
        inside = self._bytes[start:end].find(text.encode())
        start += max(inside, 0)
        pieces = text.split("\n")
        for number, piece in enumerate(pieces):
            if number:
                self._add("\n", start)
                start += 1
            self._add(piece, start)
            start += len(piece.encode())

    def _add_code(self, text: str, start: int, end: int) -> None:
        """Inline code: its bytes include the backticks, and where it has line ends, marks of lists and quotations."""
        raw = self._bytes[start:end]
        at = len(raw) - len(raw.lstrip(b"`"))
        for piece in _CODE_PIECE.findall(text):
            found = at if piece == " " else max(at, raw.find(piece.encode(), at))
            self._add(piece, start + found)
            at = found + len(piece.encode())

    def _add(self, text: str, start: int) -> None:
        line, column = self._place.at(start)
        self.blocks.add(text, line, column)


def _named(event: Any) -> tuple[str, Any]:
    """The parser writes what has no value as its name, and what has one as a dict of one."""
    return (event, None) if isinstance(event, str) else next(iter(event.items()))


class _Cursor:
    """Byte offset to line and column, in one pass over a stretch as long as the offsets rise."""

    def __init__(self, data: bytes, first_line: int) -> None:
        self._data = data
        self._first_line = first_line
        self._byte, self._line, self._column = 0, first_line, 1

    def at(self, byte: int) -> tuple[int, int]:
        if byte < self._byte:
            self._line = self._data.count(b"\n", 0, byte) + self._first_line
            self._column, self._byte = 1, self._data.rfind(b"\n", 0, byte) + 1
        passed = self._data[self._byte : byte]
        if newlines := passed.count(b"\n"):
            self._line += newlines
            self._column = 1
            passed = passed[passed.rfind(b"\n") + 1 :]
        self._column += len(passed.decode(errors="ignore"))
        self._byte = byte
        return self._line, self._column
