"""A paragraph as the engine stores it: bytes, and no objects that would have to be trusted.

of a paragraph  u32 first line, u32 last line, u32 number of anchors (the highest bit is set where the paragraph goes on
                from the one before it), three u32 for each of these, text in UTF-8
of headings     JSON: a list of them, where the first paragraph of a source has these
of a title      UTF-8, where the first paragraph of a source has it
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from json.encoder import encode_basestring

import numpy as np

from searchlib.engines.whoosh.lists import Numbers
from searchlib.model import Anchor, Paragraph

_HEAD = struct.Struct("<III")
_PLAIN = struct.Struct("<IIIIII")
# Text may have halves of surrogate pairs, which broken UTF-16 leaves.
_ERRORS = "surrogatepass"
_CONTINUES = 1 << 31
_BETWEEN = b"\0"


def stored(paragraph: Paragraph) -> bytes:
    _, _, text, first_line, last_line, _, _, anchors, continues = paragraph
    if len(anchors) == 1 and not continues:
        return _PLAIN.pack(first_line, last_line, 1, *anchors[0]) + text.encode("utf-8", _ERRORS)
    flat = [figure for anchor in anchors for figure in anchor]
    head = _HEAD.pack(first_line, last_line, len(anchors) | (_CONTINUES if continues else 0))
    return head + struct.pack(f"<{len(flat)}I", *flat) + text.encode("utf-8", _ERRORS)


def paragraph_of(record: bytes, path: str, number: int, heading: bytes, title: bytes) -> Paragraph:
    first_line, last_line, flagged = _HEAD.unpack_from(record)
    continues, count = bool(flagged & _CONTINUES), flagged & ~_CONTINUES
    anchors = tuple(Anchor(*struct.unpack_from("<III", record, _HEAD.size * (1 + at))) for at in range(count))
    text, above, named = text_of(record), headings_of(heading), title_of(title)
    return Paragraph(path, number, text, first_line, last_line, above, named, anchors, continues)


def text_of(record: bytes) -> str:
    count = int.from_bytes(record[8:12], "little") & ~_CONTINUES
    return record[_HEAD.size * (1 + count) :].decode("utf-8", _ERRORS)


def texts_of(stretches: Iterable[tuple[bytes, Numbers, Numbers]]) -> list[str]:
    """The texts of many records, which are parts of some bytes, from their starts to before their ends."""
    found: list[bytes] = []
    for records, starts, ends in stretches:
        firsts = starts + _HEAD.size * (1 + _anchor_counts(records, starts))
        found += [records[first:end] for first, end in zip(firsts.tolist(), ends.tolist(), strict=True)]
    # To decode all at once takes a third of the time, and to split them costs little.
    texts = _BETWEEN.join(found).decode("utf-8", _ERRORS).split("\0")
    return texts if len(texts) == len(found) else [text.decode("utf-8", _ERRORS) for text in found]


def _anchor_counts(records: bytes, starts: Numbers) -> Numbers:
    if not records:
        return np.zeros(len(starts), np.int64)
    octets = np.frombuffer(records, np.uint8)
    places = starts[:, np.newaxis] + np.arange(8, 12)
    # A record without a head has no text either.
    return octets.take(places, mode="clip").view("<u4")[:, 0].astype(np.int64) & ~_CONTINUES


def stored_headings(headings: tuple[str, ...]) -> bytes:
    # What `json.dumps` would write with `ensure_ascii=False`, at a fifth of what its set-up for each call costs.
    return f"[{', '.join(map(encode_basestring, headings))}]".encode("utf-8", _ERRORS) if headings else b""


def headings_of(record: bytes) -> tuple[str, ...]:
    return tuple(json.loads(record.decode("utf-8", _ERRORS))) if record else ()


def stored_title(title: str) -> bytes:
    return title.encode("utf-8", _ERRORS)


def title_of(record: bytes) -> str:
    return record.decode("utf-8", _ERRORS)
