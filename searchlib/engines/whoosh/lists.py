"""Many lists of rising numbers in few arrays: the paragraphs of each term, and those that have it more than once.

A list is kept in one of four ways, and `places` says, list by list, in which and from where on:

    code  array      a list of n numbers below `bound` is
    0     gaps2 u16  its n gaps, the first number and then each one's distance to the one before
    1     gaps4 u32  the same
    2     cuts u32   for each chunk of 65,536 numbers, up to the bound, where the list's part of it begins in
          lows u16   the numbers without their chunk's first one; and one cut more, where the last part ends
    3     bits u8    a bit for every number below the bound, the least number in the highest bit of the first byte

`places` has 4 × start + code, `counts` has n. Starts count elements of the array in question, for code 2 of `cuts`.

Bits are for lists with more than a sixteenth of all numbers: they are smaller, and whether a number is in one can be
told without reading it. Gaps have to be summed up, one after the other, which takes five times as long as to add a
chunk's first number to its part. To begin with a chunk takes as long as to sum up some hundred gaps, so that short
lists are gaps, and those which have as many numbers as `_LONG` for each chunk are cut.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchlib.engines.whoosh.arrays import Array, ArrayFile, ArrayWriter

Numbers = npt.NDArray[np.int64]

_ARRAYS = ("gaps2", "gaps4", "cuts", "bits")
_TYPES = ("<u2", "<u4", "<u4", "<u1")
_GAPS2, _GAPS4, _CUT, _BITS = range(4)
_CHUNK_BITS = 16
# From so many numbers a chunk on a list is cut.
_LONG = 512
# From this part of all numbers on a list is kept as bits.
DENSE = 16
# `places` are 32 bits, two of which are the code.
MOST_IN_AN_ARRAY = 1 << 30


class ListsWriter:
    """Appends lists to the arrays whose names begin with `name`."""

    def __init__(self, writer: ArrayWriter, name: str, bound: int) -> None:
        self._writer, self._name, self._bound = writer, name, bound
        self._sizes = [0, 0, 0, 0]
        self._lows = 0

    def add(self, numbers: Numbers, counts: Numbers) -> None:
        """Lists one after the other, each with at least one number; `counts` has how many each has."""
        if not len(counts):
            return
        ends = np.cumsum(counts)
        starts = ends - counts
        gaps = np.diff(numbers, prepend=0)
        gaps[starts] = numbers[starts]
        codes = (np.maximum.reduceat(gaps, starts) >= 1 << 16).astype(np.int64)
        codes[counts >= _LONG * _chunks(self._bound)] = _CUT
        codes[counts * DENSE > self._bound] = _BITS
        of_each = np.repeat(codes.astype(np.uint8), counts)
        self._append("gaps2", gaps[of_each == _GAPS2])
        self._append("gaps4", gaps[of_each == _GAPS4])
        for at in np.flatnonzero(codes == _CUT).tolist():
            self._cut(numbers[starts[at] : ends[at]])
        for at in np.flatnonzero(codes == _BITS).tolist():
            mask = np.zeros(self._bound, np.bool_)
            mask[numbers[starts[at] : ends[at]]] = True
            self._append("bits", np.packbits(mask))
        sizes = np.where(codes == _CUT, _chunks(self._bound) + 1, np.where(codes == _BITS, _bytes(self._bound), counts))
        self._writer.append(f"{self._name}.places", self._places(codes, sizes).astype("<u4"))
        self._writer.append(f"{self._name}.counts", counts.astype("<u4"))

    def _cut(self, numbers: Numbers) -> None:
        cuts = np.searchsorted(numbers, np.arange(_chunks(self._bound) + 1) << _CHUNK_BITS)
        self._append("cuts", self._lows + cuts)
        self._writer.append(f"{self._name}.lows", (numbers & (1 << _CHUNK_BITS) - 1).astype("<u2"))
        self._lows = self._fitting(self._lows + len(numbers))

    def _append(self, array: str, values: Array) -> None:
        self._writer.append(f"{self._name}.{array}", values.astype(_TYPES[_ARRAYS.index(array)]))

    def _places(self, codes: Numbers, sizes: Numbers) -> Numbers:
        """The places of lists that take so many elements of the arrays that their codes say."""
        places = codes.copy()
        for code in range(len(_ARRAYS)):
            taken = np.where(codes == code, sizes, 0)
            ends = self._sizes[code] + np.cumsum(taken)
            self._sizes[code] = self._fitting(int(ends[-1]))
            places += np.where(codes == code, 4 * (ends - taken), 0)
        return places

    def _fitting(self, size: int) -> int:
        if size > MOST_IN_AN_ARRAY:
            raise OverflowError(f"{self._name} has more than {MOST_IN_AN_ARRAY:,} numbers in one array")
        return size


class Bits(NamedTuple):
    """A list kept as bits."""

    bytes: npt.NDArray[np.uint8]
    bound: int

    @classmethod
    def of(cls, mask: npt.NDArray[np.bool_]) -> Bits:
        return cls(np.packbits(mask), len(mask))

    def mask(self) -> npt.NDArray[np.bool_]:
        return np.unpackbits(self.bytes, count=self.bound).view(np.bool_)

    def numbers(self) -> Numbers:
        return np.flatnonzero(self.mask())

    def first(self, most: int) -> Numbers:
        """The first numbers, at most so many, of those that lie as close as there have to be many for bits."""
        return Bits(self.bytes[: DENSE * most // 8], min(self.bound, DENSE * most)).numbers()[:most]

    def total(self) -> int:
        """How many numbers there are."""
        return int(np.bitwise_count(self.bytes).sum())

    def has(self, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Which of the numbers are in the list."""
        found: npt.NDArray[np.bool_] = (self.bytes[numbers >> 3] & _BIT[numbers & 7]).astype(np.bool_)
        return found


