"""How surprising a text is, in bits: the fewer, the more it looks like what people write in Chinese.

Bytes read in a wrong encoding give characters that nobody writes. Each character costs as many bits as it is rare
(7 bits: one character of 128), and the sum over a file tells its right reading from the wrong ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    _Bits = NDArray[numpy.float32]

# What wrong readings are full of and right ones lack: controls, private use, the sign for broken bytes.
_NEVER = 28.0

# Two bytes of noise hold 16 bits: with more than that a character speaks for noise, and the more so the less likely
# it is in a Chinese text.
_RARE = 20.0
_FOREIGN = 24.0

# The shares are rounded from encyclopaedia articles and statutes, simplified and traditional. Ranges include their
# ends; where two overlap the later one holds.
_RANGES = (
    ("\x00", "\x1f", _NEVER),
    ("\x7f", "\x9f", _NEVER),
    ("\xa0", "\u024f", 16.0),  # accented Latin, pinyin with tones
    ("\u0370", "\u04ff", 16.0),  # Greek, Cyrillic
    ("\u2010", "\u27bf", 15.0),  # dashes, arrows, mathematics, circled numbers, boxes
    ("\u3000", "\u303f", 15.0),  # Chinese punctuation
    ("\u3040", "\u3129", 14.0),  # kana, bopomofo
    ("\u3200", "\u33ff", 18.0),  # bracketed and squared
    ("\u3400", "\u9fff", _RARE),
    ("\ud800", "\udbff", _RARE),  # a rare Han character or an emoji; this half pays for the pair
    ("\udc00", "\udfff", 0.0),
    ("\ue000", "\uf8ff", _NEVER),
    ("\uf900", "\ufaff", _RARE),
    ("\ufe30", "\ufe6f", 16.0),  # vertical and small punctuation
    ("\uff01", "\uff5e", 13.0),  # full-width ASCII
    ("\ufff0", "\uffff", _NEVER),
    ("!", "~", 8.0),
    ("0", "9", 6.5),
    ("a", "z", 7.0),
)
_MARKS = {
    "，": 4.5,
    "。": 5.5,
    "\n": 6.0,
    "、 ": 6.5,
    "「」“”：；（）\t\r\u3000": 8.0,
    "《》？！『』‘’…—·": 10.0,
}

# The Western model is for bytes of Latin-1 and Windows-1252: letters with accents, curly quotes, the other signs.
_WESTERN = ((0x80, 0xBF, 12.0), (0x91, 0x94, 9.0), (0xC0, 0xFF, 10.0))


class Surprise(NamedTuple):
    """Bits that a stretch of text costs, taken for simplified and taken for traditional Chinese."""

    simplified: float
    traditional: float


def surprise(text: str) -> Surprise:
    import numpy  # 60 ms, which nobody should wait for whose files are all UTF-8

    units = numpy.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    scale = _scale()
    return Surprise(float(scale.simplified[units].sum()), float(scale.traditional[units].sum()))


def western_surprise(data: bytes) -> float:
    """Bits that the bytes cost, taken for a Western European text of one byte a letter."""
    import numpy

    return float(_scale().western[numpy.frombuffer(data, dtype=numpy.uint8)].sum())


class _Scale(NamedTuple):
    """Bits by UTF-16 unit, and by byte for the Western model."""

    simplified: _Bits
    traditional: _Bits
    western: _Bits


@cache
def _scale() -> _Scale:
    shared = _shared()
    scripts = {"simplified": shared.copy(), "traditional": shared.copy()}
    for script, bits, characters in _rows():
        scripts[script][_codes(characters)] = bits
    western = shared[:256].copy()
    for first, last, bits in _WESTERN:
        western[first : last + 1] = bits
    return _Scale(scripts["simplified"], scripts["traditional"], western)


def _shared() -> _Bits:
    """The part of the scale that both scripts have in common: everything but Han characters."""
    import numpy

    shared = numpy.full(0x10000, _FOREIGN, dtype=numpy.float32)
    for first, last, bits in _RANGES:
        shared[ord(first) : ord(last) + 1] = bits
    for marks, bits in _MARKS.items():
        shared[_codes(marks)] = bits
    return shared


def _rows() -> Iterator[tuple[str, float, str]]:
    text = files("searchlib.reading").joinpath("data/commonness.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            script, bits, characters = line.split(" ")
            yield script, float(bits), characters


def _codes(characters: str) -> list[int]:
    return [ord(character) for character in characters]
