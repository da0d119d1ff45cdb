"""Paragraphs become entries with the terms of all that they say, and only what is said anew is cut anew."""

from __future__ import annotations

import pytest

from searchlib import ingest
from searchlib.analysis import Terms, analyze
from searchlib.engines.interface import Entry
from searchlib.model import Anchor, Paragraph, field_text


def paragraph(text: str, *, heading: tuple[str, ...] = (), title: str = "") -> Paragraph:
    return Paragraph("卷/枫桥.之一.txt", 0, text, 1, 1, heading, title, (Anchor(0, 1, 1),))


def test_an_entry_has_the_terms_of_text_title_and_headings() -> None:
    """Without a title the file's name is one; pairs do not reach from one heading into the next."""
    titled = paragraph("长江", heading=("桥", "灯"), title="水")
    untitled = paragraph("黄河")

    assert list(ingest.entries([titled, untitled])) == [
        Entry(titled, analyze("长江"), analyze("水"), Terms(["桥", "灯"], ["桥", "灯"])),
        Entry(untitled, analyze("黄河"), analyze("枫桥.之一"), Terms([], [])),
    ]


def test_titles_and_headings_are_cut_once_for_all_paragraphs_under_them() -> None:
    """A law of a hundred articles has one title; its terms also go from a worker process once."""
    paragraphs = [paragraph(f"第{number}条", heading=("总则",), title="水法") for number in range(100)]

    first, *others = ingest.entries(paragraphs)

    assert all(entry.title is first.title and entry.heading is first.heading for entry in others)


def test_a_field_that_there_is_not_is_an_error() -> None:
    with pytest.raises(ValueError, match="a paragraph has no field 'body'"):
        field_text(paragraph("长江"), "body")
