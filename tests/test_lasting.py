"""What has to survive a loss of power is told to last: files, and the names that folders have for them."""

from __future__ import annotations

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from searchlib import catalog, meta
from searchlib.lasting import make_folder
from searchlib.meta import Meta


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, list[str]]]:
    """Each file or folder that is told to last, by its number, and the names in it where it is a folder."""
    found: list[tuple[int, list[str]]] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        status = os.fstat(descriptor)
        found.append((status.st_ino, sorted(os.listdir(descriptor)) if stat.S_ISDIR(status.st_mode) else []))

    monkeypatch.setattr(os, "fsync", noted)
    return found


def test_new_meta_data_lasts_before_what_it_replaces_is_removed(
    tmp_path: Path, synced: list[tuple[int, list[str]]]
) -> None:
    """Or the old file would be back and name an engine whose folder is gone."""
    meta.write(tmp_path, Meta(3, "whoosh", 2, "x"))

    file, folder = synced
    assert ((tmp_path / "meta.json").stat().st_ino, []) == file
    assert (tmp_path.stat().st_ino, ["meta.json"]) == folder


def test_a_new_folder_lasts_with_those_it_lies_in(tmp_path: Path, synced: list[tuple[int, list[str]]]) -> None:
    make_folder(tmp_path / "a" / "b", 0o700)
    make_folder(tmp_path / "a" / "b", 0o700)

    assert [((tmp_path / "a").stat().st_ino, ["b"]), (tmp_path.stat().st_ino, ["a"])] == synced


def test_what_the_catalog_has_noted_can_not_come_undone(tmp_path: Path) -> None:
    """SQLite's `extra`: it also makes it last that the journal, which would undo a commit, is gone."""
    with closing(catalog.create(tmp_path / "catalog.db")) as one:
        one.begin(["a.txt"])

        assert [(3,)] == one._ask("pragma synchronous")
