"""The ranking that every engine gives: BM25 (Robertson and Zaragoza, 2009), over the terms that a question weighs.

A paragraph's length is its number of words, for characters and pairs too: lengths in characters and in words go hand
in hand, and one length is one column.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

# One paragraph's figure, or those of many.
Figure = TypeVar("Figure", float, npt.NDArray[np.float64])

# How soon more occurrences of a term stop counting, and how far a long paragraph is held back.
K1, B = 1.2, 0.75


def idf(paragraphs: int, having: int) -> float:
    """What a term is worth that `having` of all paragraphs have; never negative."""
    return math.log(1 + (paragraphs - having + 0.5) / (having + 0.5))


def saturation(length: Figure, average: float) -> Figure:
    """The number of occurrences at which a term gives half of what it can, in a paragraph of `length` words."""
    return K1 * (1 - B + B * length / average)


def term_score(weight: float, frequency: Figure, saturation: Figure) -> Figure:
    """What a term adds to the score of a paragraph; `weight` has its idf in it."""
    return weight * (K1 + 1) * frequency / (frequency + saturation)
