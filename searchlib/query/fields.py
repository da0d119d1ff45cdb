"""The fields that a question can name, in either language."""

from __future__ import annotations

from typing import NamedTuple

from searchlib.analysis import fold
from searchlib.analysis.terms import (
    CHARS,
    GRAMS,
    HEADING_CHARS,
    HEADING_GRAMS,
    HEADING_WORDS,
    TITLE_CHARS,
    TITLE_GRAMS,
    TITLE_WORDS,
    WORDS,
)
from searchlib.model import HEADING, TEXT, TITLE

PATH, DATE, SIZE, ENCODING = "path", "date", "size", "encoding"

# Each field with its Chinese name; traditional characters, capitals and full width fold to these.
FIELDS = {TITLE: "标题", HEADING: "小标题", TEXT: "正文", PATH: "路径", DATE: "日期", SIZE: "大小", ENCODING: "编码"}
_BY_NAME = {**{name: name for name in FIELDS}, **{chinese: name for name, chinese in FIELDS.items()}}


class TermFields(NamedTuple):
    """Where the engine has the terms of a field of text."""

    words: str
    chars: str
    grams: str


TERM_FIELDS = {
    TEXT: TermFields(WORDS, CHARS, GRAMS),
    TITLE: TermFields(TITLE_WORDS, TITLE_CHARS, TITLE_GRAMS),
    HEADING: TermFields(HEADING_WORDS, HEADING_CHARS, HEADING_GRAMS),
}


def field_named(written: str) -> str | None:
    """The field that a user calls so, if there is one."""
    return _BY_NAME.get(fold(written))
