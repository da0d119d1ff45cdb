"""Conditions on sources: which paths a glob or a text chooses, and which files a range."""

from __future__ import annotations

import pytest
from whoosh.query import And, Not, Or

from searchlib.errors import QueryError
from searchlib.model import Facts
from searchlib.query import Among, Literal, PathHas, Paths
from searchlib.query.conditions import Dated, Encoded, Sized, bind

FACTS = [
    Facts(path="a.txt", size=10, modified_ns=1_000_000_000, encoding="utf-8"),
    Facts(path="b.txt", size=20, modified_ns=2_000_000_000, encoding="gb18030"),
    Facts(path="c.txt", size=30, modified_ns=2_999_999_999, encoding="gb18030"),
]


@pytest.mark.parametrize(
    ("glob", "taken", "left"),
    [
        ("*.md", ["a.md", "卷/乙.md", "../甲.md", "\udcff.md", "a\nb.md"], ["a.txt", "md"]),
        ("卷/*.md", ["卷/a.md"], ["a.md", "卷/上/a.md", "上/卷/a.md"]),
        ("卷/", ["卷/a.md", "卷/上/a.md"], ["卷", "a.md"]),
        ("/a.md", ["a.md"], ["卷/a.md"]),
        ("./a.md", ["a.md"], ["b.md"]),
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


def test_a_text_is_in_a_path_in_any_script_and_width() -> None:
    """Anywhere in it: in the name of a folder, too."""
    paths = ["圖書館/ａ.txt", "图书馆.md", "图书.md"]

    assert paths[:2] == [path for path in paths if PathHas("图书馆").matches(path)]
    assert paths[:1] == [path for path in paths if PathHas("馆/a").matches(path)]


def test_conditions_on_files_become_the_sources_that_fulfil_them() -> None:
    """From the first on and before the end, wherever in the tree they stand; the rest stays."""
    tree = And([Literal("水"), Not(Dated(1.0, 2.0)), Or([Sized(20, 30), Encoded("utf-8"), Encoded("gb18030")])])

    assert And(
        [
            Literal("水"),
            Not(Among(frozenset({"a.txt"}))),
            Or(
                [Among(frozenset({"b.txt"})), Among(frozenset({"a.txt"})), Among(frozenset({"b.txt", "c.txt"}))],
            ),
        ]
    ) == bind(tree, lambda: FACTS)


def test_the_catalog_is_not_asked_without_a_condition_on_files() -> None:
    """It costs a look at every source."""
    tree = And([Literal("水"), Paths("*.md")])

    assert tree == bind(tree, _unasked)


def _unasked() -> list[Facts]:
    raise AssertionError("the catalog was asked")


def test_a_glob_of_many_stars_takes_no_longer_than_one() -> None:
    """Tried one after the other, the ways to share out a long name among eight stars would take hours."""
    assert not Paths("*a*a*a*a*a*a*a*ab").matches("a" * 200)
    assert Paths("*a*a*a*a*a*a*a*ab").matches("a" * 200 + "b")
