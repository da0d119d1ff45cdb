"""What is drawn on a terminal: lines that fit, Chinese punctuation where it belongs, and no command from a file."""

from __future__ import annotations

import os
import re
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
import terminals
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from sessions import BIN, plant, searchlib

from searchlib import Library
from searchlib.cli.formats.plain import one_line, visible
from searchlib.cli.formats.wrap import wrap

PROGRAM = str(Path(BIN, "searchlib"))
EVIL = "长江\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e\u2066大桥\x00\x08[red]红[/red]:smile:"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "SEARCHLIB_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


def drawn(*arguments: str, width: int = 60) -> str:
    shown, _ = terminals.run([PROGRAM, *arguments], width=width)
    return os.fsdecode(shown).replace("\r\n", "\n")


@pytest.mark.parametrize("width", [10, 33, 200])
def test_lines_fit_and_begin_with_no_closing_mark(here: Path, width: int) -> None:
    plant(here)
    Library.create().update(["texts/河边的书店.txt"])

    lines = drawn("show", "河边的书店.txt", "--color", "never", width=width).split("\n")
    text = [line for line in lines if line.startswith("  ")]

    assert len(text) > 80
    assert max(map(cell_len, text)) <= width
    assert [line for line in text if line[2] in "，。、；：！？”」』）》"] == []


@pytest.mark.parametrize("command", [["search", "大桥"], ["search", "-l", "大桥"], ["show"]])
@pytest.mark.parametrize("color", ["always", "never"])
def test_no_file_gives_commands_to_the_terminal(here: Path, command: list[str], color: str) -> None:
    """Neither by what is in it nor by its name: what is left of escapes are the program's own colours."""
    name = "甲\x1b[31m\u202e\n乙.txt"
    (here / name).write_text(EVIL, encoding="utf-8")
    Library.create().update([name])
    words = [*command, name] if command == ["show"] else command

    shown = drawn(*words, "--color", color)
    own = re.sub(r"\x1b\[[0-9;]*m", "", shown) if color == "always" else shown

    assert "乙.txt" in own
    assert {char for char in own if unicodedata.category(char) in ("Cc", "Cf", "Cs")} <= {"\n"}
    assert command == ["search", "-l", "大桥"] or "[red]红[/red]:smile:" in own.replace("\n  ", "")
    assert own.count("\x1b[31m") == 0


def test_files_say_nothing_to_the_terminal_in_a_pipe_either(here: Path) -> None:
    """A pipe may end in `less -R`: the text is made safe there too; names are bytes for other programs."""
    (here / "甲.txt").write_text(EVIL, encoding="utf-8")
    Library.create().update(["甲.txt"])

    assert searchlib("search", "大桥").out == ("甲.txt:1:23:长江␛]0;pwned␇␛[2J�31m��大桥␀␈[red]红[/red]:smile:\n")


def test_colour_is_on_a_terminal_only(here: Path) -> None:
    (here / "甲.txt").write_text("长江大桥", encoding="utf-8")
    Library.create().update(["甲.txt"])

    assert "\x1b[1;31m大桥\x1b[0m" in drawn("search", "大桥")
    assert searchlib("search", "大桥", "--color", "always").out == (
        "\x1b[35m甲.txt\x1b[0m:\x1b[32m1\x1b[0m:\x1b[32m3\x1b[0m:长江\x1b[1;31m大桥\x1b[0m\n"
    )


def test_an_update_draws_a_bar_and_takes_it_away(here: Path) -> None:
    plant(here)

    shown = drawn("index", "texts/生僻字.txt")

    assert "1/1 files" in shown
    assert shown.split("\x1b[2K")[-1].startswith("added 1, changed 0, removed 0, unchanged 0, skipped 0\n")


TEXTS = st.text(st.sampled_from("长江大桥，。（）“”abcd 1.%…—\n𠮷é"), max_size=80)


@given(TEXTS, st.integers(2, 30))
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    lines = wrap(text, width)

    assert max((cell_len(text[start:end]) for start, end in lines), default=0) <= width
    between = [text[end:start] for (_, end), (start, _) in pairwise(lines)]
    assert set("".join(between)) <= {" ", "\n"}
    assert (lines[0][0], lines[-1][1]) == (0, len(text))


@given(st.text())
def test_visible_text_keeps_its_length_and_has_no_controls(text: str) -> None:
    """Spans that point into the text still do."""
    assert len(visible(text)) == len(text)
    assert [char for char in one_line(text) if unicodedata.category(char) in ("Cc", "Cs")] == []
    assert not set(one_line(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
