"""What an index is made of does not depend on which segmenter is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from places import made
from sessions import TEXTS

from searchlib.engines.whoosh import table

INDEX = """
import sys
if {without}:
    sys.modules["rjieba"] = None  # importing it fails, as where it is not installed
from searchlib.cli import run
status = run(["index", "texts", "--index", "{index}"])
used = {{"jieba", "rjieba"}} & {{name for name, module in sys.modules.items() if module}}
print(status, *used)
"""


def indexed(index: str, *, without: bool) -> str:
    code = INDEX.format(index=index, without=without)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()[
        -1
    ]


def test_an_index_is_the_same_to_the_byte_with_and_without_rjieba(here: Path) -> None:
    """All arrays: terms, postings, frequencies, lengths, stored paragraphs."""
    shutil.copytree(TEXTS, here / "texts")

    assert ["0 rjieba", "0 jieba"] == [indexed("fast", without=False), indexed("slow", without=True)]
    folders = [made(*(here / name).glob("whoosh-*")) for name in ("fast", "slow")]
    fast, slow = (table.opened(folder, *table.read(folder).rows) for folder in folders)
    assert list(fast) == list(slow)
    assert [] == [name for name in fast if not np.array_equal(fast[name], slow[name])]
    assert fast.facts == slow.facts
