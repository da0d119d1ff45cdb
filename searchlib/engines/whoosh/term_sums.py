"""Numbers that the terms of texts add up to: equal sums are of the same terms, but for a chance of one in 2⁶⁴."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from searchlib.analysis.bulk import Gatherer
from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.terms import SECOND_BITS

Sums = npt.NDArray[np.uint64]


class GatheredTexts:
    """Texts, each of a paragraph."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._numbers: list[int] = []
        self._continues: list[bool] = []
        self.characters = 0

    def add(self, number: int, text: str, *, continues: bool) -> None:
        self._texts.append(text)
        self._continues.append(continues)
        self._numbers.append(number)
        self.characters += len(text)

    def take(self) -> tuple[Numbers, Sums, Numbers]:
        """The paragraphs, the sums of the numbers of all their terms, and how many words each has."""
        gatherer = Gatherer()
        gatherer.extend(self._texts, self._continues)
        vocabulary, words, word_counts, codes, code_counts = gatherer.take()
        of_words = sums_of_words([word.encode() for word in vocabulary])[words]
        points = codes.astype(np.uint64) << np.uint64(SECOND_BITS)
        of_codes = np.where(codes, sums_of_points(points), 0)
        pairs = np.where((codes[:-1] != 0) & (codes[1:] != 0), sums_of_points(points[:-1] | codes[1:]), 0)
        of_codes[: len(pairs)] += pairs
        sums = _summed(of_words, word_counts) + _summed(of_codes, code_counts)
        return np.array(self._numbers, np.int64), sums, word_counts.astype(np.int64)


def _summed(numbers: Sums, counts: Array) -> Sums:
    """The sums of stretches of numbers, of which there are so many each."""
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(numbers, dtype=np.uint64)])
    ends = np.cumsum(counts, dtype=np.int64)
    found: Sums = sums[ends] - sums[ends - counts]
    return found


def sums_of_words(words: list[bytes]) -> Sums:
    return np.frombuffer(b"".join(blake2b(word, digest_size=8).digest() for word in words), "<u8")


def sums_of_points(points: Sums) -> Sums:
    """Numbers that look as if they were drawn by chance: the finalizer of SplitMix64."""
    mixed = points + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Sums = mixed ^ (mixed >> np.uint64(31))
    return found
