"""Files made to exhaust whoever reads them: memory stays within its bound, and the others are indexed all the same."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import pytest
from places import made
from sessions import searchlib
from test_library import write

from searchlib import Library
from searchlib.engines import engine
from searchlib.engines.whoosh import merge, parts
from searchlib.errors import TooLarge
from searchlib.headings import HeadingPath
from searchlib.ingest import Task, ingest
from searchlib.model import Change, ChangeKind, Found, Paragraph
from searchlib.paragraphs import LONGEST, paragraphs_of, split
from searchlib.reading import content, read, text

# Bytes of memory at most, while its paragraphs are made, for any file, for each of its bytes, and for each of its lines
# and marks. Plain text has no marks, and its lines are not held.
FEWEST, A_BYTE, A_MARK = 1_000_000, 20, {"txt": 0, "md": 800, "html": 800}

# A text of about so many characters, in which nothing ends, or everything does, or all is nested.
PATTERNS: dict[str, Callable[[int], str]] = {
    "one character": lambda size: "枫" * size,
    "one letter": lambda size: "a" * size,
    "words of a million letters": lambda size: ("a" * 1_000_000 + " ") * (size // 1_000_000 + 1),
    "lines of one character": lambda size: "a\n" * (size // 2),
    "empty lines": lambda size: "\n" * size,
    "lines of one space": lambda size: " \n" * (size // 2),
    "carriage returns": lambda size: "\r" * size,
    **{f"nothing but {mark}": lambda size, mark=mark: mark * size for mark in '<>#|`[]*_~&\\-="“。（'},  # type: ignore[misc]
    "combining marks": lambda size: "e" + "\u0301" * size,
    "overrides": lambda size: "\u202e" * size,
    "emoji joined": lambda size: "👨‍👩‍👧" * (size // 5),
    "elements in one another": lambda size: "<div>" * (size // 11) + "枫" + "</div>" * (size // 11),
    "tags without an end": lambda size: "<p" * (size // 2),
    "comments without an end": lambda size: "<!--" * (size // 4),
    "one long attribute": lambda size: f"<p a='{'b' * size}'>枫",
    "many attributes": lambda size: f"<p {'a=b ' * (size // 4)}>枫",
    "references": lambda size: "&amp;" * (size // 5),
    "unknown references": lambda size: "&nosuch;" * (size // 8),
    "references without a number": lambda size: "&#;" * (size // 3),
    "scripts": lambda size: "<script>" * (size // 8),
    "quotations in one another": lambda size: f"{'>' * (size // 2)}甲\n{'>' * (size // 2)}乙\n",
    "lists in one another": lambda size: "".join(" " * (2 * at) + "- 甲\n" for at in range(int(size**0.5))),
    "cells": lambda size: f"|a|b|\n|-|-|\n{'|枫|桥|' * (size // 5)}\n",
    "fences": lambda size: "```\n" * (size // 4),
    "code of growing fences": lambda size: "".join("`" * at + " a " for at in range(int((2 * size) ** 0.5))),
    "links": lambda size: "[a](" * (size // 4),
    "titles of spaces": lambda size: f"---\n{'title: ' * (size // 7)}\n---\n",
    "articles": lambda size: "".join(f"第{at}条\n" for at in range(size // 8)),
}


def peak(text: str, suffix: str) -> int:
    """Bytes of memory that it takes at most to make paragraphs of a file, one after the other."""
    data = text.encode()
    read(f"a.{suffix}", b"<p>a**b**")  # what is loaded once is not the file's
    tracemalloc.start()
    deque(paragraphs_of(read(f"a.{suffix}", data, "utf-8")), maxlen=0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("suffix", ["txt", "md", "html"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_memory_goes_by_bytes_and_marks(pattern: str, suffix: str) -> None:
    text = PATTERNS[pattern](200_000 if suffix == "txt" else 20_000)
    marks = sum(map(text.count, "\n\r<=&>\\*_~`[]|"))

    assert peak(text, suffix) <= FEWEST + A_BYTE * len(text.encode()) + A_MARK[suffix] * marks


def test_empty_lines_take_little() -> None:
    for suffix in ("txt", "md", "html"):
        for line in ("\n", " \n", "\t \n"):
            assert peak(f"# 头\n{line * 100_000}", suffix) < 8_000_000


# What is in a file of any size: short and long paragraphs, lines that were wrapped, headings, markup.
_SAID = "长江大桥在武汉，两岸都是水，一九五七年建成通车。"
KINDS: dict[str, tuple[str, str]] = {
    "a paragraph a line": ("txt", f"{_SAID}\n" * 40),
    "lines of one letter": ("txt", "a\n" * 480),
    "wrapped lines": (
        "txt",
        ("长江大桥在武汉两岸都是水一九五七年建成通车的公路铁路两用桥\n" * 3 + "桥。\n") * 9,
    ),
    "numbered articles": ("txt", f"第一条　总则\n{_SAID}\n第二条　附则\n" * 25),
    "paragraphs of Markdown": ("md", f"## 桥\n\n{_SAID}\n\n* {_SAID}\n* **水**\n\n<div>\n\n```\n# 桥\n```\n\n" * 12),
    "paragraphs of HTML": ("html", f"<h2>桥</h2>\n<p>{_SAID}<!-- 水 --><b>水</b>&amp;</p>\n" * 25),
}


@pytest.fixture
def _in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_CHARACTERS", 20_000)
    monkeypatch.setattr(merge, "_AT_ONCE", 10_000)
    monkeypatch.setattr(content, "_PIECE", 8_000)
    monkeypatch.setattr(content, "MOST_HELD", 8_000)
    monkeypatch.setattr(text, "_MOST", 8_000)
    monkeypatch.setattr("searchlib.wrapping._TELLING", 200)
    monkeypatch.setattr("searchlib.paragraphs._TELLING", 200)


@pytest.mark.usefixtures("_in_small_pieces")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("kind", KINDS)
def test_reading_takes_no_more_memory_for_a_larger_file(kind: str, encoding: str, tmp_path: Path) -> None:
    suffix, said = KINDS[kind]
    most = []
    for times in (1, 20, 80):
        ingested = ingested_of(tmp_path / f"a.{suffix}", said * times, encoding)
        deque(ingested, maxlen=0)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    _, little, much = most
    assert much <= little + 60_000


@pytest.mark.usefixtures("_in_small_pieces")
@pytest.mark.parametrize("kind", [kind for kind, (suffix, _) in KINDS.items() if suffix == "txt"])
def test_writing_takes_hardly_more_memory_for_a_larger_file(kind: str, tmp_path: Path) -> None:
    """Some numbers for each paragraph."""
    _, said = KINDS[kind]
    most = []
    for times in (1, 60, 180):
        written = engine("whoosh").create(made(tmp_path / str(times))).parts()
        paragraphs = ingested_of(tmp_path / "a.txt", said * times, "utf-8")
        numbers = count()
        written.add("a.txt", (paragraph for paragraph, _ in zip(paragraphs, numbers, strict=False)))
        assert len(written.finish()) == 1
        most.append((next(numbers), tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()

    _, (fewer, little), (more, much) = most
    assert much - little <= 64 * (more - fewer)


@pytest.mark.usefixtures("_in_small_pieces")
def test_memory_goes_by_the_longest_line(tmp_path: Path) -> None:
    """A paragraph is held, and cut when all of it is known."""
    most = []
    for times in (1, 2_000, 8_000):
        paragraphs = ingested_of(tmp_path / "a.txt", _SAID * times, "utf-8")
        deque(paragraphs, maxlen=0)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    _, little, much = most
    assert much - little <= 12 * len(_SAID) * 6_000


def ingested_of(file: Path, said: str, encoding: str) -> Iterable[Paragraph]:
    """The paragraphs of a file; from its reading on, memory is traced."""
    file.write_text(said, encoding=encoding, newline="\n")
    tracemalloc.start()
    outcome, paragraphs = ingest(task(str(file), 64_000_000))
    assert outcome.is_new
    return paragraphs


def test_spaces_in_a_title_are_passed_once() -> None:
    """Once for each other would take days."""
    spaces = " " * 1_000_000

    for title in (f"a{spaces}b", f"\"a{spaces}b'{spaces}", f"a{spaces}"):
        assert title.strip(" \"'") == read("a.md", f"---\ntitle:{spaces}{title}\n---\n".encode()).title


def task(path: str, most: int) -> Task:
    status = os.stat(path)
    return Task(path, Found(path, status.st_size, status.st_mtime_ns), None, None, most)


def test_a_file_of_too_many_lines_is_told_and_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten million lines of a byte each would take as much memory as a file of gigabytes."""
    monkeypatch.chdir(tmp_path)
    write("行.txt", "a\n" * 4_000_001)

    outcome, paragraphs = ingest(task("行.txt", 64_000_000))

    assert outcome.reason == (
        "more than 4,000,000 lines and marks, each of which counts as 16 bytes; --max-size sets the limit"
    )
    assert (outcome.known, outcome.drops, paragraphs) == (None, True, ())


