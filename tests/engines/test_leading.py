"""What the Whoosh engine leaves unscored is never missed, and its order is that of Whoosh's own collector."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conformance import paragraphs, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import made
from rankings import search
from whoosh.matching import Matcher
from whoosh.query import And, Or, Query, Term
from whoosh.scoring import BaseScorer, WeightingModel
from whoosh.searching import Searcher

from searchlib.analysis.terms import CHARS, WORDS
from searchlib.engines import engine as named
from searchlib.engines.interface import Ranked, Reader
from searchlib.engines.ranking import idf, saturation, term_score
from searchlib.engines.whoosh import leading
from searchlib.engines.whoosh.index import open_index
from searchlib.engines.whoosh.schema import LENGTH, PATH, TITLE_LENGTH
from searchlib.query import Question, Weight, parse

ALL = 10_000
# Paragraphs of few characters, in many copies, so that scores tie; some say the same often, some are long.
PHRASES = "水 江 江水 长江 长江水 土地 土地承包 水水水 江江水江 无 人民的土地 长江水的人民 的的的 承包".split()
SETTINGS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def texts(seed: int, count: int) -> list[str]:
    """Some of the phrases, by a simple rule that repeats itself."""
    return [
        "，".join(PHRASES[(seed * at * at + 5 * part) % len(PHRASES)] for part in range(1 + (at * seed) % 7))
        + "石" * (at % 3 * (seed % 4))
        for at in range(count)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three segments, two of them with removed sources; titles that have terms of the texts, once or twice, or none."""
    place = tmp_path_factory.mktemp("index") / "engine"
    engine = named("whoosh").create(made(place))
    sources = ["b.txt", "a.txt", "带 空格.md", "卷/二.txt", "c.txt", "换\n行.txt", "ｆｕｌｌ.txt", "d.txt"]
    write(engine, {path: texts(at + 1, 60) for at, path in enumerate(sources)})
    write(engine, {"b.txt": texts(2, 90), "0.txt": texts(2, 60)})
    write(engine, {"卷/二.txt": None, "0.txt": texts(2, 30)})
    return place


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    with closing(named("whoosh").open(made(folder)).reader()) as reader:
        yield reader


words = st.sampled_from(["水", "江", "长江", "土地", "承包", "的", "人民", "无", "石", "没有", "题目"])
pairs = st.sampled_from(["水", "江", "长江", "江水", "土地", "水水", "的的", "的人", "石石", "题"])
# Weights that tie, that hide all others, and that count for nothing.
weights = st.lists(
    st.one_of(
        st.builds(Weight, st.just(WORDS), words, st.sampled_from([1.0, 0.25, 50.0, 0.0])),
        st.builds(Weight, st.just(CHARS), pairs, st.sampled_from([0.6, 0.7, 1.0])),
    ),
    max_size=9,
    unique_by=lambda weight: weight[:2],
)
leaves = st.one_of(st.builds(Term, st.just(WORDS), words), st.builds(Term, st.just(CHARS), pairs))
nodes = st.one_of(
    st.lists(leaves, min_size=1, max_size=6).map(Or), st.lists(leaves, min_size=1, max_size=3).map(And), leaves
)


def question(every: Query, some: Query, terms: list[Weight]) -> Question:
    titles = tuple(weight for weight in terms if weight.field == WORDS)
    return replace(parse("水"), every=every, some=some, weights=tuple(terms), title_weights=titles)


def place(ranked: Ranked) -> tuple[str, int, float, bool]:
    return ranked.paragraph.path, ranked.paragraph.number, ranked.score, ranked.complete


@pytest.mark.parametrize("few", [0, 20])
@SETTINGS
@given(nodes, nodes, weights, st.sampled_from([(1, 0), (3, 0), (10, 0), (7, 5), (60, 0)]))
def test_the_first_are_those_of_all(
    reader: Reader,
    few: int,
    every: Query,
    some: Query,
    terms: list[Weight],
    page: tuple[int, int],
) -> None:
    """To the bit and with all ties in order, whatever was not scored because it could not be among them."""
    limit, offset = page
    asked = question(every, Or([every, some]), terms)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leading, "_FEW", few)
        patch.setattr(leading, "_SAMPLE", 50)
        patch.setattr(leading, "_HEAVY", 4)
        for strict in (False, True):
            whole = search(reader, asked, limit=ALL, strict=strict)
            found = search(reader, asked, limit=limit, offset=offset, strict=strict)
            expected = list(map(place, whole.ranked[offset : offset + limit]))
            assert expected == list(map(place, found.ranked))
            assert whole._replace(ranked=()) == found._replace(ranked=())


