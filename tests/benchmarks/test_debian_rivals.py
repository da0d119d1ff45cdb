"""The rivals that come from Debian, each on a handful of paragraphs, where they are installed."""

from __future__ import annotations

import subprocess
from importlib.machinery import PathFinder
from pathlib import Path
from shutil import which

import compare
import pytest
import samples
from measured import cost
from rivals import RIVALS
from trial import Plan

TEXT = "# 民法典\n\n土地承包经营权人依法对其承包经营的耕地享有权利。\n\n劳动合同解除以后，公司应当赔偿。\n"
PLAN = Plan(rounds=1, changes=1, starts=1, literals=8)
# Where the modules of Debian's own Python lie.
MODULES = ["/usr/lib/python3/dist-packages"]
INSTALLED = {
    "xapian": PathFinder.find_spec("xapian", MODULES),
    "groonga": which("groonga"),
    "recoll": which("recollq") and PathFinder.find_spec("recoll", MODULES),
    "ripgrep": which("rg"),
}


def installed(*keys: str) -> list[object]:
    return [pytest.param(key, marks=pytest.mark.skipif(not INSTALLED[key], reason="not installed")) for key in keys]


@pytest.mark.parametrize("key", installed("xapian", "groonga", "recoll", "ripgrep"))
def test_it_is_measured_and_finds_every_literal(key: str, tmp_path: Path) -> None:
    (tmp_path / "民法典.md").write_text(TEXT, encoding="utf-8")

    run = compare.compare(tmp_path, [key], PLAN, lambda _: None)

    assert {} == run["missing"]
    figures = run["rivals"][key]
    assert dict.fromkeys(map(str, samples.LENGTHS), 1.0) == figures["recall"]
    assert 3 == figures["query_every"]["answered"]
    assert (key != "ripgrep") == ("changed_s" in figures)


@pytest.mark.parametrize("key", installed("groonga", "recoll", "ripgrep"))
def test_the_command_for_its_users_finds_what_is_there(key: str, tmp_path: Path) -> None:
    """One that does nothing would be measured as a fast one."""
    rival, folder, index = RIVALS[key], tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    (folder / "民法典.md").write_text(TEXT, encoding="utf-8")
    if command := rival.indexing(folder, index):
        cost(command)

    said = subprocess.run(rival.cold(folder, index, "承包经营"), capture_output=True, check=True).stdout.decode()

    assert "民法典.md" in said
