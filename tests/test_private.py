"""An index is its owner's alone from the first byte on, and nothing is written through a link."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from places import made
from sessions import searchlib
from test_library import write

from searchlib import meta
from searchlib.catalog import Catalog
from searchlib.commit_data import CatalogFile, file_name
from searchlib.directory import Directory
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayWriter
from searchlib.engines.whoosh.table import Table
from searchlib.errors import UntrustedIndex
from searchlib.lock import LOCK, writing

HISTORY = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[1], 8))
from sessions import prose
from searchlib.cli import run

def watched():
    # What is there while a writer is at work, temporary files included.
    for path in [Path("index"), *Path("index").rglob("*")]:
        try:
            print(f"{path.stat().st_mode & 0o777:o}", path.name, file=seen)
        except FileNotFoundError:
            pass

def fsync(descriptor):
    watched()
    real(descriptor)

real, os.fsync = os.fsync, fsync
Path("稿").mkdir()
with open("seen", "w", encoding="utf-8") as seen:
    for number in range(3):
        Path(f"稿/{number}.txt").write_text(prose(300_000), encoding="utf-8")
    run(["index", "稿", "-j", "2"])
    Path("稿/1.txt").unlink()
    run(["index", "稿"])
    run(["index", "稿", "--rebuild", "-j", "1"])
    watched()
"""


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("umask", ["000", "077"])
def test_all_of_an_index_is_for_its_owner_alone(umask: str) -> None:
    """Whatever the umask, at every moment in which something is written."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", HISTORY, umask], env=environment, capture_output=True, check=True)
    seen = {tuple(line.split(" ", 1)) for line in Path("seen").read_text(encoding="utf-8").splitlines()}
    names = {name for _, name in seen}

    kinds = {re.sub(r"[0-9a-f]{16,24}", "ID", name) for name in names}
    folders = {name for mode, name in seen if mode == "700"}

    assert {"700", "600"} == {mode for mode, _ in seen}
    assert {"index", "whoosh-ID"} == {re.sub(r"[0-9a-f]{16}", "ID", name) for name in folders}
    assert len(folders) == 3
    expected = "meta.json meta.json.ID catalog-ID.db table.json table.json.ID ID.arrays ID.removed"
    assert {*expected.split(), "writer.ID.json", "writer.lock", "whoosh.lock"} <= kinds


@pytest.mark.usefixtures("here")
def test_a_folder_that_was_there_keeps_its_mode() -> None:
    """It may be a user's own, with their own reasons."""
    write("稿/桥.txt", "长江大桥。")
    Path("index").mkdir()
    Path("index").chmod(0o755)

    assert searchlib("index", "稿").status == 0
    assert Path("index").stat().st_mode & 0o777 == 0o755


def _note(index: Directory) -> None:
    with writing(index, lambda: "writer.0.json"):
        pass


def _arrays(index: Directory) -> None:
    writer = ArrayWriter(index / "a.arrays")
    writer.append("a", np.arange(9))
    writer.close()


def _lock(index: Directory) -> None:
    lock = table.lock(index)
    lock.acquire()
    lock.release()


WRITERS: dict[str, Callable[[Directory], object]] = {
    "meta.json.0": lambda index: meta.write(index, meta.new(), "meta.json.0"),
    "meta.json": lambda index: meta.write(index, meta.new(), "meta.json.0"),
    "writer.0.json": _note,
    "writer.lock": _note,
    "catalog-0.db": lambda index: Catalog().save(index, "0"),
    "table.json.0": lambda index: table.write(index, Table(0, (), "0", "1")),
    "table.json": lambda index: table.write(index, Table(0, (), "0", "1")),
    "a.arrays": _arrays,
    "whoosh.lock": _lock,
    "new": lambda index: index.create_file("new").close(),
}
# What is refused where a link is, and not replaced: others may hold a lock; and `create_file` is for new files.
REFUSED = {"writer.lock", "whoosh.lock", "new"}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("is_there", [True, False])
def test_nothing_is_written_through_a_link(name: str, is_there: bool) -> None:
    """Neither into a file that is there, nor into one that would be made."""
    Path("index").mkdir(0o700)
    victim = Path("victim").absolute()
    if is_there:
        victim.write_text("whole", encoding="utf-8")
    Path("index", name).symlink_to(victim)

    with pytest.raises((OSError, UntrustedIndex)) if name in REFUSED else nullcontext():
        WRITERS[name](made(Path("index")))

    assert victim.exists() == is_there
    if is_there:
        assert victim.read_text(encoding="utf-8") == "whole"


class Names(NamedTuple):
    """What an index is made of, and what its next commit and its next rebuild will make."""

    of_commit: dict[str, str]
    locks: dict[str, str]
    to_come: dict[str, str]


def names_of(index: Directory) -> Names:
    metadata = meta.read(index)
    folder = metadata.folder
    last = table.read(index.open_folder(folder))
    (row,) = last.rows
    return Names(
        of_commit={
            "meta data": meta.NAME,
            "folder": folder,
            "table": f"{folder}/{table.NAME}",
            "segment": f"{folder}/{row.file}",
            "catalog": CatalogFile.of_commit(last.data).name,
        },
        locks={"lock": LOCK, "engine's lock": f"{folder}/whoosh.lock"},
        to_come={
            "next meta data": f"{meta.NAME}.{metadata.next}",
            "note": metadata.note,
            "next catalog": file_name(last.next),
            "next folder": metadata.next_folder,
            "next table": f"{folder}/{table.NAME}.{last.next}",
        },
    )


KINDS = ["meta data", "folder", "table", "segment", "catalog", "lock", "engine's lock"]
KINDS += ["next meta data", "note", "next catalog", "next folder", "next table"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_program_that_finds_links_writes_nowhere_else(kind: str, is_there: bool) -> None:
    """What is of the last commit is refused; what is to come is made in the place of the link. Nothing is followed."""
    write("稿/桥.txt", "长江大桥。")
    searchlib("index", "稿")
    write("稿/船.txt", "渡船。")
    names = names_of(made(Path("index")))
    name = {**names.of_commit, **names.locks, **names.to_come}[kind]
    Path("victim").mkdir()
    if is_there:
        Path("victim/file").write_text("whole", encoding="utf-8")
    if Path("index", name).exists():
        Path("index", name).rename("aside")
    Path("index", name).symlink_to(Path("victim" if kind.endswith("folder") else "victim/file").absolute())

    for words in (["search", "长江", "--trust"], ["index", "稿"], ["index", "稿", "--rebuild", "--trust"]):
        answer = searchlib(*words)
        if kind in names.of_commit:
            assert "is a link or a device" in answer.err
    assert ([Path("victim/file")] if is_there else []) == list(Path("victim").iterdir())
    if is_there:
        assert Path("victim/file").read_text(encoding="utf-8") == "whole"
