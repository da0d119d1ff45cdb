"""Terms with their postings: read back with every frequency there is."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from places import file_at

from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.entries import Entry
from searchlib.engines.whoosh.postings import Written
from searchlib.engines.whoosh.terms import Terms, TermsWriter, point

SIZE = 200
frequencies = st.one_of(
    st.just(1.0),
    st.integers(1, 300).map(float),
    st.sampled_from((0.0, 0.5, 1.5, 254.5, 255.0, 256.0, 1e9, -2.0)),
)
postings = st.dictionaries(st.integers(0, SIZE - 1), frequencies, min_size=1, max_size=40)
words = st.binary(max_size=6)
chars = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1), min_size=1, max_size=2).map(str.encode)
Field = list[tuple[bytes, dict[int, float]]]


def fields(terms: st.SearchStrategy[bytes]) -> st.SearchStrategy[Field]:
    return st.dictionaries(terms, postings, max_size=12).map(lambda field: sorted(field.items()))


def terms_of(folder: str, field: Field, at_once: int, *, points: bool) -> Terms:
    arrays = ArrayWriter(file_at(Path(folder) / "x.arrays"))
    writer = TermsWriter(arrays, "f", SIZE)
    for first in range(0, len(field), at_once):
        part = field[first : first + at_once]
        pairs = [pair for _, having in part for pair in sorted(having.items())]
        numbers, times = np.array([n for n, _ in pairs], np.int64), np.array([t for _, t in pairs], np.float64)
        counts, terms = np.array([len(having) for _, having in part], np.int64), [term for term, _ in part]
        if points:
            writer.add_points(np.array([point(term.decode()) for term in terms], np.uint64), counts, numbers, times)
        else:
            writer.add_words(terms, counts, numbers, times)
    arrays.close()
    return Terms(ArrayFile(file_at(Path(folder) / "x.arrays")), "f", SIZE)


def check(found: Terms, field: Field, wanted: bytes, first: int, end: int) -> None:
    terms = [term for term, _ in field]
    assert terms == list(found.dictionary) == [found.dictionary[at] for at in range(len(found))]
    assert [at for at, term in enumerate(terms) if term >= wanted] == list(found.from_term(wanted))
    assert (terms.index(wanted) if wanted in terms else None) == found.dictionary.find(wanted)
    for at, (term, having) in enumerate(field):
        assert at == found.dictionary.find(term)
        assert sorted(having) == found.postings(at).paragraphs.tolist()
        assert {n: t for n, t in sorted(having.items()) if t != 1} == dict(
            zip(*(part.tolist() for part in found.repeated(at)), strict=True)
        )
        entry = Entry([(0, Written(found, at, len(having)))], SIZE, None)
        assert [having.get(number, 0.0) for number in range(SIZE)] == entry.times(np.arange(SIZE)).tolist()
        assert max(1.0, *having.values()) == entry.most_often
    counts, numbers, times = found.stretch(first, end)
    assert [len(having) for _, having in field[first:end]] == counts.tolist()
    assert [pair for _, having in field[first:end] for pair in sorted(having.items())] == list(
        zip(numbers.tolist(), times.tolist(), strict=True)
    )


@given(fields(words), words, st.integers(1, 5), st.data())
def test_words_are_read_back(field: Field, wanted: bytes, at_once: int, data: st.DataObject) -> None:
    """Any bytes, in whatever parts they were written."""
    first, end = sorted(data.draw(st.tuples(*[st.integers(0, len(field))] * 2)))
    with tempfile.TemporaryDirectory() as folder:
        check(terms_of(folder, field, at_once, points=False), field, wanted, first, end)


@given(fields(chars), st.one_of(chars, words), st.integers(1, 5), st.data())
def test_characters_and_pairs_are_read_back(field: Field, wanted: bytes, at_once: int, data: st.DataObject) -> None:
    """Any characters; their order as numbers is that of their bytes, and what is no character is not there."""
    first, end = sorted(data.draw(st.tuples(*[st.integers(0, len(field))] * 2)))
    with tempfile.TemporaryDirectory() as folder:
        check(terms_of(folder, field, at_once, points=True), field, wanted, first, end)
