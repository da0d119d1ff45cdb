"""Whenever a writer ends, the next one finds nothing lost and nothing doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from test_library import LONG_AGO, told, write

from searchlib import Library

# Where a process that is updating 稿 can be made to end, by what it is about to call.
CRASHES = {
    "before the catalog is written": "searchlib.catalog.Catalog.save",
    "between catalog and engine": "searchlib.engines.whoosh.writer.WhooshWriter.commit",
    "before what is obsolete is removed": "searchlib.engines.whoosh.table.clean",
}
COMMITTED = "before what is obsolete is removed"
CRASH = """
import os, pkgutil
from searchlib.library import Library
owner, _, name = {where!r}.rpartition(".")
setattr(pkgutil.resolve_name(owner), name, lambda *_, **__: os._exit(9))
Library.create().update(["稿"], rebuild={rebuild})
"""


def crash(where: str, *, rebuild: bool = False) -> None:
    code = textwrap.dedent(CRASH).format(where=where, rebuild=rebuild)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert (done.returncode, done.stderr) == (9, b"")


@pytest.fixture(autouse=True)
def indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("稿/桥.txt", "长江大桥通车了。")
    write("稿/船.txt", "长江上有渡船。")
    with Library.create() as library:
        library.update(["稿"])


def answers(question: str) -> list[str]:
    with Library.open() as library:
        return sorted(hit.snippet.text for hit in library.search(question, strict=True))


def is_as_fresh() -> bool:
    """Whether the index has just what one made anew from the same files has."""
    with Library.create("别处/index") as fresh, Library.open() as library:
        fresh.update(["稿"], rebuild=True)
        mine, theirs = library.status(), fresh.status()
        return (mine.sources, mine.paragraphs, mine.encodings) == (theirs.sources, theirs.paragraphs, theirs.encodings)


@pytest.mark.parametrize("where", CRASHES.values(), ids=CRASHES.keys())
def test_a_crash_is_healed_by_the_next_run(where: str) -> None:
    write("稿/桥.txt", "长江大桥又封了。", at=LONG_AGO + 1)
    write("稿/塔.txt", "江边的塔上有钟。")
    Path("稿/船.txt").unlink()
    crash(where)
    with Library.create() as library:
        report = library.update(["稿"])

    changes = [("added", "稿/塔.txt"), ("changed", "稿/桥.txt"), ("removed", "稿/船.txt")]
    assert told(report) == (([], 2, []) if where == CRASHES[COMMITTED] else (changes, 0, []))
    assert answers("江") == ["江边的塔上有钟。", "长江大桥又封了。"]
    assert is_as_fresh()


@pytest.mark.parametrize("where", CRASHES.values(), ids=CRASHES.keys())
def test_what_is_deleted_after_a_crash_is_gone(where: str) -> None:
    write("稿/桥.txt", "长江大桥又封了。", at=LONG_AGO + 1)
    write("稿/塔.txt", "江边的塔上有钟。")
    crash(where)
    Path("稿/塔.txt").unlink()
    Path("稿/桥.txt").unlink()
    with Library.create() as library:
        library.update(["稿"])

    assert answers("江") == ["长江上有渡船。"]
    assert is_as_fresh()


@pytest.mark.parametrize("where", CRASHES.values(), ids=CRASHES.keys())
def test_what_is_put_back_after_a_crash_is_there(where: str) -> None:
    """With its old time: only that a commit was begun tells that the engine may have something else."""
    write("稿/桥.txt", "长江大桥又封了。", at=LONG_AGO + 1)
    Path("稿/船.txt").unlink()
    crash(where)
    write("稿/桥.txt", "长江大桥通车了。")
    write("稿/船.txt", "长江上有渡船。")
    with Library.create() as library:
        library.update(["稿"])

    assert answers("江") == ["长江上有渡船。", "长江大桥通车了。"]
    assert is_as_fresh()


@pytest.mark.parametrize("where", CRASHES.values(), ids=CRASHES.keys())
def test_a_rebuild_that_crashes_leaves_a_whole_index(where: str) -> None:
    write("稿/桥.txt", "长江大桥又封了。", at=LONG_AGO + 1)
    crash(where, rebuild=True)

    assert len(answers("长江")) == 2

    with Library.create() as library:
        library.update(["稿"])

    assert answers("江") == ["长江上有渡船。", "长江大桥又封了。"]
    assert is_as_fresh()
    assert len(list(Path("index").glob("whoosh-*"))) == 1
    assert len(list(Path("index").glob("catalog-*"))) == 1


def test_a_first_run_that_crashes_leaves_nothing_in_the_way() -> None:
    os.rename("index", "index.old")
    crash(CRASHES["between catalog and engine"])
    with Library.create() as library:
        report = library.update(["稿"])

    assert told(report)[0] == [("added", "稿/桥.txt"), ("added", "稿/船.txt")]
    assert is_as_fresh()
