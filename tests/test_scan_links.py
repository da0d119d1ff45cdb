"""Symbolic links are counted, or followed without end or doubling."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import TEXTS, plant, taken

from searchlib.scan import Rules, scan

FOLLOWING = Rules(suffixes=TEXTS.suffixes, follow=True)


def test_links_are_counted_and_not_followed(here: Path) -> None:
    plant(here, "外/甲.txt", "卷/乙.txt")
    Path("卷/夹").symlink_to("../外")
    Path("卷/文.txt").symlink_to("../外/甲.txt")
    Path("卷/.隐").symlink_to("../外")
    result = scan(["卷"], TEXTS)

    assert taken(result) == ["卷/乙.txt"]
    assert result.links == 2


def test_links_are_followed_when_asked_for(here: Path) -> None:
    plant(here, "外/甲.txt", "外/图.png", "卷/乙.txt")
    Path("卷/夹").symlink_to("../外")
    Path("卷/图").symlink_to("../外/图.png")
    result = scan(["卷"], FOLLOWING)

    assert (result.skipped, result.links, result.others) == ((), 0, 1)
    assert taken(result) == ["卷/乙.txt", "卷/夹/甲.txt"]


def test_a_file_comes_by_its_folder_rather_than_by_a_link(here: Path) -> None:
    plant(here, "卷/子/甲.txt")
    Path("卷/一.txt").symlink_to("子/甲.txt")
    Path("卷/丁").symlink_to("子")

    assert taken(scan(["卷"], FOLLOWING)) == ["卷/子/甲.txt"]


def test_of_several_links_the_first_by_name_gives_the_path(here: Path) -> None:
    plant(here, "外/甲.txt", "卷/乙.txt")
    for number in (5, 3, 8, 1, 7, 2, 6, 4, 9):
        Path(f"卷/{number}").symlink_to("../外")

    assert taken(scan(["卷"], FOLLOWING)) == ["卷/1/甲.txt", "卷/乙.txt"]


def test_ignore_files_judge_a_followed_link_by_its_own_place(here: Path) -> None:
    plant(here, "外/甲.txt", "外/乙.txt", "卷/.ignore")
    Path("卷/.ignore").write_text("/夹/甲.txt", encoding="utf-8")
    Path("卷/夹").symlink_to("../外")

    assert taken(scan(["卷"], FOLLOWING)) == ["卷/夹/乙.txt"]


def test_links_that_lead_nowhere_or_back_are_skipped_with_the_reason(here: Path) -> None:
    plant(here, "卷/子/甲.txt", "外/乙.txt")
    Path("卷/断").symlink_to("无处.txt")
    Path("卷/子/上").symlink_to("..")
    Path("卷/子/更上").symlink_to(here)
    Path("卷/一").symlink_to("二")
    Path("卷/二").symlink_to("一")
    Path("卷/夹").symlink_to("../外")
    Path("外/回").symlink_to("../卷/子")
    Path("外/返").symlink_to("../卷")
    result = scan(["卷"], FOLLOWING)

    assert taken(result) == ["卷/夹/乙.txt", "卷/子/甲.txt"]
    assert {skipped.path: skipped.reason for skipped in result.skipped} == {
        "卷/断": "the link leads nowhere: 无处.txt",
        "卷/子/上": "the link leads back to a folder above it",
        "卷/子/更上": "the link leads back to a folder above it",
        "卷/夹/返": "the link leads back to a folder above it",
        "卷/一": "a loop of links",
        "卷/二": "a loop of links",
    }


@pytest.mark.parametrize(("length", "shown"), [(200, 200), (201, 200), (1_000, 200)])
def test_of_where_a_link_leads_no_more_is_told_than_can_be_read(here: Path, length: int, shown: int) -> None:
    plant(here, "卷/甲.txt")
    target = ("无/" * length)[:length]
    Path("卷/断").symlink_to(target.rstrip("/").ljust(length, "乙"))

    (skipped,) = scan(["卷"], FOLLOWING).skipped
    told = skipped.reason.removeprefix("the link leads nowhere: ")

    assert (shown, length > shown) == (len(told.removesuffix("…")), told.endswith("…"))


def test_many_ways_through_links_end(here: Path) -> None:
    """Two links in each of 40 folders make 2⁴⁰ ways to the last."""
    for number in range(40):
        plant(here, f"{number}/甲.txt")
        for name in "左右":
            Path(f"{number}/{name}").symlink_to(f"../{number + 1}")
    plant(here, "40/末.txt")

    assert len(scan(["0"], FOLLOWING).found) == 41


@pytest.mark.parametrize(
    "target", ["字" * 100, "a" * 300, f"../{'a' * 300}/b.txt"], ids=["characters", "letters", "folder"]
)
def test_a_link_whose_target_can_not_be_looked_at_costs_that_link_only(here: Path, target: str) -> None:
    plant(here, "卷/甲.txt", "卷/子/乙.txt")
    Path("卷/子/坏").symlink_to(target)
    plain, followed = scan(["卷"], TEXTS), scan(["卷"], FOLLOWING)

    assert taken(plain) == taken(followed) == ["卷/子/乙.txt", "卷/甲.txt"]
    assert (plain.links, plain.skipped) == (1, ())
    assert [(skipped.path, skipped.reason) for skipped in followed.skipped] == [("卷/子/坏", "file name too long")]
