"""Markdown, through pulldown-cmark (package pyromark): CommonMark with tables, footnotes and front matter.

It is the parser that tells for every piece of text which bytes of the file it came from, so that a hit inside
`**枫桥**经验` is found as 枫桥经验 and still pointed at where it stands.
"""

from __future__ import annotations

import re
from typing import Any

from pyromark import Markdown, Options

from searchlib.model import Block, BlockKind
from searchlib.reading import html
from searchlib.reading.blocks import Blocks

VERSION = 1

_MARKDOWN = Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_YAML_STYLE_METADATA_BLOCKS
)
_INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image", "Superscript", "Subscript"})
_FRONT_MATTER_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)


def read(text: str) -> tuple[str, tuple[Block, ...]]:
    """The title that the front matter gives, and the blocks of the page."""
    walk = _Walk(text)
    for event, place in _MARKDOWN.events_with_range(text):
        walk.take(event, place["start"], place["end"])
    walk.end_block()
    return walk.title, tuple(walk.blocks.done)


class _Walk:
    """Turns the parser's events into blocks."""

    def __init__(self, text: str) -> None:
        self.blocks = Blocks()
        self.title = ""
        self._bytes = text.encode()
        self._place = _Cursor(self._bytes)
        self._kind = BlockKind.FLOW
        self._level = 0
        self._in_metadata = False
        self._html_from: int | None = None

    def take(self, event: Any, start: int, end: int) -> None:
        """One event: a name, or a dict of one name and what belongs to it; `start` and `end` count bytes."""
        name, value = _named(event)
        match name:
            case "Start":
                self._begin(value, start)
            case "End":
                self._end(value, end)
            case "Text" | "Code":
                self._add_text(value, start, end)
            case "SoftBreak":
                self._add("\n", start)
            case "HardBreak" | "Rule":
                self.end_block()

    def end_block(self) -> None:
        self.blocks.close(self._kind, self._level)

    def _begin(self, tag: Any, start: int) -> None:
        name, value = _named(tag)
        if name in _INLINE:
            return
        if name == "TableCell":
            if not self.blocks.ends_with_space():
                self._add(" ", start)
            return
        if name in ("TableHead", "TableRow"):
            return
        self.end_block()
        match name:
            case "Heading":
                self._level = int(value["level"][1])
            case "CodeBlock" | "Table" | "MetadataBlock":
                self._kind = BlockKind.VERBATIM
                self._in_metadata = name == "MetadataBlock"
            case "HtmlBlock":
                self._html_from = start

    def _end(self, tag: Any, end: int) -> None:
        name, _ = _named(tag)
        if name in _INLINE or name == "TableCell":
            return
        if name in ("TableHead", "TableRow"):
            self._add("\n", end)
            return
        if self._in_metadata and (found := _FRONT_MATTER_TITLE.search(self.blocks.text())):
            self.title = found[1]
        self.end_block()
        self._kind, self._level, self._in_metadata = BlockKind.FLOW, 0, False
        if self._html_from is not None:
            self._add_html(self._html_from, end)
            self._html_from = None

    def _add_html(self, start: int, end: int) -> None:
        line, _ = self._place.at(start)
        self.blocks.done += html.read_part(self._bytes[start:end].decode(), line)

    def _add_text(self, text: str, start: int, end: int) -> None:
        # The bytes of inline code include its backticks, those of an escape or entity are not its text.
        inside = self._bytes[start:end].find(text.encode())
        start += max(inside, 0)
        pieces = text.split("\n")
        for number, piece in enumerate(pieces):
            if number:
                self._add("\n", start)
                start += 1
            self._add(piece, start)
            start += len(piece.encode())

    def _add(self, text: str, start: int) -> None:
        line, column = self._place.at(start)
        self.blocks.add(text, line, column)


def _named(event: Any) -> tuple[str, Any]:
    """The parser writes what has no value as its name, and what has one as a dict of one."""
    return (event, None) if isinstance(event, str) else next(iter(event.items()))


class _Cursor:
    """Byte offset to line and column, in one pass over the file as long as the offsets rise."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._byte, self._line, self._column = 0, 1, 1

    def at(self, byte: int) -> tuple[int, int]:
        if byte < self._byte:
            self._line = self._data.count(b"\n", 0, byte) + 1
            self._column, self._byte = 1, self._data.rfind(b"\n", 0, byte) + 1
        passed = self._data[self._byte : byte]
        if newlines := passed.count(b"\n"):
            self._line += newlines
            self._column = 1
            passed = passed[passed.rfind(b"\n") + 1 :]
        self._column += len(passed.decode(errors="ignore"))
        self._byte = byte
        return self._line, self._column
