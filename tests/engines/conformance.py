"""What every engine must do. A test class of an engine inherits `EngineConformance` and names its module."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise, product
from math import log
from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import made
from questions import anything, bound, is_complete, plain
from rankings import Listed, search
from whoosh.query import And, Every, Not, Or, Term

from searchlib.analysis import analyze
from searchlib.analysis.terms import CHARS, HEADING_CHARS, HEADING_WORDS, TITLE_CHARS, TITLE_WORDS, WORDS
from searchlib.engines import reference
from searchlib.engines.interface import BY_SCORE, Engine, EngineModule, Flaw, Order, Reader
from searchlib.model import Anchor, Paragraph, wholes
from searchlib.query import Among, Literal, PathHas, Paths, Question, Weight, Wildcard, parse
from searchlib.query.expansion import every

ALL = 10_000
# Bytes that are not UTF-8, spaces, newlines, Chinese, folders, and names that sort otherwise as bytes than as text.
PATHS = (
    "a.txt",
    "卷/二.txt",
    "带 空格.md",
    "换\n行.txt",
    "坏\udcff.txt",
    "\udc80\udcfe/𠮷.md",
    "../外面.txt",
    "ｆｕｌｌ.txt",
)
# Few enough that paragraphs share terms, and odd enough to go through every branch of the analysis.
SENTENCES = (
    "长江流经武汉，两岸是平原。",
    "長江「武漢」段的水位，今年 iPhone15 也查得到。",
    "他说：“水，水，水！”……",
    "tidb_mem_quota 从1GB調到4GB，ｉＰｈｏｎｅ１５不变",
    "𠮷来宝在㐂乐饭店，〆切﨑㎏ﬁ",
    "土地承包经营权",
    "……",
    "👨‍👩‍👧 ☕️ C++",
    "水",
    "a" * 70 + "Phone1" + "b" * 130,
)
ALPHABET = "长江水水人民的臺台灣湾㐂𠮷〇々〆﨑aAbB1１Ａ_.'-+ 　，。“”「」『』\"…☕\n"
texts = st.one_of(st.sampled_from(SENTENCES), st.text(ALPHABET, min_size=1, max_size=30))


class Transaction(NamedTuple):
    """What one writer does: new texts of a source, or None to remove it; then it commits, or does not."""

    steps: Mapping[str, Sequence[str] | None]
    is_committed: bool


# Put before a text, it makes it a piece of the same paragraph as the text before it.
ON = "\ue0e0"


@st.composite
def cut_up(draw: st.DrawFn) -> list[str]:
    """A paragraph in pieces, which are cut anywhere, also inside words."""
    whole = "".join(draw(st.lists(texts, min_size=1, max_size=3)))
    cuts = sorted(draw(st.sets(st.integers(1, max(len(whole) - 1, 1)), min_size=1, max_size=5)))
    pieces = [whole[start:end] for start, end in pairwise([0, *cuts, len(whole)])]
    first, *rest = filter(None, pieces)
    return [first, *(ON + piece for piece in rest)]


# Often of a few paragraphs, sometimes of many, which makes segments too large to be merged at every commit.
sources = st.one_of(
    st.none(),
    st.lists(texts, max_size=4),
    st.lists(texts, min_size=1, max_size=3).map(lambda texts: texts * 9),
    st.lists(st.one_of(cut_up(), cut_up(), texts.map(lambda text: [text])), max_size=3).map(
        lambda wholes: [piece for pieces in wholes for piece in pieces]
    ),
)
transactions = st.builds(Transaction, st.dictionaries(st.sampled_from(PATHS), sources, max_size=4), st.booleans())
histories = st.lists(transactions, min_size=1, max_size=5)


# Not every source has a title, and not every paragraph a heading.
TITLES = ("水，水 iPhone15", "", "題目：长江", "")
HEADINGS: tuple[tuple[str, ...], ...] = ((), ("第一章 长江",), ("第一章 长江", "一、水 iPhone15"))
FIELDS = (WORDS, CHARS, TITLE_WORDS, TITLE_CHARS, HEADING_WORDS, HEADING_CHARS)


def paragraph(path: str, number: int, text: str) -> Paragraph:
    anchors = (Anchor(0, 2 * number + 1, 3), Anchor(1, 2 * number + 2, 1))
    heading, title = HEADINGS[number % len(HEADINGS)], TITLES[len(path) % len(TITLES)]
    continues, text = text.startswith(ON), text.removeprefix(ON)
    return Paragraph(path, number, text, 2 * number + 1, 2 * number + 2, heading, title, anchors, continues)


def paragraphs(path: str, texts: Sequence[str]) -> list[Paragraph]:
    """Under the same headings, what is of one paragraph."""
    found: list[Paragraph] = []
    for number, text in enumerate(texts):
        one = paragraph(path, number, text)
        found.append(one._replace(heading=found[-1].heading) if one.continues else one)
    return found


def kept_of(left: Mapping[str, Sequence[str]]) -> list[str]:
    """Some of the texts of sources, and of paragraphs that were cut the whole."""
    found = [text for texts in left.values() for text in "\n".join(texts).replace(f"\n{ON}", "").split("\n") if text]
    return list(dict.fromkeys(found))[:12]


def write(engine: Engine, steps: Mapping[str, Sequence[str] | None], *, commit: bool = True) -> None:
    with engine.writer() as writer:
        for path, texts in steps.items():
            if texts is None:
                writer.remove(path)
            else:
                writer.replace(path, paragraphs(path, texts))
        if commit:
            writer.commit()


def replay(engine: Engine, history: Sequence[Transaction]) -> None:
    for transaction in history:
        write(engine, transaction.steps, commit=transaction.is_committed)


def outcome(history: Sequence[Transaction]) -> dict[str, Sequence[str]]:
    """The sources that are left by a history."""
    left: dict[str, Sequence[str]] = {}
    for transaction in history:
        for path, texts in transaction.steps.items() if transaction.is_committed else ():
            left.pop(path, None)
            if texts is not None:
                left[path] = texts
    return left


def flaws(engine: Engine) -> list[Flaw]:
    return list(engine.flaws(texts=True, on_change=lambda _: None))


def having(field: str, term: str) -> Question:
    """Which paragraphs have a term in a field, ranked by it."""
    node = Term(field, term)
    return replace(parse("水"), every=node, some=node, weights=(Weight(field, term, 1.0),))


def among(paths: Iterable[str], question: Question) -> Question:
    """The question, asked of these sources."""
    only = Among(frozenset(paths))
    return replace(question, every=And([only, question.every]), some=And([only, question.some]))


# Terms of every field, of texts, titles, names and headings, and some that are nowhere.
terms = st.builds(having, st.sampled_from(FIELDS), st.sampled_from("长江 水 江 第一 iphone a 𠮷 无".split()))


# Few different keys, so that sources tie, and often none; the largest there is and the least.
orders = st.builds(
    Order,
    st.none() | st.dictionaries(st.sampled_from(PATHS), st.sampled_from([-1e18, 0.0, 2.5, float("inf")])),
    st.booleans(),
)


def places(ranking: Listed) -> list[tuple[str, int]]:
    return [(ranked.paragraph.path, ranked.paragraph.number) for ranked in ranking.ranked]


def assert_same(expected: Listed, actual: Listed) -> None:
    assert (expected.complete, expected.partial, expected.sources) == (actual.complete, actual.partial, actual.sources)
    assert places(expected) == places(actual)
    assert [ranked.more for ranked in expected.ranked] == [ranked.more for ranked in actual.ranked]
    assert [ranked.complete for ranked in expected.ranked] == [ranked.complete for ranked in actual.ranked]
    assert [ranked.paragraph for ranked in expected.ranked] == [ranked.paragraph for ranked in actual.ranked]
    assert [ranked.rest for ranked in expected.ranked] == [ranked.rest for ranked in actual.ranked]
    assert [ranked.score for ranked in expected.ranked] == pytest.approx(
        [ranked.score for ranked in actual.ranked], rel=1e-9
    )


def scores(ranking: Listed) -> dict[tuple[str, int], float]:
    return {place: ranked.score for place, ranked in zip(places(ranking), ranking.ranked, strict=True)}


def assert_same_standing(expected: Reader, actual: Reader, question: Question, place: tuple[str, int]) -> None:
    answer = search(actual, question, limit=ALL)
    rank, shares = actual.standing(question, *place)
    assert [*places(answer), place].index(place) + 1 == (rank or len(answer.ranked) + 1)
    if rank:
        assert answer.ranked[rank - 1].score == pytest.approx(sum(share.score for share in shares), rel=1e-9)
    wanted = expected.standing(question, *place)
    assert (wanted.rank, [share[:5] for share in wanted.shares]) == (rank, [share[:5] for share in shares])
    assert [share.score for share in wanted.shares] == pytest.approx([share.score for share in shares], rel=1e-9)
    is_complete = rank > 0 and answer.ranked[rank - 1].complete
    assert [is_complete] == actual.matches([question.every], *place)
    nodes = [question.some, *(every(clause) for clause in question.clauses)]
    assert expected.matches(nodes, *place) == actual.matches(nodes, *place)
    assert expected.holds(nodes, *place) == actual.holds(nodes, *place)
    if expected.holds([question.every], *place) == [False]:
        assert [rank > 0] == actual.matches([question.some], *place)


def assert_same_counts(expected: Reader, actual: Reader, question: Question) -> None:
    answer = search(actual, question, limit=0)
    assert answer.complete == actual.count(question.every)
    assert expected.count(question.some) == actual.count(question.some)
    for clause in question.clauses:
        assert expected.count(every(clause)) == actual.count(every(clause))


def assert_same_holdings(expected: Reader, actual: Reader) -> None:
    assert expected.sources() == actual.sources()
    assert expected.paragraph_count() == actual.paragraph_count()
    assert [expected.paragraphs(path) for path in PATHS] == [actual.paragraphs(path) for path in PATHS]


# A commit takes what the disk takes. The classes that inherit a test share the examples that once failed, as is meant.
COSTLY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.differing_executors],
)


class EngineConformance:
    module: ClassVar[EngineModule]

    def reopened(self, engine: Engine, folder: Path) -> Engine:  # noqa: ARG002 — for engines that live on a disk
        """The engine as another process would see it."""
        return engine

    @contextmanager
    def new(self) -> Iterator[tuple[Engine, Path]]:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, "engine")
            yield self.module.create(made(place)), place

    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return self.module.create(made(tmp_path / "引擎"))

    @settings(COSTLY, max_examples=80)
    @given(histories, st.data())
    def test_any_history_answers_as_the_oracle(self, history: Sequence[Transaction], data: st.DataObject) -> None:
        """Replacing, removing and giving up in any order, every answer is the reference engine's, to the score."""
        oracle = reference.create()
        replay(oracle, history)
        expected = oracle.reader()
        left = outcome(history)
        kept = kept_of(left)
        with self.new() as (engine, folder):
            replay(engine, history)
            with closing(self.reopened(engine, folder).reader()) as actual:
                assert_same_holdings(expected, actual)
                for text, glob in data.draw(st.lists(plain(kept or SENTENCES), min_size=1, max_size=4), label="asked"):
                    question = parse(text, path=glob)
                    assert_same_answers(expected, actual, question)
                    assert_same_answers(expected, actual, data.draw(terms, label="having"))
                    some = data.draw(st.sets(st.sampled_from((*PATHS, "没有.txt"))), label="among")
                    assert_same_answers(expected, actual, among(some, question))
                    assert_same_answers(expected, actual, question, data.draw(orders, label="order"))

                    hits = places(search(actual, question, limit=ALL, strict=True))
                    assert complete(question, glob, left) == beginnings(hits, left)
                for asked in data.draw(st.lists(anything(kept or SENTENCES), max_size=6), label="anything"):
                    assert_same_answers(expected, actual, bound(asked, PATHS))

    @settings(COSTLY, max_examples=60)
    @given(histories, st.data())
    def test_any_history_is_explained_as_it_answers(self, history: Sequence[Transaction], data: st.DataObject) -> None:
        """What a paragraph's score is made of, its rank, what it matches and how many do: all as in the answer."""
        oracle = reference.create()
        replay(oracle, history)
        expected = oracle.reader()
        left = outcome(history)
        kept = kept_of(left)
        held = [(path, number) for path, texts in left.items() for number in range(len(texts))]
        with self.new() as (engine, folder):
            replay(engine, history)
            with closing(self.reopened(engine, folder).reader()) as actual:
                for one in data.draw(st.lists(anything(kept or SENTENCES), min_size=1, max_size=4), label="asked"):
                    asked = bound(one, PATHS)
                    for place in data.draw(st.lists(st.sampled_from(held), max_size=4)) if held else ():
                        assert_same_standing(expected, actual, asked, place)
                    assert_same_counts(expected, actual, asked)

    @settings(COSTLY, max_examples=30)
    @given(histories, st.data())
    def test_any_history_ends_as_a_fresh_index(self, history: Sequence[Transaction], data: st.DataObject) -> None:
        """What was there before and is there no more leaves no trace in what is answered."""
        left = outcome(history)
        kept = kept_of(left)
        with self.new() as (old, _), self.new() as (fresh, _):
            replay(old, history)
            write(fresh, left)
            with closing(old.reader()) as actual, closing(fresh.reader()) as expected:
                assert_same_holdings(expected, actual)
                for asked in data.draw(st.lists(anything(kept or SENTENCES), min_size=1, max_size=4), label="asked"):
                    assert_same_answers(expected, actual, bound(asked, PATHS))

    @settings(COSTLY, max_examples=20)
    @given(histories)
    def test_any_history_leaves_nothing_wrong(self, history: Sequence[Transaction]) -> None:
        """Checksums fit, structures hold together, and the terms of all texts are those of the postings."""
        with self.new() as (engine, _):
            replay(engine, history)

            assert [] == flaws(engine)

    def test_a_term_is_found_in_the_field_that_is_asked(self, engine: Engine) -> None:
        """Text, title and headings are apart, and a source without a title is called as its file is."""
        write(engine, {"上海.txt": ["北京", "“江”", "北京"], "卷/水.txt": ["上海", "水"]})
        asked = {
            (WORDS, "上海"): [("卷/水.txt", 0)],
            (CHARS, "京"): [("上海.txt", 0), ("上海.txt", 2)],
            (TITLE_WORDS, "长江"): [("上海.txt", 0), ("上海.txt", 1), ("上海.txt", 2)],
            (TITLE_CHARS, "目长"): [],
            (TITLE_CHARS, "水"): [("卷/水.txt", 0), ("卷/水.txt", 1)],
            (HEADING_WORDS, "15"): [("上海.txt", 2)],
            (HEADING_CHARS, "江"): [("上海.txt", 1), ("上海.txt", 2), ("卷/水.txt", 1)],
            (HEADING_CHARS, "江一"): [],
        }

        with closing(engine.reader()) as reader:
            assert asked == {key: sorted(places(search(reader, having(*key), limit=10, strict=True))) for key in asked}

    def test_a_question_can_be_about_just_some_sources(self, engine: Engine) -> None:
        """Those whose paths are named, one that there is not included, and no others."""
        write(engine, {"a.txt": ["江水"], "卷/二.txt": ["水", "江"], "c.txt": ["水"]})

        with closing(engine.reader()) as reader:
            ranking = search(reader, among(["卷/二.txt", "c.txt", "没有.txt"], parse("水")), limit=10)
            assert [("c.txt", 0), ("卷/二.txt", 0)] == places(ranking)
            assert (0, 0, (), 0) == search(reader, among([], parse("水")), limit=10)

    def test_an_empty_index_answers_that_there_is_nothing(self, engine: Engine) -> None:
        """Before the first commit every question has an answer, and it is empty."""
        with closing(engine.reader()) as reader:
            assert Listed(0, 0, (), 0) == search(reader, parse("长江 “水” “……”", path="*.txt"), limit=10)
            assert {} == reader.counts(parse("长江"))
            assert ([], [], 0) == (reader.sources(), reader.paragraphs("a.txt"), reader.paragraph_count())
            assert {"words": 0, "chars": 0} == reader.term_counts()

    def test_an_index_that_has_become_empty_answers_that_there_is_nothing(self, engine: Engine) -> None:
        """Removing the last source is no different from never having had one."""
        write(engine, {"a.txt": ["水"], "卷/二.txt": ["水"]})
        write(engine, {"a.txt": None, "卷/二.txt": []})

        with closing(engine.reader()) as reader:
            assert Listed(0, 0, (), 0) == search(reader, parse("水"), limit=10)
            assert ([], [], 0) == (reader.sources(), reader.paragraphs("a.txt"), reader.paragraph_count())

    def test_a_reader_keeps_the_commit_it_was_opened_on(self, engine: Engine) -> None:
        """However often others commit meanwhile, a reader answers from the state it began with."""
        write(engine, {"a.txt": ["长江的水"], "卷/二.txt": ["水"]})
        with closing(engine.reader()) as before:
            write(engine, {"a.txt": ["黄河"]})
            write(engine, {"卷/二.txt": None, "换\n行.txt": ["水"]})

            assert {("卷/二.txt", 0), ("a.txt", 0)} == set(places(search(before, parse("水"), limit=10)))
            assert ["a.txt", "卷/二.txt"] == before.sources()
            assert ["长江的水"] == [paragraph.text for paragraph in before.paragraphs("a.txt")]
        with closing(engine.reader()) as after:
            assert [("换\n行.txt", 0)] == places(search(after, parse("水"), limit=10))

    def test_a_writer_left_by_an_exception_changes_nothing(self, engine: Engine) -> None:
        """Nothing of what it was given is seen, and the next writer finds the place free."""
        write(engine, {"a.txt": ["水"]})
        writer = engine.writer()
        with pytest.raises(KeyboardInterrupt), writer:
            _interrupted_after(writer.replace, "a.txt", paragraphs("a.txt", ["江"]))

        with closing(engine.reader()) as reader:
            assert ["水"] == [paragraph.text for paragraph in reader.paragraphs("a.txt")]
        write(engine, {"a.txt": ["河"]})
        with closing(engine.reader()) as reader:
            assert ["河"] == [paragraph.text for paragraph in reader.paragraphs("a.txt")]

    def test_parts_are_seen_once_they_are_adopted_and_committed(self, engine: Engine) -> None:
        """Their sources take the place of those of the same paths; whatever a source had before is gone."""
        write(engine, {"a.txt": ["长江的水"], "卷/二.txt": ["水"]})
        parts = engine.parts()
        parts.add("a.txt", paragraphs("a.txt", ["河水", "河"]))
        names = parts.finish()
        parts.add("换\n行.txt", paragraphs("换\n行.txt", ["水"]))
        names += parts.finish()
        with closing(engine.reader()) as before:
            assert ["长江的水"] == [paragraph.text for paragraph in before.paragraphs("a.txt")]
        with engine.writer() as writer:
            writer.adopt(names)
            writer.remove("卷/二.txt")
            writer.commit()

        with closing(engine.reader()) as reader:
            assert ["a.txt", "换\n行.txt"] == reader.sources()
            assert ["河水", "河"] == [paragraph.text for paragraph in reader.paragraphs("a.txt")]
            assert [("a.txt", 0), ("换\n行.txt", 0)] == sorted(places(search(reader, parse("水"), limit=10)))

    def test_parts_that_nobody_commits_are_never_seen(self, engine: Engine) -> None:
        """Adopted by a writer that gives up, or by none."""
        write(engine, {"a.txt": ["水"]})
        parts = engine.parts()
        parts.add("a.txt", paragraphs("a.txt", ["江"]))
        with engine.writer() as writer:
            writer.adopt(parts.finish())

        write(engine, {"卷/二.txt": ["河"]})
        with closing(engine.reader()) as reader:
            assert ["水"] == [paragraph.text for paragraph in reader.paragraphs("a.txt")]
            assert ["a.txt", "卷/二.txt"] == reader.sources()

    def test_a_source_without_paragraphs_is_none(self, engine: Engine) -> None:
        """A source that has nothing in it is not listed, and can be replaced by one that has."""
        write(engine, {"a.txt": [], "卷/二.txt": ["水"]})
        with closing(engine.reader()) as reader:
            assert (["卷/二.txt"], [], 1) == (reader.sources(), reader.paragraphs("a.txt"), reader.paragraph_count())
        write(engine, {"a.txt": ["江"], "卷/二.txt": []})
        with closing(engine.reader()) as reader:
            assert ["a.txt"] == reader.sources()

    def test_every_path_comes_back_as_it_was(self, engine: Engine) -> None:
        """Surrogates, spaces and newlines of a name are in the answer, in the order of `str`, and can be asked for."""
        write(engine, {path: ["水", f"第{number}"] for number, path in enumerate(PATHS)})

        with closing(engine.reader()) as reader:
            assert sorted(PATHS) == reader.sources()
            for number, path in enumerate(PATHS):
                assert [paragraph(path, 0, "水"), paragraph(path, 1, f"第{number}")] == reader.paragraphs(path)

    def test_equal_paragraphs_are_ordered_by_path_and_number(self, engine: Engine) -> None:
        """Where the score says nothing, the place decides, also at the end of a page and across commits."""
        for path in ("丙.txt", "甲.txt", "乙.txt"):
            write(engine, {path: ["江水"] * 12})
        expected = [(path, number) for path in sorted(("丙.txt", "甲.txt", "乙.txt")) for number in range(12)]

        with closing(engine.reader()) as reader:
            assert expected == places(search(reader, parse("江水"), limit=100))
            assert expected[5:9] == places(search(reader, parse("江水"), limit=4, offset=5))

    def test_complete_paragraphs_come_before_better_scores(self, engine: Engine) -> None:
        """Matching every clause outranks any score; `strict` stops where that ends."""
        write(engine, {"a.txt": ["江江江江", "江", "江" + "与土" * 40 + "河", "河"]})
        question = parse("江 河")
        with closing(engine.reader()) as reader:
            ranking = search(reader, question, limit=10)

            assert (1, 3) == (ranking.complete, ranking.partial)
            assert ("a.txt", 2) == places(ranking)[0]
            assert ranking.ranked[0].score < ranking.ranked[1].score
            assert (1, 0, [("a.txt", 2)]) == (
                *search(reader, question, limit=10, strict=True)[:2],
                places(search(reader, question, limit=10, strict=True)),
            )

    def test_another_order_is_by_keys_of_sources(self, engine: Engine) -> None:
        """The lower key first, none last, then path and number; complete ones before all others, both ways round."""
        write(engine, {"a.txt": ["水", "江水", "江水江水"], "卷/二.txt": ["江水", "江"], "c.txt": ["水江水"]})
        keys = {"卷/二.txt": 1.0, "c.txt": 2.0, "没有.txt": 0.0}
        rising = [("卷/二.txt", 0), ("c.txt", 0), ("a.txt", 1), ("a.txt", 2)], [("卷/二.txt", 1), ("a.txt", 0)]

        with closing(engine.reader()) as reader:
            for is_reversed, step in ((False, 1), (True, -1)):
                expected = [*rising[0][::step], *rising[1][::step]]
                order = Order(keys, is_reversed)
                assert expected == places(search(reader, parse("“江” 水"), limit=10, order=order))
                assert expected[2:5] == places(search(reader, parse("“江” 水"), limit=3, offset=2, order=order))
            by_path = Order({}, is_reversed=False)
            assert [("a.txt", 1), ("a.txt", 2)] == places(search(reader, parse("“江水”"), limit=2, order=by_path))
            assert ["a.txt", "c.txt", "卷/二.txt"] == list(reader.counts(parse("“江水”"), order=by_path))

    def test_the_order_by_score_can_be_turned_round(self, engine: Engine) -> None:
        """The worst of the complete ones first, then the worst of the others, ties from the last to the first."""
        write(engine, {"a.txt": ["江水", "江水", "江" + "土石" * 9], "卷/二.txt": ["江"]})
        whole = [("a.txt", 0), ("a.txt", 1), ("卷/二.txt", 0), ("a.txt", 2)]

        with closing(engine.reader()) as reader:
            assert whole == places(search(reader, parse("“江” 水"), limit=10))
            turned = search(reader, parse("“江” 水"), limit=10, order=Order(None, is_reversed=True))
            assert [*whole[1::-1], *whole[:1:-1]] == places(turned)

    def test_a_grouped_answer_has_the_first_paragraph_of_each_source(self, engine: Engine) -> None:
        """With how many others of it match; a page is one of sources, and all counts are what they are without."""
        write(engine, {"a.txt": ["水", "江水", "水"], "卷/二.txt": ["水" * 9], "c.txt": ["江水", "江河水", "土"]})
        question = parse("“江” 水")
        expected = [(("a.txt", 1), 2), (("c.txt", 0), 1), (("卷/二.txt", 0), 0)]

        with closing(engine.reader()) as reader:
            for limit, offset in ((10, 0), (2, 0), (2, 1), (1, 3)):
                found = search(reader, question, limit=limit, offset=offset, grouped=True)
                assert (3, 3, 3) == (found.complete, found.partial, found.sources)
                more = [ranked.more for ranked in found.ranked]
                assert expected[offset : offset + limit] == list(zip(places(found), more, strict=True))
            strict = search(reader, question, limit=10, strict=True, grouped=True)
            assert [0, 1] == [ranked.more for ranked in strict.ranked]
            turned = search(reader, question, limit=10, grouped=True, order=Order(None, is_reversed=True))
            assert [("c.txt", 1), ("a.txt", 1), ("卷/二.txt", 0)] == places(turned)

    def test_the_score_is_bm25_of_the_weighed_terms(self, engine: Engine) -> None:
        """For one character: 1.0 × as a word and 0.7 × as a character, worked out by hand."""
        write(engine, {"卷/二.txt": ["水", "江", "水a水"]})

        # Two of three paragraphs have it, once in 1 word and twice in 3. The file is called 二: 1 more in each, so that
        # the average of 2, 2 and 4 words is 8 / 3.
        worth = 1.7 * log(1 + (3 - 2 + 0.5) / (2 + 0.5))
        once = worth * 2 * 1 / (1 + 0.25 + 0.75 * 2 / (8 / 3))
        twice = worth * 2 * 2 / (2 + 0.25 + 0.75 * 4 / (8 / 3))
        with closing(engine.reader()) as reader:
            found = scores(search(reader, parse("水"), limit=10))
        assert {("卷/二.txt", 0): once, ("卷/二.txt", 2): twice} == pytest.approx(found, rel=1e-9)

    def test_a_title_counts_with_the_text_and_once_more_by_its_share(self, engine: Engine) -> None:
        """What it has of the question is one more occurrence, and a bonus by the square of its part of the title."""
        write(engine, {"上海.txt": ["长江", "水"], "a.txt": ["水", "长江"]})

        # The title 题目：长江 makes paragraphs of 3 words, the name a makes them of 2, which is 2.5 on average. The
        # word 长江 counts 1.0, its pair 0.6 and its characters 2 × 0.7, and three of four paragraphs have them; two
        # have 水, which counts 1.0 and 0.7.
        river, water = log(1 + (4 - 3 + 0.5) / (3 + 0.5)), log(1 + (4 - 2 + 0.5) / (2 + 0.5))
        longer, shorter = 0.25 + 0.75 * 3 / 2.5, 0.25 + 0.75 * 2 / 2.5
        of_the_title = 0.5 * river * (1 / 2) ** 2
        expected = {
            ("上海.txt", 0): 3.0 * river * 2 * 2 / (2 + longer) + of_the_title,
            ("上海.txt", 1): 3.0 * river * 2 / (1 + longer) + 1.7 * water * 2 / (1 + longer) + of_the_title,
            ("a.txt", 0): 1.7 * water * 2 / (1 + shorter),
            ("a.txt", 1): 3.0 * river * 2 / (1 + shorter),
        }
        with closing(engine.reader()) as reader:
            found = search(reader, parse("长江 水"), limit=10)
        assert expected == pytest.approx(scores(found), rel=1e-9)
        assert (0, 4) == (found.complete, found.partial)

    def test_a_word_that_is_twice_in_a_title_is_found_in_it_once(self, engine: Engine) -> None:
        """Its bonus is by one of five words; as occurrences both count, and it is told also of what is no hit."""
        write(engine, {"ｆｕｌｌ.txt": ["江"], "a.txt": ["水"]})

        with closing(engine.reader()) as reader:
            rank, shares = reader.standing(parse("“水”"), "ｆｕｌｌ.txt", 0)
        assert ["水", "水", "iphone15", "iphone", "15"] == analyze(TITLES[0]).words
        assert 0 == rank
        assert [("words", "水", 1.0, 2, 2), ("chars", "水", 0.7, 2, 2), ("title_words", "水", 1.0, 2, 2)] == [
            share[:5] for share in shares
        ]
        counted = log(1.2) * 2 * 2 / (2 + 0.25 + 0.75 * 6 / 4)
        assert [counted, 0.7 * counted, 0.5 * log(1.2) * (1 / 5) ** 2] == pytest.approx(
            [share.score for share in shares], rel=1e-9
        )

    def test_how_a_paragraph_stands_is_told_whether_it_is_a_hit_or_not(self, engine: Engine) -> None:
        """By its place among all, complete or not; what adds to a score adds to that of no hit, too."""
        write(engine, {"a.txt": ["江水", "江", "土"], "卷/二.txt": ["水"]})
        question = parse("江 水 -土 title:a")

        with closing(engine.reader()) as reader:
            standings = [reader.standing(question, "a.txt", number) for number in range(3)]
            other = reader.standing(question, "卷/二.txt", 0)
        assert [1, 2, 0, 0] == [standing.rank for standing in (*standings, other)]
        assert ["title_words"] == [share.field for share in standings[2].shares]
        assert {("words", "水"), ("chars", "水")} == {share[:2] for share in other.shares}

    def test_a_node_is_counted_and_matched_as_it_is_asked(self, engine: Engine) -> None:
        """By itself, in whatever it is, without the rest of the question."""
        write(engine, {"a.txt": ["江水", "江"], "卷/二.txt": ["水"]})
        nodes = [Term(WORDS, "水"), Literal("江"), Not(Literal("江")), PathHas("卷"), Wildcard("江?"), Every()]
        nodes.append(Or([And([Literal("水"), Literal("江")]), PathHas("二")]))

        with closing(engine.reader()) as reader:
            assert [1, 2, 1, 1, 1, 3, 2] == [reader.count(node) for node in nodes]
            assert [False, True, False, False, True, True, True] == reader.matches(nodes, "a.txt", 0)
            assert [False, True, False, False, False, True, False] == reader.matches(nodes, "a.txt", 1)
            assert [True, False, True, True, False, True, True] == reader.matches(nodes, "卷/二.txt", 0)
            assert [] == reader.matches([], "a.txt", 0)

    @pytest.mark.parametrize(
        ("text", "glob", "expected"),
        [
            ("“Phone1”", None, [2]),
            ("“PHONE１”", None, [2]),
            ("“b_me”", None, [3]),
            ("“水，水”", None, [0]),
            ("“……”", None, [0]),
            ("“，”", None, [0, 1, 2, 3]),
            ("“武汉段”", None, []),
            ("“汉」段”", None, [1]),
            ("「𠮷来」", None, [3]),
            ("『〆切』", None, [3]),
            ("“﨑”", None, [3]),
            ("“ 来”", None, []),
            ("“来 宝”", None, [3]),
            ("臺灣", None, [4]),
            ("台湾", "*.md", []),
            ("台湾", "卷/", [4]),
        ],
    )
    def test_a_literal_is_found_where_it_stands_and_nowhere_else(
        self, engine: Engine, text: str, glob: str | None, expected: list[int]
    ) -> None:
        """Inside words, across them, in any width and script, between any marks, to the character."""
        paragraphs = [
            "他说：“水，水，水！”……",
            "長江「武漢」段，今年",
            "买iPhone15，不买iPhone",
            "𠮷来 宝写〆切，tidb_mem_quota與﨑",
            "台湾",
        ]
        write(engine, {"卷/二.txt": paragraphs})

        with closing(engine.reader()) as reader:
            found = places(search(reader, parse(text, path=glob), limit=10, strict=True))
        assert expected == sorted(number for _, number in found)

    @pytest.mark.parametrize(
        ("text", "expected"), [("水\udcff", 1), ("“\ud800”", 0), ("“水\udcff”", 0), ("a\udcffb 水", 0)]
    )
    def test_a_question_with_broken_bytes_has_an_answer(self, engine: Engine, text: str, expected: int) -> None:
        """A terminal passes bytes that are not UTF-8 on as surrogates, which stand in no text and stop no search."""
        write(engine, {"a.txt": ["水"]})

        with closing(engine.reader()) as reader:
            assert expected == search(reader, parse(text, path="*\udcff*" if "b" in text else None), limit=1).complete

    def test_a_long_word_of_another_script_is_found_by_any_piece_of_it(self, engine: Engine) -> None:
        """A word of more characters than a term may have is indexed so that no stretch of it is lost."""
        word = "".join(chr(ord("a") + number * 7 % 26) + str(number) for number in range(200))
        write(engine, {"a.txt": [f"长江{word}水", "长江"]})

        with closing(engine.reader()) as reader:
            for start in range(0, len(word) - 8, 13):
                for length in (1, 8, 63, 64, 65, 200):
                    question = parse(f"“{word[start : start + length]}”")
                    assert [("a.txt", 0)] == places(search(reader, question, limit=10, strict=True))

    def test_counts_name_the_source_with_the_best_paragraph_first(self, engine: Engine) -> None:
        """Only paragraphs that match every clause count, and the order is that of the first hits."""
        write(engine, {"a.txt": ["江水很长很长很长", "江"], "卷/二.txt": ["江水", "江水流", "水"], "c.txt": ["江"]})

        with closing(engine.reader()) as reader:
            assert [("卷/二.txt", 2), ("a.txt", 1)] == list(reader.counts(parse("江水")).items())

    def test_terms_are_counted_once_by_field(self, engine: Engine) -> None:
        """Words and characters with pairs, however often and in however many paragraphs they occur."""
        write(engine, {"a.txt": ["水水", "水A"], "卷/二.txt": ["a水"]})

        with closing(engine.reader()) as reader:
            assert {"chars": 2, "words": len({*analyze("水水").words, "水", "a"})} == reader.term_counts()