def test_only_what_a_format_gives_a_meaning_counts() -> None:
    text = "<a> & *b*\n" * 2

    assert read("a.txt", text.encode(), most_marks=2).blocks
    for path, marks in (("a.html", 6), ("a.md", 12)):
        assert read(path, text.encode(), most_marks=marks).blocks
        with pytest.raises(TooLarge, match=f"^more than {marks - 1} lines and marks$"):
            read(path, text.encode(), most_marks=marks - 1)


def test_short_headings_below_a_long_one_do_not_repeat_it_without_end() -> None:
    place = HeadingPath().place
    long = "长" * 1_000
    place(long, 1)
    taken = 0
    for number in range(100_000):
        place(str(number), 2)
        taken += sum(map(len, place("", 0) or place(f"{number}.", 3)))

    assert place("末", 3) == ("99999",)
    assert taken < 6_000_000


def test_titles_and_headings_are_no_longer_than_paragraphs() -> None:
    paragraphs = split(read("a.md", f"# {'长' * 5_000}\n\n江\n".encode()))

    assert {len(paragraph.title) for paragraph in paragraphs} == {LONGEST}
    assert paragraphs[-1].heading == ("长" * LONGEST,)
    assert "长" * 5_000 == "".join(paragraph.text for paragraph in paragraphs[:-1])


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was a file when it was found."""
    monkeypatch.chdir(tmp_path)
    write("稿/桥.txt", "长江大桥。")
    write("稿/船.txt", "长江渡船。")

    def swap(_: object) -> None:
        if Path("稿/船.txt").is_file():
            Path("稿/船.txt").unlink()
            os.mkfifo("稿/船.txt")

    with Library.create() as library:
        report = library.update(["稿"], on_change=swap)

    assert list(report.changes) == [Change("稿/桥.txt", ChangeKind.ADDED, "utf-8")]
    assert [(skipped.path, skipped.reason) for skipped in report.skipped] == [("稿/船.txt", "not a regular file")]


def test_compressed_bombs_by_any_name_are_bytes_like_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is unpacked."""
    import bz2
    import gzip
    import zipfile

    monkeypatch.chdir(tmp_path)
    zeros = bytes(50_000_000)
    Path("包").mkdir()
    Path("包/甲.txt").write_bytes(gzip.compress(zeros, 1))
    Path("包/乙.md").write_bytes(bz2.compress(zeros, 1))
    with zipfile.ZipFile("包/丙.html", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", zeros)
    write("包/丁.txt", "长江")

    answer = searchlib("index", "包")

    assert answer.err == "".join(
        f"searchlib: skipped 包/{name}: binary data\n" for name in ("丙.html", "乙.md", "甲.txt")
    )
    assert answer.status == 2
    assert searchlib("search", "长江", "-l").out == "包/丁.txt\n"


# Everything is loaded and in place before there is a limit; `sys.argv[1]` is how many MB there are on top of that.
IN_LITTLE_MEMORY = """
import resource, sys
import searchlib.engines.whoosh.build, searchlib.ingest, searchlib.paragraphs, searchlib.reading.text
import filelock, searchlib.cli.index, searchlib.cli.progress, searchlib.indexing, searchlib.reading.html
import searchlib.reading.markdown, searchlib.workers
from searchlib.analysis.segment import segmenter
from searchlib.cli import run

segmenter(10**9)
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize() + int(sys.argv[1]) * 1_000_000
resource.setrlimit(resource.RLIMIT_AS, (taken, taken))
sys.exit(run(["index", "-j", "1", "稿"]))
"""


def in_little_memory(megabytes: int) -> tuple[str, int]:
    words = [sys.executable, "-c", IN_LITTLE_MEMORY, str(megabytes)]
    done = subprocess.run(words, capture_output=True, timeout=120)
    return done.stderr.decode(), done.returncode


def test_a_file_that_memory_does_not_suffice_for_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("稿/小.txt", "长江")
    write("稿/大.txt", "a\n" * 1_500_000)

    assert in_little_memory(150) == ("searchlib: skipped 稿/大.txt: takes more memory than there is\n", 2)
    assert searchlib("search", "长江", "-l").out == "稿/小.txt\n"


@pytest.mark.parametrize(
    ("megabytes", "expected"),
    [
        (40, ["searchlib: skipped 稿/大.txt: takes more memory than there is"]),
        (
            2,
            [
                "searchlib: there was not enough memory for this; what was committed before is intact",
                "searchlib index --jobs 1 needs the least",
            ],
        ),
    ],
    ids=["for one file", "for anything"],
)
def test_memory_that_does_not_suffice_leaves_the_last_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, expected: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write("稿/小.txt", "长江")
    with Library.create() as library:
        library.update(["稿"])
    write("稿/大.txt", "枫桥经验" * 1_000_000)

    said, status = in_little_memory(megabytes)

    assert said.splitlines()[-len(expected) :] == expected
    assert status == 2
    assert searchlib("search", "长江", "-l").out == "稿/小.txt\n"
