"""The table of contents: replaced at once, and the only thing that says what belongs to an index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from conformance import write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import made

from searchlib.directory import Directory
from searchlib.engines import engine as named
from searchlib.engines.whoosh import parts, table
from searchlib.engines.whoosh.table import Row, Table
from searchlib.errors import IndexDamaged

ids = st.text("0123456789abcdef", min_size=1)
numbers, removals = st.integers(0, 2**40), st.one_of(st.just(""), ids.map("{}.removed".format))
rows = st.builds(Row, ids, numbers, numbers, ids, numbers, removals, numbers, ids)
obsolete = st.lists(ids.map("{}.removed".format)).map(tuple)
tables = st.builds(Table, st.integers(0), st.lists(rows).map(tuple), ids, ids, st.text(), obsolete)

# What users, other programs and earlier formats may have left: files named as the engine names its own, but for an id.
STRAYS = (
    *("0123456789abcdef.arrays", "0123456789abcdef01234567.arrays", "0123456789abcdef01234567.removed"),
    *("0123456789abcdef.1", "x.1", "x.arrays", "x.removed", "table.json.new", "table.json.0123456789abcdef", "table"),
    *("table.json~", "Table.json", ".table.json", "whoosh-2", "whoosh-0123456789abcdef", "meta.json", "catalog.db"),
    *("writer.json", "writer.lock", "whoosh.lock.0", "MAIN_WRITELOCK", "_MAIN_1.toc", "MAIN_0123456789abcdef.seg"),
    *("catalog-0123456789abcdef.db", "tmpab12cd34", "长江.txt", "坏\udcff", " ", "a\nb", "-rf", "*", "0", "f" * 200),
)
names = st.one_of(st.sampled_from(STRAYS), st.text(min_size=1, max_size=40)).filter(
    lambda name: name not in (".", "..", "table.json", "whoosh.lock") and not {"/", "\0"} & set(name)
)


@given(tables=st.lists(tables, min_size=1))
def test_what_was_committed_last_is_read(tmp_path_factory: pytest.TempPathFactory, tables: list[Table]) -> None:
    """All of it."""
    folder = tmp_path_factory.mktemp("x")
    for one in tables:
        table.write(made(folder), one)

        assert one == table.read(made(folder))
    assert ["table.json"] == os.listdir(folder)


def test_a_commit_that_breaks_off_leaves_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At whatever step the disk refuses; and the next one is not in its way."""
    before, after = Table(1, (Row("a", 1, 1),), "1", "2"), Table(2, (), "2", "3")
    table.write(made(tmp_path), before)
    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _refuse)
            with pytest.raises(OSError, match="refused"):
                table.write(made(tmp_path), after)

        assert before == table.read(made(tmp_path))
    table.write(made(tmp_path), after)
    assert after == table.read(made(tmp_path))


def _refuse(*_: object, **_options: object) -> None:
    raise OSError("refused")


