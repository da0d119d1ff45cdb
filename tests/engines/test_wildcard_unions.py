"""Wildcards joined by OR are found in many texts at once as each is in each text."""

from __future__ import annotations

import pytest
from clocks import Clock
from hypothesis import example, given
from hypothesis import strategies as st

from searchlib.analysis import fold
from searchlib.engines.whoosh import wildcard_unions
from searchlib.engines.whoosh.wildcard_unions import Union
from searchlib.engines.whoosh.wildcards import CodedTexts, is_searchable
from searchlib.query import Deadline, Wildcard

PATTERNS = st.text("ab江水长，**??", min_size=2, max_size=6).filter(
    lambda text: text.strip("*?") and is_searchable(Wildcard(text))
)
PAIRS = st.from_regex(r"\A\*?[ab江水长]{1,3}(\*|\?{1,3})[ab江水长]{1,2}\*?\Z")


@pytest.fixture(autouse=True, params=[1, 4])
def _few_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends and beginnings of everything that is done in parts, in texts of a few characters."""
    monkeypatch.setattr(wildcard_unions, "_FEW_PAIRS", 0)
    monkeypatch.setattr(wildcard_unions, "_FURTHEST", 3)
    monkeypatch.setattr(wildcard_unions, "_GONE", request.param)


@given(
    st.lists(st.text("aＢb江长水1，. \0\udcff", max_size=12), min_size=1, max_size=6),
    st.lists(PATTERNS | PAIRS, min_size=1, max_size=8),
)
@example(["江水", "江人人人人人水", "江，水", ""], ["江*水"])
@example(["人江水", "江人水", "江人人水"], ["江?水", "江??水"])
@example(["happy", "a app", "ap, p"], ["ap*p", "a?p"])
@example(["长江人水"], ["长江?水", "江?水", "长江*水"])
@example(["江江水"], ["江*水*"])
@example(["江", "水"], ["江*水", "江?水"])
def test_a_text_has_one_of_many_wildcards_if_any_of_them_is_in_it(texts: list[str], patterns: list[str]) -> None:
    """Whichever of them are searched for together, and whichever one by one."""
    nodes = list(map(Wildcard, patterns))
    union, coded = Union(nodes), CodedTexts.folded(texts)

    found, rest = union.together(coded, lambda: False)
    found |= union.one_by_one(coded, rest | union.alone, lambda: False)

    assert [any(node.matches(fold(text)) for node in nodes) for text in texts] == found.tolist()


def test_what_is_found_before_the_time_is_over_is_there() -> None:
    nodes = list(map(Wildcard, ["江?水", "江*人", "水*人"]))
    texts = ["江人水", "江水人", "水长人", "江，水"]
    for reads in range(12):
        deadline = Deadline(reads + 0.5, clock=Clock(tick_s=1.0), processor=Clock())
        union, coded = Union(nodes), CodedTexts.folded(texts)

        found, rest = union.together(coded, deadline.is_over)
        found |= union.one_by_one(coded, rest | union.alone, deadline.is_over)

        assert not found[3]
    assert [True, True, True, False] == found.tolist()
