"""A decoded text in pieces: one for a file that is held, and many for one that is read from the disk each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from searchlib.reading.content import Content
from searchlib.reading.encodings import Encoding


class Pieces(Protocol):
    """A text; its pieces can be asked for again, and `is_held` says whether it is in memory.

    It has the lines that editors count: ended by LF or CRLF, or by CR in a file that has nothing else.
    """

    is_held: bool

    def __iter__(self) -> Iterator[str]: ...


class Whole:
    """A text in one piece."""

    is_held = True

    def __init__(self, text: str) -> None:
        self._text = text

    def __iter__(self) -> Iterator[str]:
        yield self._text


class Decoded:
    """A text that is decoded each time that it is asked for."""

    is_held = False

    def __init__(self, content: Content, encoding: Encoding) -> None:
        self._content, self._encoding = content, encoding
        self._has_newlines = any("\n" in piece for piece in encoding.texts(content))

    def __iter__(self) -> Iterator[str]:
        texts = self._encoding.texts(self._content)
        if not self._has_newlines:
            yield from (piece.replace("\r", "\n") for piece in texts)
            return
        held = ""
        for piece in texts:
            # A CR may be one half of a line end.
            whole = held + piece
            held = "\r" if whole.endswith("\r") else ""
            yield whole.removesuffix("\r").replace("\r\n", "\n")
        yield held


def pieces_of(content: Content, encoding: Encoding) -> Pieces:
    """The text of a file; raises `UnicodeDecodeError` and `Unsteady`."""
    decoded = Decoded(content, encoding)
    return Whole("".join(decoded)) if content.is_held else decoded
