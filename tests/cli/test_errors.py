"""Faults of the program itself are told as such, with a way to the traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import searchlib

from searchlib.cli import run
from searchlib.cli.progress import Lines
from searchlib.errors import NoIndex
from searchlib.library import Library
from searchlib.model import Progress


def broken(_: object, **_options: object) -> Library:
    raise ValueError("\x1b[31m坏了")


def test_a_fault_is_one_sentence_and_where_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "open", broken)

    answer = searchlib("search", "长江")

    assert (answer.out, answer.status) == ("", 2)
    assert answer.err.splitlines() == [
        "searchlib: this should not have happened: ValueError: ␛[31m坏了",
        "searchlib: searchlib --debug COMMAND … shows where; please report it",
    ]


def test_progress_is_a_line_now_and_then_where_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Lines("files")
    for files, done in enumerate((1_000_000, 4_999_999, 5_000_000, 9_000_000, 10_100_000), start=1):
        shown(Progress(files, 1_000, done, 20_000_000, 0, "书.txt"))

    assert capsys.readouterr().err.splitlines() == [
        "3 of 1,000 files, 5.0 of 20.0 MB",
        "5 of 1,000 files, 10.1 of 20.0 MB",
    ]


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    with pytest.raises(NoIndex):
        run(["--debug", "search", "长江", "--index", str(tmp_path)])


def test_a_file_the_system_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object, **_options: object) -> Library:
        raise PermissionError(13, "Permission denied", "index/meta.json")

    monkeypatch.setattr(Library, "open", refused)

    assert searchlib("search", "长江") == ("", "searchlib: index/meta.json: permission denied\n", 2)
