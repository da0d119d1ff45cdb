"""What counts for the ranking, and how much of it, is what the table of the weights says."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_parser import pieces

from searchlib.analysis import fold
from searchlib.errors import QueryError
from searchlib.query.parser import read
from searchlib.query.weights import Weight, title_weights_of, weights_of


def weights(question: str) -> dict[tuple[str, str], float]:
    """How much each term of a question counts, by field and term."""
    tree = read(question).tree
    assert tree is not None
    found = weights_of(tree)
    assert len(found) == len({weight[:2] for weight in found})
    return {weight[:2]: weight.weight for weight in found}


def words(question: str) -> dict[str, float]:
    return {term: weight for (field, term), weight in weights(question).items() if field == "words"}


def chars(question: str) -> dict[str, float]:
    return {term: weight for (field, term), weight in weights(question).items() if field == "chars"}


@pytest.mark.parametrize("question", ["江水", "“江水”", "江水~1", "“江水”^1"])
def test_a_word_its_pairs_and_its_characters_count(question: str) -> None:
    """1.0, 0.6 and 0.7; quoted or not."""
    assert {"江水": 1.0} == words(question)
    assert {"江水": 0.6, "江": 0.7, "水": 0.7} == pytest.approx(chars(question))


def test_only_the_outer_words_count() -> None:
    """Those inside a longer one would count its characters once more."""
    assert {"中华人民共和国": 1.0, "承包": 1.0} == words("中华人民共和国承包")
    assert {"经营权": 1.0} == words("“经营权”")


def test_words_of_other_scripts_count_three_times_and_their_parts_nothing() -> None:
    """They have no pairs and no characters that would count beside them."""
    assert {"iphone15": 3.0, "1865": 3.0, "tidb_mem_quota": 3.0} == words("iPhone15 １８６５ tidb_mem_quota")
    assert {} == chars("iPhone15 １８６５ tidb_mem_quota")


@pytest.mark.parametrize("word", ["什么", "谁", "如何", "为什么", "哪些", "怎么样", "几", "是否"])
def test_words_that_ask_count_a_quarter(word: str) -> None:
    """They are in every other question and tell nothing of what it is about."""
    assert {word: 0.25, "长江": 1.0} == words(f"{word} 长江")


def test_pairs_and_characters_that_ask_count_a_quarter() -> None:
    """So do pairs with a character that only asks; 多 and 少 alone do not ask, though 多少 does."""
    assert {"谁": 0.175, "谁的": 0.15, "的": 0.7} == pytest.approx(chars("谁的"))
    assert {"多少": 0.15, "多": 0.7, "少": 0.7} == pytest.approx(chars("多少"))


def test_a_term_that_occurs_more_often_counts_more() -> None:
    """In one clause or in several, quoted or not."""
    assert {"水": 3.0} == words("水 “水” ＋水")
    assert {"水": 1.4, "水水": 0.6} == pytest.approx(chars("“水水”"))


def test_boosts_are_multiplied() -> None:
    """Those of brackets with those of what is in them, and of demands too."""
    assert {"江": 6.0, "水": 3.0, "a": 1.5} == words("(江^2 水)^3 +a^0.5")
    assert {"江": 4.2, "水": 2.1} == pytest.approx(chars("(江^2 水)^3 +a^0.5"))
    assert {"江": 2.0, "水": 2.0, "河": 1.0} == words("(江 OR 水)^2 AND 河")


def test_what_is_left_out_and_what_files_are_like_count_nothing() -> None:
    """No paragraph can be better for them."""
    asked = "江 -水 NOT (河 OR “湖^2”) path:海 date:2024 size:>1 encoding:gbk /洋/ *"

    assert {("words", "江"): 1.0, ("chars", "江"): 0.7} == weights(asked)


def test_clauses_about_a_field_count_in_it() -> None:
    """And only there; `text` is the field of all others."""
    assert {
        ("title_words", "江"): 1.0,
        ("title_chars", "江"): 0.7,
        ("heading_words", "水"): 2.0,
        ("heading_chars", "水"): 1.4,
        ("words", "河"): 1.0,
        ("chars", "河"): 0.7,
    } == pytest.approx(weights("title:江 小标题:水^2 正文:河"))


def test_of_a_pattern_counts_what_has_to_be_there() -> None:
    """The fixed stretches of a wildcard, the parts of a distance, a fuzzy word as it is written."""
    assert {"大学": 1.0, "北": 1.0} == words("北?大学")
    assert {"枫桥": 1.0, "经济": 1.0} == words("“枫桥 经济”~20")
    assert {"login": 3.0} == words("login~1")


def test_in_titles_count_the_words_each_once() -> None:
    """Inner ones too, of any script alike, for their share of the title is what counts; those that ask a quarter."""
    tree = read("经营权 “经营权”^3 iPhone15 什么 title:江 -水").tree

    assert (
        Weight("words", "经营权", 1.0),
        Weight("words", "经营", 1.0),
        Weight("words", "iphone15", 1.0),
        Weight("words", "iphone", 1.0),
        Weight("words", "15", 1.0),
        Weight("words", "什么", 0.25),
    ) == title_weights_of(tree)


@given(
    pieces.map(lambda text: "".join(char for char in text if char not in "()（）")), st.sampled_from([0.5, 2.0, 7.0])
)
def test_a_boost_of_the_whole_multiplies_all(text: str, boost: float) -> None:
    """Whatever is asked, nothing weighs nothing, and no clause escapes the boost around it."""
    # A bracket without its partner would take that of the whole.
    assume(not set(fold(text)) & set("()"))
    try:
        tree = read(f"({text})").tree
        boosted = read(f"({text})^{boost}").tree
    except QueryError:
        return
    if tree is not None and boosted is not None:
        assert all(weight.weight > 0 for weight in weights_of(tree))
        assert {weight[:2]: weight.weight * boost for weight in weights_of(tree)} == pytest.approx(
            {weight[:2]: weight.weight for weight in weights_of(boosted)}
        )
