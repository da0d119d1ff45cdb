"""jieba written in Rust (the extra `fast`); nothing else imports it. Importing this reads its dictionary (0.1 s)."""

from __future__ import annotations

import re

import rjieba
from rjieba import has_word as is_word

__all__ = ["cut", "is_word"]

# Where the model finds two ways equally likely rjieba may take the other one than jieba: 枫枫|枫枫枫. For that the same
# characters have to come in the same places, so there are three in a row, or twice two.
_MAY_BE_TIED = re.compile(r"(.)\1(?:\1|.*(.)\2)")


def cut(stretches: str) -> list[str]:
    """The words of stretches that line ends keep apart, line ends included, without the words inside others."""
    words: list[str] = []
    done = 0
    while tie := _MAY_BE_TIED.search(stretches, done):
        start = max(stretches.rfind("\n", done, tie.start()) + 1, done)
        end = stretches.find("\n", tie.end())
        end = len(stretches) if end < 0 else end
        words += rjieba.cut(stretches[done:start])
        words += _cut_as_jieba(stretches[start:end])
        done = end
    return [*words, *rjieba.cut(stretches[done:])]


def _cut_as_jieba(stretch: str) -> list[str]:
    from searchlib.analysis.mapped_jieba import cutter

    if found := cutter():
        return found.cut(stretch)
    from searchlib.analysis import python_jieba

    return python_jieba.cut(stretch)
