"""One document has one path in a library, through whatever links it, its folder or the index are reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from trees import plant

from searchlib import Library
from searchlib.errors import NoIndex, PathError


def found(library: Library) -> list[str]:
    return [hit.path for hit in library.search("长江")]


def held(library: Library) -> tuple[list[str], list[str], list[str], list[str]]:
    """The roots, those that are missing, the sources, and the hits whose files are gone."""
    roots, hits = library.roots(), found(library)
    assert sorted(hits) == library.sources()
    return (
        [root.path for root in roots],
        [root.path for root in roots if not root.is_there],
        library.sources(),
        library.gone(hits),
    )


def test_an_index_named_through_a_link_is_about_the_folder_it_lies_in(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(here, "数/甲/用/文/茶.txt")
    Path("家").symlink_to("数/甲/用")
    monkeypatch.chdir("数/甲/用")
    library = Library(here / "家" / "index")
    library.update(["文"])
    library.update()

    assert held(library) == (["文"], [], ["文/茶.txt"], [])
    assert library.shown("文/茶.txt") == "文/茶.txt"
    assert held(Library("index")) == held(library)


@pytest.mark.parametrize("index", ["链/index", "真/index", "别/index", "真/链/index"])
def test_a_document_is_in_the_index_once_by_whatever_way_it_is_named(here: Path, index: str) -> None:
    plant(here, "真/文/茶.txt", "别/乙.md")
    Path("链").symlink_to("真")
    Path("真/链").symlink_to(here / "真")
    library = Library(index)
    for name in ("链/文", "真/文", here / "链/文", "链/../真/文/", "链/文/茶.txt", "真/链/链/文/.", "别/../链//文"):
        library.update([name])

        assert [len(what) for what in held(library)] == [1, 0, 1, 0]
    library.update(rebuild=True)

    assert [len(what) for what in held(library)] == [1, 0, 1, 0]
    assert Library(index).find("链/文/茶.txt") == library.sources()[0]
    assert library.forget(["真/链/文"]).sources == ("../真/文/茶.txt" if "别" in index else "文/茶.txt",)


def test_an_index_folder_that_is_a_link_is_about_the_folder_it_leads_to(here: Path) -> None:
    plant(here, "文/茶.txt", "别/文/酒.txt")
    Library("index").update(["文"])
    Path("别/引").symlink_to("../index")
    library = Library("别/引")
    report = library.update()

    assert (report.changes, report.missing, report.unchanged) == ((), (), 1)
    assert held(library) == (["文"], [], ["文/茶.txt"], [])


def test_a_root_that_is_itself_a_link_stays_one_and_so_does_what_lies_in_it(here: Path) -> None:
    plant(here, "真/茶.txt", "真/子/酒.txt")
    Path("链").symlink_to("真")
    library = Library("index")
    library.update(["链/"])

    assert held(library) == (["链"], [], ["链/子/酒.txt", "链/茶.txt"], [])

    plant(here, "真/子/新.txt")
    Path("真/茶.txt").unlink()
    library.update(["链/子"])

    assert held(library) == (["链"], [], ["链/子/新.txt", "链/子/酒.txt", "链/茶.txt"], ["链/茶.txt"])
    assert library.find("链/子/酒.txt") == "链/子/酒.txt"
    assert library.forget(["链/子/酒.txt", "链/茶.txt"]).sources == ("链/子/酒.txt", "链/茶.txt")


def test_what_a_followed_link_led_to_is_named_by_the_way_of_the_link(here: Path) -> None:
    plant(here, "卷/甲.txt", "外/子/乙.txt")
    Path("卷/夹").symlink_to("../外")
    library = Library("index")
    library.update(["卷"], follow=True)
    plant(here, "外/新/丙.txt")
    library.update(["卷/夹/新"])

    assert held(library) == (["卷"], [], ["卷/夹/子/乙.txt", "卷/夹/新/丙.txt", "卷/甲.txt"], [])
    assert library.forget(["卷/夹/子"]).sources == ("卷/夹/子/乙.txt",)


def test_a_name_that_leads_up_from_a_link_is_above_the_folder_it_leads_to(here: Path) -> None:
    plant(here, "深/真/文/茶.txt", "深/邻.txt", "邻.txt")
    Path("链").symlink_to("深/真")
    library = Library("index")
    library.update(["链/../邻.txt"])

    assert held(library) == (["深/邻.txt"], [], ["深/邻.txt"], [])
    with pytest.raises(PathError):
        library.find("链/邻.txt")


@pytest.mark.parametrize("make", [Library, Library.create, Library.open])
def test_a_relative_index_is_the_same_one_after_the_current_folder_has_changed(
    here: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[str], Library]
) -> None:
    plant(here, "文/茶.txt", "别/酒.txt")
    Library("index").update(["文"])
    library = make("index")
    before = held(library)

    assert str(library.folder) == library.status().folder == "index"

    monkeypatch.chdir("别")
    plant(here, "文/新.txt")

    assert library.is_current()
    assert not library.refresh()
    assert held(library) == before
    assert [change.path for change in library.update().changes] == ["文/新.txt"]
    library.update(["酒.txt"])
    assert library.forget(["../文/新.txt"]).sources == ("文/新.txt",)
    assert not library.verify().findings
    assert library.status().folder == str(here / "index")
    assert library.sources() == ["别/酒.txt", "文/茶.txt"]
    assert sorted(path.name for path in Path().iterdir()) == ["酒.txt"]

    monkeypatch.chdir(here)

    assert str(library.folder) == library.status().folder == "index"


@pytest.mark.usefixtures("here")
def test_an_index_that_is_not_there_is_named_as_it_was_given() -> None:
    with pytest.raises(NoIndex, match=r"^there is no index in 引/index$"):
        Library.open("引/index")
