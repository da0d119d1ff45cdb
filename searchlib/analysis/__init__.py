"""Text to terms: folding, cutting words, characters and pairs. The same on both sides, index and question.

`fingerprint` names everything that the terms depend on; an index remembers it and is made anew when it changes.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.metadata import version

from searchlib.analysis.fold import fold
from searchlib.analysis.terms import Terms, analyze, tokens

__all__ = ["Terms", "analyze", "fingerprint", "fold", "tokens"]

# Counted up whenever the same text would give other terms than before.
VERSION = 1


@cache
def fingerprint() -> str:
    """What the terms of an index depend on, for example `analysis 1, jieba 0.42.1, Unicode 14.0.0`.

    Unicode is part of it because letters, case and compatibility forms are Python's own tables.
    """
    return f"analysis {VERSION}, jieba {version('jieba')}, Unicode {unicodedata.unidata_version}"
