"""A paragraph as the engine stores it: bytes, and no objects that would have to be trusted.

of a paragraph  u32 first line, u32 last line, u32 number of anchors (the highest bit is set where the paragraph goes on
                from the one before it), three u32 for each of these, text in UTF-8
of headings     JSON: a list of them, where the first paragraph of a source has these
of a title      UTF-8, where the first paragraph of a source has it
"""

from __future__ import annotations

import json
import struct
from json.encoder import encode_basestring

from searchlib.model import Anchor, Paragraph

_HEAD = struct.Struct("<III")
_PLAIN = struct.Struct("<IIIIII")
# Text may have halves of surrogate pairs, which broken UTF-16 leaves.
_ERRORS = "surrogatepass"
_CONTINUES = 1 << 31


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


def stored_headings(headings: tuple[str, ...]) -> bytes:
    # What `json.dumps` would write with `ensure_ascii=False`, at a fifth of what its set-up for each call costs.
    return f"[{', '.join(map(encode_basestring, headings))}]".encode("utf-8", _ERRORS) if headings else b""


def headings_of(record: bytes) -> tuple[str, ...]:
    return tuple(json.loads(record.decode())) if record else ()


def stored_title(title: str) -> bytes:
    return title.encode("utf-8", _ERRORS)


def title_of(record: bytes) -> str:
    return record.decode("utf-8", _ERRORS)
