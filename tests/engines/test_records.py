"""Stored records: read back alone, together and block by block."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import file_at

from searchlib.engines.whoosh import records as module
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.records import BLOCK_BYTES, BLOCK_RECORDS, Records, RecordsWriter

sizes = st.one_of(st.integers(0, 50), st.sampled_from((BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1)))
contents = st.lists(sizes, max_size=30).map(lambda found: [Random(n).randbytes(n) for n in found])  # noqa: S311


def records_of(folder: str, content: Sequence[bytes], name: str = "x") -> Records:
    arrays = ArrayWriter(file_at(Path(folder) / f"{name}.arrays"))
    writer = RecordsWriter(arrays, "r")
    for record in content:
        writer.add(record)
    writer.close()
    arrays.close()
    return Records(ArrayFile(file_at(Path(folder) / f"{name}.arrays")), "r")


@given(contents, st.data())
def test_records_are_read_back(content: list[bytes], data: st.DataObject) -> None:
    """Wherever one block ends and the next begins."""
    with tempfile.TemporaryDirectory() as folder:
        found = records_of(folder, content)

        assert content == [found[number] for number in range(len(content))]
        some = data.draw(st.lists(st.sampled_from(range(len(content))), max_size=10)) if content else []
        assert [content[number] for number in some] == list(found.many(some))
        stretches = found.stretches(some)
        each = [whole[start:end] for whole, *bounds in stretches for start, end in zip(*bounds, strict=True)]
        assert [content[number] for number in some] == each


@given(contents, contents)
def test_blocks_can_be_taken_over(one: list[bytes], other: list[bytes]) -> None:
    """As they are, between records of one's own."""
    with tempfile.TemporaryDirectory() as folder:
        taken = records_of(folder, one)
        arrays = ArrayWriter(file_at(Path(folder) / "merged.arrays"))
        writer = RecordsWriter(arrays, "r")
        for record in other:
            writer.add(record)
        ends = [0]
        for first, end, block in taken.blocks():
            ends.append(end)
            assert first == ends[-2]
            writer.add_block(block, end - first)
        for record in other:
            writer.add(record)
        writer.close()
        arrays.close()
        merged = Records(ArrayFile(file_at(Path(folder) / "merged.arrays")), "r")

        assert len(one) == ends[-1]
        expected = [*other, *one, *other]
        assert expected == [merged[number] for number in range(len(expected))]


@pytest.mark.parametrize("count", [BLOCK_RECORDS - 1, BLOCK_RECORDS, BLOCK_RECORDS + 1, 3 * BLOCK_RECORDS])
def test_empty_records_share_blocks(tmp_path: Path, count: int) -> None:
    """Thousands to one, and each is there."""
    found = records_of(str(tmp_path), [b""] * count)

    assert [b""] * count == list(found.many(range(count)))
    assert -(-count // BLOCK_RECORDS) == len(list(found.blocks()))


def test_any_number_of_blocks_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few of them stay open."""
    monkeypatch.setattr(module, "_OPEN", 2)
    content = [bytes([number]) * (BLOCK_BYTES // 3) for number in range(60)]
    found = records_of(str(tmp_path), content)

    assert content[::-1] == [found[number] for number in reversed(range(60))]
    assert content == list(found.many(range(60)))
