"""Whatever is in files, in their names and in questions, a terminal gets text from this program, and no commands."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sessions import BIN, searchlib

from searchlib import Library
from searchlib.cli import run
from searchlib.cli.formats.plain import path_in_line

PROGRAM = str(Path(BIN, "searchlib"))
# Sets the title, writes to the clipboard, asks the terminal to answer, links, hides; turns text round; breaks off.
ESCAPES = (
    "\x1b]0;改名\x07",
    "\x1b]52;c;cm0gLXJmIH4=\x1b\\",
    "\x9d52;c;cm0=\x9c",
    "\x1b[6n\x1b[c",
    "\x1b]8;;http://x\x1b\\点\x1b]8;;\x1b\\",
    "\x1b[8m隐\x1b[2J\x1b[1A\r",
    "\x1bP+q544e\x1b\\\x90",
    "\u202e反\u202c\u2066右\u2069\u200f\u061c",
    "\x00\x08\x7f\x0b\x0c\x85\u2028\u2029\ufeff\U000e0041",
    "[red]红[/red]:smile:[/b]",
)
NASTY = st.lists(
    st.one_of(st.sampled_from(ESCAPES), st.sampled_from("长江大桥 “（/:\\\"'\n\t"), st.characters(codec="utf-8")),
    max_size=12,
).map("".join)
# Names are bytes, of which only two can't be in one.
# Bytes lose what no name has before they are decoded: what is then side by side may be a character.
NAMES = st.one_of(
    NASTY.map(lambda name: re.sub("[\0/]", "", name)[:40]),
    st.binary(max_size=40).map(lambda data: os.fsdecode(data.translate(None, b"\0/"))),
)
# An example is an index and thirty commands.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
OWN_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def obeyed(shown: str) -> set[str]:
    """The characters of what was shown that a terminal does something with, but for line ends and tabs."""
    bad = {char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")}
    return (bad | set(shown) & BIDI) - {"\n", "\t"}


@contextlib.contextmanager
def library(text: str, name: str) -> Iterator[list[list[str]]]:
    """A folder with an index of files that have this text everywhere; gives commands about it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        files = [f"{name}.txt", f"{name}.md", f"{name}.html"]
        Path(files[0]).write_text(f"长江大桥{text}\n{text}\n", encoding="utf-8")
        Path(files[1]).write_text(f"# 长江{text}\n\n## {text}\n\n大桥{text}\n", encoding="utf-8")
        Path(files[2]).write_text(f"<title>{text}</title><h1>{text}</h1><p>大桥{text}", encoding="utf-8")
        Library.create().update(files, encoding="utf-8")
        try:
            yield commands(text, files)
        finally:
            os.chdir(before)


def commands(text: str, files: list[str]) -> list[list[str]]:
    found = [["search", "大桥", *more] for more in ([], ["-C", "1"], ["-l"], ["-c"], ["--no-snippet"], ["--json"])]
    found += [["search", "--", text or "x"], ["search", "--json", "--", text or "x"], ["search", "x", "--path", text]]
    found += [
        ["search", "--sort", text, "x"],
        ["search", "--index", text, "x"],
        ["search", "--fields", text, "--json", "x"],
    ]
    found += [[command, file, *more] for file in files for command in ("show",) for more in ([], ["--json"])]
    found += [["show", text], ["explain", "--", text or "x"], ["explain", "--json", "--", text or "x"]]
    found += [["explain", "大桥", f"{file}:1", *more] for file in files for more in ([], ["--json"])]
    found += [
        ["analyze", "--", text or "x"],
        ["status"],
        ["status", "--json"],
        ["doctor", "--samples", "3", "--seed", "1"],
    ]
    found += [
        ["doctor", "--samples", "3", "--seed", "1", "--json"],
        ["help", text],
        ["eval", text],
        [text],
        ["index", text],
    ]
    found += [["index", "-v", "--rebuild", *files], ["index", "-n", *files], ["index", "--encoding", text, *files]]
    return [*found, ["index", "--max-size", text, *files]]


