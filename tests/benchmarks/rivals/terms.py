"""The terms that rivals are given who cannot cut Chinese themselves."""

from __future__ import annotations

import re
from itertools import pairwise

HAN = "㐀-䶿一-鿿\uf900-\ufaff〇\U00020000-\U0003ffff"
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|[^\W_{HAN}]+")


def characters(text: str) -> list[str]:
    """Every Han character, and whole words of other scripts."""
    return [term for run, is_han in _runs(text) for term in (run if is_han else [run])]


def pairs(text: str) -> list[str]:
    """Every two neighbours within a run of Han characters.

    >>> pairs("民法典 2020")
    ['民法', '法典']
    """
    return [one + other for run, is_han in _runs(text) if is_han for one, other in pairwise(run)]


def words(text: str) -> list[str]:
    """What jieba makes of it, each character in one word; marks are left out."""
    import rjieba

    return list(filter(str.isalnum, rjieba.cut(text.lower())))


def search_words(text: str) -> list[str]:
    """What jieba's search mode makes of it, long words with the shorter ones in them; marks are left out."""
    import rjieba

    return list(filter(str.isalnum, rjieba.cut_for_search(text.lower())))


def trigrams(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(len(text) - 2)]


def _runs(text: str) -> list[tuple[str, bool]]:
    return [(match[0], match["han"] is not None) for match in _RUN.finditer(text.lower())]
