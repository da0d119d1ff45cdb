"""The ranking that every engine gives: BM25 (Robertson and Zaragoza, 2009), over the terms that a question weighs.

A term is counted in the text and in the title of a paragraph together. A paragraph's length is the number of words of
both, for characters and pairs too: lengths in characters and in words go hand in hand, and one length is one column.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from searchlib.analysis.terms import CHARS, TITLE_CHARS, TITLE_WORDS, WORDS
from searchlib.query.weights import K1, TITLE_SHARE, B

# One paragraph's figure, or those of many.
Figure = TypeVar("Figure", float, npt.NDArray[np.float64])

# The fields in which a term counts that is weighed in one.
COUNTED_IN = {WORDS: (WORDS, TITLE_WORDS), CHARS: (CHARS, TITLE_CHARS)}


def idf(paragraphs: int, having: int) -> float:
    """What a term is worth that `having` of all paragraphs have; never negative."""
    return math.log(1 + (paragraphs - having + 0.5) / (having + 0.5))


def saturation(length: Figure, average: float) -> Figure:
    """The number of occurrences at which a term gives half of what it can, in a paragraph of `length` words."""
    return K1 * (1 - B + B * length / average)


def term_score(weight: float, frequency: Figure, saturation: Figure) -> Figure:
    """What a term adds to the score of a paragraph; `weight` has its idf in it."""
    return weight * (K1 + 1) * frequency / (frequency + saturation)


def title_score(worth: Figure, found: Figure, length: Figure) -> Figure:
    """What a title adds of `length` words, `found` of which are asked for and worth so much, idf and all, together."""
    # A word that is twice in the title is found once; so this is never more than 1.
    share = found / length
    return TITLE_SHARE * worth * share * share
