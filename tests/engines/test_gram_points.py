"""Grams are written as the texts have them, however many different characters there are."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from documents import ANY, SOME
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from places import file_at

from searchlib.analysis import Gatherer, analyze_pieces
from searchlib.engines.whoosh import invert
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.terms import Terms, TermsWriter

TEXT = st.text(st.one_of(SOME, ANY, st.sampled_from("8月2日c+#.n “。，ab\ud800")), max_size=30)


def written(wholes: list[list[str]]) -> dict[str, list[int]]:
    """The grams of the pieces of texts, with the pieces that have them, read back from a file."""
    gatherer = Gatherer()
    for pieces in wholes:
        gatherer.extend(pieces, [at > 0 for at in range(len(pieces))])
    gathered = gatherer.take()
    count = len(gathered.code_counts)
    with tempfile.TemporaryDirectory() as folder:
        arrays = ArrayWriter(file_at(Path(folder) / "x.arrays"))
        writer = TermsWriter(arrays, "f", max(count, 1))
        invert.write_grams(writer, gathered.codes, gathered.code_counts, np.arange(count, dtype=np.uint32))
        arrays.close()
        terms = Terms(ArrayFile(file_at(Path(folder) / "x.arrays")), "f", max(count, 1))
        assert all(len(terms.repeated(at)[0]) == 0 for at in range(len(terms)))
        return {term.decode(): terms.postings(at).paragraphs.tolist() for at, term in enumerate(terms.dictionary)}


@pytest.mark.parametrize("bits", [63, 1], ids=["ranks", "numbers"])
@pytest.mark.parametrize("at_once", [250_000, 3])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wholes=st.lists(st.lists(TEXT.filter(bool), min_size=1, max_size=3), min_size=1, max_size=5))
@example(wholes=[["8", "月", "2日"], ["c", "++"]])
@example(wholes=[["　"]])
def test_grams_are_read_back(wholes: list[list[str]], bits: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts of any size, by ranks of their characters and by numbers; in the order of their bytes."""
    monkeypatch.setattr(invert, "_GRAM_BITS", bits)
    monkeypatch.setattr(invert, "_AT_ONCE", at_once)
    expected: dict[str, list[int]] = {}
    for number, terms in enumerate(terms for pieces in wholes for terms in analyze_pieces(pieces)):
        for gram in terms.grams:
            expected.setdefault(gram, []).append(number)

    found = written(wholes)
    assert expected == found
    assert sorted(expected, key=str.encode) == list(found)
