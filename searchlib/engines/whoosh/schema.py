"""The fields of the index, which take terms that were cut outside."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence

from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, STORED, FieldType, Schema
from whoosh.formats import Existence

from searchlib.analysis.analyzer import ChineseAnalyzer
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

PATH, PARAGRAPH = "path", "paragraph"
# Stored with the first paragraph of a source that has them.
TITLE_STORED, HEADING_STORED = "title", "heading"
# Words of the text and words of the title, in columns.
LENGTH, TITLE_LENGTH = "length", "title_length"
# Titles and headings stand above many paragraphs, and every posting costs. So their terms are given to the first
# paragraph of a source that has them, and the others say in a column how many paragraphs back that one is.
TITLE_BACK, HEADING_BACK = "title_back", "heading_back"
# Whether a paragraph goes on from the one before it: both are pieces of one that was too long. The facts of a segment
# say how many do, so that where none does nobody has to look.
CONTINUES = "continues"
CONTINUED = "continued"
# An array: for each paragraph that goes on, the last character before the cut and the first after it, folded.
EDGES = "cuts.edges"
EDGE_BITS = 21
BACK = {
    TITLE_WORDS: TITLE_BACK,
    TITLE_CHARS: TITLE_BACK,
    TITLE_GRAMS: TITLE_BACK,
    HEADING_WORDS: HEADING_BACK,
    HEADING_CHARS: HEADING_BACK,
    HEADING_GRAMS: HEADING_BACK,
}

# What a segment has of each kind: fields of terms, columns, of which some are lengths, and stored fields.
TERM_FIELDS = (
    *(PATH, WORDS, CHARS, GRAMS),
    *(TITLE_WORDS, TITLE_CHARS, TITLE_GRAMS),
    *(HEADING_WORDS, HEADING_CHARS, HEADING_GRAMS),
)
# Those of the fields of terms whose terms are up to three characters.
CHAR_FIELDS = (CHARS, GRAMS, TITLE_CHARS, TITLE_GRAMS, HEADING_CHARS, HEADING_GRAMS)
LENGTHS = (LENGTH, TITLE_LENGTH)
COLUMNS = (*LENGTHS, TITLE_BACK, HEADING_BACK, CONTINUES)
STORED_FIELDS = (PARAGRAPH, TITLE_STORED, HEADING_STORED)


def schema() -> Schema:
    return Schema(
        **{
            PATH: TermsField(),
            WORDS: TermsField(ChineseAnalyzer()),
            CHARS: TermsField(),
            GRAMS: TermsField(),
            TITLE_WORDS: TermsField(ChineseAnalyzer()),
            TITLE_CHARS: TermsField(),
            TITLE_GRAMS: TermsField(),
            HEADING_WORDS: TermsField(ChineseAnalyzer()),
            HEADING_CHARS: TermsField(),
            HEADING_GRAMS: TermsField(),
            LENGTH: COLUMN(NumericColumn("I")),
            TITLE_LENGTH: COLUMN(NumericColumn("I")),
            TITLE_BACK: COLUMN(NumericColumn("I")),
            HEADING_BACK: COLUMN(NumericColumn("I")),
            CONTINUES: COLUMN(NumericColumn("I")),
            PARAGRAPH: STORED(),
            TITLE_STORED: STORED(),
            HEADING_STORED: STORED(),
        }
    )


class TermsField(FieldType):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Terms with how often each occurs; bytes or text, in any order.

    `analyzer` is what cut them, for those of Whoosh's tools that cut questions by the schema.
    """

    def __init__(self, analyzer: ChineseAnalyzer | None = None) -> None:
        # Whoosh adds the frequency to a posting as its weight; a format that writes it a second time is not needed,
        # nor are its rounded lengths: the exact ones are in a column.
        super().__init__(format=Existence(), analyzer=analyzer, scorable=False)

    def index(self, value: Sequence[str | bytes], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, frequency in Counter(value).items():
            yield self.to_bytes(term), frequency, float(frequency), b""


def path_term(path: str) -> bytes:
    """A path as a term: the bytes that the operating system has for it, UTF-8 or not."""
    return os.fsencode(path)
