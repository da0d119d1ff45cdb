"""The nouns: what a paragraph says in each of its fields."""

from __future__ import annotations

import pytest

from searchlib.model import Anchor, Paragraph, field_text


def paragraph(text: str, *, heading: tuple[str, ...] = (), title: str = "") -> Paragraph:
    return Paragraph("卷/枫桥.之一.txt", 0, text, 1, 1, heading, title, (Anchor(0, 1, 1),))


def test_a_field_that_there_is_not_is_an_error() -> None:
    with pytest.raises(ValueError, match="a paragraph has no field 'body'"):
        field_text(paragraph("长江"), "body")