def _interrupted_after(step: Callable[[str, list[Paragraph]], None], path: str, given: list[Paragraph]) -> None:
    step(path, given)
    raise KeyboardInterrupt


def assert_same_answers(expected: Reader, actual: Reader, question: Question, order: Order = BY_SCORE) -> None:
    for strict, grouped in product((False, True), repeat=2):
        asked = partial(search, actual, question, strict=strict, order=order, grouped=grouped)
        whole = search(expected, question, limit=ALL, strict=strict, order=order, grouped=grouped)
        assert_same(whole, asked(limit=ALL))
        pages = [asked(limit=3, offset=at) for at in range(0, len(whole.ranked) + 1, 3)]
        assert places(whole) == [place for page in pages for place in places(page)]
        assert {whole._replace(ranked=())} == {page._replace(ranked=()) for page in pages}
        assert whole._replace(ranked=()) == asked(limit=0)
    assert list(expected.counts(question, order=order).items()) == list(actual.counts(question, order=order).items())


def complete(question: Question, glob: str | None, left: Mapping[str, Sequence[str]]) -> set[tuple[str, int]]:
    """Where the paragraphs begin that match, each put together again."""
    return {
        (path, whole[0].number)
        for path, texts in left.items()
        if glob is None or Paths(glob).matches(path)
        for whole in wholes(paragraphs(path, texts))
        if is_complete(question, [piece.text for piece in whole])
    }


def beginnings(found: Iterable[tuple[str, int]], left: Mapping[str, Sequence[str]]) -> set[tuple[str, int]]:
    """Where the paragraphs begin that pieces are of."""
    first = {
        (path, piece.number): (path, whole[0].number)
        for path, texts in left.items()
        for whole in wholes(paragraphs(path, texts))
        for piece in whole
    }
    return set(map(first.__getitem__, found))
