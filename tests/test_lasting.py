"""What has to survive a loss of power is told to last: files, and the names that folders have for them."""

from __future__ import annotations

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest
from places import made

from searchlib import meta
from searchlib.catalog import Catalog
from searchlib.commit_data import CatalogFile
from searchlib.lasting import make_folder


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
    meta.write(made(tmp_path), meta.new(), "meta.json.0")

    assert [((tmp_path / "meta.json").stat().st_ino, []), (tmp_path.stat().st_ino, ["meta.json"])] == synced


def test_a_new_folder_lasts_with_those_it_lies_in(tmp_path: Path, synced: list[tuple[int, list[str]]]) -> None:
    make_folder(tmp_path / "a" / "b", 0o700)
    make_folder(tmp_path / "a" / "b", 0o700)

    assert [((tmp_path / "a").stat().st_ino, ["b"]), (tmp_path.stat().st_ino, ["a"])] == synced


def test_the_first_meta_data_last(tmp_path: Path, synced: list[tuple[int, list[str]]]) -> None:
    """Or there would be an engine in a folder that is not known to be that of an index."""
    meta.create(made(tmp_path), meta.new())

    assert [((tmp_path / "meta.json").stat().st_ino, []), (tmp_path.stat().st_ino, ["meta.json"])] == synced


def test_a_catalog_lasts_before_a_commit_names_it(tmp_path: Path, synced: list[tuple[int, list[str]]]) -> None:
    """Its content and its name: what `save` returns is what the engine keeps with the commit."""
    with closing(Catalog()) as one:
        named = CatalogFile.of_commit(one.save(made(tmp_path), "0")).name

    assert [((tmp_path / named).stat().st_ino, []), (tmp_path.stat().st_ino, [named])] == synced


def test_a_folder_made_in_another_lasts(tmp_path: Path, synced: list[tuple[int, list[str]]]) -> None:
    """The engine's, before `meta.json` names it."""
    made(tmp_path).create_folder("engine")

    assert [(tmp_path.stat().st_ino, ["engine"])] == synced
