"""The README shows what the program does: its examples are run, and it names every command and option."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sessions import Session, normalised

from searchlib.cli import searchlib

PROJECT = Path(__file__).parent.parent
README = PROJECT / "README.md"
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.M | re.S)


def test_examples_answer_as_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """All of them, one after the other, in a copy of what they are about."""
    for folder in ("seeds", "tests/evaluation/judged"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    session = Session(tmp_path, monkeypatch)
    written = README.read_text(encoding="utf-8")

    played = _BLOCK.sub(lambda block: "".join(shown(block[0], session)), written)

    if not pytestconfig.getoption("update_golden"):
        assert normalised(written) == normalised(played)
    elif normalised(written) != normalised(played):
        README.write_text(played, encoding="utf-8")


def shown(block: str, session: Session) -> Iterator[str]:
    """The commands of a block, each with its answer as a terminal has it."""
    for line in block.splitlines():
        if line.startswith("$ "):
            answer = session.run(line[2:])
            yield f"{line}\n{answer.out}{answer.err}"


def names() -> Iterator[str]:
    commands = [searchlib, *searchlib.commands.values()]
    for command in commands:
        yield command.name or ""
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield from parameter.opts


@pytest.mark.parametrize("name", sorted(set(names())))
def test_it_names(name: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", README.read_text(encoding="utf-8"))
