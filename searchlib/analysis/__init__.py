"""Text to terms: folding, cutting words, characters and pairs. The same on both sides, index and question.

`fingerprint` names everything that the terms depend on; an index remembers it and is made anew when it changes.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from searchlib.analysis.fold import fold

if TYPE_CHECKING:
    from searchlib.analysis.bulk import Gathered, Gatherer
    from searchlib.analysis.terms import Terms, analyze, tokens

__all__ = ["Gathered", "Gatherer", "Terms", "analyze", "fingerprint", "fold", "tokens"]

# Counted up whenever the same text would give other terms than before.
VERSION = 1


@cache
def fingerprint() -> str:
    """What the terms of an index depend on, for example `analysis 1, jieba 0.42.1, Unicode 14.0.0`.

    Unicode is part of it because letters, case and compatibility forms are Python's own tables.
    """
    return f"analysis {VERSION}, jieba {_jieba_version()}, Unicode {unicodedata.unidata_version}"


def _jieba_version() -> str:
    """What `importlib.metadata` says, which takes ten times as long to import as this takes."""
    for folder in sys.path:
        with suppress(OSError):
            for name in os.listdir(folder or os.curdir):
                if name.startswith("jieba-") and name.endswith(".dist-info"):
                    with open(os.path.join(folder, name, "METADATA"), encoding="utf-8") as lines:
                        found = next((line for line in lines if line.startswith("Version:")), None)
                    if found:
                        return found.removeprefix("Version:").strip()
    from importlib.metadata import version

    return version("jieba")


_HOMES = {
    **dict.fromkeys(("Gathered", "Gatherer"), "bulk"),
    **dict.fromkeys(("Terms", "analyze", "tokens"), "terms"),
}


def __getattr__(name: str) -> Any:
    # An update with nothing to do needs the fingerprint alone, and those who only ask need no NumPy here.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"searchlib.analysis.{_HOMES[name]}"), name)
