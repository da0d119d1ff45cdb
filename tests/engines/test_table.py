"""The table of contents: replaced at once, and the only thing that says what belongs to an index."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from conformance import write
from hypothesis import given
from hypothesis import strategies as st
from places import made

from searchlib.engines import engine as named
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.table import Row, Table
from searchlib.errors import IndexDamaged

rows = st.builds(Row, st.text("0123456789abcdef", min_size=1), *[st.integers(0, 2**40)] * 4)


@given(tables=st.lists(st.builds(Table, st.integers(0), st.lists(rows).map(tuple)), min_size=1))
def test_what_was_committed_last_is_read(tmp_path_factory: pytest.TempPathFactory, tables: list[Table]) -> None:
    """All of it."""
    folder = tmp_path_factory.mktemp("x")
    for one in tables:
        table.write(made(folder), one)

        assert one == table.read(made(folder))
    assert ["table.json"] == os.listdir(folder)


def test_a_commit_that_breaks_off_leaves_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At whatever step the disk refuses; and the next one is not in its way."""
    before, after = Table(1, (Row("a", 1, 1),)), Table(2, ())
    table.write(made(tmp_path), before)
    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _refuse)
            with pytest.raises(OSError, match="refused"):
                table.write(made(tmp_path), after)

        assert before == table.read(made(tmp_path))
    table.write(made(tmp_path), after)
    assert after == table.read(made(tmp_path))


def _refuse(*_: object) -> None:
    raise OSError("refused")


def test_only_what_the_table_names_is_kept(tmp_path: Path) -> None:
    """And what others hold: a folder, a lock."""
    row = Row("a", 5, 1, removed=2, removals=3)
    kept = {"table.json", "a.arrays", "a.3", table._LOCK}
    for name in (*kept, "a.2", "b.arrays", "table.json.new", "tmpx1"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    table.clean(made(tmp_path), Table(1, (row,)))

    assert {*kept, "folder"} == set(os.listdir(tmp_path))


def test_no_name_is_used_twice(tmp_path: Path) -> None:
    """Neither of a segment nor of what was removed from one: a reader may still have the old one open."""
    engine = named("whoosh").create(made(tmp_path / "index"))
    seen: dict[str, bytes] = {}
    with closing(engine.reader()):
        for number in range(12):
            write(engine, {f"{number % 5}.txt": ["水"] * (number + 1), f"{(number + 2) % 5}.txt": None})
            for file in (tmp_path / "index").iterdir():
                if file.name != "table.json":
                    assert seen.setdefault(file.name, now := file.read_bytes()) == now


def test_removed_paragraphs_add_up(tmp_path: Path) -> None:
    """Each commit that removes some writes which ones are gone by now; one that removes none writes nothing."""
    row = Row("a", 9, 0)
    first = table.with_removed(made(tmp_path), row, [np.array([5, 2]), np.array([2])])
    second = table.with_removed(made(tmp_path), first, [np.array([8])])

    assert [(2, 1), (3, 2)] == [(one.removed, one.removals) for one in (first, second)]
    assert [[], [2, 5], [2, 5, 8]] == [table.removed(made(tmp_path), one).tolist() for one in (row, first, second)]
    assert second == table.with_removed(made(tmp_path), second, [np.array([5, 8])])
    assert {"a.1", "a.2"} == set(os.listdir(tmp_path))


def test_files_that_vanish_while_they_are_read_are_looked_for_in_a_newer_table(tmp_path: Path) -> None:
    """Which there is, if a writer removed them; and if there is none, the index is damaged."""
    table.write(made(tmp_path), Table(1, ()))

    def make(found: Table) -> int:
        if found.generation < 3:
            table.write(made(tmp_path), Table(found.generation + 1, ()))
            (tmp_path / "gone").read_bytes()
        return found.generation

    assert 3 == table.of_last_commit(tmp_path, make)
    with pytest.raises(IndexDamaged, match="gone is missing"):
        table.of_last_commit(tmp_path, lambda _: (tmp_path / "gone").read_bytes())
