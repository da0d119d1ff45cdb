"""The grams of texts as numbers, made from those of their characters by arithmetic; see `analysis.grams`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from searchlib.analysis.bulk import BEHIND, CODE, DIGIT, HAN, LETTER
from searchlib.analysis.grams import LONGEST, SPACE
from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.lists import Numbers

Mask = npt.NDArray[np.bool_]


def gram_numbers(codes: Array, count: int, numbers: Numbers, bits: int) -> Iterator[tuple[Numbers, Numbers]]:
    """The grams that begin at the first so many codes, and where each does; `LONGEST - 1` more may stand behind these.

    Codes are those of `Gathered`, `numbers` by code point one of so many bits for each character, above 0. A gram is
    its characters' numbers from the highest bits on, with 0 for those that it has less than three of.
    """
    codes = np.concatenate([codes, np.zeros(count + LONGEST - 1 - len(codes), codes.dtype)])
    parts = numbers[codes & CODE]
    for chosen, size in _grams(codes, count):
        places = np.flatnonzero(chosen)
        grams = np.zeros(len(places), np.int64)
        for at in range(LONGEST):
            grams <<= bits
            if at < size:
                grams |= parts[places + at]
        yield grams, places


def _grams(codes: Array, count: int) -> Iterator[tuple[Mask, int]]:
    """At which of the first so many places a gram of one, two, three characters begins."""
    is_han, is_of_words, is_space = (codes & HAN) != 0, (codes & (DIGIT | LETTER)) != 0, (codes & CODE) == ord(SPACE)
    is_indexed = (codes != 0) & ~is_space
    following, last = slice(1, count + 1), slice(2, count + 2)
    # None begins in what is behind a text.
    is_own = (codes[:count] & BEHIND) == 0
    begins = is_indexed[:count] & is_own
    yield begins & ~is_han[:count], 1
    begins &= is_indexed[following]
    is_pair = begins & ~(is_han[:count] & is_han[following])
    beside_space = (is_of_words[:count] & is_space[following]) | (is_space[:count] & is_of_words[following])
    yield is_pair | (beside_space & is_own), 2
    kinds = codes[:count] | codes[following] | codes[last]
    yield begins & is_indexed[last] & ((kinds & (DIGIT | LETTER)) == DIGIT), 3
