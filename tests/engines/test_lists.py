"""Lists of rising numbers: read back in every way, however they are kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import file_at

from searchlib.engines.whoosh import lists as module
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.lists import Lists, ListsWriter

BOUNDS = (1, 7, 8, 9, 64, 300, 70_000, 5_000_000)


@st.composite
def written(draw: st.DrawFn) -> tuple[int, list[list[list[int]]]]:
    """A bound, and the lists below it in the parts in which they are added."""
    bound = draw(st.sampled_from(BOUNDS))
    numbers = st.integers(0, bound - 1)
    near = st.builds(lambda first, n: range(first, min(bound, first + n)), numbers, st.integers(1, 60))
    one = st.one_of(st.sets(numbers, min_size=1, max_size=30), near).map(sorted)
    return bound, draw(st.lists(st.lists(one, max_size=6), max_size=4))


@pytest.fixture(autouse=True)
def cut_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of few numbers are kept as those of many are."""
    monkeypatch.setattr(module, "_LONG", 2)


def lists_of(folder: str, bound: int, parts: list[list[list[int]]]) -> Lists:
    arrays = ArrayWriter(file_at(Path(folder) / "x.arrays"))
    writer = ListsWriter(arrays, "名", bound)
    for part in parts:
        numbers = np.array([number for one in part for number in one], np.int64)
        writer.add(numbers, np.array(list(map(len, part)), np.int64))
    arrays.close()
    return Lists(ArrayFile(file_at(Path(folder) / "x.arrays")), "名", bound)


@given(written(), st.data())
def test_lists_are_read_back(case: tuple[int, list[list[list[int]]]], data: st.DataObject) -> None:
    """One at a time, a stretch of them, their firsts, and whether a number is in one."""
    bound, parts = case
    expected = [one for part in parts for one in part]
    with tempfile.TemporaryDirectory() as folder:
        found = lists_of(folder, bound, parts)

        assert len(expected) == len(found)
        assert [len(one) for one in expected] == found.counts.tolist()
        assert expected == [found.numbers(at).tolist() for at in range(len(found))]
        assert [one[0] for one in expected] == found.firsts().tolist()

        first, end = sorted(data.draw(st.tuples(*[st.integers(0, len(expected))] * 2)))
        assert [number for one in expected[first:end] for number in one] == found.stretch(first, end).tolist()
        for at, one in enumerate(expected):
            if bits := found.bits(at):
                some = np.array([*one, 0, bound - 1, *data.draw(st.lists(st.integers(0, bound - 1), max_size=5))])
                assert np.isin(some, one).tolist() == bits.has(some).tolist()
                assert one == np.flatnonzero(bits.mask()).tolist()


@given(written())
def test_only_lists_with_many_numbers_are_bits(case: tuple[int, list[list[list[int]]]]) -> None:
    """More than a sixteenth of all: those for which bits take less room."""
    bound, parts = case
    with tempfile.TemporaryDirectory() as folder:
        found = lists_of(folder, bound, parts)
        dense = [len(one) * 16 > bound for part in parts for one in part]

        assert dense == [found.bits(at) is not None for at in range(len(found))]


@pytest.mark.parametrize("long", [2, 1000])
def test_more_than_places_can_tell_apart_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: int) -> None:
    """Rather than written where nobody would find it; of gaps and of lists that are cut."""
    monkeypatch.setattr(module, "MOST_IN_AN_ARRAY", 100)
    monkeypatch.setattr(module, "_LONG", long)
    arrays = ArrayWriter(file_at(tmp_path / "x.arrays"))
    writer = ListsWriter(arrays, "a", 10_000)
    writer.add(np.arange(100), np.array([50, 50]))

    with pytest.raises(OverflowError, match="a has more than 100 numbers in one array"):
        writer.add(np.arange(2), np.array([2]))
    arrays.discard()
