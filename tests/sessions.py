"""Terminal sessions as text: `$ command`, what it wrote to standard output, `! ` before each line that it wrote to
standard error, `? 2` where its exit status was not 0.

`searchlib` runs in this process, everything else in bash. `terminal 60 searchlib …` runs it in a process of its own at
a terminal of that width, where both streams are one and escape sequences are shown as `\\e`.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import terminals

from searchlib.cli import run

TESTS = Path(__file__).parent
TEXTS = TESTS / "texts"
BIN = str(Path(sys.executable).parent)

_VARYING = [
    (re.compile(r" in \d+\.\d s$", re.M), " in N s"),
    (re.compile(r'("(?:seconds|seconds_95|score|updated|index_bytes)": )[\d.e+-]+'), r"\1N"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: [+-]\d{4})?"), "DATE"),
    (re.compile(r"process \d+"), "process N"),
    (re.compile(r"\b(catalog|whoosh)-[0-9a-f]{16}"), r"\1-ID"),
    (re.compile(r"\b[0-9a-f]{24}\.(arrays|removed)"), r"ID.\1"),
    (re.compile(r"^(size: +).*", re.M), r"\1N"),
    (re.compile(r"\d+\.\d ms"), "N ms"),
    (re.compile(r"jieba [\d.]+, Unicode [\d.]+"), "jieba N, Unicode N"),
    (re.compile(r"^searchlib \d+\.\d+\.\d+$", re.M), "searchlib N"),
]
_ASSIGNMENT = re.compile(r"\w+=.*", re.S)
_SHELL = set("|<>&;()$`*\n")


class Answer(NamedTuple):
    """What a command wrote and ended with; surrogates are bytes that are not UTF-8."""

    out: str
    err: str
    status: int


class Session:
    """A folder with its environment, in which commands are run one after the other."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        for name in ("NO_COLOR", "FORCE_COLOR", "SEARCHLIB_INDEX", "CLICOLOR_FORCE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("TERM", "xterm-256color")
        # For what is done to an index on purpose, in `patients.py`.
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH")))))
        monkeypatch.setenv("PATH", BIN + os.pathsep + os.environ["PATH"])

    def run(self, command: str) -> Answer:
        words = shlex.split(command)
        if words[0] == "terminal":
            return self._at_terminal(int(words[1]), words[2:])
        settings = []
        while _ASSIGNMENT.fullmatch(words[0]):
            settings.append(words.pop(0).partition("="))
        is_plain = not _SHELL & set(re.sub(r"'[^']*'", "", command))
        if words[0] != "searchlib" or not is_plain:
            return _shell(command)
        with self._monkeypatch.context() as patch:
            for name, _, value in settings:
                patch.setenv(name, value)
            return searchlib(*words[1:])

    def _at_terminal(self, width: int, words: list[str]) -> Answer:
        shown, status = terminals.run(words, width=width)
        text = os.fsdecode(shown).replace("\r\n", "\n")
        return Answer(text.replace("\x1b", "\\e"), "", status)


def searchlib(*arguments: str) -> Answer:
    """Runs the program in this process, with streams that are no terminal, as `main` sets them up."""
    with _streams() as (out, err):
        status = run(arguments)
    return Answer(_text(out), _text(err), status)


@contextmanager
def _streams() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    before = sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape") for _ in range(2))
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8", "surrogateescape")


def _shell(command: str) -> Answer:
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60)
    return Answer(os.fsdecode(done.stdout), os.fsdecode(done.stderr), done.returncode)


def play(transcript: str, session: Session) -> str:
    """The transcript with the answers that its commands give now."""
    steps = [line for line in transcript.splitlines() if line.startswith(("# ", "$ "))]
    played = (f"$ {line[2:]}\n{answer(session, line[2:])}\n" if line[0] == "$" else f"{line}\n" for line in steps)
    return "".join(played).rstrip("\n") + "\n"


def answer(session: Session, command: str) -> str:
    """What a command answers, as it stands in a transcript."""
    out, err, status = session.run(command)
    lines = out.removesuffix("\n").split("\n") if out else []
    assert not any(line.startswith(("# ", "$ ")) for line in lines), "this line would be taken for a command"
    lines += (f"! {line}" for line in err.splitlines())
    lines += [f"? {status}"] if status else []
    text = normalised("".join(f"{line}\n" for line in lines).replace(str(session.folder), "/文库"))
    # Bytes that are not UTF-8 stand in a transcript, which is, as `\xNN`.
    return re.sub("[\udc80-\udcff]", lambda match: f"\\x{ord(match[0]) - 0xDC00:02x}", text)


def normalised(text: str) -> str:
    """Text without what differs from run to run and from machine to machine."""
    for pattern, constant in _VARYING:
        text = pattern.sub(constant, text)
    return text


def plant(folder: Path) -> None:
    """The files that sessions work on: the shared texts, and files in other encodings."""
    shutil.copytree(TEXTS, folder / "texts")
    (folder / "texts" / "README.md").unlink()
    others = folder / "编码"
    others.mkdir()
    (others / "国标.txt").write_bytes("土地承包经营权是农村集体经济组织成员的权利。".encode("gb18030"))
    (others / "大五.txt").write_bytes("記憶體不足，請關閉其他視窗之後再試一次。".encode("big5"))
    (others / "统一码.txt").write_bytes("长江大桥上的灯亮了。".encode("utf-16"))
    for file in folder.rglob("*.*"):
        # Old enough for the time of its last change to be proof that it did not change since.
        os.utime(file, (1_700_000_000, 1_700_000_000))


def prose(characters: int) -> str:
    """So much text, a paragraph a line, from the shared texts."""
    whole = "".join(file.read_text(encoding="utf-8") for file in sorted(TEXTS.glob("*.txt")))
    return (whole * (characters // len(whole) + 1))[:characters]
