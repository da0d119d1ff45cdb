"""Bytes to text: the encoding, and one module for each format with `VERSION`, `MARKS`, `read(text) → title, blocks`.

Readers get lines that end in LF, and no column changes by it, so that lines mean the same in all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import PurePath
from typing import Protocol, cast

from searchlib.errors import TooLarge
from searchlib.model import Block, Source
from searchlib.reading.content import Content, Held
from searchlib.reading.encodings import encoding_of
from searchlib.reading.pieces import Pieces, pieces_of

__all__ = ["SUFFIXES", "read", "reader_for", "reader_versions"]

SUFFIXES = {
    ".htm": "html",
    ".html": "html",
    ".markdown": "markdown",
    ".md": "markdown",
    ".text": "text",
    ".txt": "text",
    ".xhtml": "html",
}


class Reader(Protocol):
    """What the module of a format offers. `VERSION` is counted up when the same file would give other blocks.

    `MARKS` are the characters at which a piece of text may begin or end that has a place of its own in the file.
    """

    VERSION: int
    MARKS: str

    def read(self, text: Pieces) -> tuple[str, Iterable[Block]]:
        """The title, and the blocks, which can be asked for again; of a text that is not held they are not either."""


def reader_for(path: str) -> str:
    """The reader that a file's suffix asks for; a file with any other suffix is read as plain text."""
    return SUFFIXES.get(PurePath(path).suffix.lower(), "text")


def reader_versions() -> dict[str, int]:
    return {name: _module(name).VERSION for name in sorted(set(SUFFIXES.values()))}


def read(
    path: str,
    content: Content | bytes,
    encoding: str | None = None,
    *,
    usual: str | None = None,
    most_marks: int = sys.maxsize,
) -> Source:
    """The source in a file's bytes; raises `Unreadable` with the reason. `encoding` is found where it is not given.

    What a file takes in memory goes by its lines and the marks of its format more than by its bytes, so one with more
    than `most_marks` of them, lines included, raises `TooLarge`.
    """
    if isinstance(content, bytes):
        content = Held(content)
    found = encoding_of(content, encoding, usual=usual)
    reader = reader_for(path)
    module, text = _module(reader), pieces_of(content, found)
    if sum(piece.count(mark) for piece in text for mark in module.MARKS) > most_marks:
        raise TooLarge(f"more than {most_marks:,} lines and marks")
    title, blocks = module.read(text)
    return Source(path, found.codec, reader, title, blocks)


def _module(reader: str) -> Reader:
    """A format's module, imported when it is first needed: each has a parser of its own to load."""
    return cast(Reader, import_module(f"searchlib.reading.{reader}"))