@settings(max_examples=10, deadline=None, phases=WITHOUT_SHRINKING)
@given(NASTY, NAMES)
def test_a_pipe_gets_plain_text(text: str, name: str) -> None:
    """A pipe may end at a terminal. Names alone go out as the bytes they are, for other programs to open."""
    with library(text, name) as asked:
        for words in asked:
            answer = searchlib(*words)

            out = answer.out.replace(name, "").replace(path_in_line(name), "")
            assert set() == obeyed(out), words
            assert set() == obeyed(answer.err), words


@pytest.mark.parametrize(
    "name", ["a\x1b[2Jb", "a\nb", "a\tb", "a\rb", "a\x9bb", "a\u2028b", "a\u202eb", "a\udcff\x1bb"]
)
def test_a_hit_is_one_line_whatever_its_file_is_called(name: str) -> None:
    """In a pipe too; a name by itself goes out as it is, and so do bytes that are no text."""
    with library("", name):
        *lines, _ = searchlib("search", "大桥").out.split("\n")
        counts = searchlib("search", "大桥", "-c").out
        around = searchlib("search", "大桥", "-C", "2").out
        shown = searchlib("show", f"{name}.txt").out
        names = searchlib("search", "大桥", "-l").out

    assert 3 == len(lines)
    assert {"html", "md", "txt"} == {re.sub(r"^a[^:]*b\.(\w+):\d+:\d+:.*", r"\1", line) for line in lines}
    for out in ("\n".join(lines), counts, around, shown):
        assert set() == obeyed(out.replace("\udcff", ""))
        assert not set("\t") & set(out)
    assert ("\udcff" in name) == all("\udcff" in line for line in lines)
    assert 3 == counts.count("\n")
    assert {f"{name}.txt", f"{name}.md", f"{name}.html"} == {name + end for end in re.findall(r"b(\.\w+)\n", names)}
    assert 3 == names.count(name)


@settings(max_examples=4, deadline=None, phases=WITHOUT_SHRINKING)
@given(NASTY, NAMES)
def test_a_terminal_gets_plain_text(text: str, name: str) -> None:
    """Names too: of all that is written to a terminal, only the program's own colours are more than text."""
    with library(text, name) as asked:
        for words in asked:
            if words[0] in ("index", "doctor"):
                continue  # they draw a bar, which takes a terminal's commands; the rest of it they say to pipes too
            shown = OWN_COLOURS.sub("", at_terminal(words)).replace("\r\n", "\n")

            assert set() == obeyed(shown), words


def at_terminal(words: list[str]) -> str:
    """What a command of this process writes, its standard output and error being a terminal."""
    outside, inside = pty.openpty()
    pieces: list[bytes] = []
    reader = threading.Thread(target=lambda: pieces.extend(iter(lambda: _piece(outside), b"")))
    reader.start()
    before = sys.stdout, sys.stderr
    try:
        with open(inside, "wb", buffering=0) as raw:
            sys.stdout = sys.stderr = io.TextIOWrapper(raw, "utf-8", "surrogateescape", write_through=True)
            run(words)
    finally:
        sys.stdout, sys.stderr = before
    reader.join()
    os.close(outside)
    return os.fsdecode(b"".join(pieces))


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


@pytest.mark.parametrize("text", ESCAPES)
def test_a_traceback_is_plain_text(tmp_path: Path, text: str) -> None:
    """The one thing that Python would write by itself."""
    name = text.replace("\0", "").replace("/", "")
    words = [PROGRAM, "--debug", "search", "--index", name, "x"]
    done = subprocess.run(words, capture_output=True, cwd=tmp_path, timeout=60)

    assert b"Traceback" in done.stderr
    assert set() == obeyed(os.fsdecode(done.stderr))
