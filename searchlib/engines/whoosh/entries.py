"""A term as all segments together have it: each decodes it once, into the numbers of paragraphs among all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from searchlib.engines.whoosh.lists import DENSE, Bits, Numbers
from searchlib.engines.whoosh.postings import Mask, Part, Units, has
from searchlib.engines.whoosh.terms import NOTHING, Figures

# Of how many paragraphs in bits the sums are made at once: what that takes stays in the processor's cache.
_AT_ONCE = 32_768
_EIGHT_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1).astype(np.float32)


class Entry:
    """The paragraphs that have a term, without removed ones, and how often they have it.

    `parts` are those of the segments that have it, each with the number of the segment's first paragraph; `size` is how
    many paragraphs all segments have, `live` says which of these are not removed, and is None where all are.
    """

    def __init__(self, parts: Sequence[tuple[int, Part]], size: int, live: Mask | None) -> None:
        self._parts, self._size, self._live = parts, size, live
        self._written = sum(part.having for _, part in parts)
        self._is_dense = self._written * DENSE > size

    @property
    def kept(self) -> int:
        """About how many numbers of 8 bytes are kept of it at most."""
        return self._size // 64 if self._is_dense else self._written

    @cached_property
    def count(self) -> int:
        """How many paragraphs have it."""
        if self._live is None:
            return self._written
        return self.bits.total() if self.bits else len(self._listed)

    @cached_property
    def bits(self) -> Bits | None:
        """The paragraphs as bits, where they are so many that segments keep most of them like this."""
        if not self._is_dense:
            return None
        first = self._parts[0][1].bits()
        if first and first.bound == self._size and self._live is None:
            return first
        mask = np.zeros(self._size, np.bool_)
        for base, part in self._parts:
            if bits := part.bits():
                mask[base : base + bits.bound] = bits.mask()
            else:
                mask[_decoded(part, base)] = True
        return Bits.of(mask if self._live is None else mask & self._live)

    @property
    def paragraphs(self) -> Numbers:
        """Their numbers, rising; of bits, they are made anew each time."""
        return self.bits.numbers() if self.bits else self._listed

    def first(self, most: int) -> Numbers:
        """At most so many of the paragraphs, from the first on; of bits, a few less may be found."""
        return self.bits.first(most) if self.bits else self._listed[:most]

    @cached_property
    def repeated(self) -> tuple[Numbers, Figures]:
        """Those that do not have it exactly once, and how often they have it."""
        found = [(base, *part.repeated()) for base, part in self._parts]
        found = [(base, numbers, frequencies) for base, numbers, frequencies in found if len(numbers)]
        if not found:
            return NOTHING.repeated, NOTHING.frequencies
        numbers = np.concatenate([numbers + base for base, numbers, _ in found])
        frequencies = np.concatenate([frequencies for *_, frequencies in found])
        if self._live is None:
            return numbers, frequencies
        return numbers[self._live[numbers]], frequencies[self._live[numbers]]

    @cached_property
    def most_often(self) -> float:
        """How often a paragraph has it at most, which is no less than 1."""
        return float(self.repeated[1].max(initial=1.0))

    def mark(self, mask: Mask) -> None:
        """Sets the mask for the paragraphs."""
        if self.bits:
            mask |= self.bits.mask()
        else:
            mask[self._listed] = True

    def has(self, numbers: Numbers) -> Mask:
        """Which of the paragraphs have it."""
        return self.bits.has(numbers) if self.bits else has(self._listed, numbers)

    def times(self, numbers: Numbers) -> Figures:
        """How often each of some paragraphs has it."""
        times = self.has(numbers).astype(np.float64)
        repeated, frequencies = self.repeated
        if len(repeated):
            at = repeated.searchsorted(numbers)
            again = (repeated.take(at, mode="clip") == numbers).nonzero()[0]
            times[again] = frequencies[at[again]]
        return times

    def add(self, figure: np.float32, sums: Units) -> None:
        """Adds a figure to the sums of the paragraphs."""
        if self.bits is None:
            np.add.at(sums, self._listed, figure)
            return
        # What eight paragraphs get is looked up with the byte that says which of them have the term.
        of_byte = _EIGHT_BITS * figure
        for start in range(0, self._size, _AT_ONCE):
            some = sums[start : start + _AT_ONCE]
            some += of_byte.take(self.bits.bytes[start // 8 : (start + _AT_ONCE) // 8], axis=0).reshape(-1)[: len(some)]

    @cached_property
    def _listed(self) -> Numbers:
        numbers = np.empty(self._written, np.int64)
        end = 0
        for base, part in self._parts:
            start, end = end, end + part.having
            part.decode(numbers[start:end], base)
        return numbers if self._live is None else numbers[self._live[numbers]]


def _decoded(part: Part, base: int) -> Numbers:
    numbers = np.empty(part.having, np.int64)
    part.decode(numbers, base)
    return numbers
