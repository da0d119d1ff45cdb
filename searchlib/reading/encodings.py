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
from itertools import chain
from typing import NamedTuple

from searchlib.errors import UnknownEncoding, Unreadable
from searchlib.reading.commonness import surprise, western_surprise
from searchlib.reading.content import Content, Held
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

# Bytes that are weighed at a time: few enough that memory stays small.
_PIECE = 1 << 16


class Encoding(NamedTuple):
    """An encoding: Python name of the codec, error handler of `codecs`, and bytes of the mark before the text."""

    codec: str
    errors: str = "strict"
    mark: int = 0

    def texts(self, content: Content) -> Iterator[str]:
        """The text in pieces, without a byte order mark.

        Raises `UnicodeDecodeError`, with the place of the byte in the whole content, if errors are strict.
        """
        texts = _decoded(content, self.codec, self.errors, self.mark)
        first = next((text for text in texts if text), "")
        yield first if self.mark else first.removeprefix("\ufeff")
        yield from texts


class Decoded(NamedTuple):
    """A file's text, without a byte order mark, and the Python name of the codec that it was read with."""

    text: str
    encoding: str


def decode(data: bytes, encoding: str | None = None, *, usual: str | None = None) -> Decoded:
    """The text of bytes in memory; see `encoding_of`."""
    content = Held(data)
    found = encoding_of(content, encoding, usual=usual)
    return Decoded("".join(found.texts(content)), found.codec)


def encoding_of(content: Content, encoding: str | None = None, *, usual: str | None = None) -> Encoding:
    """The encoding of a whole file; `encoding` names its codec and is then the only one tried.

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
        return _strict(content, encoding)
    for mark, codec in _MARKS:
        if content.head.startswith(mark):
            return _marked(content, Encoding(codec, "replace", len(mark)))
    if _is_utf_8(content):
        return Encoding("utf-8")
    if usual is not None:
        with suppress(Unreadable):
            return _strict(content, usual)
    return _likeliest(content)


def _strict(content: Content, encoding: str) -> Encoding:
    try:
        codec = codec_of(encoding)
    except UnknownEncoding as error:
        raise Unreadable(str(error)) from None
    found = Encoding(codec)
    length = 0
    try:
        for text in found.texts(content):
            if codec == "utf-7" and (half := _HALF.search(text)):
                # The other codecs see to that themselves.
                raise Unreadable(f"not utf-7: half a surrogate pair at character {length + half.start()}")
            length += len(text)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {codec}: byte 0x{error.object[0]:02x} at {error.start}") from None
    return found


def _marked(content: Content, found: Encoding) -> Encoding:
    broken = sum(text.count(_BROKEN) for text in found.texts(content))
    if broken > _allowance(content.size - found.mark) and not _fits(content, found.codec, found.mark):
        raise Unreadable(f"it begins with the byte order mark of {found.codec} and is not {found.codec}")
    return found


def _is_utf_8(content: Content) -> bool:
    """Return whether all bytes are UTF-8, and none of them NUL."""
    try:
        return not any("\0" in text for text in _decoded(content, "utf-8", "strict"))
    except UnicodeDecodeError:
        return False


def _likeliest(content: Content) -> Encoding:
    readings = {codec: _surprise(content, codec) + bits for codec, bits in _candidates(content)}
    codec = min(readings, key=readings.__getitem__)
    western = sum(map(western_surprise, _cut(content)))
    if readings[codec] >= min(_NOISE_BYTE * content.size + _NOISE_LEAD, western):
        raise Unreadable(_refusal(content))
    return Encoding(codec, "replace")


def _candidates(content: Content) -> Iterator[tuple[str, float]]:
    """Of each family the smallest codec that fits, or the largest where none does; with the bits it starts from."""
    for family in _FAMILIES:
        *smaller, largest = family.codecs
        yield next((codec for codec in smaller if _fits(content, codec, is_cut=True)), largest), family.bits


def _fits(content: Content, codec: str, mark: int = 0, *, is_cut: bool = False) -> bool:
    """Return whether every byte belongs to a character; with `is_cut`, the last one may lack its end."""
    try:
        for _ in _decoded(content, codec, "strict", mark, is_cut=is_cut):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _surprise(content: Content, codec: str) -> float:
    """Bits that the bytes cost as text in this codec; infinite where too many of them are broken."""
    # Most wrong readings are given up at the head.
    if _decoder(codec, "replace").decode(content.head).count(_BROKEN) > _allowance(content.size):
        return math.inf
    simplified = traditional = 0.0
    broken = 0
    decoder = _decoder(codec, "replace")
    for piece in chain(_cut(content), [b""]):
        text = decoder.decode(piece, final=not piece)
        broken += text.count(_BROKEN)
        if broken > _allowance(content.size):
            return math.inf
        if text:
            bits = surprise(text)
            simplified += bits.simplified
            traditional += bits.traditional
    return min(simplified, traditional)


def _decoded(content: Content, codec: str, errors: str, mark: int = 0, *, is_cut: bool = False) -> Iterator[str]:
    """The text in pieces; see `Encoding` and `_fits`."""
    decoder, fed = _decoder(_ordered(codec, content.head), errors), mark
    left = mark
    try:
        for piece in content.pieces():
            skipped = min(left, len(piece))
            left -= skipped
            fed += len(piece) - skipped
            yield decoder.decode(piece[skipped:] if skipped else piece)
        if not is_cut:
            yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        # A decoder keeps the beginning of a character, and knows nothing of what it gave out.
        broken = error.object[error.start : error.end]
        start = fed - len(error.object) + error.start
        raise UnicodeDecodeError(codec, broken, start, start + len(broken), error.reason) from None


def _decoder(codec: str, errors: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(codec)(errors=errors)


def _ordered(codec: str, head: bytes) -> str:
    """The codec with the order of its bytes: without a mark, incremental decoders raise an error of their own kind."""
    if codec not in ("utf-16", "utf-32"):
        return codec
    mark = codecs.BOM_UTF16_BE if codec == "utf-16" else codecs.BOM_UTF32_BE
    return f"{codec}-be" if head.startswith(mark) else f"{codec}-le"


def _cut(content: Content) -> Iterator[bytes]:
    """All bytes, some at a time."""
    for piece in content.pieces():
        for start in range(0, len(piece), _PIECE):
            yield piece[start : start + _PIECE]


def _allowance(size: int) -> int:
    """Return the number of broken places that a file of `size` bytes may have."""
    return 1 + size // 1000


def _refusal(content: Content) -> str:
    controls = sum(len(piece) - len(piece.translate(None, delete=_CONTROLS)) for piece in _cut(content))
    if controls > content.size / 50:
        return "binary data"
    return "not text in any encoding that is known here; name it with --encoding"
