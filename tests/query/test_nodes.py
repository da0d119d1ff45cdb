"""The questions that Whoosh's tree lacks: a literal, and choices of sources."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.analysis import analyze, fold
from searchlib.errors import QueryError
from searchlib.query import Among, Literal, Paths

texts = st.text("长江水𠮷㐂〇﨑aAbB1１_.'-，。“” \n☕é", max_size=30)


@settings(deadline=None)
@given(texts, st.integers(0, 30), st.integers(1, 12))
def test_a_paragraph_with_a_literal_has_all_that_narrows_the_choice(text: str, start: int, length: int) -> None:
    """No term that the candidates are chosen by can leave out a paragraph that has the literal."""
    folded = fold(text)
    literal = Literal(folded[start : start + length])
    terms = analyze(text)

    assert literal.matches(folded)
    assert set() == set(literal.chars) - set(terms.chars)
    assert [] == [piece for piece in literal.pieces if not any(piece in word for word in terms.words)]


@settings(deadline=None)
@given(texts, st.text("长江水𠮷a1，", min_size=1, max_size=3))
def test_a_literal_that_is_a_term_needs_no_look_into_the_text(text: str, wanted: str) -> None:
    """Having the term and having the literal are the same then, so the answer may stop there."""
    literal = Literal(wanted)
    if literal.is_term:
        assert (wanted in analyze(text).chars) == literal.matches(fold(text))


@pytest.mark.parametrize(
    ("text", "chars", "pieces", "is_term"),
    [
        ("江", ("江",), (), True),
        ("长江", ("长江",), (), True),
        ("长江水", ("长江", "江水"), (), False),
        ("江phone1水", ("江", "水"), ("phone1",), False),
        ("江。水江", ("江", "水江"), (), False),
        ("……", (), (), False),
        ("a", (), ("a",), False),
        ("x" * 65, (), ("x" * 64,), False),
    ],
)
def test_a_literal_is_narrowed_by_its_longest_terms(
    text: str, chars: tuple[str, ...], pieces: tuple[str, ...], is_term: bool
) -> None:
    """Pairs say what their characters say; another script's words are looked for inside words."""
    literal = Literal(text)

    assert (chars, pieces, is_term) == (literal.chars, literal.pieces, literal.is_term)


@pytest.mark.parametrize(
    ("glob", "taken", "left"),
    [
        ("*.md", ["a.md", "卷/乙.md", "../甲.md", "\udcff.md", "a\nb.md"], ["a.txt", "md"]),
        ("卷/*.md", ["卷/a.md"], ["a.md", "卷/上/a.md", "上/卷/a.md"]),
        ("卷/", ["卷/a.md", "卷/上/a.md"], ["卷", "a.md"]),
        ("/a.md", ["a.md"], ["卷/a.md"]),
        ("坏\udcff?", ["坏\udcffa", "卷/坏\udcff𠮷"], ["坏\udcff"]),
        ("a b", ["a b"], ["a", "b"]),
        ("[[]", ["["], ["a"]),
    ],
)
def test_a_glob_chooses_as_a_line_of_a_gitignore_does(glob: str, taken: list[str], left: list[str]) -> None:
    """At any depth, or from the root where it has a slash; a folder is all that is in it."""
    paths = Paths(glob)

    assert taken == [path for path in (*taken, *left) if paths.matches(path)]


@pytest.mark.parametrize("glob", ["[z-a]", "!", "\\", "a\\"])
def test_a_glob_that_is_none_is_refused(glob: str) -> None:
    """It is the user's text, so it is a `QueryError` that says how one is written."""
    with pytest.raises(QueryError) as raised:
        Paths(glob)

    assert f"{glob} is no pattern for paths" == str(raised.value)
    assert "write one as in a .gitignore, for example '*.md' or notes/" == raised.value.hint


def test_a_choice_of_sources_is_of_just_these() -> None:
    """In whatever order they are named, and however often; names are no patterns."""
    among = Among(["a.md", "坏\udcff.txt", "a.md"])

    assert ["坏\udcff.txt", "a.md"] == [
        path for path in ("坏\udcff.txt", "卷/a.md", "a.md", "*") if among.matches(path)
    ]
    assert (Among({"坏\udcff.txt", "a.md"}), "Among(['a.md', '坏\\udcff.txt'])") == (among, repr(among))
    assert among != Among(["a.md"])
