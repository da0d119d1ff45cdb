"""An index of Whoosh's over the engine's folder: both write to it, and both read what the other wrote."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conformance import paragraph, places, write
from hypothesis import given
from hypothesis import strategies as st
from places import made
from rankings import search
from whoosh.columns import CompressedBytesColumn, PickleColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, KEYWORD, NUMERIC, STORED, TEXT, Schema
from whoosh.formats import Existence
from whoosh.index import LockError
from whoosh.query import (
    And,
    AndMaybe,
    Every,
    FuzzyTerm,
    Not,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    Term,
    TermRange,
    Wildcard,
)
from whoosh.writing import BufferedWriter, IndexWriter

from searchlib.analysis import analyze
from searchlib.analysis.terms import CHARS, TITLE_WORDS, WORDS
from searchlib.engines import engine as named
from searchlib.engines.interface import Engine
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.index import TableIndex, create_index, open_index
from searchlib.engines.whoosh.matcher import BLOCK, ArrayMatcher
from searchlib.engines.whoosh.plain import record, value_of
from searchlib.engines.whoosh.schema import LENGTH, PARAGRAPH, PATH, path_term
from searchlib.engines.whoosh.stored import stored, text_of
from searchlib.engines.whoosh.terms import Postings
from searchlib.errors import IndexBusy
from searchlib.model import Paragraph
from searchlib.query import parse


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Two sources with a title that each paragraph has, in a segment each, and a third one that was removed."""
    engine = named("whoosh").create(made(tmp_path / "index"))
    with engine.writer() as writer:
        for path in ("a.txt", "gone.txt"):
            writer.replace(path, [titled(path, number, "枫桥经验") for number in range(3)])
        writer.commit()
    with engine.writer() as writer:
        writer.replace("b.txt", [titled("b.txt", 0, "土地 Phone15")])
        writer.remove("gone.txt")
        writer.commit()
    return engine


def titled(path: str, number: int, text: str) -> Paragraph:
    plain = paragraph(path, number, text)
    return Paragraph(path, number, text, plain.first_line, plain.last_line, ("章",), "题目", plain.anchors)


def through_whoosh(index: TableIndex, *paragraphs: Paragraph, **options: Any) -> None:
    """Adds paragraphs without titles by Whoosh's writer."""
    with index.writer() as writer:
        for one in paragraphs:
            terms = analyze(one.text)
            fields = {PATH: [path_term(one.path)], WORDS: terms.words, CHARS: terms.chars}
            writer.add_document(**fields, **{LENGTH: len(terms.words), PARAGRAPH: stored(one)})
        for name, value in options.items():
            setattr(writer, name, value)


def texts(index: TableIndex, query: Query) -> list[str]:
    with index.searcher() as searcher:
        return [text_of(hit[PARAGRAPH]) for hit in searcher.search(query, limit=None)]


QUERIES = {
    Prefix(WORDS, "枫"): 3,
    Wildcard(WORDS, "*hone1?"): 1,
    FuzzyTerm(WORDS, "phone16"): 1,
    TermRange(WORDS, "p", "q"): 1,
    Not(Prefix(WORDS, "枫")): 1,
    And([Term(TITLE_WORDS, "题目"), Prefix(WORDS, "土")]): 1,
    Or([Prefix(WORDS, "土"), Prefix(WORDS, "枫")]): 4,
    AndMaybe(Term(TITLE_WORDS, "题目"), Term(WORDS, "土地")): 4,
    Every(WORDS): 4,
}


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_the_engine_answers_every_query_of_whooshs(engine: Engine, tmp_path: Path, query: Query) -> None:
    """Alone, and as part of what the language makes; Whoosh finds the same in the same folder."""
    with closing(engine.reader()) as reader:
        assert QUERIES[query] == reader.count(query)
        assert QUERIES[query] == reader.count(And([query, Term(TITLE_WORDS, "题目")]))
        assert 4 - QUERIES[query] == reader.count(Not(query))
    # Whoosh's own Not finds deleted paragraphs behind the last one that does not match, on any codec.
    if not isinstance(query, Not):
        assert QUERIES[query] == len(texts(open_index(tmp_path / "index"), query))


