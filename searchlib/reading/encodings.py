"""Bytes to text: which encoding a file is in, and what it then says.

A byte order mark settles it. Without one, bytes that are valid UTF-8 and hold no NUL are UTF-8. What is left is read
in every encoding that Chinese files are found in, over its whole length, and the reading that makes the most ordinary
Chinese text is the right one (`commonness`). Two rivals take part that are no Chinese text at all, noise and Western
European; where one of them wins, the file is refused, since a search finds nothing in the wrong characters.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from searchlib.errors import UnknownEncoding, Unreadable
from searchlib.reading.commonness import surprise, western_surprise
from searchlib.text_codecs import codec_of

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
    """Codecs of one encoding, the one with fewest characters first; what it costs in bits that such files are rare."""

    codecs: tuple[str, ...]
    bits: float


# The codecs of Big5 differ in eleven signs and in the place of kana; bytes that fit several are read with the smallest.
# UTF-8 is here for files that are cut, damaged or padded with NULs; UTF-16 is hardly ever written without a mark.
_FAMILIES = (
    _Family(("utf-8",), 0),
    _Family(("gb18030",), 0),
    _Family(("big5", "cp950", "big5hkscs"), 0),
    _Family(("utf-16-le",), 4),
    _Family(("utf-16-be",), 4),
)

# A byte of noise costs 8 bits. What somebody means to search is a text more often than not, so noise has to be the
# better account by this many bits; without them a file of two rare characters would be refused.
_NOISE_BYTE, _NOISE_LEAD = 8, 12

# Control characters that texts lack, which is all but tab to carriage return, the DOS end of file, and escape.
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1A), *range(0x1C, 0x20), 0x7F])

# Halves of surrogate pairs are no characters, and can't be written as any.
_HALF = re.compile("[\ud800-\udfff]")
# The sign that stands in a text for bytes that are no character.
_BROKEN = "\ufffd"

# Bytes read at a time: few enough that memory stays small. Most wrong readings are given up within the first ones.
_PIECE, _HEAD = 1 << 16, 1 << 10


class Decoded(NamedTuple):
    """A file's text, without a byte order mark, and the Python name of the codec that it was read with."""

    text: str
    encoding: str


def decode(data: bytes, encoding: str | None = None, *, usual: str | None = None) -> Decoded:
    """The text of a whole file; `encoding` names its codec and is then the only one tried.

    `usual` is the codec that the file was said to have before it changed: it is taken where it fits, but not against a
    byte order mark or UTF-8, which is what files are converted to.

    A codec that is named has to fit every byte. One that is found may leave bytes over, because a cut download or a
    damaged sector should not turn a file into the characters of another encoding: one broken place, and one more for
    every 1,000 bytes, is allowed and becomes U+FFFD.

    Short files can be right in more than one way: of 2 to 5 characters without a mark, 1 file in 20 is read wrongly,
    mostly UTF-16 that is also valid ASCII (test_encodings.py prints the figures).

    Raises `Unreadable` where the bytes are no text, or none in an encoding that is known here.
    """
    if encoding is not None:
        return _strictly(data, encoding)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], codec)
    if b"\0" not in data:
        with suppress(UnicodeDecodeError):
            return Decoded(data.decode("utf-8"), "utf-8")
    if usual is not None:
        with suppress(Unreadable):
            return _strictly(data, usual)
    return _likeliest(data)


def _strictly(data: bytes, encoding: str) -> Decoded:
    try:
        codec = codec_of(encoding)
        text = data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {codec}: byte 0x{data[error.start]:02x} at {error.start}") from None
    except UnknownEncoding as error:
        raise Unreadable(str(error)) from None
    if codec == "utf-7" and (half := _HALF.search(text)):
        # The other codecs see to that themselves.
        raise Unreadable(f"not utf-7: half a surrogate pair at character {half.start()}")
    return Decoded(text, codec)


def _marked(body: bytes, codec: str) -> Decoded:
    text = body.decode(codec, errors="replace")
    if text.count(_BROKEN) > _allowance(body) and not _fits(body, codec):
        raise Unreadable(f"it begins with the byte order mark of {codec} and is not {codec}")
    return Decoded(text, codec)


def _likeliest(data: bytes) -> Decoded:
    readings = {codec: _surprise(data, codec) + bits for codec, bits in _candidates(data)}
    codec = min(readings, key=readings.__getitem__)
    if readings[codec] >= min(_NOISE_BYTE * len(data) + _NOISE_LEAD, western_surprise(data)):
        raise Unreadable(_refusal(data))
    return Decoded(data.decode(codec, errors="replace"), codec)


def _candidates(data: bytes) -> Iterator[tuple[str, float]]:
    """Of each family the smallest codec that fits, or the largest where none does; with the bits it starts from."""
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
    if _decoder(codec).decode(data[:_HEAD]).count(_BROKEN) > _allowance(data):
        return math.inf
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
    decoder = _decoder(codec)
    for start in range(0, len(data), _PIECE):
        end = start + _PIECE
        yield decoder.decode(data[start:end], final=end >= len(data))


def _decoder(codec: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(codec)(errors="replace")


def _allowance(data: bytes) -> int:
    """How many places may be broken in a file of this length."""
    return 1 + len(data) // 1000


def _refusal(data: bytes) -> str:
    controls = len(data) - len(data.translate(None, delete=_CONTROLS))
    if controls > len(data) / 50:
        return "binary data"
    return "not text in any encoding that is known here; name it with --encoding"