_BIT = np.array([128, 64, 32, 16, 8, 4, 2, 1], np.uint8)


class Lists:
    """The lists in the arrays whose names begin with `name`, by their number."""

    def __init__(self, file: ArrayFile, name: str, bound: int) -> None:
        self._bound = bound
        self._places = file.lazy(f"{name}.places", "<u4")
        self._counts = file.lazy(f"{name}.counts", "<u4")
        self._arrays = [file.lazy(f"{name}.{array}", dtype) for array, dtype in zip(_ARRAYS, _TYPES, strict=True)]
        self._lows = file.lazy(f"{name}.lows", "<u2")
        self._sizes = None, None, _chunks(bound) + 1, _bytes(bound)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def counts(self) -> Array:
        """How many numbers each list has."""
        return self._counts.whole()

    def count(self, at: int) -> int:
        """How many numbers one list has."""
        count: int = self._counts.at(at)
        return count

    def counts_of(self, first: int, end: int) -> Numbers:
        """How many numbers the lists from `first` to before `end` have."""
        return self._counts.part(first, end).astype(np.int64)

    def numbers(self, at: int) -> Numbers:
        """One list."""
        numbers = np.empty(self.count(at), np.int64)
        self.decode(at, numbers)
        return numbers

    def decode(self, at: int, numbers: Numbers, base: int = 0) -> None:
        """One list into an array of its size, with something added to every number."""
        code, stretch = self._stretch(at)
        if code == _CUT:
            cuts = stretch.tolist()
            lows = self._lows.part(cuts[0], cuts[-1])
            for chunk, (first, end) in enumerate(pairwise(cuts)):
                if first < end:
                    within = slice(first - cuts[0], end - cuts[0])
                    np.add(lows[within], base + (chunk << _CHUNK_BITS), out=numbers[within], dtype=np.int64)
            return
        if code == _BITS:
            numbers[:] = Bits(stretch, self._bound).numbers()
        else:
            np.cumsum(stretch, out=numbers)
        if base:
            numbers += base

    def bits(self, at: int) -> Bits | None:
        """One list, if it is kept as bits."""
        code, stretch = self._stretch(at)
        return Bits(stretch, self._bound) if code == _BITS else None

    def firsts(self) -> Numbers:
        """The least number of every list."""
        places = self._places.whole()
        codes, starts = places & 3, places >> 2
        firsts = np.zeros(len(self), np.int64)
        for code in (_GAPS2, _GAPS4):
            chosen = codes == code
            firsts[chosen] = self._arrays[code].whole()[starts[chosen]]
        for at in np.flatnonzero(codes >= _CUT).tolist():
            firsts[at] = self.numbers(at)[0]
        return firsts

    def stretch(self, first: int, end: int) -> Numbers:
        """The numbers of the lists from `first` to before `end`, list after list."""
        counts, places = self.counts_of(first, end), self._places.part(first, end)
        codes, starts = places & 3, (places >> 2).astype(np.int64)
        ends = np.cumsum(counts)
        numbers = np.zeros(int(ends[-1]) if len(ends) else 0, np.int64)
        of_each = np.repeat(codes.astype(np.uint8), counts)
        for code in (_GAPS2, _GAPS4):
            if len(chosen := np.flatnonzero(codes == code)):
                # Lists of one code lie side by side, in order.
                start = int(starts[chosen[0]])
                numbers[of_each == code] = self._arrays[code].part(start, start + int(counts[chosen].sum()))
        _sum_up(numbers, ends - counts, counts)
        for at in np.flatnonzero(codes >= _CUT).tolist():
            self.decode(first + at, numbers[ends[at] - counts[at] : ends[at]])
        return numbers

    def _stretch(self, at: int) -> tuple[int, Array]:
        place = self._places.at(at)
        start, code = place >> 2, place & 3
        return code, self._arrays[code].part(start, start + (self._sizes[code] or self.count(at)))


def _chunks(bound: int) -> int:
    return -(-bound >> _CHUNK_BITS)


def _bytes(bound: int) -> int:
    return -(-bound // 8)


def _sum_up(gaps: Numbers, starts: Numbers, counts: Numbers) -> None:
    """Turns the gaps of all lists into numbers, in place."""
    np.cumsum(gaps, out=gaps)
    before = gaps[starts - 1]
    before[starts == 0] = 0
    gaps -= np.repeat(before, counts)
