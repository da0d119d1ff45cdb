"""An index is its owner's alone from the first byte on, and nothing is written through a link."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from places import file_at, made
from searchlib.private import new_file
from sessions import searchlib
from test_library import write

from searchlib import meta
from searchlib.catalog import create
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayWriter
from searchlib.engines.whoosh.table import Row, Table
from searchlib.lock import writing
from searchlib.meta import Meta

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

    assert {"700", "600"} == {mode for mode, _ in seen}
    assert {"index", "whoosh-1", "whoosh-2"} == {name for mode, name in seen if mode == "700"}
    assert {"meta.json", "meta.json.new", "catalog.db", "table.json.new", "writer.json", "writer.lock"} <= names


@pytest.mark.usefixtures("here")
def test_a_folder_that_was_there_keeps_its_mode() -> None:
    """It may be a user's own, with their own reasons."""
    write("稿/桥.txt", "长江大桥。")
    Path("index").mkdir()
    Path("index").chmod(0o755)

    assert searchlib("index", "稿").status == 0
    assert Path("index").stat().st_mode & 0o777 == 0o755


def _note() -> None:
    with writing(Path("index")):
        pass


def _arrays(name: str) -> None:
    writer = ArrayWriter(file_at(Path("index") / name))
    writer.append("a", np.arange(9))
    writer.close()


WRITERS: dict[str, Callable[[], object]] = {
    "meta.json.new": lambda: meta.write(Path("index"), Meta(1, "", 1, "")),
    "meta.json": lambda: meta.write(Path("index"), Meta(1, "", 1, "")),
    "writer.json": _note,
    "writer.lock": _note,
    "table.json.new": lambda: table.write(made(Path("index")), Table(0, ())),
    "table.json": lambda: table.write(made(Path("index")), Table(0, ())),
    "a.arrays": lambda: _arrays("a.arrays"),
    "a.1": lambda: table.with_removed(made(Path("index")), Row("a", 9, 9), [np.arange(3)]),
    "new": lambda: new_file(Path("index/new")).close(),
}


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

    try:
        WRITERS[name]()
    except OSError:
        # The lock's own file is refused where it is a link, and not replaced: others may hold it.
        assert name == "writer.lock"

    assert victim.exists() == is_there
    if is_there:
        assert victim.read_text(encoding="utf-8") == "whole"


@pytest.mark.usefixtures("here")
def test_a_link_to_nothing_is_no_catalog() -> None:
    Path("index").mkdir(0o700)
    Path("index/catalog.db").symlink_to(Path("victim").absolute())

    create(Path("index/catalog.db")).close()

    assert not Path("victim").exists()
    assert not Path("index/catalog.db").is_symlink()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "name",
    [
        "meta.json.new",
        "writer.json",
        "writer.lock",
        "catalog.db",
        "catalog.db-journal",
        "whoosh-1",
        "whoosh-2",
        "whoosh-1/table.json.new",
    ],
)
def test_a_program_that_finds_links_writes_nowhere_else(name: str) -> None:
    write("稿/桥.txt", "长江大桥。")
    searchlib("index", "稿")
    write("稿/船.txt", "渡船。")
    Path("victim").mkdir()
    Path("victim/file").write_text("whole", encoding="utf-8")
    if Path("index", name).exists():
        Path("index", name).rename("beiseite")
    Path("index", name).symlink_to(Path("victim" if name.startswith("whoosh-") else "victim/file").absolute())

    for words in (["index", "稿"], ["index", "稿", "--rebuild", "--trust"], ["search", "长江", "--trust"]):
        assert searchlib(*words).status == 2
    assert [Path("victim/file")] == list(Path("victim").iterdir())
    assert Path("victim/file").read_text(encoding="utf-8") == "whole"
