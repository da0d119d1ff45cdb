"""A command that the program says is to be copied works as it stands, whatever the files are called."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sessions import searchlib
from trees import plant

from searchlib import Library
from searchlib.cli.formats.plain import UNSAFE, path_word, word

NAMES = [
    "两\n行.txt",
    "\x1b[31m红.txt",
    os.fsdecode("旧".encode("gb18030")) + ".txt",
    "制\t表'引\\n号.txt",
    "-\x7f倒\u202e序 $HOME `x`!.txt",
    "空 格.txt",
]
PREFIX = "take it out of the index with: "


def words_of(command: str) -> list[str]:
    """The words that bash makes of a command line."""
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {command}"], stdout=subprocess.PIPE, check=True, timeout=60)
    return [os.fsdecode(one) for one in done.stdout.split(b"\0")[:-1]]


@given(st.binary(min_size=1, max_size=12).filter(lambda name: b"\0" not in name))
@example(b"\x1b7")
@example(b"\xff0")
@example(b"'\\\n")
@example("\u2028\ufeff".encode())
def test_a_shell_reads_a_word_as_the_name_it_is_of(name: bytes) -> None:
    written = word(os.fsdecode(name))

    assert UNSAFE.search(written) is None
    assert "\n" not in written
    assert words_of(written) == [os.fsdecode(name)]


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="‘’"), min_size=1))
def test_a_word_without_controls_is_quoted_as_it_always_was(text: str) -> None:
    assert UNSAFE.search(text) or word(text) in (text, shlex.quote(text))


@pytest.mark.parametrize("name", NAMES)
def test_the_command_that_takes_out_what_is_gone_works(here: Path, name: str) -> None:
    plant(here, name, "甲.txt")
    Library("index").update(["."])
    Path(name).unlink()
    (said,) = [line for line in searchlib("search", "长江").err.splitlines() if PREFIX in line]
    _, *command = words_of(said.partition(PREFIX)[2])

    assert command == ["forget", f"./{name}" if name.startswith("-") else name]
    assert searchlib(*command).status == 0
    assert Library("index").sources() == ["甲.txt"]


@pytest.mark.parametrize("name", NAMES)
def test_the_command_that_takes_a_file_in_again_works(here: Path, name: str) -> None:
    plant(here, f"文/{name}", "文/甲.txt")
    Library("index").update(["文"])
    said = searchlib("forget", f"文/{name}").out.splitlines()[0]
    _, *command = words_of(said.rpartition(" (")[2].removesuffix(" takes it in again)"))

    assert command == ["index", f"文/{name}"]
    assert searchlib(*command).status == 0
    assert Library("index").sources() == sorted(["文/甲.txt", f"文/{name}"])
    assert path_word("-n") == "./-n"