def test_only_what_tables_name_is_removed(tmp_path: Path) -> None:
    """Files of the commit before that this one does not need, and what begins with the id of this one."""
    first = Table(1, (Row("a", 5, 1, removals="a.removed"), Row("b", 5, 1)), "1a", "2b", obsolete=("z.arrays",))
    kept = {"table.json", "whoosh.lock", "b.arrays", "2bx.arrays", "b.removed", "c.arrays", "table.json.new"}
    for name in (*kept, "a.arrays", "a.removed", "z.arrays", "2by.arrays", "2by.removed", "table.json.2b"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    table.commit(made(tmp_path), first, [Row("b", 5, 1), Row("2bx", 5, 1)], "")

    obsolete = {"2by.arrays", "2by.removed", "a.arrays", "a.removed", "table.json.2b", "z.arrays"}
    assert obsolete == set(table.read(made(tmp_path)).obsolete)
    assert {*kept, "folder"} == set(os.listdir(tmp_path))


class Killed(BaseException):
    """The end of a process."""


@contextmanager
def killed_at(moment: int) -> Iterator[None]:
    """Let nothing more be written, renamed or removed from a moment on, counted in such calls."""
    left = moment

    def mortal(real: Callable[..., Any]) -> Callable[..., Any]:
        def called(*words: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return real(*words, **options)

        return called

    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        patch.setattr(os, "fsync", mortal(lambda _: None))
        for name in ("replace", "unlink"):
            patch.setattr(os, name, mortal(getattr(os, name)))
        patch.setattr(Directory, "create_file", mortal(Directory.create_file))
        yield


class Step(NamedTuple):
    """A commit of so many paragraphs of some sources, 0 to remove one; `moment` is when it is killed, if it is."""

    sources: dict[str, int]
    moment: int | None
    strays: dict[str, bytes]


steps = st.lists(
    st.builds(
        Step,
        st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), min_size=1),
        st.one_of(st.none(), st.integers(0, 25)),
        st.dictionaries(names, st.binary(max_size=20), max_size=3),
    ),
    min_size=1,
    max_size=3,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(history=steps)
def test_nothing_of_others_is_removed_and_all_of_killed_writers(
    history: list[Step], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever lies in the folder of an engine stays byte for byte, and after the next commit nothing else does."""
    monkeypatch.setattr(parts, "MOST_CHARACTERS", 1)
    folder = made(tmp_path_factory.mktemp("x") / "engine")
    engine = named("whoosh").create(folder)
    strays: dict[str, bytes] = {}
    for step in [*history, Step({"z": 1}, None, {})]:
        for name, content in step.strays.items():
            if not folder.has(name):
                (folder.path / name).write_bytes(content)
                strays[name] = content
        sources = {path: ["水"] * count if count else None for path, count in step.sources.items()}
        with killed_at(10**9 if step.moment is None else step.moment):
            write(engine, sources)
            if step.moment is None:
                assert set(folder.names()) - set(strays) == table.read(folder).files

    assert strays == {name: (folder.path / name).read_bytes() for name in strays}


def test_what_was_killed_between_its_commit_and_its_cleaning_is_cleaned_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what it had written and merged into something else before."""
    folder = made(tmp_path / "engine")
    engine = named("whoosh").create(folder)
    monkeypatch.setattr(parts, "MOST_CHARACTERS", 1)
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(table, "clean", _kill)
        write(engine, {f"{number}.txt": ["水"] for number in range(30)})
    assert len(folder.names()) > len(table.read(folder).files)
    write(engine, {"z.txt": ["水"]})

    assert set(folder.names()) == table.read(folder).files


def _kill(*_: object) -> None:
    raise Killed


def test_a_folder_in_the_engines_stays(tmp_path: Path) -> None:
    """Whatever its name, and whatever is in it."""
    folder = made(tmp_path / "engine")
    engine = named("whoosh").create(folder)
    for name in ("whoosh-2", "0123456789abcdef.arrays", table.read(folder).id):
        (folder.path / name).mkdir()
        (folder.path / name / "table.json").touch()
    for number in range(5):
        write(engine, {f"{number}.txt": ["水"]})

    assert 3 == sum(path.is_dir() for path in folder.path.iterdir()) == len(list(folder.path.glob("*/table.json")))


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
    row, folder = Row("a", 9, 0), made(tmp_path)
    last = Table(1, (row,), "1", "2b")
    first = table.with_removed(folder, last, row, [np.array([5, 2]), np.array([2])])
    second = table.with_removed(folder, last, first, [np.array([8])])

    assert [2, 3] == [first.removed, second.removed]
    assert [[], [2, 5], [2, 5, 8]] == [table.removed(folder, one).tolist() for one in (row, first, second)]
    assert second == table.with_removed(folder, last, second, [np.array([5, 8])])
    assert {first.removals, second.removals} == set(os.listdir(tmp_path))
    assert all(name.startswith("2b") for name in os.listdir(tmp_path))


def test_files_that_vanish_while_they_are_read_are_looked_for_in_a_newer_table(tmp_path: Path) -> None:
    """Which there is, if a writer removed them; and if there is none, the index is damaged."""
    folder = made(tmp_path)
    table.write(folder, Table(1, (), "1", "2"))

    def make(found: Table) -> int:
        if found.generation < 3:
            table.write(folder, found.followed_by((), ""))
            (folder / "gone").read()
        return found.generation

    assert 3 == table.of_last_commit(folder, make)
    with pytest.raises(IndexDamaged, match="gone is missing"):
        table.of_last_commit(folder, lambda _: (folder / "gone").read())
