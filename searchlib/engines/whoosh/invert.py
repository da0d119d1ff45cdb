"""Turning terms around: from the terms of each paragraph to the paragraphs of each term, with one sort for all.

A posting is a number of 64 bits, the term's number above that of the paragraph. Sorted, the postings of a term lie side
by side, and equal neighbours are one posting with their count as frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.terms import SECOND_BITS, TermsWriter

Keys = npt.NDArray[np.uint64]
Add = Callable[[Numbers, Numbers, Numbers, Array], None]

# Postings that are looked at at once: the arrays made on the way take several times their size.
_AT_ONCE = 1_000_000
_CODE_POINTS = 0x110000


def write_words(writer: TermsWriter, vocabulary: Sequence[str], terms: Array, paragraphs: Array) -> None:
    """Words by their number in the vocabulary, each occurrence with its paragraph."""
    order = sorted(range(len(vocabulary)), key=vocabulary.__getitem__)
    ranks = np.empty(len(order), np.uint64)
    ranks[order] = np.arange(len(order), dtype=np.uint64)
    in_order = [vocabulary[at].encode() for at in order]
    keys = ranks[terms]
    keys <<= np.uint64(32)
    keys |= paragraphs.astype(np.uint64)

    def add(found: Numbers, counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        # All terms of a vocabulary occur, so these are neighbours in it.
        writer.add_words(in_order[found[0] : found[-1] + 1], counts, numbers, frequencies)

    _invert(keys, 32, add)


def write_points(writer: TermsWriter, codes: Array, counts: Array, paragraphs: Array) -> None:
    """Characters and pairs of texts, whose codes and their counts are those of `Gathered`, each of one paragraph."""
    present = np.zeros(_CODE_POINTS, np.bool_)
    present[codes] = present[0] = True
    points = np.flatnonzero(present).astype(np.uint64)
    ranks = np.cumsum(present, dtype=np.uint32) - np.uint32(1)
    bits = max(1, (len(points) - 1).bit_length())
    shift = 64 - 2 * bits
    keys = _point_keys(ranks, codes, counts, paragraphs.astype(np.uint64), bits)

    def add(found: Numbers, counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        pairs = (points[found >> bits] << np.uint64(SECOND_BITS)) | points[found & ((1 << bits) - 1)]
        writer.add_points(pairs, counts, numbers, frequencies)

    _invert(keys, shift, add)


def _point_keys(ranks: Array, codes: Array, counts: Array, paragraphs: Array, bits: int) -> Keys:
    """A key for every character and every pair: rank of the first, rank of the second or 0, paragraph."""
    shift = np.uint64(64 - 2 * bits)
    texts = _Owners(counts, paragraphs)
    keys = np.empty(_count(codes), np.uint64)
    end = 0
    for start in range(0, len(codes), _AT_ONCE):
        # One more than are looked at, for the pair of the last of them.
        ranked = ranks[codes[start : start + _AT_ONCE + 1]].astype(np.uint64)
        count = min(_AT_ONCE, len(codes) - start)
        high = (ranked[:count] << np.uint64(bits) << shift) | texts.between(start, start + count)
        han = ranked != 0
        begin, end = end, end + int(np.count_nonzero(han[:count]))
        np.compress(han[:count], high, out=keys[begin:end])
        pairs = han[:-1] & han[1:]
        begin, end = end, end + int(np.count_nonzero(pairs))
        np.compress(pairs, high[: len(pairs)] | (ranked[1:] << shift), out=keys[begin:end])
    return keys


def _count(codes: Array) -> int:
    """How many characters and pairs there are."""
    han = codes != 0
    return int(np.count_nonzero(han) + np.count_nonzero(han[:-1] & han[1:]))


class _Owners:
    """The paragraph of every code, some at a time."""

    def __init__(self, counts: Array, paragraphs: Array) -> None:
        self._paragraphs = paragraphs
        self._ends = np.cumsum(counts, dtype=np.int64)

    def between(self, start: int, end: int) -> Array:
        first, last = np.searchsorted(self._ends, (start, end - 1), "right").tolist()
        ends = np.minimum(self._ends[first : last + 1], end)
        return np.repeat(self._paragraphs[first : last + 1], np.diff(ends, prepend=start))


def _invert(keys: Keys, shift: int, add: Add) -> None:
    """Gives the postings to `add`, some terms at a time: their numbers, and what `TermsWriter` takes."""
    keys.sort()
    low_bits = np.uint64((1 << shift) - 1)
    for part in _parts(keys, shift):
        firsts = np.flatnonzero(np.concatenate(([True], part[1:] != part[:-1])))
        frequencies = np.diff(firsts, append=len(part))
        part = part[firsts]
        terms = (part >> np.uint64(shift)).astype(np.int64)
        starts = np.flatnonzero(np.concatenate(([True], terms[1:] != terms[:-1])))
        counts = np.diff(starts, append=len(terms))
        add(terms[starts], counts, (part & low_bits).astype(np.int64), frequencies)


def _parts(keys: Keys, shift: int) -> Iterator[Keys]:
    """Sorted keys in parts that end with a term."""
    start = 0
    while start < len(keys):
        end = min(start + _AT_ONCE, len(keys))
        term = int(keys[end - 1]) >> shift
        end = int(np.searchsorted(keys, np.uint64(((term + 1) << shift) - 1), "right"))
        yield keys[start:end]
        start = end
