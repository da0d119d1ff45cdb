"""What matches all of a question, what matches some of it, and what both have to match."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from test_parser import pieces
from whoosh.query import And, Every, Not, Or, Query, Term

from searchlib.engines import reference_matching
from searchlib.engines.reference_matching import entries_of
from searchlib.errors import QueryError
from searchlib.model import Anchor, Paragraph
from searchlib.query import Bare, Literal, Near, PathHas, Question, Regex, Wildcard, parse
from searchlib.query.expansion import every, some
from searchlib.query.tree import Clauses, is_demand

WORDS = And([Term("words", "土地"), Term("words", "承包")])
PARTS = [Term("words", "土地"), Term("words", "承包"), *(Term("chars", pair) for pair in ("土地", "地承", "承包"))]
水, 江 = Literal("水"), Literal("江")
TITLES = ("", "长江 水", "a")
HEADINGS: tuple[tuple[str, ...], ...] = ((), ("第一章 水",), ("江", "a b"))


def paragraph(text: str, number: int = 0) -> Paragraph:
    title, heading = TITLES[number % 3], HEADINGS[number // 3 % 3]
    return Paragraph("卷/a.txt", 0, text, 1, 1, heading, title, (Anchor(0, 1, 1),))


def asked(text: str) -> Question:
    """The question with no file that fulfils a condition on files."""
    return parse(text).bound(lambda: ())


def test_a_bare_clause_asks_for_its_words_or_for_itself() -> None:
    """All of its words anywhere, or the clause as it stands; part of it is a word or a pair, or a word in the title."""
    assert Or([WORDS, Literal("土地承包")]) == every(Bare("土地承包"))
    titled = [Term("title_words", word) for word in ("土地", "承包")]

    assert Or([*PARTS, Literal("土地承包"), *titled]) == some(Bare("土地承包"))


def test_a_single_character_of_a_longer_clause_is_too_little() -> None:
    """However often it occurs."""
    assert Term("chars", "承") not in list(some(Bare("土地承包者的土地承包权")).children())


def test_part_of_a_pattern_is_a_word_or_a_pair_of_what_stands_in_it() -> None:
    """The pattern itself too; all of it is the pattern alone."""
    pattern = Wildcard("土地承包*")

    assert pattern == every(pattern)
    assert Or([*PARTS, pattern]) == some(pattern)


@pytest.mark.parametrize("node", [Literal("土地"), Near(("土", "地"), 3), Regex("土.*地"), Every()])
def test_what_is_quoted_or_an_expression_has_no_parts(node: Query) -> None:
    """It is there or it is not."""
    assert (node, node) == (every(node), some(node))


@pytest.mark.parametrize(
    ("question", "of_all", "of_some"),
    [
        ("“水” “江”", And([水, 江]), Or([水, 江])),
        ("“水” AND “江”", And([水, 江]), And([水, 江])),
        ("“水” OR “江”", Or([水, 江]), Or([水, 江])),
        ("“水” -“江”", And([水, Not(江)]), And([Not(江), 水])),
        ("+“水” “江”", And([水, 江]), 水),
        ("+“水” -“江” “a”", And([水, Not(江), Literal("a")]), And([水, Not(江)])),
        ("+(“水” OR “江”) “a”", And([Or([水, 江]), Literal("a")]), Or([水, 江])),
        ("+path:a “水”", And([PathHas("a"), 水]), And([PathHas("a"), 水])),
        ("“水”^2 “江”", And([水, 江]), Or([水, 江])),
        ("title:“水” “江”", And([Literal("水", "title"), 江]), And([Literal("水", "title"), 江])),
        (
            "path:(a OR b) “水”",
            And([Or([PathHas("a"), PathHas("b")]), 水]),
            And([Or([PathHas("a"), PathHas("b")]), 水]),
        ),
        ("NOT “水”", Not(水), Not(水)),
        ("(“水” “江”) OR “a”", Or([And([水, 江]), Literal("a")]), Or([Or([水, 江]), Literal("a")])),
        ("+“水” -“江”", And([水, Not(江)]), And([水, Not(江)])),
        ("“水” path:a", And([水, PathHas("a")]), And([PathHas("a"), 水])),
    ],
)
def test_spaces_relax_and_operators_do_not(question: str, of_all: Query, of_some: Query) -> None:
    """Demands hold in both."""
    tree = parse(question).tree

    assert of_all == every(tree)
    assert of_some == some(tree)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("a", False),
        ("a^2", False),
        ("+a", True),
        ("-a", True),
        ("(-a)^2", True),
        ("title:a", True),
        ("title:a^2", True),
        ("path:a", True),
        ("date:2024", True),
        ("size:1", True),
        ("encoding:gbk", True),
        ("path:a OR path:b", True),
        ("title:(a b)", True),
        ("path:a AND date:2024", True),
        ("path:a OR b", False),
        ("a AND -b", False),
        ("text:a", False),
    ],
)
def test_a_demand_is_about_other_fields_or_signed(question: str, expected: bool) -> None:
    """What joins demands alone is one; what joins others too is none."""
    assert expected == is_demand(parse(question).tree)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("长江", "违约", (False, True)),
        ("“长江”", "违约", (False, False)),
        ("第一章", "违约", (False, False)),
        ("长江 违约", "违约", (False, True)),
        ("长江 “违约”", "违约", (False, True)),
        ("“长江” 违约", "违约", (False, True)),
        ("+长江 违约", "违约", (False, False)),
        ("长江 AND 违约", "违约", (False, False)),
        ("长江 违约", "违约在长江", (True, True)),
        ("title:长江 违约", "违约", (True, True)),
        ("heading:第一章 违约", "违约", (True, True)),
        ("title:违约 违约", "违约", (False, False)),
    ],
)
def test_title_and_headings_meet_no_clause_that_does_not_name_them(
    question: str, text: str, expected: tuple[bool, bool]
) -> None:
    """What the paragraph itself does not say is missing in it, wherever else it stands; a title is a part at most."""
    nodes = asked(question).every, asked(question).some

    assert expected == tuple(reference_matching.matches(node, entries_of([paragraph(text, 4)])) for node in nodes)


@given(pieces, st.lists(st.text("枫桥长江水ab12 ，。a", max_size=12), min_size=1, max_size=6))
@example("路径：卷 -（a b） title:(水 OR a) 江", ["江", "a b", "水江"])
@example("(a -b) OR (+水 江)", ["a", "b", "江", "水江"])
def test_whatever_matches_every_clause_matches_some(text: str, texts: list[str]) -> None:
    """Complete hits are never lost by asking for the partial ones too, whatever is in what."""
    try:
        question = asked(text)
    except QueryError:
        assume(False)
    for number, of_paragraph in enumerate(texts):
        whole = entries_of([paragraph(of_paragraph, number)])
        if reference_matching.matches(question.every, whole):
            assert reference_matching.matches(question.some, whole)


@given(st.sampled_from(["+“水”", "-“江”", "title:“水”", "path:二", "date:2024", "(path:卷 OR path:二)"]), pieces)
def test_a_demand_holds_in_both(demand: str, rest: str) -> None:
    """A paragraph that does not meet it is no hit, whatever else it has."""
    try:
        question, alone = asked(f"{demand} ({rest})"), asked(demand)
    except QueryError:
        assume(False)
    assume(isinstance(question.tree, Clauses))
    for number, text in enumerate(("水", "江", "水江", "a")):
        whole = entries_of([paragraph(text, number)])
        if not reference_matching.matches(alone.every, whole):
            assert not reference_matching.matches(question.every, whole)
            assert not reference_matching.matches(question.some, whole)
