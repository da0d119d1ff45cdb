"""A scan gives exactly the files that were asked for, each once, and a reason for each that it can't give."""

from __future__ import annotations

import errno
import multiprocessing
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import TEXTS, plant, taken

from searchlib.errors import PathError
from searchlib.model import Found, Skipped
from searchlib.scan import Rules, Scan, scan

NOBODY = 65534


def test_files_come_in_order_of_path_with_size_and_time(here: Path) -> None:
    plant(here, "卷/乙.txt", "卷/甲.MD", "卷.txt")
    os.utime("卷.txt", ns=(1, 1_700_000_000_123_456_789))
    result = scan(["."], TEXTS)

    assert taken(result) == ["./卷.txt", "./卷/乙.txt", "./卷/甲.MD"]
    status = Path("卷.txt").stat()
    assert result.found[0] == Found("./卷.txt", 6, 1_700_000_000_123_456_789, status.st_ctime_ns, status.st_ino)


def test_files_of_other_suffixes_are_counted_once(here: Path) -> None:
    plant(here, "卷/甲.txt", "卷/图.png", "卷/无", "卷/.txt", "卷/.隐.png")
    result = scan([".", "卷"], TEXTS)

    assert taken(result) == ["./卷/甲.txt"]
    assert result.others == 2


def test_hidden_files_are_taken_only_when_asked_for_and_git_never(here: Path) -> None:
    plant(here, ".甲.txt", ".卷/乙.txt", ".git/refs/丙.txt")

    assert taken(scan(["."], TEXTS)) == []
    assert taken(scan(["."], Rules(TEXTS.suffixes, hidden=True))) == ["./.卷/乙.txt", "./.甲.txt"]


def test_a_file_that_is_named_is_taken_whatever_the_rules(here: Path) -> None:
    plant(here, ".隐.png", ".ignore")
    Path(".ignore").write_text("*", encoding="utf-8")
    rules = Rules(TEXTS.suffixes, include=("*.md",), exclude=("*.png",))

    assert taken(scan([".", ".隐.png"], rules)) == [".隐.png"]


def test_a_file_that_is_named_is_not_counted_among_the_others(here: Path) -> None:
    plant(here, "卷/图.png")
    result = scan(["卷", "卷/图.png"], TEXTS)

    assert taken(result) == ["卷/图.png"]
    assert result.others == 0


@pytest.mark.parametrize(
    ("roots", "paths"),
    [
        (["卷", "卷/甲.txt"], ["卷/甲.txt"]),
        (["./卷", "卷"], ["./卷/甲.txt"]),
        (["卷//", "."], ["卷/甲.txt"]),
        (["卷/../卷"], ["卷/../卷/甲.txt"]),
        (["门", "卷"], ["门/甲.txt"]),
    ],
)
def test_a_file_comes_once_by_the_way_that_was_named_first(here: Path, roots: list[str], paths: list[str]) -> None:
    plant(here, "卷/甲.txt")
    Path("门").symlink_to("卷")

    assert taken(scan(roots, TEXTS)) == paths


FOLDERS = ("", "卷/", "卷/上/", "卷/上/深/", "末/")
FILES = tuple(f"{folder}{name}" for folder in FOLDERS for name in ("甲.txt", "图.png"))


@given(
    files=st.sets(st.sampled_from(FILES), min_size=1),
    roots=st.lists(st.tuples(st.sampled_from(("", "./", "卷/../")), st.sampled_from(FOLDERS + FILES)), min_size=1),
)
def test_roots_that_overlap_give_each_file_once(files: set[str], roots: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder), *files)
        for name in FOLDERS:
            (Path(folder) / name).mkdir(parents=True, exist_ok=True)
        there = [root for way, name in roots if Path(root := f"{folder}/{way}{name}").exists()]
        result = scan(there, TEXTS)
        reals = [os.path.realpath(path) for path in taken(result)]
        alone = {os.path.realpath(path) for root in there for path in taken(scan([root], TEXTS))}

    assert set(reals) == alone
    assert len(set(reals)) == len(reals)


def test_hard_links_are_two_files(here: Path) -> None:
    plant(here, "甲.txt")
    Path("乙.txt").hardlink_to("甲.txt")

    assert taken(scan(["."], TEXTS)) == ["./乙.txt", "./甲.txt"]


def test_names_that_are_not_utf8_come_as_surrogates(here: Path) -> None:
    name = os.fsdecode("长江.txt".encode("gb18030"))
    plant(here, name)

    assert taken(scan(["."], TEXTS)) == [f"./{name}"]
    assert taken(scan([name], TEXTS)) == [name]


def test_all_missing_roots_are_named_before_anything_is_read(here: Path) -> None:
    plant(here, "甲.txt")
    Path("断").symlink_to("无处")

    with pytest.raises(PathError) as caught:
        scan(["甲.txt", "乙", "", "甲.txt/丙", "断"], TEXTS)

    assert str(caught.value) == "there is no file or folder 乙, '', 甲.txt/丙, 断"


