"""What is said of an answer is what makes it: how it was read, what adds up to a score, what a paragraph lacks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchlib import Library
from searchlib.errors import QueryError
from searchlib.model import Paragraph

TEXTS = {
    "枫桥.txt": "枫桥经验传遍全国。\n\n镇上开了一家茶馆，茶水很好。\n\n长江的水",
    "大稻埕.md": "# 茶行\n\n臺灣的茶葉\n\n北京大學與iPhone15\n\n水，水，水",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("explained")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    with Library.create(folder / "index") as library:
        library.update([folder])
        yield library


def paragraph(library: Library, text: str) -> Paragraph:
    every = (found for name in TEXTS for found in library.paragraphs(name))
    return next(found for found in every if found.text.startswith(text))


def test_a_question_is_shown_as_it_was_read(library: Library) -> None:
    """Folded, in plain marks, with what was ignored and what was no field."""
    found = library.explain("（臺灣 OR 北京） AND 大學 来源：水 …… ")

    assert "(台湾 OR 北京) AND 大学 来源:水" == found.read_as
    assert (("……",), ("来源",)) == (found.ignored, found.unknown)
    assert ["台湾", "北京", "大学", "来源:水"] == [clause.written for clause in found.clauses]


def test_the_counts_are_those_of_the_answer(library: Library) -> None:
    """With the whole query, with part of it, and in all."""
    found, results = library.explain("茶馆 水"), library.search("茶馆 水")

    assert (results.complete, results.partial) == (found.complete, found.partial)
    assert 7 == found.paragraphs
    assert [1, 3] == [clause.paragraphs for clause in found.clauses]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("枫桥经验", (True, False, True)),
        ("+枫桥经验", (True, True, False)),
        ("-枫桥经验", (False, False, False)),
        ("title:枫桥经验", (True, True, False)),
        ("枫桥经验 AND 水", (True, False, False)),
        ("枫桥经验 OR 水", (True, False, True)),
        ("“枫桥经验”", (True, False, False)),
        ("NOT (-枫桥经验)", (True, True, False)),
        ("枫桥经验^2", (True, False, True)),
    ],
)
def test_how_strictly_a_clause_is_meant_is_said(
    library: Library, query: str, expected: tuple[bool, bool, bool]
) -> None:
    """Whether it is to be there, whether no hit is without it, and whether a part of it will do."""
    clause = library.explain(query).clauses[0]

    assert expected == (clause.is_wanted, clause.is_demand, clause.is_relaxed)


@pytest.mark.parametrize(
    ("query", "looked_at"),
    [("/./", 7), ("“……”", 0), ("*", 0), ("茶", 0), ("“茶馆”", 0), ("“茶馆，”", 1), ("茶?很", 1), ("date:2020", 0)],
)
def test_a_clause_that_has_to_look_at_texts_says_at_how_many(library: Library, query: str, looked_at: int) -> None:
    """All of them, where no term narrows the choice."""
    (clause,) = library.explain(query).clauses

    assert looked_at == clause.looked_at


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("枫桥经济", "枫桥经验", ["枫桥经济: it lacks 经济; it has 枫桥"]),
        ("“枫桥经济学”", "枫桥经验", ['"枫桥经济学": the most of it that stands there is 枫桥经']),
        ("“𠮷”", "枫桥经验", ['"𠮷": no character of it is there']),
        ("茶*行", "镇上", ["茶*行: it lacks 行"]),
        ("水*茶", "镇上", ["水*茶: nothing in it is like that"]),
        ("登录~1", "镇上", ["登录~1: nothing in it is like that"]),
        ("“镇 好”~2", "镇上", ['"镇 好"~2: they are too far apart']),
        ("/茶{3}/", "镇上", ["/茶{3}/: nothing in it is like that"]),
        ("path:*.md 茶", "镇上", ["path:*.md: its path is 枫桥.txt"]),
        ("title:北京", "臺灣", ["title:北京: it lacks 北京"]),
        ("heading:水", "臺灣", ["heading:水: it lacks 水"]),
        ("茶 -水", "镇上", ["it has 水, which was not to be there"]),
        ("茶 (水碓 OR 北京)", "镇上", ["水碓: it lacks 水碓", "北京: it lacks 北京"]),
        ("茶馆 镇", "镇上", []),
    ],
)
def test_what_a_paragraph_lacks_is_named(library: Library, query: str, text: str, expected: list[str]) -> None:
    """Clause by clause, and nothing where it lacks nothing."""
    assert expected == list(library.judge(query, paragraph(library, text)).unmet)


def test_of_a_file_it_is_said_what_it_is_like(library: Library) -> None:
    """A condition on dates, sizes and encodings is answered with those of the file."""
    (said,) = library.judge("size:>1M 茶", paragraph(library, "镇上")).unmet
    changed = time.strftime("%Y-%m-%d %H:%M", time.localtime(1_700_000_000))

    assert f"size:>=1000001: its file was last changed {changed}, has 85 B and is in utf-8" == said


questions = st.lists(
    st.sampled_from("茶 水 枫桥经验 “茶水” -水 +茶 title:枫桥 heading:茶 北?大 iPhone15 *".split()),
    min_size=1,
    max_size=4,
).map(" ".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questions)
def test_every_paragraph_is_judged_as_it_was_answered(library: Library, query: str) -> None:
    """Its rank, its score as the sum of what its terms add, and reasons just where it does not have the whole query."""
    hits = library.search(query, limit=100).hits
    places = [(hit.path, hit.paragraph.number) for hit in hits]
    for found in (found for name in TEXTS for found in library.paragraphs(name)):
        judged = library.judge(query, found)
        place = (found.path, found.number)

        assert (places.index(place) + 1 if place in places else 0) == judged.rank
        assert (place in places) == (judged.complete or judged.partial)
        assert bool(judged.unmet) != judged.complete
        if judged.rank:
            assert hits[judged.rank - 1].score == pytest.approx(judged.score, rel=1e-9)


def test_a_query_that_can_not_be_read_is_no_explanation(library: Library) -> None:
    with pytest.raises(QueryError):
        library.explain("（")


def test_a_long_literal_is_compared_in_time(library: Library) -> None:
    """As long as a question may be."""
    (said,) = library.judge("“" + "枫桥经验水" * 700 + "”", paragraph(library, "枫桥经验")).unmet

    assert said.endswith("the most of it that stands there is 枫桥经验")


def test_an_index_without_text_explains_too(tmp_path: Path) -> None:
    """Nothing is found in nothing, and that is no error."""
    with Library.create(tmp_path / "index") as library:
        (tmp_path / "a.txt").write_text("", encoding="utf-8")
        library.update([tmp_path])

        found = library.explain("水")

        assert (0, 0, 0) == (found.complete, found.partial, found.paragraphs)
