"""A paragraph as Whoosh stores it: a tuple of strings, numbers and tuples, and no class of ours in its pickles."""

from __future__ import annotations

import os
from typing import Any

from searchlib.model import Anchor, Paragraph


def stored(paragraph: Paragraph) -> tuple[Any, ...]:
    return (
        paragraph.text,
        os.fsencode(paragraph.path),  # pickles refuse the surrogates of a name that is not UTF-8
        paragraph.number,
        paragraph.first_line,
        paragraph.last_line,
        paragraph.heading,
        paragraph.title,
        tuple(map(tuple, paragraph.anchors)),
    )


def paragraph_of(value: tuple[Any, ...]) -> Paragraph:
    text, path, number, first_line, last_line, heading, title, anchors = value
    places = tuple(Anchor(*anchor) for anchor in anchors)
    return Paragraph(os.fsdecode(path), number, text, first_line, last_line, heading, title, places)


def text_of(value: tuple[Any, ...]) -> str:
    text: str = value[0]
    return text
