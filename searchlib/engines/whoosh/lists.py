"""Many lists of rising numbers in few arrays: the paragraphs of each term, and those that have it more than once.

A list is kept in the way that takes least room, and `places` says, list by list, which and from where on:

    code  array     a list of n numbers below `bound` is
    0     gaps1 u8  its n gaps, the first number and then each one's distance to the one before
    1     gaps2 u16 the same
    2     gaps4 u32 the same
    3     bits u8   a bit for every number below the bound, the least number in the highest bit of the first byte

`places` has 4 × start + code, `counts` has n. Starts count elements of the array in question. Bits are for lists with
more than an eighth of all numbers: they are smaller, and whether a number is in one can be told without reading it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchlib.engines.whoosh.arrays import Array, ArrayFile, ArrayWriter

Numbers = npt.NDArray[np.int64]

_GAPS = ("gaps1", "gaps2", "gaps4")
_TYPES = ("<u1", "<u2", "<u4")
_BITS = 3
# From this part of all numbers on a list is kept as bits.
_DENSE = 8
# `places` are 32 bits, two of which are the code.
MOST_IN_AN_ARRAY = 1 << 30


class ListsWriter:
    """Appends lists to the arrays whose names begin with `name`."""

    def __init__(self, writer: ArrayWriter, name: str, bound: int) -> None:
        self._writer, self._name, self._bound = writer, name, bound
        self._sizes = [0, 0, 0, 0]

    def add(self, numbers: Numbers, counts: Numbers) -> None:
        """Lists one after the other, each with at least one number; `counts` has how many each has."""
        if not len(counts):
            return
        ends = np.cumsum(counts)
        starts = ends - counts
        gaps = np.diff(numbers, prepend=0)
        gaps[starts] = numbers[starts]
        widest = np.maximum.reduceat(gaps, starts)
        codes = (widest >= 1 << 8).astype(np.int64) + (widest >= 1 << 16)
        codes[counts * _DENSE > self._bound] = _BITS
        of_each = np.repeat(codes.astype(np.uint8), counts)
        places = np.zeros(len(counts), np.int64)
        for code, (array, dtype) in enumerate(zip(_GAPS, _TYPES, strict=True)):
            places += self._places(codes == code, counts, code)
            self._writer.append(f"{self._name}.{array}", gaps[of_each == code].astype(dtype))
        dense = codes == _BITS
        places += self._places(dense, np.full(len(counts), -(-self._bound // 8)), _BITS)
        for at in np.flatnonzero(dense).tolist():
            mask = np.zeros(self._bound, np.bool_)
            mask[numbers[starts[at] : ends[at]]] = True
            self._writer.append(f"{self._name}.bits", np.packbits(mask))
        self._writer.append(f"{self._name}.places", places.astype("<u4"))
        self._writer.append(f"{self._name}.counts", counts.astype("<u4"))

    def _places(self, chosen: npt.NDArray[np.bool_], sizes: Numbers, code: int) -> Numbers:
        """The places of the chosen lists, 0 for the others."""
        taken = np.where(chosen, sizes, 0)
        ends = self._sizes[code] + np.cumsum(taken)
        self._sizes[code] = int(ends[-1])
        if self._sizes[code] > MOST_IN_AN_ARRAY:
            raise OverflowError(f"{self._name} has more than {MOST_IN_AN_ARRAY:,} numbers in one array")
        return np.where(chosen, 4 * (ends - taken) + code, 0)


class Bits(NamedTuple):
    """A list kept as bits."""

    bytes: npt.NDArray[np.uint8]
    bound: int

    def mask(self) -> npt.NDArray[np.bool_]:
        return np.unpackbits(self.bytes, count=self.bound).view(np.bool_)

    def has(self, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Which of the numbers are in the list."""
        shifts = (7 - (numbers & 7)).astype(np.uint8)
        found: npt.NDArray[np.bool_] = (self.bytes[numbers >> 3] >> shifts & 1).view(np.bool_)
        return found


class Lists:
    """The lists in the arrays whose names begin with `name`, by their number."""

    def __init__(self, file: ArrayFile, name: str, bound: int) -> None:
        self._bound = bound
        self._places = file.lazy(f"{name}.places", "<u4")
        self._counts = file.lazy(f"{name}.counts", "<u4")
        self._arrays = [
            file.lazy(f"{name}.{array}", dtype) for array, dtype in zip((*_GAPS, "bits"), (*_TYPES, "<u1"), strict=True)
        ]

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
        code, stretch = self._stretch(at)
        if code == _BITS:
            return np.flatnonzero(Bits(stretch, self._bound).mask())
        numbers = stretch.astype(np.int64)
        return np.cumsum(numbers, out=numbers)

    def bits(self, at: int) -> Bits | None:
        """One list, if it is kept as bits."""
        code, stretch = self._stretch(at)
        return Bits(stretch, self._bound) if code == _BITS else None

    def first(self, at: int) -> int:
        """The least number of a list."""
        code, stretch = self._stretch(at)
        return int(self.numbers(at)[0]) if code == _BITS else int(stretch[0])

    def firsts(self) -> Numbers:
        """The least number of every list."""
        places = self._places.whole()
        codes, starts = places & 3, places >> 2
        firsts = np.zeros(len(self), np.int64)
        for code in range(len(_GAPS)):
            chosen = codes == code
            firsts[chosen] = self._arrays[code].whole()[starts[chosen]]
        for at in np.flatnonzero(codes == _BITS).tolist():
            firsts[at] = self.first(at)
        return firsts

    def stretch(self, first: int, end: int) -> Numbers:
        """The numbers of the lists from `first` to before `end`, list after list."""
        counts, places = self.counts_of(first, end), self._places.part(first, end)
        codes, starts = places & 3, (places >> 2).astype(np.int64)
        ends = np.cumsum(counts)
        numbers = np.zeros(int(ends[-1]) if len(ends) else 0, np.int64)
        of_each = np.repeat(codes.astype(np.uint8), counts)
        for code in range(len(_GAPS)):
            if len(chosen := np.flatnonzero(codes == code)):
                # Lists of one code lie side by side, in order.
                start = int(starts[chosen[0]])
                numbers[of_each == code] = self._arrays[code].part(start, start + int(counts[chosen].sum()))
        _sum_up(numbers, ends - counts, counts)
        for at in np.flatnonzero(codes == _BITS).tolist():
            numbers[ends[at] - counts[at] : ends[at]] = self.numbers(first + at)
        return numbers

    def _stretch(self, at: int) -> tuple[int, Array]:
        place = self._places.at(at)
        start, code = place >> 2, place & 3
        size = -(-self._bound // 8) if code == _BITS else self._counts.at(at)
        return code, self._arrays[code].part(start, start + size)


def _sum_up(gaps: Numbers, starts: Numbers, counts: Numbers) -> None:
    """Turns the gaps of all lists into numbers, in place."""
    np.cumsum(gaps, out=gaps)
    before = gaps[starts - 1]
    before[starts == 0] = 0
    gaps -= np.repeat(before, counts)
