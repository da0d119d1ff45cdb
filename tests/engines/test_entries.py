"""A term of several segments: what it says of all of them is what each of them has, less what is removed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import file_at

from searchlib.engines.whoosh import entries as module
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.entries import Entry
from searchlib.engines.whoosh.postings import Part, Spread, Written
from searchlib.engines.whoosh.terms import Terms, TermsWriter

# Of one segment: how many paragraphs it has, and how often some of them have the term.
Having = tuple[int, dict[int, float]]


def having(size: int) -> st.SearchStrategy[Having]:
    times = st.sampled_from((1.0, 1.0, 2.0, 300.0))
    some = st.dictionaries(st.integers(0, size - 1), times, max_size=size)
    most = st.lists(times, min_size=size, max_size=size).map(lambda all_: dict(enumerate(all_)))
    return st.tuples(st.just(size), st.one_of(st.just({}), some, most))


segments = st.lists(st.integers(1, 70).flatmap(having), min_size=1, max_size=4)


def part_of(path: Path, size: int, having: dict[int, float], *, spread: bool) -> Part:
    numbers, times = np.array(sorted(having), np.int64), np.array([having[number] for number in sorted(having)])
    arrays = ArrayWriter(file_at(path))
    TermsWriter(arrays, "f", size).add_words([b"x"], np.array([len(numbers)]), numbers, times)
    arrays.close()
    terms = Terms(ArrayFile(file_at(path)), "f", size)
    return Spread(terms.postings(0)) if spread else Written(terms, 0, len(numbers))


@given(segments, st.booleans(), st.booleans(), st.data())
def test_an_entry_has_what_its_segments_have(
    parts: list[Having], spread: bool, some_removed: bool, data: st.DataObject
) -> None:
    """However common the term is in each, and in whichever it is not at all."""
    size, expected, found = 0, dict[int, float](), []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_AT_ONCE", 16)
        for at, (count, having) in enumerate(parts):
            expected |= {size + number: times for number, times in having.items()}
            if having:
                found.append((size, part_of(Path(folder) / f"{at}.arrays", count, having, spread=spread)))
            size += count
        live = None
        if some_removed:
            removed = data.draw(st.sets(st.integers(0, size - 1)))
            live = np.array([number not in removed for number in range(size)])
            expected = {number: times for number, times in expected.items() if number not in removed}
        entry, numbers = Entry(found, size, live), sorted(expected)
        asked = np.array(data.draw(st.lists(st.integers(0, size - 1)).map(sorted)), np.int64)
        mask, sums = np.zeros(size, np.bool_), np.zeros(size, np.float32)
        entry.mark(mask)
        entry.add(np.float32(1.5), sums)

        assert len(numbers) == entry.count
        assert numbers == entry.paragraphs.tolist() == np.flatnonzero(mask).tolist()
        assert [1.5 * (number in expected) for number in range(size)] == sums.tolist()
        assert [number in expected for number in asked.tolist()] == entry.has(asked).tolist()
        assert [expected.get(number, 0.0) for number in asked.tolist()] == entry.times(asked).tolist()
        assert [(n, expected[n]) for n in numbers if expected[n] != 1] == list(
            zip(*(part.tolist() for part in entry.repeated), strict=True)
        )
        assert max(1.0, *expected.values(), 1.0) == entry.most_often
        first = entry.first(9).tolist()
        assert numbers[: len(first)] == first
