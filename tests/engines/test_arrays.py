"""Files of arrays: what is appended is read back, and what has changed since is noticed."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import file_at

from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter, column, quoted, unquoted
from searchlib.engines.whoosh.pages import PAGE
from searchlib.errors import IndexDamaged

# Values of four bytes in some pages.
LENGTH = 4_000
TYPES = ("<u1", "<u2", "<u4", "<u8", "<i8", "<f8")
pieces = st.lists(
    st.tuples(st.sampled_from(TYPES), st.lists(st.integers(0, 255), max_size=20)), min_size=1, max_size=20
)


def written(path: Path, appended: Sequence[tuple[str, list[int]]]) -> ArrayFile:
    """A file with an array of each type, which grow in the order of what is appended."""
    writer = ArrayWriter(file_at(path))
    for dtype, values in appended:
        writer.append(dtype, np.array(values, dtype))
    writer.facts["名"] = "值"
    writer.close()
    return ArrayFile(file_at(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.arrays"
    written(file, [("<u4", [1, 2, 300 % 256]), ("<u1", [7] * 100), ("<f8", [])])
    return file


@given(pieces)
def test_arrays_grow_beside_one_another(appended: list[tuple[str, list[int]]]) -> None:
    """Whatever is appended in which order, each array has its own in that order."""
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder) / "x.arrays", appended)
        file.check()
        for dtype in TYPES:
            expected = [value for name, values in appended if name == dtype for value in values]

            assert expected == file.get(dtype, dtype).tolist()
        assert {"名": "值"} == file.facts
        assert all(dtype in file and file[dtype].dtype == np.dtype(dtype) for dtype, _ in appended)


def test_arrays_that_outgrow_memory_are_whole_too(tmp_path: Path) -> None:
    """They go to temporary files on the way, of which nothing stays."""
    part = np.arange(200_000, dtype="<u4")
    writer = ArrayWriter(file_at(tmp_path / "x.arrays"))
    for _ in range(3):
        writer.append("a", part)
        writer.append("b", part[::-1])
    writer.close()

    file = ArrayFile(file_at(tmp_path / "x.arrays"))
    file.check()
    assert np.array_equal(file["a"], np.tile(part, 3))
    assert np.array_equal(file["b"], np.tile(part[::-1], 3))
    assert [tmp_path / "x.arrays"] == list(tmp_path.iterdir())


def test_every_changed_byte_is_found(path: Path) -> None:
    """Opening finds what is wrong with the end of the file, `check` what is anywhere else, between the arrays too."""
    content = path.read_bytes()
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << (at % 8)
        path.write_bytes(changed)
        with pytest.raises(IndexDamaged, match=r"x\.arrays (is|has)"):
            ArrayFile(file_at(path)).check()


@given(st.data())
def test_nothing_is_read_that_was_not_written(data: st.DataObject) -> None:
    """However an array is read: what is not as it was written raises, and the rest can be read as long as it is."""
    values = np.arange(0, 3 * LENGTH, 3).astype("<u4")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.arrays"
        written_with = ArrayWriter(file_at(path))
        written_with.append("a", values)
        written_with.close()
        content = bytearray(path.read_bytes())
        changed = data.draw(st.lists(st.integers(64, 64 + values.nbytes - 1), max_size=2))
        for at in changed:
            content[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        pages = {at // PAGE for at in changed if content[at] != values.tobytes()[at - 64]}
        array = ArrayFile(file_at(path)).lazy("a", "<u4")
        wanted = data.draw(st.integers(0, 3 * LENGTH))
        first = data.draw(st.integers(0, LENGTH))
        end = data.draw(st.integers(first, LENGTH))
        for read, expected in (
            (lambda: array.at(first % LENGTH), first % LENGTH * 3),
            (lambda: array.search(wanted), -(-wanted // 3)),
            (lambda: array.part(first, end).tolist(), values[first:end].tolist()),
            (lambda: array.whole().tolist(), values.tolist()),
        ):
            try:
                assert expected == read()
            except IndexDamaged:
                assert pages


def test_a_file_cut_anywhere_is_damaged(path: Path) -> None:
    """And nothing but damaged, however short."""
    content = path.read_bytes()
    for size in range(len(content)):
        path.write_bytes(content[:size])
        with pytest.raises(IndexDamaged):
            ArrayFile(file_at(path))


@given(st.data())
def test_a_file_that_was_added_to_is_damaged(data: st.DataObject) -> None:
    """Even where what was added is another end of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.arrays"
        written(path, [("<u4", [1, 2, 3])])
        content = path.read_bytes()
        more = data.draw(st.one_of(st.binary(min_size=1), st.integers(1, len(content)).map(lambda n: content[-n:])))
        path.write_bytes(content + more)
        with pytest.raises(IndexDamaged):
            ArrayFile(file_at(path))


@given(st.integers(0, 2**32), st.integers(0, 300), st.sampled_from((b"", b"slar", bytes(20) + b"slar")))
def test_garbage_is_damaged(seed: int, size: int, end: bytes) -> None:
    """And nothing but damaged, whether or not it begins and ends as a file of arrays does."""
    garbage = b"slarrays\x01\0\0\0" + bytes(52) + random.Random(seed).randbytes(size) + end  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.arrays"
        path.write_bytes(garbage)
        with pytest.raises(IndexDamaged):
            ArrayFile(file_at(path))


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    """Whoever opens it knows whether it may be."""
    with pytest.raises(FileNotFoundError):
        ArrayFile(file_at(tmp_path / "x.arrays"))


def test_a_discarded_file_is_not_written(tmp_path: Path) -> None:
    """Nothing of it lies about."""
    writer = ArrayWriter(file_at(tmp_path / "x.arrays"))
    writer.append("a", np.arange(1_000_000))
    writer.discard()

    assert [] == list(tmp_path.iterdir())


@given(st.text(".%2E5columstrednghv", max_size=12))
def test_no_field_is_taken_for_anything_else(field: str) -> None:
    """Names of fields can have points in them, or be those of other arrays."""
    name = quoted(field)

    assert field == unquoted(name)
    assert "." not in name
    assert name not in {"column", "length", "stored", "vector"}


def test_fields_of_plain_names_keep_them() -> None:
    """As the bulk writer writes them."""
    assert "column.title_length" == column("title_length")
