"""Globs match what they match for git, in time that grows with the glob and the path alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib.globs import parse
from searchlib.scan import Rules, scan

NAMES = ["a", "b", "aa", "ab", "aab", "a-b", "a]", "a[b", "a*", "a!b", "ba.txt"]
FILES = [
    *NAMES,
    *(f"{folder}/{name}" for folder in ("d", "ab.d") for name in NAMES),
    "d/a.d/b",
    "d/a.d/aa/b",
    "a.d/e/a",
]
signs = st.sampled_from(["a", "b", "d", "e", ".", "*", "**", "?", "/", "/**/", "**/", "/**", "[ab]", "[!a]", "[^-b]"])
odd = st.sampled_from(
    ["\\", "\\*", "\\/", "[", "]", "[]a]", "[a-]", "[b-a]", "[\\]]", "[a/b]", "-", "!", "***", "*a", "*b"]
)
lines = st.lists(signs | odd, min_size=1, max_size=6).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository of git with the files."""
    folder = tmp_path_factory.mktemp("globs")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for file in FILES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not shutil.which("git"), reason="git is what it is compared with")
@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["", "", "!"]), lines).map("".join), min_size=1, max_size=3))
@example(["d/**"])
@example(["**/b", "!d/**/b"])
@example(["a[!x]b"])
@example(["d[!x]a"])
@example(["[b-a]"])
@example(["a\\"])
@example(["***/b"])
@example(["d/***"])
def test_what_is_left_is_what_git_leaves(folder: Path, patterns: list[str]) -> None:
    """Of any lines, in files at any depth."""
    (folder / ".gitignore").write_text("\n".join(patterns) + "\n", encoding="utf-8")
    listed = subprocess.run(
        ["git", "-C", str(folder), "ls-files", "-o", "-z", "--exclude-standard"], check=True, capture_output=True
    )
    expected = {name for name in listed.stdout.decode().split("\0") if name and name != ".gitignore"}
    found = scan([str(folder)], Rules(frozenset({"", *(Path(file).suffix for file in FILES)}))).found

    assert expected == {str(Path(file.path).relative_to(folder)) for file in found} - {".gitignore"}


@settings(deadline=None)
@given(st.lists(signs, min_size=1, max_size=60).map("".join), st.text("ab/d", min_size=1, max_size=200))
@example("*a" * 10 + "b", "a" * 200)
@example("**/a/" * 20 + "b", "a/" * 100)
@example("*?" * 50 + "b", "a" * 200)
@example("**/*a*a*a/*b*b/" * 5, "aaaa/bbbb/" * 40)
def test_a_glob_takes_no_more_steps_than_its_length_times_that_of_the_path(pattern: str, path: str) -> None:
    """A step is a call, and none but those that look for one piece of a fixed length goes through a whole name."""
    glob = parse(pattern)
    steps = _calls(lambda: glob.matches(path)) if glob else 0

    assert steps <= 50 + 10 * (len(pattern) + 1) * (len(path.split("/")) + 1)
    for piece in [piece for group in glob.groups for segment in group for piece in segment.pieces] if glob else []:
        assert not piece.pattern or not set("*+{") & set(piece.pattern.pattern.replace("\\*", "").replace("\\+", ""))


def _calls(work: Callable[[], object]) -> int:
    """How many functions are called, those of Python's own included."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