def test_what_the_fields_can_not_say_is_an_error_and_no_answer(engine: Engine) -> None:
    """Terms of the index have no positions."""
    with closing(engine.reader()) as reader, pytest.raises(QueryError, match="has no positions"):
        reader.count(Phrase(WORDS, ["枫桥", "经验"]))


def test_titles_are_each_paragraphs_own_for_whoosh(engine: Engine, tmp_path: Path) -> None:
    """However many share one in the arrays; and they stay so when Whoosh merges and deletes the first of them."""
    index = open_index(tmp_path / "index")
    assert 4 == len(texts(index, Term(TITLE_WORDS, "题目")))
    with index.writer() as writer:
        writer.delete_document(0)
        writer.optimize = True

    assert 3 == len(texts(index, Term(TITLE_WORDS, "题目")))
    with index.searcher() as searcher:
        assert ["题目".encode()] * 3 == [fields["title"] for fields in searcher.reader().all_stored_fields()]
    with closing(engine.reader()) as reader:
        assert 3 == reader.count(Term(TITLE_WORDS, "题目"))
        assert ["题目"] * 2 == [one.title for one in reader.paragraphs("a.txt")]


@pytest.mark.parametrize("end", ["merge", "optimize"])
def test_the_engine_reads_what_whoosh_wrote(engine: Engine, tmp_path: Path, end: str) -> None:
    """In segments of its own beside those of the bulk writer, or in one with what was in these."""
    index = open_index(tmp_path / "index")
    added = [paragraph("c.txt", number, "长江水。水")._replace(heading=()) for number in range(2)]
    through_whoosh(index, *added, **{end: end == "optimize"})

    assert ["a.txt", "b.txt", "c.txt"] == engine_sources(engine)
    with closing(engine.reader()) as reader:
        assert added == reader.paragraphs("c.txt")
        assert [("c.txt", 0), ("c.txt", 1)] == places(search(reader, parse("“江水”"), limit=10))
        assert 4 == reader.count(Term(TITLE_WORDS, "题目"))
    write(engine, {f"{number}.txt": ["江水"] for number in range(9)})
    write(engine, {"c.txt": None})
    assert ["江水"] * 9 == texts(index, Term(CHARS, "江水"))


def engine_sources(engine: Engine) -> list[str]:
    with closing(engine.reader()) as reader:
        return reader.sources()


def test_segments_of_whooshs_are_merged_with_the_engines_own(engine: Engine, tmp_path: Path) -> None:
    """By the engine's own merging, when there are eight of a size."""
    index = open_index(tmp_path / "index")
    for number in range(4):
        through_whoosh(index, paragraph(f"w{number}.txt", 0, "长江水"), merge=False)
        write(engine, {f"e{number}.txt": ["长江水"]})

    assert 3 >= len(table.read(made(tmp_path / "index")).rows)
    with closing(engine.reader()) as reader:
        assert 8 == search(reader, parse("江水"), limit=1).complete
        assert 12 == reader.paragraph_count() == len(texts(index, Every()))


def test_a_reader_sees_the_commit_it_was_opened_after(engine: Engine, tmp_path: Path) -> None:
    """And is made new when asked to; a deletion is no new segment, but a new commit."""
    index = open_index(tmp_path / "index")
    searcher = index.searcher()
    index.delete_by_term(WORDS, "土地")

    assert not searcher.up_to_date()
    refreshed = searcher.refresh()
    assert (4, 3) == (searcher.doc_count(), refreshed.doc_count())
    assert refreshed.up_to_date()
    assert refreshed is refreshed.refresh()
    assert ["a.txt"] == engine_sources(engine)
    refreshed.close()


