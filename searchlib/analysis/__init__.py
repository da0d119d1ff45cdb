"""Text to terms: folding, cutting words, characters and pairs. The same on both sides, index and question.

`fingerprint` names everything that the terms depend on; an index remembers it and is made anew when it changes.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from searchlib.analysis.fold import fold
from searchlib.analysis.terms import Terms, analyze, tokens

if TYPE_CHECKING:
    from searchlib.analysis.bulk import Gathered, Gatherer

__all__ = ["Gathered", "Gatherer", "Terms", "analyze", "fingerprint", "fold", "tokens"]

# Counted up whenever the same text would give other terms than before.
VERSION = 1


@cache
def fingerprint() -> str:
    """What the terms of an index depend on, for example `analysis 1, jieba 0.42.1, Unicode 14.0.0`.

    Unicode is part of it because letters, case and compatibility forms are Python's own tables.
    """
    return f"analysis {VERSION}, jieba {version('jieba')}, Unicode {unicodedata.unidata_version}"


def __getattr__(name: str) -> Any:
    # NumPy costs every start 60 ms, and those who only ask need none of it here.
    if name not in {"Gathered", "Gatherer"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from searchlib.analysis import bulk

    return getattr(bulk, name)
