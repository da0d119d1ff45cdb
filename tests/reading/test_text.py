"""Plain text: every line is where an editor has it, and none of its characters is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import ANY, PLAIN_TEXTS, SOME, blackened, paragraphs_of, strays
from hypothesis import given
from hypothesis import strategies as st

from searchlib.reading import read, reader_for

DOCUMENT = st.text(st.one_of(SOME, ANY), max_size=300)


def shown(text: str) -> list[tuple[str, int]]:
    return [(paragraph.text, paragraph.first_line) for paragraph in paragraphs_of("a.txt", text)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_count_them(end: str) -> None:
    """LF, CRLF, and CR in a file that has no LF end a line."""
    assert [("甲", 1), ("乙", 2), ("丙", 5)] == shown(end.join(["甲", "乙", "", "  ", "丙", ""]))


def test_a_lone_cr_in_a_file_with_lf_ends_no_line() -> None:
    """It is white space at most."""
    assert [("甲\r乙", 1), ("丙", 2)] == shown("甲\r乙\n丙\r\r\n")


@pytest.mark.parametrize("char", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_what_only_python_takes_for_a_line_end_is_none(char: str) -> None:
    """Page breaks and separators stay in their line, and the lines behind them keep their numbers."""
    assert [(f"甲{char}乙", 1), ("丙", 2)] == shown(f"甲{char}乙\n丙")


def test_the_reader_gives_stretches_of_lines_and_no_title() -> None:
    """A block for each stretch between blank lines; lines of nothing but spaces, wide ones too, are blank."""
    source = read("a.txt", "甲\n乙\n\n　 \n丙\n".encode())

    assert ["甲\n乙", "丙"] == [block.text for block in source.blocks]
    assert ("", "text", "utf-8") == (source.title, source.reader, source.encoding)


@pytest.mark.parametrize("text", ["", "\n", " 　\n\r\n\t"])
def test_a_file_without_text_has_no_paragraphs(text: str) -> None:
    """Nothing is read from nothing."""
    assert [] == shown(text)


@given(DOCUMENT)
def test_nothing_is_missed(text: str) -> None:
    """The paragraphs of a file, one after the other, are its text: each character once, white space aside."""
    found = "".join(paragraph.text for paragraph in paragraphs_of("a.txt", text))

    assert blackened(text) == blackened(found)


@given(DOCUMENT)
def test_every_place_is_right(text: str) -> None:
    """Line and column of each character are those of that character in the file."""
    assert [] == strays("a.txt", text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("path", PLAIN_TEXTS, ids=lambda path: path.stem)
def test_whole_texts_are_read_in_full_and_in_place(path: Path, end: str) -> None:
    """Also with wrapped lines and rare characters, whatever ends the lines."""
    text = path.read_text(encoding="utf-8").replace("\n", end)

    assert blackened(text) == blackened("".join(paragraph.text for paragraph in paragraphs_of("a.txt", text)))
    assert [] == strays("a.txt", text)


@pytest.mark.parametrize(
    ("reader", "path"),
    [("text", "甲.txt"), ("text", "甲.log"), ("text", "甲"), ("markdown", "卷/甲.MD"), ("html", "甲.Htm")],
)
def test_the_suffix_names_the_reader(reader: str, path: str) -> None:
    """In capitals or not; what has no reader of its own is plain text."""
    assert reader == reader_for(path)