@pytest.fixture(scope="module")
def titled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Texts with 长江, and two sources that have it in their titles alone."""
    engine = named("whoosh").create(made(tmp_path_factory.mktemp("index") / "engine"))
    with engine.writer() as writer:
        for at in range(130):
            title, text = ("长江、长江和长江", "江") if at in (17, 60) else ("无", "长江")
            plain = paragraphs(f"{at:03}.txt", [text + "石" * number for number in range(6)])
            writer.replace(f"{at:03}.txt", [paragraph._replace(title=title) for paragraph in plain])
        writer.commit()
    with closing(engine.reader()) as reader:
        yield reader


@pytest.mark.parametrize("every", ["江", "土"])
def test_titles_lift_what_texts_do_not(titled: Reader, every: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are below titles that have the question; their texts have the least of it, of all or of some."""
    monkeypatch.setattr(leading, "_FEW", 0)
    asked = replace(parse("长江"), every=Term(CHARS, every), some=Term(CHARS, "江"), title_weights=())
    whole, found = search(titled, asked, limit=ALL), search(titled, asked, limit=5)

    assert {"017.txt", "060.txt"} == {ranked.paragraph.path for ranked in found.ranked}
    assert list(map(place, whole.ranked[:5])) == list(map(place, found.ranked))


class Formula(WeightingModel):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Our ranking as one of Whoosh's weighting models, for terms that no title has."""

    def __init__(self, weights: list[Weight], reader: Any) -> None:
        self.weights = {weight[:2]: weight.weight for weight in weights}
        columns = [reader.column_reader(name, translate=False) for name in (LENGTH, TITLE_LENGTH)]
        self.lengths = [sum(column[at] for column in columns) for at in range(reader.doc_count_all())]
        self.live = [at for at in range(reader.doc_count_all()) if not reader.is_deleted(at)]

    def scorer(self, searcher: Searcher, fieldname: str, text: bytes, qf: float = 1) -> BaseScorer:  # noqa: ARG002
        matcher = searcher.reader().postings(fieldname, text)
        having = len(list(matcher.all_ids()))
        worth = self.weights.get((fieldname, text.decode()), 0.0) * idf(len(self.live), having)
        return FormulaScorer(self, worth)


class FormulaScorer(BaseScorer):  # type: ignore[misc]
    def __init__(self, model: Formula, worth: float) -> None:
        self.model, self.worth = model, worth

    def supports_block_quality(self) -> bool:
        return False

    def score(self, matcher: Matcher) -> float:
        lengths, live = self.model.lengths, self.model.live
        average = sum(lengths[at] for at in live) / len(live)
        limit = saturation(float(lengths[matcher.id()]), average)
        return term_score(self.worth, float(matcher.weight()), limit)


@SETTINGS
@given(
    st.sampled_from([Or, And]),
    # Whoosh finds nothing that scores nothing.
    weights.map(lambda terms: [weight for weight in terms if weight.weight]).filter(bool),
    st.sampled_from([3, 10, ALL]),
)
def test_the_order_is_that_of_whooshs_own_collector(
    untitled: Path, operator: type[Query], terms: list[Weight], limit: int
) -> None:
    """Whoosh's searcher, given our formula, finds the same with the same scores; what ties is in our order."""
    node = operator([Term(field, term) for field, term, _ in terms])
    with open_index(untitled).reader() as whoosh, closing(named("whoosh").open(made(untitled)).reader()) as reader:
        found = Searcher(whoosh, weighting=Formula(terms, whoosh)).search(node, limit=None)
        # Whoosh knows paragraphs by their numbers, which the paths of sources give.
        place_of = {
            number: (os.fsdecode(path), place)
            for path in whoosh.lexicon(PATH)
            for place, number in enumerate(whoosh.postings(PATH, path).all_ids())
        }
        scored = {place_of[hit.docnum]: hit.score for hit in found}
        ranking = search(reader, replace(question(node, node, terms), title_weights=()), limit=limit)

    ours = [(ranked.paragraph.path, ranked.paragraph.number) for ranked in ranking.ranked]
    assert len(scored) == ranking.complete
    best = sorted(scored.values(), reverse=True)[:limit]
    assert best == pytest.approx([scored[place] for place in ours], rel=1e-9)
    assert best == pytest.approx([ranked.score for ranked in ranking.ranked], rel=1e-9)
    ordered = [(-ranked.score, *place) for ranked, place in zip(ranking.ranked, ours, strict=True)]
    assert sorted(ordered) == ordered


@pytest.fixture(scope="module")
def untitled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One segment, no title of which has a term of the texts."""
    place = tmp_path_factory.mktemp("index") / "engine"
    write(
        named("whoosh").create(made(place)),
        {path: texts(at + 3, 80) for at, path in enumerate(["b.txt", "a", "带.txt", "x"])},
    )
    return place
