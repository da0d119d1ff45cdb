"""What `forget` refuses: it never makes a commit that hides what is wrong with an index."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sessions import searchlib
from trees import plant

from searchlib import Library
from searchlib.errors import IndexDamaged, LibraryIndexError, PathError


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("old", ["engine", "catalog", "none", "spoilt"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_inconsistent_index_is_not_committed_anew(here: Path, old: str, dry_run: bool) -> None:
    plant(here, "文/甲.txt", "文/乙.txt", "文/丙.txt")
    library = Library("index")
    library.update(["文"])
    shutil.copytree("index", "旧/index")
    Path("文/甲.txt").write_text("黄河改了。", encoding="utf-8")
    Path("文/乙.txt").unlink()
    library.update()
    (new,) = Path("index").glob("catalog-*")
    (before,) = Path("旧/index").glob("catalog-*")
    if old == "engine":
        before.unlink()
        shutil.copy(new, Path("旧/index"))
    elif old == "catalog":
        shutil.copy(before, new)
    elif old == "none":
        new.unlink()
    else:
        new.write_bytes(b"\0" * new.stat().st_size)
    shutil.copytree("文", "旧/文")
    library = Library("旧/index" if old == "engine" else "index")
    files = content(library.folder)
    with pytest.raises(LibraryIndexError):
        library.forget(["文/丙.txt" if old != "engine" else "旧/文/丙.txt"], dry_run=dry_run)

    # A catalog that the commit does not name is a remnant, which any writer removes.
    assert {"/catalog-" in name for name, _ in files.items() - content(library.folder).items()} <= {True}
    with pytest.raises(IndexDamaged):
        library.status()

    library.update()

    assert library.inconsistency == ""
    assert [hit.path for hit in library.search("长江")] == ["文/丙.txt"]
    assert library.forget(["文/丙.txt" if old != "engine" else "旧/文/丙.txt"]).sources == ("文/丙.txt",)


def test_the_command_says_to_bring_an_inconsistent_index_up_to_date_first(here: Path) -> None:
    plant(here, "文/甲.txt")
    Library("index").update(["文"])
    (catalog,) = Path("index").glob("catalog-*")
    catalog.unlink()
    answer = searchlib("forget", "文/甲.txt")

    assert (answer.status, answer.out) == (2, "")
    assert answer.err == (
        "searchlib: nothing can be forgotten of the index in index, which is inconsistent: "
        f"{catalog.name} is missing, which the last commit names\n"
        "mend it first with: searchlib index\n"
    )


@pytest.mark.parametrize("names", [[""], ["文/甲.txt", ""]])
def test_an_empty_path_is_refused_before_anything_is_forgotten(here: Path, names: list[str]) -> None:
    plant(here, "文/甲.txt")
    library = Library("index")
    library.update(["文"])
    files = content(library.folder)
    with pytest.raises(PathError, match=r"^an empty path names nothing that could be forgotten$"):
        library.forget(names)
    answer = searchlib("forget", *names)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("searchlib: an empty path names nothing that could be forgotten\n")
    assert content(library.folder) == files
