"""A library answers from one commit, paragraphs and catalog, and says when there is a newer one."""

from __future__ import annotations

import gc
import os
import shutil
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from test_library import LONG_AGO, write

from searchlib import Library, meta
from searchlib.directory import Directory
from searchlib.errors import IndexOutdated, NoIndex
from searchlib.meta import Meta
from searchlib.snapshot import open_snapshot


@pytest.fixture(autouse=True)
def indexed(here: Path) -> None:  # noqa: ARG001 — where the files lie
    write("稿/桥.txt", "长江大桥通车了。")
    write("稿/船.txt", "长江上有渡船。", at=LONG_AGO + 5)
    update()


def update() -> None:
    with Library.create() as other:
        other.update(["稿"])


def change() -> None:
    """One file larger and younger, one gone, one new."""
    write("稿/桥.txt", "长江大桥又封了，要等到明年。", at=LONG_AGO + 50)
    Path("稿/船.txt").unlink()
    write("稿/塔.txt", "江边有塔。")
    update()


WAYS: dict[str, Callable[[Library], object]] = {
    "search": lambda opened: [hit.snippet.text for hit in opened.search("江")],
    "dates": lambda opened: [hit.path for hit in opened.search("江", sort="date")],
    "sizes": lambda opened: [hit.path for hit in opened.search("size:<25 江")],
    "encodings": lambda opened: [hit.path for hit in opened.search("encoding:utf-8 江")],
    "counts": lambda opened: opened.counts("江"),
    "sources": lambda opened: opened.sources(),
    "paragraphs": lambda opened: opened.paragraphs("稿/桥.txt"),
    "find": lambda opened: opened.find("船.txt"),
    "status": lambda opened: (opened.status().sources, opened.status().source_bytes, opened.status().updated),
    "explain": lambda opened: opened.explain("date:>2000-01-01 江"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("rebuild", [False, True])
def test_whatever_is_asked_first_is_answered_from_the_commit_that_was_opened(
    way: Callable[[Library], object], *, rebuild: bool
) -> None:
    """Also what is read only when it is asked for, and long after the files of the commit are gone."""
    with Library.open() as before:
        expected = way(before)
    with Library.open() as opened:
        change()
        if rebuild:
            Library.create().update(["稿"], rebuild=True)

        assert expected == way(opened)
        assert expected == way(opened)
        assert not opened.is_current()


def test_refreshing_goes_on_to_the_last_commit() -> None:
    with Library.open() as opened:
        assert opened.is_current()
        assert not opened.refresh()
        change()
        assert ["稿/桥.txt", "稿/船.txt"] == opened.sources()
        assert not opened.is_current()

        assert opened.refresh()
        assert ["稿/塔.txt", "稿/桥.txt"] == opened.sources()
        assert opened.is_current()


def test_an_update_of_its_own_is_seen_at_once() -> None:
    with Library.open() as opened:
        assert 2 == len(opened.sources())
        write("稿/塔.txt", "江边有塔。")
        opened.update(["稿"])

        assert 3 == len(opened.sources())


def open_files() -> set[str]:
    """The files of the index that this process has open or mapped, removed ones among them."""
    numbers = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
    links = [os.readlink(number) for number in numbers if os.path.lexists(number)]
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    mapped = [line.split(None, 5)[5].strip() for line in lines if "/index/" in line]
    return {path for path in (*links, *mapped) if "/index/" in path}


def test_a_library_that_lives_long_does_not_keep_removed_files_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour after it was opened, a call looks for a newer commit; before, it answers from the old one."""
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with Library.open() as opened:
        expected = opened.sources()
        Library.create().update(["稿"], rebuild=True)
        change()
        assert any("(deleted)" in path for path in open_files())
        now += 3_600
        assert expected == opened.sources()

        now += 1
        assert ["稿/塔.txt", "稿/桥.txt"] == opened.sources()
        assert not any("(deleted)" in path for path in open_files())


def test_an_index_that_has_not_changed_is_not_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with Library.open() as opened:
        before = opened._snapshot()
        now += 10_000

        assert before is opened._snapshot()


def test_the_index_may_be_gone_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with Library.open() as opened:
        shutil.rmtree("index")
        assert 2 == len(opened.sources())
        now += 10_000

        with pytest.raises(NoIndex):
            opened.sources()
        with pytest.raises(NoIndex):
            opened.is_current()


def test_closing_leaves_nothing_open() -> None:
    opened = Library.open()
    opened.search("date:>2000-01-01 江")
    opened.close()

    assert set() == open_files()


def test_a_snapshot_that_refers_to_itself_closes_its_catalog_without_a_warning() -> None:
    """An exception that is kept does so: it holds the frames that hold the snapshot."""
    snapshot = open_snapshot(Path("index"), trusted=False)
    snapshot.kept = snapshot  # type: ignore[attr-defined]
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        del snapshot
        gc.collect()

    assert [] == [str(warning.message) for warning in seen]
    assert set() == open_files()


def test_a_backup_that_was_put_back_and_written_to_is_another_commit() -> None:
    """It gives the id that it had announced once more."""
    with Library.open() as library:
        library.backup("kept")
    change()
    with Library.open() as opened:
        assert ["江边有塔。"] == [hit.snippet.text for hit in opened.search("塔")]
        shutil.rmtree("index")
        Path("kept").rename("index")
        write("稿/塔.txt", "山上也有塔。", at=LONG_AGO + 90)
        update()

        assert not opened.is_current()
        assert opened.refresh()
        assert ["山上也有塔。"] == [hit.snippet.text for hit in opened.search("塔")]


def test_a_rebuild_between_two_looks_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder and the catalog of the commit before are gone by the time that they are opened."""
    looked: list[object] = []
    read = meta.read

    def slowly(directory: Directory) -> Meta:
        found = read(directory)
        looked.append(found)
        if len(looked) % 2 == 1 and len(looked) < 6:
            monkeypatch.setattr(meta, "read", read)
            with Library.create() as other:
                other.update(["稿"], rebuild=True)
            monkeypatch.setattr(meta, "read", slowly)
        return found

    with Library.open() as opened:
        assert opened.search("渡船")
        monkeypatch.setattr(meta, "read", slowly)

        assert not opened.is_current()
        assert opened.refresh()
        assert not opened.inconsistency
        assert opened.search("渡船")
    assert len(looked) > 2


@pytest.mark.parametrize("removed", ["catalog", "engine"])
def test_what_a_rebuild_removes_first_does_not_matter(removed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read_as_it_is = meta.read
    before = {"catalog": next(Path("index").glob("catalog-*")), "engine": next(Path("index").glob("whoosh-*"))}[removed]

    def once(directory: Directory) -> Meta:
        found = read_as_it_is(directory)
        monkeypatch.setattr(meta, "read", read_as_it_is)
        shutil.copytree("index", "kept")
        with Library.create() as other:
            other.update(["稿"], rebuild=True)
        # Only one of the two is gone yet.
        for path in Path("kept").iterdir():
            if path.name.startswith(("catalog-", "whoosh-")) and path.name != before.name:
                path.rename(Path("index", path.name))
        return found

    monkeypatch.setattr(meta, "read", once)

    with Library.open() as opened:
        assert opened.search("渡船")
        assert not opened.inconsistency


def test_an_index_of_a_newer_program_is_told_by_every_look() -> None:
    """Its engine may be one that this program does not have."""
    with Library.open() as opened:
        content = Path("index/meta.json").read_text(encoding="utf-8")
        newer = content.replace('"format": 6', '"format": 7').replace('"engine": "whoosh"', '"engine": "blink"')
        Path("index/meta.json").write_text(newer, encoding="utf-8")

        with pytest.raises(IndexOutdated, match="format 7"):
            opened.is_current()
        with pytest.raises(IndexOutdated, match="format 7"):
            opened.refresh()
