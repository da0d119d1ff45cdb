"""A backup is the index as it was at one commit; restored, it is that index."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from sessions import searchlib
from test_library import write

from searchlib import Library
from searchlib.errors import FolderInUse, IndexDamaged
from searchlib.model import Progress


@pytest.fixture(autouse=True)
def indexed(here: Path) -> None:  # noqa: ARG001 — where the files lie
    for number in range(6):
        write(f"稿/{number}.txt", f"第{number}座桥在长江上。")
    update()


def update() -> None:
    with Library.create() as library:
        library.update(["稿"])


def holdings(folder: str) -> tuple[object, ...]:
    with Library.open(folder) as library:
        status = library.status()
        paragraphs = {path: library.paragraphs(path) for path in library.sources()}
        return paragraphs, status.sources, status.updated, [hit.score for hit in library.search("长江 桥")]


def test_a_backup_that_is_put_back_is_the_index_again() -> None:
    """With removed paragraphs in it; the next update goes on from there."""
    Path("稿/1.txt").unlink()
    update()
    before = holdings("index")
    with Library.open() as library:
        size = library.backup("备份")
        assert size == library.status().index_bytes
    write("稿/2.txt", "这座桥拆了。")
    update()
    shutil.rmtree("index")
    shutil.copytree("备份", "index")

    assert before == holdings("index")
    assert 0 == searchlib("verify").status
    with Library.open() as library:
        report = library.update(["稿"])
    assert ["稿/2.txt"] == [change.path for change in report.changes]
    assert 0 == searchlib("verify").status


def test_a_backup_taken_while_the_index_is_written_is_of_one_commit() -> None:
    """Taken at every step of an update and of a rebuild."""
    first = holdings("index")
    taken: list[str] = []

    def take(_: Progress) -> None:
        with Library.open() as library:
            library.backup(name := f"备份-{len(taken)}")
        taken.append(name)

    write("稿/7.txt", "第七座桥在长江上。")
    with Library.create() as library:
        library.update(["稿"], on_change=take)
        second = holdings("index")
        library.update(["稿"], rebuild=True, on_change=take)
    third = holdings("index")

    assert len(taken) > 5
    for name in taken:
        assert holdings(name) in (first, second, third)
        with Library.open(name) as library:
            assert () == library.verify(quick=True).findings


@pytest.mark.parametrize("name", ["稿", "index", "备份"])
def test_nothing_is_written_where_something_lies(name: str) -> None:
    if name == "备份":
        write("备份/笔记.txt", "我的")
    before = {path: path.read_bytes() for path in Path(name).rglob("*") if path.is_file()}
    with Library.open() as library, pytest.raises(FolderInUse, match="is not empty"):
        library.backup(name)

    assert before == {path: path.read_bytes() for path in Path(name).rglob("*") if path.is_file()}


def test_what_is_damaged_is_not_copied() -> None:
    (segment,) = Path("index").glob("whoosh-*/*.arrays")
    content = bytearray(segment.read_bytes())
    content[len(content) // 3] ^= 1
    segment.write_bytes(content)

    with pytest.raises(IndexDamaged), Library.open() as library:
        library.backup("备份")
    # Without `meta.json` it is no index that anybody could take for a whole one.
    assert not Path("备份/meta.json").exists()


def test_an_interrupted_backup_is_no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("searchlib.snapshot.Snapshot.copy_catalog_to", interrupted)
    with Library.open() as library, suppress(KeyboardInterrupt):
        library.backup("备份")

    assert 2 == searchlib("search", "--index", "备份", "长江").status