def test_what_is_set_apart_is_never_entered(here: Path) -> None:
    plant(here, "index/甲.txt", "卷/乙.txt")
    Path("卷/门").symlink_to("../index")
    Path("卷/窗.txt").symlink_to("../index/甲.txt")
    rules = Rules(TEXTS.suffixes, follow=True, apart=frozenset({str(here / "index")}))
    result = scan([".", "index"], rules)

    assert taken(result) == ["./卷/乙.txt"]
    assert result.skipped == (Skipped("index", "the index is kept there"),)


def test_what_is_not_a_regular_file_is_skipped(here: Path) -> None:
    plant(here, "甲.txt")
    os.mkfifo("管.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("座.txt")
        result = scan([".", "/dev/null"], TEXTS)

    assert taken(result) == ["./甲.txt"]
    assert [skipped.path for skipped in result.skipped] == ["./座.txt", "./管.txt", "/dev/null"]
    assert {skipped.reason for skipped in result.skipped} == {"not a regular file"}


def test_folders_too_deep_to_open_are_skipped_and_2000_levels_are_not(here: Path) -> None:
    """Beyond 4,096 bytes of path the operating system opens nothing."""
    for level in range(2_100):
        if level in (0, 2_000):
            plant(Path(), "甲.txt")
        Path("d").mkdir()
        os.chdir("d")
    os.chdir(here)
    try:
        result = scan(["."], TEXTS)
    finally:
        # shutil.rmtree, and so pytest, would run into the limit of recursion.
        subprocess.run(["rm", "-r", "d"], check=True)

    assert taken(result) == ["./" + "d/" * 2_000 + "甲.txt", "./甲.txt"]
    assert [skipped.reason for skipped in result.skipped] == ["file name too long"]


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that any account may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def scan_unprivileged(root: Path, rules: Rules = TEXTS) -> Scan:
    """In a process of its own, for root, whom no permission stops, has to become someone else."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_send_scan, args=(there, str(root), rules))
    process.start()
    there.close()
    result = here.recv()
    process.join()
    assert isinstance(result, Scan)
    return result


def _send_scan(connection: Connection, root: str, rules: Rules) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    connection.send(scan([root], rules))


def test_what_may_not_be_read_is_skipped_and_the_rest_is_taken(open_to_all: Path) -> None:
    plant(open_to_all, "甲.txt", "锁/乙.txt", "半/丙.txt", "卷/.ignore", "卷/丁.txt")
    modes = {"锁": 0o000, "半": 0o444, "卷/.ignore": 0o000}
    for name, mode in modes.items():
        (open_to_all / name).chmod(mode)
    result = scan_unprivileged(open_to_all)
    for name in modes:
        (open_to_all / name).chmod(0o755)

    assert taken(result) == [f"{open_to_all}/卷/丁.txt", f"{open_to_all}/甲.txt"]
    assert [os.path.relpath(skipped.path, open_to_all) for skipped in result.skipped] == [
        "半/丙.txt",
        "卷/.ignore",
        "锁",
    ]
    assert {skipped.reason for skipped in result.skipped} == {"permission denied"}


@pytest.mark.parametrize("follow", [False, True])
def test_a_link_into_a_folder_that_may_not_be_entered_costs_that_link_only(open_to_all: Path, follow: bool) -> None:
    plant(open_to_all, "锁/密/丙.txt", "卷/甲.txt")
    (open_to_all / "卷/坏").symlink_to("../锁/密")
    (open_to_all / "锁").chmod(0)
    result = scan_unprivileged(open_to_all / "卷", replace(TEXTS, follow=follow))
    (open_to_all / "锁").chmod(0o755)

    assert taken(result) == [f"{open_to_all}/卷/甲.txt"]
    assert result.links == (0 if follow else 1)
    assert result.skipped == ((Skipped(f"{open_to_all}/卷/坏", "permission denied"),) if follow else ())


def test_a_folder_that_fails_is_skipped_with_the_systems_words(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the disk, which nothing but a broken disk gives."""
    plant(here, "坏/甲.txt", "好/乙.txt")
    real_scandir = os.scandir

    def scandir(path: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        if "坏" in path:
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", scandir)
    result = scan(["."], TEXTS)

    assert taken(result) == ["./好/乙.txt"]
    assert result.skipped == (Skipped("./坏", "input/output error"),)


def test_what_vanishes_during_the_scan_is_left_out_silently(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(here, "甲.txt", "去.txt")
    Path("夹").mkdir()
    real_scandir = os.scandir

    def scandir(path: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        entries = list(real_scandir(path))
        Path("去.txt").unlink()
        Path("夹").rmdir()
        return nullcontext(iter(entries))

    monkeypatch.setattr(os, "scandir", scandir)

    assert scan(["."], TEXTS) == Scan((Found.of("./甲.txt", Path("甲.txt").stat()),), (), links=0, others=0)
