"""A question falls into clauses as its writer meant, whichever marks the input method gave."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib.analysis import fold
from searchlib.query import read_clauses

DOUBLE = '"“”„‟〝〞〟＂'
PAIRS = ["「」", "『』", "｢｣", *(one + other for one in DOUBLE for other in DOUBLE)]


def bare(text: str) -> tuple[str, bool]:
    return text, False


def literal(text: str) -> tuple[str, bool]:
    return text, True


def read(question: str) -> list[tuple[str, bool]]:
    return [(clause.text, clause.is_quoted) for clause in read_clauses(question)]


@pytest.mark.parametrize("marks", PAIRS)
def test_each_pair_of_marks_quotes(marks: str) -> None:
    """Chinese and Western double marks end one another whichever way round they stand; corner brackets go in pairs."""
    assert [literal("长江 大桥")] == read(f"{marks[0]}长江 大桥{marks[1]}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n　", []),
        ("枫桥经验", [bare("枫桥经验")]),
        ("枫桥 人才", [bare("枫桥"), bare("人才")]),
        ("枫桥　人才\u00a0文", [bare("枫桥"), bare("人才"), bare("文")]),
        ("楓橋ＡＢ", [bare("枫桥ab")]),
        ("枫桥“经验”人才", [bare("枫桥"), literal("经验"), bare("人才")]),
        ("“经”“验”", [literal("经"), literal("验")]),
        ("「他说“好”」", [literal('他说"好"')]),
        ("“他说「好』”", [literal("他说\"好'")]),
        ("『「水」』 江", [literal('"水"'), bare("江")]),
        ("“ 水”", [literal(" 水")]),
        ("'水'", [bare("'水'")]),
        ("《水经注》，", [bare("《水经注》")]),
        ("枫？", [bare("枫")]),
        ("，枫。.NET C++ 3.14.", [bare("枫。.net"), bare("c++"), bare("3.14")]),
        ("水」江", [bare("水」江".replace("」", '"'))]),
        ("长江 ，", [bare("长江"), bare("")]),
        ("-水 AND 江", [bare("-水"), bare("and"), bare("江")]),
    ],
)
def test_spaces_and_marks_separate_clauses(text: str, expected: list[tuple[str, bool]]) -> None:
    """Every kind of space separates, other marks inside a quotation are text, and nothing else is an operator."""
    assert expected == read(text)


@pytest.mark.parametrize(
    ("question", "searched", "ignored"),
    [
        ("枫桥 “经验", ["枫桥", "经验"], ["“"]),
        ("“水” 「江", ["水", "江"], ["「"]),
        ("『江」", ["江」"], ["『"]),
        ("什么是枫桥经验”？", ["什么是枫桥经验"], ["”", "？"]),
        ("水 “”", ["水"], ["“”"]),
        ("水「 　」", ["水"], ["「 　」"]),
    ],
)
def test_a_mark_without_partner_costs_only_itself(question: str, searched: list[str], ignored: list[str]) -> None:
    """The rest of the question is searched, and what could not be is known as it was written."""
    clauses = read_clauses(question)

    assert searched == [clause.written.strip("“”") for clause in clauses if clause.is_searchable]
    assert ignored == [clause.written for clause in clauses if not clause.is_searchable]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters=DOUBLE + "「」『』｢｣"), min_size=1).filter(str.strip)))
@example(["\ud800", "\udcff\udcff"])
def test_what_is_quoted_is_read_to_the_character(pieces: list[str]) -> None:
    """Any text without the mark itself comes back folded, as long as it was."""
    assert [literal(fold(piece)) for piece in pieces] == read("".join(f"“{piece}”" for piece in pieces))