def test_writers_of_whooshs_and_of_the_engines_keep_each_other_out(tmp_path: Path) -> None:
    """Or one would remove what the other has not committed yet, or throw away what that has."""
    index, engine = create_index(tmp_path / "index", Schema(key=ID(stored=True))), named("whoosh")
    writer = index.writer()
    with pytest.raises(LockError):
        index.writer()
    with pytest.raises(IndexBusy, match=r"is being written by a writer of Whoosh's$"):
        engine.open(made(tmp_path / "index")).writer()
    writer.cancel()
    with engine.open(made(tmp_path / "index")).writer(), pytest.raises(LockError):
        index.writer()
    with index.writer() as writer:
        writer.add_document(key="b")

    assert ["b"] == [fields["key"] for fields in index.reader().all_stored_fields()]


def test_nothing_but_arrays_and_the_table_lies_in_the_folder(tmp_path: Path) -> None:
    """Not after a commit, a cancelled writer or one that failed, and nothing in them is pickled."""
    folder = tmp_path / "index"
    index = create_index(folder, Schema(key=ID(stored=True, unique=True), text=TEXT(vector=True, sortable=True)))
    for number in range(3):
        with index.writer() as writer:
            writer.merge = False
            writer.update_document(key=str(number % 2), text="水" * 1000 + " 河")
    writer = index.writer()
    writer.add_document(key="9", text="水")
    writer.cancel()
    with pytest.raises(ZeroDivisionError), index.writer() as writer:
        _interrupted_after(writer)

    rows = table.read(made(folder)).rows
    assert {"table.json", "whoosh.lock"}.union(*(row.files for row in rows)) == {file.name for file in folder.iterdir()}
    assert [(1, 1), (1, 0), (1, 0)] == [(row.paragraphs, row.removed) for row in rows]
    for row in rows:
        table.opened(made(folder), row).check()


def test_what_would_have_to_be_pickled_is_refused(tmp_path: Path) -> None:
    """With a sentence that says what and why, before anything of it is written."""
    schema = Schema(rest=STORED, pickled=COLUMN(PickleColumn(CompressedBytesColumn())), plain=COLUMN(VarBytesColumn()))
    index = create_index(tmp_path / "index", schema)
    with pytest.raises(TypeError, match="can't be stored: it is not made of numbers, text"), index.writer() as writer:
        writer.add_document(rest=[object()])
    with pytest.raises(TypeError, match="PickleColumn is not supported: nothing in the index is"):  # noqa: SIM117
        with index.writer() as writer:
            writer.add_document(pickled=[1])
    with index.writer() as writer:
        writer.add_document(plain=b"x", rest=(1, "a"))

    with index.reader() as reader:
        assert [{"rest": (1, "a")}] == list(reader.all_stored_fields())
        assert b"x" == reader.column_reader("plain")[0]


def test_fields_can_be_called_anything(tmp_path: Path) -> None:
    """Like what arrays are called, too."""
    names = ("column", "stored", "length", "a.b", "paragraphs", "bytes")
    fields = {name: KEYWORD(stored=True, scorable=True, sortable=True) for name in names}
    index = create_index(tmp_path / "index", Schema(**fields))
    with index.writer() as writer:
        writer.add_document(**{name: f"{name}! x" for name in names})
        writer.add_document(column="y")

    with index.searcher() as searcher:
        for name in names:
            assert [0] == [hit.docnum for hit in searcher.search(Term(name, f"{name}!"))]
            assert [] == list(searcher.search(Term(name, "x!")))
            assert 2 == searcher.reader().doc_field_length(0, name)
        assert {name: f"{name}! x" for name in names} == searcher.stored_fields(0)


def test_whooshs_buffered_writer_works_on_it(tmp_path: Path) -> None:
    """Which merges readers of another codec into ours."""
    index = create_index(tmp_path / "index", Schema(key=ID(unique=True, stored=True), text=TEXT))
    writer = BufferedWriter(index, period=None, limit=2)
    for key in "abcab":
        writer.update_document(key=key, text="alfa " * 3)
    writer.close()

    with index.searcher() as searcher:
        assert {"a", "b", "c"} == {hit["key"] for hit in searcher.search(Term("text", "alfa"))}
        assert 3 == searcher.doc_count()


