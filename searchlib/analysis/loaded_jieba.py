"""jieba itself, and what it is made of; nothing else imports it. Importing this loads it (0.1 s)."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from searchlib.analysis.dictionary import MOVES, STATES, Model

__all__ = ["dictionary", "frequencies", "jieba"]


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

jieba.setLogLevel(logging.CRITICAL)


def frequencies() -> tuple[dict[str, int], int]:
    """The frequencies of words and of their beginnings (0), and the sum of them, read from jieba's file (0.7 s)."""
    found, total = jieba.Tokenizer.gen_pfdict(jieba.Tokenizer().get_dict_file())
    return found, total


def dictionary() -> tuple[dict[str, int], int, Model]:
    """Tables of jieba, read again: frequencies of words and of their prefixes (0), their sum, and the model."""
    found, total = frequencies()
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
    return found, total, model
