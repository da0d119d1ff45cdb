"""Bytes to text: which encoding a file is in, and what it then says.

A byte order mark settles it. Without one, bytes that are valid UTF-8 are UTF-8. What is left is read in every
encoding that Chinese files are found in, over its whole length, and the reading that makes the most ordinary Chinese
text is the right one (`commonness`). Two rivals take part that are no Chinese text at all, noise and Western
European; where one of them wins, the file is refused, since a search finds nothing in the wrong characters.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Iterator
from typing import NamedTuple

from searchlib.errors import Unreadable
from searchlib.reading.commonness import surprise, western_surprise

# The mark of UTF-32-LE begins with that of UTF-16-LE, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    ("\ufeff".encode("gb18030"), "gb18030"),
)


class _Family(NamedTuple):
    """Codecs that include one another, the smallest first, with the bits that their rarity as files costs."""

    codecs: tuple[str, ...]
    bits: float


_FAMILIES = (
    _Family(("utf-8",), 0),
    _Family(("gb18030",), 0),
    _Family(("big5", "cp950", "big5hkscs"), 0),
    _Family(("utf-16-le",), 4),
    _Family(("utf-16-be",), 4),
)

# Control characters that no text has. Not among them: tab to carriage return, end of file (DOS) and escape.
_CONTROLS = bytes([*range(0x00, 0x08), 0x08, *range(0x0E, 0x1A), *range(0x1C, 0x20), 0x7F])

# A file that somebody means to search is a text more often than not; noise has to win by this much.
_NOISE_BITS = 12

# The sign that stands in a text for bytes that are no character.
_BROKEN = "\ufffd"

# Bytes read at a time: few enough that a wrong reading is given up early, and that memory stays small.
_PIECE = 1 << 16


class Decoded(NamedTuple):
    """A file's text, without a byte order mark, and the Python name of the codec that it was read with."""

    text: str
    encoding: str


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text of a whole file; `encoding` names its codec and is then the only one tried.

    A named codec has to fit every byte. One that was found by itself may leave a few bytes over, because a cut
    download or a damaged sector should not turn a file into characters of another encoding: up to one place in 1,000
    bytes, and always one, becomes U+FFFD.

    Raises `Unreadable` where the bytes are no text, or none in an encoding that is known here.
    """
    if encoding is not None:
        return _strictly(data, encoding)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], codec)
    if b"\0" not in data and _fits(data, "utf-8"):
        return Decoded(data.decode("utf-8"), "utf-8")
    return _likeliest(data)


def _strictly(data: bytes, encoding: str) -> Decoded:
    try:
        codec = codecs.lookup(encoding).name
        return Decoded(data.decode(codec).removeprefix("\ufeff"), codec)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {codec}: byte 0x{data[error.start]:02x} at {error.start}") from None
    except (LookupError, ValueError):  # ValueError: a NUL in the name; the codec that Python calls "undefined"
        raise Unreadable(f"no codec is called {encoding}") from None


def _marked(body: bytes, codec: str) -> Decoded:
    text = body.decode(codec, errors="replace")
    if text.count(_BROKEN) > _allowance(body) and not _fits(body, codec):
        raise Unreadable(f"it begins with the byte order mark of {codec} and is not {codec}")
    return Decoded(text, codec)


def _likeliest(data: bytes) -> Decoded:
    readings = {codec: _surprise(data, codec) + bits for codec, bits in _candidates(data)}
    codec = min(readings, key=readings.__getitem__)
    if readings[codec] >= min(8 * len(data) + _NOISE_BITS, western_surprise(data)):
        raise Unreadable(_refusal(data))
    return Decoded(data.decode(codec, errors="replace"), codec)


def _candidates(data: bytes) -> Iterator[tuple[str, float]]:
    """Of each family the smallest codec that fits, and the largest where none does."""
    for family in _FAMILIES:
        *smaller, largest = family.codecs
        yield next((codec for codec in smaller if _fits(data, codec, cut=True)), largest), family.bits


def _fits(data: bytes, codec: str, *, cut: bool = False) -> bool:
    """Whether every byte belongs to a character; with `cut`, the last one may lack its end."""
    try:
        codecs.getincrementaldecoder(codec)().decode(data, final=not cut)
    except UnicodeDecodeError:
        return False
    return True


def _surprise(data: bytes, codec: str) -> float:
    """Bits that the bytes cost as text in this codec; infinite where too many of them are broken."""
    simplified = traditional = 0.0
    broken = 0
    for text in _pieces(data, codec):
        broken += text.count(_BROKEN)
        if broken > _allowance(data):
            return math.inf
        bits = surprise(text)
        simplified += bits.simplified
        traditional += bits.traditional
    return min(simplified, traditional)


def _pieces(data: bytes, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    for start in range(0, len(data), _PIECE):
        yield decoder.decode(data[start : start + _PIECE], final=start + _PIECE >= len(data))


def _allowance(data: bytes) -> int:
    """How many places of these bytes may be broken."""
    return 1 + len(data) // 1000


def _refusal(data: bytes) -> str:
    controls = len(data) - len(data.translate(None, delete=_CONTROLS))
    if controls > len(data) / 50:
        return "binary data"
    return "not text in any encoding that is known here; name it with --encoding"