values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(st.characters()),
        st.binary(),
        st.decimals(allow_nan=False),
        st.datetimes(),
        st.dates(),
        st.times(),
    ),
    lambda parts: st.one_of(
        st.lists(parts), st.tuples(parts, parts), st.dictionaries(st.one_of(st.text(), st.integers()), parts)
    ),
    max_leaves=8,
)


@given(values)
def test_stored_values_are_read_back(value: object) -> None:
    """As what they were: a tuple is no list, and a number no text."""
    found = value_of(*record(value))

    assert (value, type(value)) == (found, type(found))


def test_each_kind_of_value_has_its_number() -> None:
    """They are part of the layout."""
    assert [(0, b""), (1, b"a"), (2, b"a"), (3, b"1")] == [record(value) for value in (None, b"a", "a", 1)]
    moments = (datetime(2026, 1, 2, 3), date(2026, 1, 2), time(3), Decimal("1.50"))  # noqa: DTZ001
    assert list(moments) == value_of(*record(list(moments)))


@given(st.sets(st.integers(0, 2000), min_size=1), st.lists(st.integers(0, 2000), max_size=5))
def test_a_matcher_stands_where_it_was_told_to(numbers: set[int], targets: list[int]) -> None:
    """Skipping forward only, and a copy for itself."""
    rising = sorted(numbers)
    none = np.empty(0, np.int64)
    matcher = ArrayMatcher(Postings(np.array(rising), none, np.empty(0)), format_=Existence())
    at = 0
    for target in targets:
        if not matcher.is_active():
            break
        before = matcher.copy()
        matcher.skip_to(target)
        left = [number for number in rising[at:] if number >= target]
        assert left == list(matcher.all_ids())
        assert rising[at:] == list(before.all_ids())
        at = len(rising) - len(left)
    matcher.reset()
    assert rising == list(matcher.all_ids())


def test_blocks_that_can_not_score_enough_are_passed_over(tmp_path: Path) -> None:
    """One at a time, and the best of a search are the same as without."""
    index = create_index(tmp_path / "index", Schema(text=TEXT))
    with index.writer() as writer:
        for number in range(5 * BLOCK):
            writer.add_document(text="alfa " * (9 if number // BLOCK == 3 else 1) + "x " * (number % 5))
    with index.searcher() as searcher:
        matcher = Term("text", "alfa").matcher(searcher, searcher.context(weighting=searcher.weighting))
        ordinary = matcher.block_quality()
        assert 3 == matcher.skip_to_quality(ordinary)
        assert (3 * BLOCK, True) == (matcher.id(), matcher.block_quality() > ordinary)
        assert (3 * BLOCK, 4 * BLOCK - 1) == (matcher.block_min_id(), matcher.block_max_id())
        assert 2 == matcher.skip_to_quality(matcher.block_quality() + 1)
        assert not matcher.is_active()
        best = [(hit.docnum, hit.score) for hit in searcher.search(Term("text", "alfa"), limit=7)]
        everything = [(hit.docnum, hit.score) for hit in searcher.search(Term("text", "alfa"), limit=None)]
        assert everything[:7] == best
        assert all(one >= other for (_, one), (_, other) in pairwise(everything))


def test_ranges_of_numbers_are_answered(tmp_path: Path) -> None:
    """By the fields of Whoosh's that are for them."""
    index = create_index(tmp_path / "index", Schema(size=NUMERIC(stored=True, sortable=True)))
    with index.writer() as writer:
        for size in (5, -3, 12):
            writer.add_document(size=size)
    with index.searcher() as searcher:
        assert [5, 12] == [hit["size"] for hit in searcher.search(NumericRange("size", 0, 100), sortedby="size")]


def _interrupted_after(writer: IndexWriter) -> None:
    writer.add_document(key="9", text="水")
    raise ZeroDivisionError
