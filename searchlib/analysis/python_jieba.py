"""jieba itself, with its slow step made faster; nothing else imports it. Importing this loads it (0.1 s).

jieba writes its dictionary cache to the system's temp folder under a name that anyone can guess, and reads it back
with `marshal`, which can give anything. Here jieba is handed the dictionary of `mapped_jieba`, from a folder of the
user's own that nobody else can enter and in a format that holds words and numbers.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache

from searchlib.analysis.cache import is_writable
from searchlib.analysis.dictionary import MOVES, STATES, Model
from searchlib.analysis.route import fill


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
    from jieba import finalseg


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
        fill(route, sentence, lambda _: self.FREQ, self.total)


@cache
def _tokenizer() -> _Tokenizer:
    """With its dictionary read (0.3 s), from the cache where there is one, or else from jieba's own file (0.7 s)."""
    from searchlib.analysis.mapped_jieba import kept

    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = _Tokenizer()
    # A dictionary of which nothing was asked yet is an empty one.
    if is_writable() and (found := kept()) is not None:
        tokenizer.FREQ, tokenizer.total = found.frequencies(), found.total
    else:
        tokenizer.FREQ, tokenizer.total = _frequencies()
    # Otherwise jieba would read a cache of its own, from a folder that all can write to, with `marshal`.
    tokenizer.initialized = True
    return tokenizer


def _frequencies() -> tuple[dict[str, int], int]:
    frequencies, total = jieba.Tokenizer.gen_pfdict(jieba.Tokenizer().get_dict_file())
    return frequencies, total


def dictionary() -> tuple[dict[str, int], int, Model]:
    """What jieba has, read anew: frequencies of words and of their beginnings (0), the sum of them, and the model."""
    frequencies, total = _frequencies()
    emitted = finalseg.emit_P
    model = Model(
        starts=tuple(finalseg.start_P[state] for state in STATES),
        moves=tuple(finalseg.trans_P[move[0]][move[1]] for move in MOVES),
        emissions={
            char: tuple(emitted[state].get(char, finalseg.MIN_FLOAT) for state in STATES)
            for char in set().union(*emitted.values())
        },
        unknown=(finalseg.MIN_FLOAT,) * len(STATES),
    )
    return frequencies, total, model
