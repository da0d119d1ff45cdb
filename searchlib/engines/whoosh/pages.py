"""Checksums of a file's pages: whatever is read of it is first found to be as it was written, and little else is read.

A page is proved once, when something of it is wanted for the first time. That costs 3 µs, and asking whether it was
done 0.1; to prove all of an index before the first question would take a tenth of a second for each 100 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from zlib import crc32

BITS = 12
PAGE = 1 << BITS


class PageWriter:
    """Writes to a file and keeps the CRC of each page of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._crcs: list[int] = []
        self._last = b""

    def write(self, content: bytes) -> None:
        self._file.write(content)
        content = self._last + content
        end = len(content) & -PAGE
        self._crcs += map(crc32, _pages(content, end))
        self._last = content[end:]

    def tell(self) -> int:
        return PAGE * len(self._crcs) + len(self._last)

    def crcs(self) -> list[int]:
        """Those of all pages, the last of which need not be full; nothing may be written after that."""
        return [*self._crcs, crc32(self._last)] if self._last else self._crcs


def _pages(content: bytes, end: int) -> Iterator[memoryview]:
    view = memoryview(content)
    return (view[start : start + PAGE] for start in range(0, end, PAGE))


class Unsound(Exception):
    """A page, which begins at byte `start`, is not as it was written."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


class Pages:
    """The first `size` bytes of a file, with the CRCs of their pages."""

    def __init__(self, content: memoryview, size: int, crcs: memoryview) -> None:
        self._content, self._crcs = content[:size], crcs
        # For each page 1 until it is proved, and then 0: who reads much looks there before asking for a proof.
        self.unproved = bytearray(b"\1") * len(crcs)

    def prove(self, start: int, end: int) -> None:
        """Reads the pages of a stretch of bytes that were not read before; raises `Unsound`."""
        for page in range(start >> BITS, (end + PAGE - 1) >> BITS):
            if self.unproved[page]:
                first = page << BITS
                if crc32(self._content[first : first + PAGE]) != self._crcs[page]:
                    raise Unsound(first)
                self.unproved[page] = 0

    def unsound(self) -> Iterator[int]:
        """Where each page that is not as it was written begins; reads all of them."""
        for page, crc in enumerate(self._crcs):
            start = page << BITS
            if crc32(self._content[start : start + PAGE]) != crc:
                yield start
