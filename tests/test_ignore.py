"""Ignore files and globs leave out what they leave out for git and ripgrep."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from searchlib.errors import PathError
from searchlib.model import Skipped
from searchlib.scan import Rules, scan

SUFFIXES = frozenset({".txt", ".md"})


def plant(folder: Path, files: str, ignore_files: Mapping[str, str | bytes] | None = None) -> None:
    """Make files, whose names are separated by spaces, or folders, whose names end in `/`; then the ignore files."""
    for name in files.split(" "):
        place = folder / name
        (place if name.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            place.write_text("长江", encoding="utf-8")
    for name, lines in (ignore_files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(lines if isinstance(lines, bytes) else lines.encode())


def taken(folder: Path, rules: Rules | None = None) -> set[str]:
    found = scan([str(folder)], rules or Rules(SUFFIXES)).found
    return {os.path.relpath(file.path, folder) for file in found}


def names(text: str) -> set[str]:
    return set(filter(None, text.split(" ")))


# Each: the ignore files of a git repository, the files in it, and those that are left. Compared with git 2.39.5.
IN_A_REPOSITORY: dict[str, tuple[Mapping[str, str | bytes], str, str]] = {
    "a name at any depth": ({".gitignore": "旧.txt"}, "旧.txt 新.txt 卷/旧.txt", "新.txt"),
    "a suffix": ({".gitignore": "*.txt"}, "甲.txt 乙.md 卷/丙.txt", "乙.md"),
    "a folder": ({".gitignore": "旧/"}, "旧/甲.txt 卷/旧/乙.txt 新/旧.txt", "新/旧.txt"),
    "a folder's pattern spares a file": ({".gitignore": "甲.txt/"}, "甲.txt 卷/甲.txt/乙.txt", "甲.txt"),
    "anchored by a slash before": ({".gitignore": "/甲.txt"}, "甲.txt 卷/甲.txt", "卷/甲.txt"),
    "anchored by a slash inside": ({".gitignore": "卷/甲.txt"}, "卷/甲.txt 上/卷/甲.txt", "上/卷/甲.txt"),
    "a star stops at a slash": ({".gitignore": "/卷/*.txt"}, "卷/甲.txt 卷/上/乙.txt", "卷/上/乙.txt"),
    "a star alone": ({".gitignore": "*\n!*.md"}, "甲.txt 乙.md 卷/丙.md", "乙.md"),
    "a star for folders": ({".gitignore": "*/\n!卷/"}, "甲.txt 卷/乙.txt 上/丙.txt 卷/下/丁.txt", "甲.txt 卷/乙.txt"),
    "two stars alone": ({".gitignore": "**\n!*/\n!甲.txt"}, "甲.txt 卷/甲.txt 卷/乙.txt", "甲.txt 卷/甲.txt"),
    "two stars before": ({".gitignore": "**/上/甲.txt"}, "上/甲.txt 卷/上/甲.txt 甲.txt", "甲.txt"),
    "two stars between": ({".gitignore": "卷/**/甲.txt"}, "卷/甲.txt 卷/上/下/甲.txt 甲.txt", "甲.txt"),
    "two stars after": ({".gitignore": "卷/**\n!卷/甲.txt"}, "卷/甲.txt 卷/乙.txt 卷/上/甲.txt", "卷/甲.txt"),
    "everything but": ({".gitignore": "/*\n!/卷/"}, "甲.txt 卷/乙.txt", "卷/乙.txt"),
    "a later line beats an earlier": ({".gitignore": "*.txt\n!甲.txt"}, "甲.txt 乙.txt 卷/甲.txt", "甲.txt 卷/甲.txt"),
    "an exception undone": ({".gitignore": "!甲.txt\n*.txt"}, "甲.txt", ""),
    "no exception in a folder left out": ({".gitignore": "卷/\n!卷/甲.txt"}, "卷/甲.txt 乙.txt", "乙.txt"),
    "an exception for a folder only": ({".gitignore": "*.txt\n!卷/"}, "卷/甲.txt 卷/乙.md", "卷/乙.md"),
    "deeper beats shallower": ({".gitignore": "*.txt", "卷/.gitignore": "!甲.txt"}, "甲.txt 卷/甲.txt", "卷/甲.txt"),
    "deeper, for a folder only": ({".gitignore": "*.txt", "卷/.gitignore": "!上"}, "卷/上/甲.txt", ""),
    "deeper is anchored deeper": ({"卷/.gitignore": "/甲.txt"}, "甲.txt 卷/甲.txt 卷/上/甲.txt", "甲.txt 卷/上/甲.txt"),
    "info/exclude": ({".git/info/exclude": "甲.txt"}, "甲.txt 乙.txt", "乙.txt"),
    "info/exclude is beaten": ({".git/info/exclude": "*.txt", ".gitignore": "!甲.txt"}, "甲.txt 乙.txt", "甲.txt"),
    "a class": ({".gitignore": "[ab].txt\n[!a-y].md"}, "a.txt c.txt y.md z.md", "c.txt y.md"),
    "brackets in a class": ({".gitignore": "[[a].txt\n[]b].txt"}, "a.txt b.txt c.txt [.txt ].txt", "c.txt"),
    "escaped marks": ({".gitignore": "\\#甲.txt\n\\!乙.txt\n\\*.txt"}, "#甲.txt !乙.txt *.txt 丙.txt", "丙.txt"),
    "comments and blank lines": ({".gitignore": "# *.txt\n\n   \n甲.txt"}, "甲.txt 乙.txt", "乙.txt"),
    "spaces after": ({".gitignore": "甲.txt  \n乙.txt\\ "}, "甲.txt 乙.txt", "乙.txt"),
    "line ends of Windows": ({".gitignore": "甲.txt\r\n乙/\r\n"}, "甲.txt 乙/丙.txt 丁.txt", "丁.txt"),
    "a byte order mark": ({".gitignore": "\ufeff甲.txt"}, "甲.txt 乙.txt", "乙.txt"),
    "lines that mean nothing": (
        {".gitignore": "甲.txt\\\n[z-b].txt\n[乙.txt\n!\n/\n丙.txt"},
        "甲.txt 丙.txt",
        "甲.txt",
    ),
    "a full-width space in a pattern": (
        {".gitignore": "甲　\n乙.txt　"},
        "甲　/丙.txt 甲/丁.txt 乙.txt",
        "甲/丁.txt 乙.txt",
    ),
    "full-width marks": ({".gitignore": "（旧）*"}, "（旧）甲.txt (旧)乙.txt", "(旧)乙.txt"),
    "a name with a line break": ({".gitignore": "**/甲.txt"}, "卷\n一/甲.txt 卷\n一/乙.txt 甲.txt\n", "卷\n一/乙.txt"),
    "GB18030": (
        {".gitignore": "旧档/\n".encode("gb18030")},
        os.fsdecode("旧档".encode("gb18030")) + "/甲.txt 旧档/乙.txt",
        "旧档/乙.txt",
    ),
}


@pytest.mark.parametrize(("ignore_files", "files", "left"), IN_A_REPOSITORY.values(), ids=IN_A_REPOSITORY.keys())
def test_ignore_files_mean_what_they_mean_to_git(
    tmp_path: Path, ignore_files: Mapping[str, str | bytes], files: str, left: str
) -> None:
    plant(tmp_path, f"{files} .git/info/", ignore_files)

    assert taken(tmp_path) == names(left)


# Each: the files with ignore files, and those that are left. Compared with ripgrep 13.
ANYWHERE: dict[str, tuple[Mapping[str, str], str, str]] = {
    ".gitignore outside a repository": ({".gitignore": "*.txt"}, "甲.txt", "甲.txt"),
    ".ignore outside a repository": ({".ignore": "*.txt"}, "甲.txt 乙.md", "乙.md"),
    ".ignore beats .gitignore": ({".ignore": "!甲.txt", ".gitignore": "*.txt"}, ".git/ 甲.txt 乙.txt", "甲.txt"),
    ".ignore beats a deeper .gitignore": ({".ignore": "!甲.txt", "卷/.gitignore": "*"}, ".git/ 卷/甲.txt", "卷/甲.txt"),
    "a repository in a repository": ({".gitignore": "*.txt"}, ".git/ 甲.txt 卷/.git/ 卷/乙.txt", "卷/乙.txt"),
    "a repository below": ({"卷/.gitignore": "甲.*", ".gitignore": "*"}, "卷/.git/ 卷/甲.txt 卷/乙.md", "卷/乙.md"),
    ".git as a file": ({".git": "gitdir: ../库", ".gitignore": "*.txt"}, "甲.txt 乙.md", "乙.md"),
    "an exception for hidden names": ({".ignore": "!.卷\n!.甲.*"}, ".卷/乙.txt .甲.txt .丙.txt", ".卷/乙.txt .甲.txt"),
}  # fmt: skip


@pytest.mark.parametrize(("ignore_files", "files", "left"), ANYWHERE.values(), ids=ANYWHERE.keys())
def test_ignore_files_mean_what_they_mean_to_ripgrep(
    tmp_path: Path, ignore_files: Mapping[str, str], files: str, left: str
) -> None:
    plant(tmp_path, files, ignore_files)

    assert taken(tmp_path) == names(left)


def test_ignore_files_above_the_root_count_up_to_the_repository(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "库/.git/ 库/卷/上/甲.txt 库/卷/上/乙.txt 库/卷/上/丙.txt 库/卷/上/丁.txt",
        {".ignore": "甲.txt", ".gitignore": "丁.txt", "库/.gitignore": "卷/上/乙.txt", "库/卷/.ignore": "/上/丙.txt"},
    )

    assert taken(tmp_path / "库/卷/上") == {"丁.txt"}


def test_a_root_is_entered_though_a_rule_leaves_it_out(tmp_path: Path) -> None:
    plant(tmp_path, ".卷/甲.txt", {".ignore": ".卷/"})

    assert taken(tmp_path) == set()
    assert taken(tmp_path / ".卷") == {"甲.txt"}


def test_ignore_files_have_no_say_when_they_are_not_heeded(tmp_path: Path) -> None:
    plant(tmp_path, ".git/info/ 甲.txt", {".ignore": "*", ".gitignore": "*"})

    assert taken(tmp_path, Rules(SUFFIXES, ignore_files=False)) == {"甲.txt"}


def test_what_is_named_like_an_ignore_file_and_is_none_is_passed_over(tmp_path: Path) -> None:
    """A fifo would block whoever opens it."""
    plant(tmp_path, ".ignore/ 卷/甲.txt")
    os.mkfifo(tmp_path / "卷/.ignore")

    assert taken(tmp_path) == {"卷/甲.txt"}


def test_a_question_mark_and_a_class_stand_for_chinese_characters(tmp_path: Path) -> None:
    plant(tmp_path, "第一章.txt 第二章.txt 第十一章.txt 附.txt 注.txt", {".ignore": "第?章.txt\n[附录].txt"})

    assert taken(tmp_path) == {"第十一章.txt", "注.txt"}


FILES = "甲.txt 乙.log .丙.log 卷/甲.txt 卷/丁.log .隐/戊.log 旧/己.log"

# Each: include, exclude, and the files that are taken of FILES where `.ignore` has `旧/` and `丁.log`.
GLOBS = {
    "a base name at any depth": ("*.log", "", "乙.log .丙.log 卷/丁.log"),
    "anchored": ("/*.log 卷/*", "", "乙.log .丙.log 卷/甲.txt 卷/丁.log"),
    "what a folder left out contains": ("旧/**", "", ""),
    "a hidden folder": (".隐/ *.log", "", "乙.log .丙.log 卷/丁.log .隐/戊.log"),
    "several": ("乙.* 丁.*", "", "乙.log 卷/丁.log"),
    "excluded files": ("", "甲.txt", ""),
    "an excluded folder": ("", "卷/", "甲.txt"),
    "excluded beats included": ("*.log", "/卷", "乙.log .丙.log"),
}


@pytest.mark.parametrize(("include", "exclude", "left"), GLOBS.values(), ids=GLOBS.keys())
def test_globs_beat_suffixes_and_ignore_files(tmp_path: Path, include: str, exclude: str, left: str) -> None:
    plant(tmp_path, FILES, {".ignore": "旧/\n丁.log"})
    rules = Rules(SUFFIXES, include=tuple(include.split()), exclude=tuple(exclude.split()))

    assert taken(tmp_path, rules) == names(left)


def test_globs_match_full_width_names(tmp_path: Path) -> None:
    plant(tmp_path, "第１卷（上）.ＴＸＴ 第1卷(上).TXT")

    assert taken(tmp_path, Rules(SUFFIXES, include=("第１卷（?）.*",))) == {"第１卷（上）.ＴＸＴ"}


@pytest.mark.parametrize("glob", ["", "#旧", "旧\\", "[旧"])
def test_a_glob_that_can_match_nothing_is_refused(tmp_path: Path, glob: str) -> None:
    with pytest.raises(PathError, match="matches nothing"):
        scan([str(tmp_path)], Rules(SUFFIXES, exclude=(glob,)))


def test_an_ignore_file_that_fails_is_reported_and_the_scan_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the disk, which nothing but a broken disk gives."""
    plant(tmp_path, "甲.txt", {".ignore": "*"})

    def broken(path: Path) -> bytes:
        raise OSError(5, os.strerror(5), str(path))

    monkeypatch.setattr(Path, "read_bytes", broken)
    result = scan([str(tmp_path)], Rules(SUFFIXES))

    assert result.skipped == (Skipped(f"{tmp_path}/.ignore", "input/output error"),)
    assert [file.path for file in result.found] == [f"{tmp_path}/甲.txt"]
