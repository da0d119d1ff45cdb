"""The analyser is one of Whoosh's own kind, with positions that count words."""

from __future__ import annotations

import pytest
from documents import HAN
from hypothesis import given
from hypothesis import strategies as st
from whoosh.fields import TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser
from whoosh.query import Phrase

from searchlib.analysis import tokens
from searchlib.analysis.analyzer import ChineseAnalyzer
from searchlib.analysis.terms import WORDS


def placed(text: str) -> list[tuple[str, int, int, int]]:
    return [
        (token.text, token.pos, token.startchar, token.endchar)
        for token in ChineseAnalyzer()(text, positions=True, chars=True)
    ]


def test_positions_count_words() -> None:
    """A word inside a longer one shares its position, so that the next one is its neighbour."""
    assert [
        ("土地", 0, 0, 2),
        ("承包", 1, 2, 4),
        ("经营权", 2, 4, 7),
        ("经营", 2, 4, 6),
        ("iphone15", 3, 8, 16),
        ("iphone", 3, 8, 14),
        ("15", 3, 14, 16),
        ("的", 4, 16, 17),
    ] == placed("土地承包经营权 iPhone15的")


@given(st.text(st.sampled_from(HAN + "aB1-. ，")))
def test_words_are_those_of_the_terms(text: str) -> None:
    """The same words with the same offsets as everywhere else, positions without gaps."""
    found = placed(text)
    positions = sorted({position for _, position, _, _ in found})

    assert [(token.term, *token.span) for token in tokens(text) if token.field == WORDS] == [
        (term, start, end) for term, _, start, end in found
    ]
    assert list(range(len(positions))) == positions


@pytest.fixture
def storage() -> RamStorage:
    """An index of Whoosh's own with two documents."""
    storage = RamStorage()
    index = storage.create_index(Schema(text=TEXT(analyzer=ChineseAnalyzer(), stored=True)))
    with index.writer() as writer:
        writer.add_document(text="新時代「楓橋經驗」的研究")
        writer.add_document(text="经验丰富的人过枫桥")
    return storage


@pytest.mark.parametrize(
    ("found", "question"),
    [
        (["新時代「楓橋經驗」的研究", "经验丰富的人过枫桥"], "枫桥 经验"),
        (["新時代「楓橋經驗」的研究"], '"枫桥经验"'),
        (["经验丰富的人过枫桥"], "过"),
        (["新時代「楓橋經驗」的研究", "经验丰富的人过枫桥"], "的"),
        ([], "客栈"),
    ],
)
def test_whoosh_finds_with_it(storage: RamStorage, found: list[str], question: str) -> None:
    """In a schema of Whoosh's own: words in any order, phrases in order, single characters and stop words."""
    index = storage.open_index()
    with index.searcher() as searcher:
        query = QueryParser("text", index.schema).parse(question)
        hits = sorted(hit["text"] for hit in searcher.search(query))

    assert sorted(found) == hits


def test_a_phrase_is_found_across_a_word_with_words_inside(storage: RamStorage) -> None:
    """Neighbours are neighbours whatever lies inside the first of them."""
    index = storage.open_index()
    with index.writer() as writer:
        writer.add_document(text="土地承包经营权流转")
    with index.searcher() as searcher:
        hits = searcher.search(Phrase("text", ["经营权", "流转"]))

        assert ["土地承包经营权流转"] == [hit["text"] for hit in hits]
