"""Text to terms: folding, cutting words, characters and pairs. The same on both sides, index and question.

`fingerprint` names everything that the terms depend on; an index remembers it and is made anew when it changes.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from searchlib.analysis.fold import fold
from searchlib.analysis.installed import jieba_version

if TYPE_CHECKING:
    from searchlib.analysis.bulk import Gathered, Gatherer
    from searchlib.analysis.terms import Terms, analyze, analyze_pieces, tokens

__all__ = [
    "Gathered",
    "Gatherer",
    "Terms",
    "analyze",
    "analyze_pieces",
    "expect_much",
    "fingerprint",
    "fold",
    "prepare",
    "tokens",
]

# Counted up whenever the same text would give other terms than before.
VERSION = 2


@cache
def fingerprint() -> str:
    """What the terms of an index depend on, for example `analysis 1, jieba 0.42.1, Unicode 14.0.0`.

    Unicode is part of it because letters, case and compatibility forms are Python's own tables.
    """
    return f"analysis {VERSION}, jieba {jieba_version()}, Unicode {unicodedata.unidata_version}"


def prepare() -> None:
    """Makes what cuts questions, once for all indexes of a user, so that the first question need not."""
    from searchlib.analysis.segment import mapped

    mapped()


def expect_much() -> None:
    """Loads what cuts much text, for a process that is about to."""
    from searchlib.analysis.segment import segmenter

    segmenter.expect_much()


_HOMES = {
    **dict.fromkeys(("Gathered", "Gatherer"), "bulk"),
    **dict.fromkeys(("Terms", "analyze", "analyze_pieces", "tokens"), "terms"),
}


def __getattr__(name: str) -> Any:
    # An update with nothing to do needs the fingerprint alone, and those who only ask need no NumPy here.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"searchlib.analysis.{_HOMES[name]}"), name)
