"""Literals, distances and wildcards find what they describe, and no term that narrows the choice hides any of it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from plainly import ALPHABET, has, is_near, texts, wildcard_stretches
from whoosh.query import And, Every, Or, Query, Term

from searchlib.analysis import analyze, fold
from searchlib.model import HEADING, TITLE
from searchlib.query import BoundedLiteral, Checked, Literal, Near, Wildcard
from searchlib.query.characters import is_of_spaced_word
from searchlib.query.checked import joined

signs = st.text("ab江，**??", min_size=1, max_size=7).filter(lambda text: text.strip("*?"))


def assert_kept(node: Checked, text: str) -> None:
    """What every checked node promises of a text."""
    folded = fold(text)
    spans = list(node.spans(folded))

    assert sorted(spans) == spans
    assert all(0 <= span.start < span.end <= len(folded) for span in spans)
    assert node.matches(folded) or not spans
    assert has(node.needed, analyze(text)) or not node.matches(folded)


@given(texts, st.integers(0, 30), st.integers(1, 12))
def test_a_literal_is_found_wherever_it_stands(text: str, start: int, length: int) -> None:
    """Any stretch of a text, beginning and ending anywhere, finds the text."""
    folded = fold(text)
    wanted = folded[start : start + length]
    if wanted:
        assert Literal(wanted).matches(folded)
        assert {wanted} == {folded[span.start : span.end] for span in Literal(wanted).spans(folded)}
        assert_kept(Literal(wanted), text)


def grams(*terms: str) -> list[Query]:
    return [Term("grams", term) for term in terms]


@given(texts, st.text("长江水𠮷a1，", min_size=1, max_size=3))
def test_a_literal_that_is_decided_needs_no_look_into_the_text(text: str, wanted: str) -> None:
    """Having the term and having the literal are the same then, so the answer may stop there."""
    literal = Literal(wanted)
    if literal.is_decided:
        assert has(literal.needed, analyze(text)) == literal.matches(fold(text))


@pytest.mark.parametrize(
    ("text", "needed", "is_decided"),
    [
        ("江", Term("chars", "江"), True),
        ("长江", Term("chars", "长江"), True),
        ("长江水", And([Term("chars", "长江"), Term("chars", "江水")]), False),
        ("江ab水", And([*grams("江a", "ab", "b水"), Term("words", "ab")]), False),
        ("a b-c d", And([*grams("a ", " b", "b-", "-c", "c ", " d"), Term("words", "b-c")]), False),
        ("-b- c", And(grams("-b", "b-", " c")), False),
        ("江。水江", And([*grams("江。", "。水"), Term("chars", "水江")]), False),
        ("8月2日", And([*grams("8月2", "月2日"), Term("words", "2")]), False),
        ("8月2", Term("grams", "8月2"), True),
        ("……", Term("grams", "……"), True),
        ("a", Term("grams", "a"), True),
        ("a\u3000", Term("grams", "a"), False),
        (" ", Every(), False),
        ("c++ c", And(grams("c+", "++", " c")), False),
        ("e ", Term("grams", "e "), True),
        (" 江", Term("chars", "江"), False),
        ("x" * 65, Term("grams", "xx"), False),
    ],
)
def test_a_literal_is_narrowed_by_its_longest_terms(text: str, needed: Query, is_decided: bool) -> None:
    """Pairs say what their characters say, threes what their pairs say; a word between two spaces is a term."""
    literal = Literal(text)

    assert (needed, is_decided) == (literal.needed, literal.is_decided)


def test_each_field_is_narrowed_by_its_own_terms() -> None:
    """Title and headings have fields of their own."""
    assert And([Term("title_chars", "江水"), Term("title_grams", "水a")]) == Literal("江水a", TITLE).needed
    assert And([Term("heading_chars", "江"), Term("heading_chars", "水")]) == Near(("江", "水"), 3, HEADING).needed
    assert Term("title_chars", "江") == Wildcard("江*", TITLE).needed


@pytest.mark.parametrize(
    ("text", "found", "missed"),
    [
        ("8", ["8", "8月", "18月8日", "a8", "8gb", "8.5"], ["18", "2018", "8848", "80"]),
        ("8月2日", ["8月2日电", "v8月2日"], ["18月2日"]),
        ("tidb", ["tidb", "tidb_mem", "用tidb的", "tidb5"], ["mytidb", "tidbs"]),
        ("mem_quota", ["tidb_mem_quota", "mem_quota"], ["amem_quota", "mem_quotas"]),
        ("c++", ["c++", "c++17", "用c++写", "c++a"], ["gcc++"]),
        ("a。b", ["a。b", "，a。b，"], ["aa。b", "a。bb"]),
        ("вода", ["вода", "水вода"], ["заводах"]),
        ("ちゃ", ["おちゃ", "ちゃのみ"], []),
        ("ชา", ["น้ำชา"], []),
    ],
)
def test_a_clause_as_it_stands_begins_and_ends_with_words(text: str, found: list[str], missed: list[str]) -> None:
    """8 is not in 2018; the parts of a word that are terms of their own are words."""
    node = BoundedLiteral(text)

    assert found == [one for one in [*found, *missed] if node.matches(one)]


@given(texts, st.integers(0, 30), st.integers(1, 12))
def test_a_clause_as_it_stands_is_a_literal_between_the_ends_of_words(text: str, start: int, length: int) -> None:
    folded = fold(text)
    wanted = folded[start : start + length]
    if wanted:
        assert_kept(BoundedLiteral(wanted), text)
        expected = [
            at
            for at in range(len(folded))
            if folded.startswith(wanted, at) and not (joins(folded, at) or joins(folded, at + len(wanted)))
        ]
        assert bool(expected) == BoundedLiteral(wanted).matches(folded)
        assert {span.start for span in BoundedLiteral(wanted).spans(folded)} <= set(expected)


def joins(folded: str, at: int) -> bool:
    """Whether two letters or two digits of one word stand on both sides of a place."""
    kinds = {
        "other" if char == "_" or not is_of_spaced_word(char) else "digit" if char.isdecimal() else "letter"
        for char in folded[max(at - 1, 0) : at + 1]
    }
    return 0 < at < len(folded) and kinds in ({"digit"}, {"letter"})


@given(st.text("江水ab，", max_size=14), st.lists(st.text("江水ab", min_size=1, max_size=3), min_size=2, max_size=3))
@example("哈哈哈笑", ["哈哈", "笑"])
@example("江江", ["江", "江"])
@example("江", ["江", "江"])
@example("枫桥经", ["枫桥", "桥经"])
def test_parts_are_near_if_some_of_their_places_are(text: str, parts: list[str]) -> None:
    """All places of all parts in any order, at every distance; a part asked for twice stands there twice."""
    for distance in (0, 1, 3, 20):
        node = Near(tuple(parts), distance)

        assert is_near(parts, distance, text) == node.matches(text)
        assert node.matches(text) == any(True for _ in node.spans(text))
        assert_kept(node, text)


@given(texts, st.lists(st.text(ALPHABET, min_size=1, max_size=2), min_size=2, max_size=3), st.integers(0, 30))
def test_no_term_hides_parts_that_are_near(text: str, parts: list[str], distance: int) -> None:
    """In texts of all scripts, too."""
    assert_kept(Near(tuple(map(fold, parts)), distance), text)


@pytest.mark.parametrize(
    ("text", "distance", "found"),
    [
        ("枫桥经济", 0, True),
        ("经济枫桥", 0, True),
        ("枫桥的经济", 0, False),
        ("枫桥的经济", 1, True),
        ("经济。枫桥", 1, True),
        ("枫桥" + "很" * 20 + "经济", 20, True),
        ("枫桥" + "很" * 21 + "经济", 20, False),
        ("枫桥", 20, False),
    ],
)
def test_a_distance_is_of_characters_between(text: str, distance: int, found: bool) -> None:
    """In either order; marks count as characters do."""
    assert found == Near(("枫桥", "经济"), distance).matches(text)


def test_the_spans_of_a_distance_are_those_of_parts_that_are_near() -> None:
    """A part that stands alone elsewhere is not marked."""
    spans = Near(("枫桥", "经济"), 2).spans("枫桥。很远很远。枫桥与经济")

    assert [(8, 10), (11, 13)] == list(spans)


@given(st.one_of(texts, st.text("ab江，", max_size=12)), signs)
@example("aab", "a?*b")
@example("happy", "*pp*")
@example("江a.b", "a.*")
@example("a水b水b", "a*水b")
@example("ab_1", "?b*1")
def test_a_wildcard_finds_what_a_plain_reading_finds(text: str, pattern: str) -> None:
    """Every `?` one character and every `*` any number of them, tried in all ways from all places."""
    folded = fold(text)
    node = Wildcard(pattern)
    expected = set(wildcard_stretches(pattern, folded))

    assert bool(expected) == node.matches(folded) == any(True for _ in node.spans(folded))
    assert {(span.start, span.end) for span in node.spans(folded)} <= expected
    assert_kept(node, text)


@given(st.text("ab江水，. \n(（1+^", max_size=12), signs)
@example("江（水", "江*水")
@example("江+水江人水", "江?水")
@example("a水ba水", "*a??*a*水*")
def test_a_wildcard_marks_what_its_pattern_finds(text: str, pattern: str) -> None:
    """Part by part, without the pattern: the nearest stretch from where the one before ends."""
    node = Wildcard(pattern)

    assert list(node.spans(text)) == [match.span() for match in node._pattern.finditer(text)]


@given(st.one_of(texts, st.text("ab江水，", max_size=12)), signs)
@example("江水", "江水*")
@example("ab", "*a*")
@example("ab", "a*")
def test_a_wildcard_that_is_decided_needs_no_look_into_the_text(text: str, pattern: str) -> None:
    """A star at the end of Han characters adds nothing to them."""
    node = Wildcard(pattern)
    if node.is_decided:
        assert has(node.needed, analyze(text)) == node.matches(fold(text))


@pytest.mark.parametrize(
    ("pattern", "decided"),
    [
        ("江水*", True),
        ("*江", True),
        ("**江水**", True),
        ("江水?", False),
        ("江*水", False),
        ("a*", False),
        ("江水人*", False),
    ],
)
def test_which_wildcards_are_decided(pattern: str, *, decided: bool) -> None:
    assert decided == Wildcard(pattern).is_decided


@pytest.mark.parametrize(
    ("pattern", "found", "missed"),
    [
        ("北?大学", ["北京大学", "去北方大学"], ["北大学", "北京的大学", "北 大学", "北，大学"]),
        ("智能*", ["智能", "人工智能，"], ["智 能"]),
        ("北*学", ["北学", "北京大学"], ["北京，大学", "北京 大学"]),
        ("app*", ["app", "apple", "水apple"], ["happy", "1app"]),
        ("*app", ["app", "happ"], ["apple"]),
        ("*pp*", ["happy"], ["p p"]),
        ("?pp", ["happ", "app"], ["apple", "pp", "水pple"]),
        ("𠮷?☕", ["𠮷江☕", "𠮷☕☕"], ["𠮷☕"]),
        ("c++*", ["c++", "c++17"], ["abc++"]),
    ],
)
def test_a_wildcard_stands_for_letters_digits_and_han(pattern: str, found: list[str], missed: list[str]) -> None:
    """Not for spaces and marks; a letter at its edge stands at the edge of a word."""
    assert found == [text for text in (*found, *missed) if Wildcard(pattern).matches(text)]


def test_many_stars_take_no_longer_than_few() -> None:
    """No way of matching is tried twice: this would not end otherwise."""
    assert not Wildcard("a*" * 300 + "b").matches("a" * 1000)


def test_what_narrows_nothing_is_left_out_of_and_and_leaves_nothing_of_or() -> None:
    """One node alone is itself, and none is every paragraph."""
    one, other = Term("chars", "江"), Term("chars", "水")

    assert And([one, other]) == joined(And, [one, Every(), other])
    assert (one, Every(), Every()) == (joined(And, [Every(), one]), joined(And, []), joined(Or, [one, Every()]))
