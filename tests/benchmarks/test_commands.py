"""The commands of the benchmarks, as they are written down for those who want to run them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
WRITTEN = [PROJECT / "README.md", Path(__file__).with_name("README.md")]
# What makes them short enough for a test.
SMALL = {
    "compare.py": "--quick --only fts5_characters fts5_trigrams",
    "growth.py": "--quick --paragraphs 4 8",
    "commands.py": "--quick --files 4",
    "chart.py": "",
    "deadline.py": "",
    "kinds.py": "--only fts5_characters --questions 12",
    "memory.py": "--count 20",
}
# They only print.
PRINTING = {"deadline.py", "memory.py"}


def commands() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in WRITTEN]
    return {command for text in texts for command in re.findall(r"^python (tests/benchmarks/.*)$", text, re.M)}


def test_they_are_written_down() -> None:
    assert set(SMALL) == {Path(shlex.split(command)[0]).name for command in commands()}


@pytest.mark.parametrize("written", WRITTEN, ids=lambda path: path.parent.name)
def test_they_run(written: Path, tmp_path: Path) -> None:
    """In the order they stand in, on a folder of a file."""
    (tmp_path / "laws").mkdir()
    text = "土地承包经营权人依法对其承包经营的耕地享有权利。\n" * 20
    (tmp_path / "laws" / "民法典.md").write_text(text, encoding="utf-8")
    found = re.findall(r"^python (tests/benchmarks/.*)$", written.read_text(encoding="utf-8"), re.M)

    for command in found:
        script, *given = shlex.split(re.sub("FOLDER|LAWS|NEWS|DOCUMENTATION", "laws", command))
        small = SMALL[Path(script).name].split()
        subprocess.run([sys.executable, PROJECT / script, *given, *small], cwd=tmp_path, check=True)

    assert found
    # What a command writes is its last word, with or without what makes it a file's name.
    written_to = [words[-1] for words in map(shlex.split, found) if Path(words[0]).name not in PRINTING]
    assert all((tmp_path / name).with_suffix(Path(name).suffix or ".txt").exists() for name in written_to)
