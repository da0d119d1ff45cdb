"""What a node says of a cut between two characters is true: where it may not lie across it, one of the parts has it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.analysis import fold
from searchlib.query import Checked, Fuzzy, Literal, Near, Regex, Wildcard

texts = st.text("ab江水人，。 1-", min_size=2, max_size=14).map(fold)
nodes = st.one_of(
    st.builds(Literal, st.text("ab江水，", min_size=1, max_size=3)),
    st.builds(Wildcard, st.text("ab江水，*?", min_size=1, max_size=4).filter(lambda text: text.strip("*?"))),
    st.builds(Fuzzy, st.text("ab江水", min_size=2, max_size=4), st.just(1)),
    st.builds(Near, st.tuples(st.sampled_from("ab江水"), st.sampled_from("人，1")), st.integers(0, 4)),
    st.sampled_from(
        [
            "江[水人]",
            "江+人?水",
            "(?:ab|江水){1,2}",
            "^水",
            "人$",
            r"\b1",
            "(?<=，)水",
            "江.水",
            "a(?!b)",
            "(?>江+)水",
            "(?i)AB",
            r"(江)\1",
            "[^江]水",
            "(?i:A)b",
            "[a-b]1",
        ]
    ).map(Regex),
)


@settings(deadline=None, max_examples=400)
@given(nodes, texts, st.data())
def test_where_nothing_may_lie_across_a_cut_a_part_matches_if_the_whole_does(
    node: Checked, text: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(text) - 1))

    if not node.may_have(text[cut - 1 : cut + 1]):
        assert node.matches(text) == (node.matches(text[:cut]) or node.matches(text[cut:]))


@pytest.mark.parametrize(
    ("node", "pair", "expected"),
    [
        (Literal("江，水"), "，水", True),
        (Literal("江，水"), "水江", False),
        (Wildcard("江*水"), "人人", True),
        (Wildcard("江*水"), "。人", False),
        (Fuzzy("江水人", 1), "a。", False),
        (Regex("第[一二]条"), "第一", True),
        (Regex("第[一二]条"), "。第", False),
        (Regex("第.条"), "。第", True),
        (Near(("江", "水"), 3), "。第", True),
    ],
)
def test_most_cuts_are_passed_over(node: Checked, pair: str, expected: bool) -> None:
    """They are behind the ends of sentences, which few queries have in them."""
    assert expected == node.may_have(pair)
