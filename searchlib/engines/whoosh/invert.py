"""Turning terms around: from the terms of each paragraph to the paragraphs of each term, with one sort for all.

A posting is a number of 63 bits, the term's number above that of the paragraph. Sorted, the postings of a term lie side
by side, and equal neighbours are one posting with their count as frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.terms import SECOND_BITS, TermsWriter

Add = Callable[[Numbers, Numbers, Numbers, Array], None]

# Postings that are looked at at once: the arrays made on the way take several times their size.
_AT_ONCE = 250_000
_CODE_POINTS = 0x110000
# Signed numbers are what NumPy counts in, so that these need not be turned into others.
_KEY_BITS = 63


def write_words(writer: TermsWriter, vocabulary: Sequence[str], terms: Array, paragraphs: Array) -> None:
    """Words by their number in the vocabulary, each occurrence with its paragraph."""
    order = sorted(range(len(vocabulary)), key=vocabulary.__getitem__)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order)) << 32
    in_order = [vocabulary[at].encode() for at in order]
    keys = ranks[terms]
    keys |= paragraphs

    def add(found: Numbers, counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        # All terms of a vocabulary occur, so these are neighbours in it.
        writer.add_words(in_order[found[0] : found[-1] + 1], counts, numbers, frequencies)

    _invert(keys, 32, add)


def write_points(writer: TermsWriter, codes: Array, counts: Array, paragraphs: Array) -> None:
    """Characters and pairs of texts, whose codes and their counts are those of `Gathered`, each of one paragraph."""
    present = np.zeros(_CODE_POINTS, np.bool_)
    present[codes] = present[0] = True
    points = np.flatnonzero(present)
    bits = max(1, (len(points) - 1).bit_length())
    shift = _KEY_BITS - 2 * bits
    ranks = (np.cumsum(present) - 1) << (bits + shift)
    keys = _point_keys(ranks, bits, codes, counts, paragraphs)

    def add(found: Numbers, counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        pairs = (points[found >> bits] << SECOND_BITS) | points[found & ((1 << bits) - 1)]
        writer.add_points(pairs.astype(np.uint64), counts, numbers, frequencies)

    _invert(keys, shift, add)


def _point_keys(ranks: Numbers, bits: int, codes: Array, counts: Array, paragraphs: Array) -> Numbers:
    """A key for every character and every pair: rank of the first, rank of the second or 0, paragraph.

    `ranks` by code stand where the first belongs, and `bits` further down where the second does.
    """
    texts = _Owners(counts, paragraphs)
    keys = np.empty(_count(codes), np.int64)
    end = 0
    for start in range(0, len(codes), _AT_ONCE):
        # One more than are looked at, for the pair of the last of them.
        ranked = ranks[codes[start : start + _AT_ONCE + 1]]
        count = min(_AT_ONCE, len(codes) - start)
        is_han = ranked != 0
        is_pair = is_han[:-1] & is_han[1:]
        singles = ranked[:count] | texts.between(start, start + count)
        pairs = singles[: len(is_pair)] | (ranked[1:] >> bits)
        for chosen in (singles[is_han[:count]], pairs[is_pair]):
            begin, end = end, end + len(chosen)
            keys[begin:end] = chosen
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


def _invert(keys: Numbers, shift: int, add: Add) -> None:
    """Gives the postings to `add`, some terms at a time: their numbers, and what `TermsWriter` takes."""
    keys.sort()
    for part in _parts(keys, shift):
        firsts, frequencies = _runs(part)
        part = part[firsts]
        terms = part >> shift
        starts, counts = _runs(terms)
        add(terms[starts], counts, part & ((1 << shift) - 1), frequencies)


def _runs(values: Numbers) -> tuple[Numbers, Numbers]:
    """Where runs of equal values begin, and how long they are."""
    begins = np.ones(len(values) + 1, np.bool_)
    np.not_equal(values[1:], values[:-1], out=begins[1:-1])
    bounds = np.flatnonzero(begins)
    return bounds[:-1], np.diff(bounds)


def _parts(keys: Numbers, shift: int) -> Iterator[Numbers]:
    """Sorted keys in parts that end with a term."""
    start = 0
    while start < len(keys):
        end = min(start + _AT_ONCE, len(keys))
        term = int(keys[end - 1]) >> shift
        end = int(np.searchsorted(keys, ((term + 1) << shift) - 1, "right"))
        yield keys[start:end]
        start = end
