"""Indexes of all formats there have been are read, or explained and made anew."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from places import made
from sessions import Answer, searchlib

from searchlib import meta
from searchlib.analysis import fingerprint
from searchlib.commit_data import CatalogFile
from searchlib.engines.whoosh import table

FORMATS = Path(__file__).parent / "formats"
KEPT = sorted(int(folder.name) for folder in FORMATS.iterdir() if folder.name.isdigit())
EARLIER = [number for number in KEPT if number < meta.FORMAT]

FOUND = ["documents/渡口.txt", "documents/燈會.txt"]


def unpack(number: int) -> None:
    """The index of a format, with the documents beside it, as if it had been made here."""
    shutil.copytree(FORMATS / "documents", "documents")
    shutil.copytree(FORMATS / str(number), "index")
    for path in [Path("index"), *Path("index").rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    if number == meta.FORMAT:
        # Another Python knows another Unicode, which cuts these texts the same.
        made_with = meta.read(made(Path("index")))
        meta.write(made(Path("index")), replace(made_with, fingerprint=fingerprint()), f"{meta.NAME}.new")


def content() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path("index").rglob("*") if path.is_file()}


def explained(number: int) -> Answer:
    return Answer(
        "",
        f"searchlib: the index in index was made with format {number}, and this program needs format {meta.FORMAT}\n"
        "make it anew with: searchlib index PATH\n",
        2,
    )


def test_the_format_of_today_is_kept_too() -> None:
    """Whoever counts the format up is to leave an index of it here, and never to take one away."""
    assert list(range(1, meta.FORMAT + 1)) == KEPT


@pytest.mark.usefixtures("here")
def test_the_format_of_today_is_read() -> None:
    unpack(meta.FORMAT)

    assert searchlib("search", "“渡口”", "-l").out.splitlines() == FOUND
    assert searchlib("status").out.splitlines()[1:3] == ["sources:     4 (497 B)", "paragraphs:  12"]
    assert (
        searchlib("index", "documents").out.splitlines()[0] == "added 0, changed 0, removed 0, unchanged 4, skipped 0"
    )


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_format_is_explained(number: int) -> None:
    """By whatever asks; and asking changes nothing."""
    unpack(number)
    before = content()

    for command in (["search", "渡口"], ["status"], ["show", "渡口.txt:1"], ["explain", "渡口"], ["doctor"]):
        assert explained(number) == searchlib(*command)
    assert before == content()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_format_is_made_anew(number: int) -> None:
    """With all sources that it had, whatever was named, and nothing of the old engine is left."""
    unpack(number)

    answer = searchlib("index", "documents/磨坊.md")

    assert (answer.out.splitlines()[0], answer.err, answer.status) == (
        "added 4, changed 0, removed 0, unchanged 0, skipped 0",
        "",
        0,
    )
    assert searchlib("search", "“渡口”", "-l").out.splitlines() == FOUND
    engine = made(Path("index")).open_folder(meta.read(made(Path("index"))).folder)
    last = CatalogFile.of_commit(table.read(engine).data)
    assert {"meta.json", "writer.lock", engine.path.name, last.name} == set(os.listdir("index"))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("number", EARLIER)
@pytest.mark.parametrize(
    "step",
    [
        "directory.Directory.create_file",
        "directory.Directory.create_folder",
        "catalog.Catalog.save",
        "engines.whoosh.table.write",
        "meta.write",
    ],
)
def test_an_earlier_format_stays_until_the_new_one_is_whole(
    step: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the disk is full at the first step or at the last."""
    unpack(number)
    before = content()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"searchlib.{step}", full)
        failed = searchlib("index", "documents")
    after = content()

    assert "could not be written (no space left on device); the last commit is intact" in failed.err
    assert explained(number) == searchlib("search", "渡口")
    assert before == {name: after.get(name) for name in before}
    assert searchlib("index", "documents").status == 0
    assert searchlib("search", "“渡口”", "-l").out.splitlines() == FOUND
