"""Turning terms around: from the terms of each paragraph to the paragraphs of each term, with one sort for all.

A posting is a number of 63 bits, the term's number above that of the paragraph. Sorted, the postings of a term lie side
by side, and equal neighbours are one posting with their count as frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from searchlib.analysis.bulk import BEHIND, CODE, HAN
from searchlib.analysis.grams import LONGEST
from searchlib.engines.whoosh.arrays import Array
from searchlib.engines.whoosh.gram_points import gram_numbers
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.terms import MOST_POINTS, POINT_BITS, TermsWriter

Add = Callable[[Numbers, Numbers, Numbers, Array], None]

# Postings that are looked at at once: the arrays made on the way take several times their size.
_AT_ONCE = 250_000
_CODE_POINTS = 0x110000
# Signed numbers are what NumPy counts in, so that these need not be turned into others.
_KEY_BITS = 63
# Grams whose ranks and paragraphs take more are numbered first.
_GRAM_BITS = _KEY_BITS


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
    """Han characters and pairs of texts, with the codes and counts of `Gathered`; each text is of one paragraph."""
    points, ranks, bits = _ranked(codes)
    shift = _KEY_BITS - 2 * bits
    keys = _point_keys(ranks << (bits + shift), bits, codes, counts, paragraphs)

    def add(found: Numbers, counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        pairs = (points[found >> bits] << POINT_BITS) | points[found & ((1 << bits) - 1)]
        writer.add_points((pairs << POINT_BITS).astype(np.uint64), counts, numbers, frequencies)

    _invert(keys, shift, add)


def write_grams(writer: TermsWriter, codes: Array, counts: Array, paragraphs: Array) -> None:
    """The grams of the same texts, each once for a paragraph."""
    points, ranks, bits = _ranked(codes)
    shift = int(paragraphs.max(initial=0)).bit_length()
    distinct: Numbers | None = None
    if MOST_POINTS * bits + shift > _GRAM_BITS:
        # So many different characters are seldom met; then grams are numbered, which takes longer.
        stretches = (_grams_at(codes, start, count, ranks, bits) for start, count in _stretches(codes))
        distinct = np.unique(np.concatenate([np.unique(grams) for found in stretches for grams, _ in found]))
    # As many as there can be: what is not filled takes no memory.
    keys = np.empty(LONGEST * len(codes), np.int64)
    texts = _Owners(counts, paragraphs)
    end = 0
    for start, count in _stretches(codes):
        owners = texts.between(start, start + count)
        for grams, places in _grams_at(codes, start, count, ranks, bits):
            begin, end = end, end + len(grams)
            keys[begin:end] = grams if distinct is None else distinct.searchsorted(grams)
            keys[begin:end] <<= shift
            keys[begin:end] |= owners[places]

    def add(found: Numbers, counts: Numbers, numbers: Numbers, frequencies: Array) -> None:
        found = found if distinct is None else distinct[found]
        whole = np.zeros(len(found), np.int64)
        for at in range(MOST_POINTS):
            whole |= points[found >> bits * at & (1 << bits) - 1] << POINT_BITS * at
        writer.add_points(whole.astype(np.uint64), counts, numbers, np.ones(len(frequencies)))

    _invert(keys[:end], shift, add)


def _stretches(codes: Array) -> Iterator[tuple[int, int]]:
    """From which code on how many are looked at at once."""
    return ((start, min(_AT_ONCE, len(codes) - start)) for start in range(0, len(codes), _AT_ONCE))


def _grams_at(codes: Array, start: int, count: int, ranks: Numbers, bits: int) -> Iterator[tuple[Numbers, Numbers]]:
    """The grams that begin in a stretch, as ranks of so many bits, and where in it they do."""
    return gram_numbers(codes[start : start + count + LONGEST - 1], count, ranks, bits)


def _ranked(codes: Array) -> tuple[Numbers, Numbers, int]:
    """The code points that there are, with 0 before them; by code point its rank among these; and the bits of ranks."""
    present = np.zeros(_CODE_POINTS, np.bool_)
    for start in range(0, len(codes), _AT_ONCE):
        present[codes[start : start + _AT_ONCE] & CODE] = True
    present[0] = True
    points = np.flatnonzero(present)
    return points, np.cumsum(present) - 1, max(1, (len(points) - 1).bit_length())


def _point_keys(ranks: Numbers, bits: int, codes: Array, counts: Array, paragraphs: Array) -> Numbers:
    """A key for every character and every pair: rank of the first, rank of the second or 0, paragraph.

    `ranks` by code stand where the first belongs, and `bits` further down where the second does.
    """
    texts = _Owners(counts, paragraphs)
    keys = np.empty(_count(codes), np.int64)
    end = 0
    for start in range(0, len(codes), _AT_ONCE):
        # One more than are looked at, for the pair of the last of them.
        ranked = ranks[_han(codes[start : start + _AT_ONCE + 1])]
        count = min(_AT_ONCE, len(codes) - start)
        is_han = ranked != 0
        is_pair = is_han[:-1] & is_han[1:]
        singles = ranked[:count] | texts.between(start, start + count)
        pairs = singles[: len(is_pair)] | (ranked[1:] >> bits)
        for chosen in (singles[is_han[:count]], pairs[is_pair]):
            begin, end = end, end + len(chosen)
            keys[begin:end] = chosen
    return keys


def _han(codes: Array) -> Array:
    """The code points of Han characters of the texts, and 0 for all others."""
    return np.where((codes & (HAN | BEHIND)) == HAN, codes & CODE, 0)


def _count(codes: Array) -> int:
    """The number of Han characters and pairs."""
    han = (codes & (HAN | BEHIND)) == HAN
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
