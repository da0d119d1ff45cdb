"""jieba itself, with its slow step made faster; nothing else imports it. Importing this loads it (0.1 s).

jieba writes its dictionary cache to the system's temp folder under a name that anyone can guess, and reads it back
with `marshal`. Here it goes to a folder of the user's own that nobody else can enter.
"""

from __future__ import annotations

import logging
import marshal
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from math import log
from pathlib import Path
from typing import BinaryIO

from platformdirs import user_cache_path


@contextmanager
def _without(module: str) -> Iterator[None]:
    """As if a module were not installed."""
    before = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment]  # what Python takes for "not to be had"
    try:
        yield
    finally:
        del sys.modules[module]
        if before:
            sys.modules[module] = before


with warnings.catch_warnings(), _without("pkg_resources"):
    # jieba's own source has invalid escapes. It asks for pkg_resources, which warns and takes as long to import as all
    # of jieba, and does without it where it is not installed.
    warnings.simplefilter("ignore")
    import jieba


class _Whole:
    """`marshal` for jieba, which reads its cache value by value; in one piece it takes 0.25 s instead of 0.9."""

    dump = staticmethod(marshal.dump)

    @staticmethod
    def load(file: BinaryIO) -> object:
        return marshal.loads(file.read())  # noqa: S302 — as jieba does, from a folder that is the user's alone


jieba.marshal = _Whole

# Laws and minutes say the same again and again: every third stretch was among so many before it. About 10 MB.
_REMEMBERED = 1 << 14


def cut(stretches: str) -> list[str]:
    """The words of stretches that line ends keep apart, line ends included, without the words inside others."""
    words: list[str] = []
    for stretch in stretches.split("\n"):
        words += _cut_one(stretch)
        words.append("\n")
    words.pop()
    return words


def is_word(word: str) -> bool:
    """Whether the dictionary has it."""
    # The beginnings of words are in it too, with a frequency of 0.
    return bool(_tokenizer().FREQ.get(word))


@lru_cache(_REMEMBERED)
def _cut_one(stretch: str) -> tuple[str, ...]:
    return tuple(_tokenizer().cut(stretch))


class _Tokenizer(jieba.Tokenizer):  # type: ignore[misc]  # jieba's classes are not typed
    """jieba's own, with the likeliest way through a sentence found in one pass instead of two."""

    def get_DAG(self, sentence: str) -> None:  # noqa: N802  # jieba's name
        """Nothing: `calc` asks the dictionary itself."""

    def calc(self, sentence: str, DAG: None, route: dict[int, tuple[float, int]]) -> None:  # noqa: ARG002, N803
        """From each character on: how likely the likeliest way is, and the last character of its first word."""
        # The same sums in the same order as jieba's, because the last bit can decide; of ways that are equally likely
        # it takes the longest word too.
        frequency, log_total, size = self.FREQ.get, log(self.total), len(sentence)
        route[size] = (0.0, 0)
        for start in range(size - 1, -1, -1):
            found = False
            best, best_last = 0.0 - log_total + route[start + 1][0], start
            for last in range(start, size):
                times = frequency(sentence[start : last + 1])
                if times is None:
                    break
                if times:
                    likely = log(times) - log_total + route[last + 1][0]
                    if likely >= best or not found:
                        found, best, best_last = True, likely, last
            route[start] = best, best_last


@cache
def _tokenizer() -> _Tokenizer:
    """With its dictionary read (0.5 s), from the cache where there is one."""
    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = _Tokenizer()
    tokenizer.tmp_dir = str(_cache_folder())
    tokenizer.initialize()
    return tokenizer


def _cache_folder() -> Path:
    folder = user_cache_path("searchlib")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError:
        # A home that can't be written costs the cache, not the search: here jieba finds nothing and leaves nothing.
        return Path(os.devnull)
    return folder
