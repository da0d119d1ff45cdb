"""Numbers that the terms of texts add up to: equal sums are of the same terms, but for a chance of one in 2⁶⁴."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from searchlib.analysis.bulk import CODE, HAN, Gatherer
from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.gram_points import gram_numbers
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.terms import POINT_BITS

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
        sums = _summed(of_words, word_counts) + _summed(_of_chars(codes), code_counts)
        sums += _of_grams(codes, code_counts)
        return np.array(self._numbers, np.int64), sums, word_counts.astype(np.int64)


def _of_chars(codes: Array) -> Sums:
    """For each code the numbers of the Han character and the pair that begin there."""
    is_han = (codes & HAN) != 0
    points = (codes & CODE).astype(np.uint64) << np.uint64(POINT_BITS)
    found = np.where(is_han, sums_of_points(points << np.uint64(POINT_BITS)), 0)
    pairs = sums_of_points((points[:-1] << np.uint64(POINT_BITS)) | points[1:])
    found[: len(pairs)] += np.where(is_han[:-1] & is_han[1:], pairs, 0)
    return found


def _of_grams(codes: Array, counts: Array) -> Sums:
    """For each text the sum of the numbers of its grams, each of which counts once."""
    found = np.zeros(len(counts), np.uint64)
    owners = np.repeat(np.arange(len(counts)), counts)
    for grams, places in gram_numbers(codes, len(codes), np.arange(int(CODE) + 1), POINT_BITS):
        order = np.lexsort((grams, owners[places]))
        grams, texts = grams[order], owners[places][order]
        is_new = (np.diff(grams, prepend=-1) != 0) | (np.diff(texts, prepend=-1) != 0)
        np.add.at(found, texts[is_new], sums_of_points(grams[is_new].astype(np.uint64)))
    return found


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
