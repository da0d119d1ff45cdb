"""Stored texts: records of bytes, one a paragraph, compressed in blocks.

    starts  u64  where each block begins in `bytes`, and where the last one ends
    firsts  u4   the number of the first record of each block, and how many records there are
    bytes   u1   the blocks, each a frame of Zstandard: of n records, n ends (u4) in what follows, and the records

What is between two blocks' firsts is in the first one. A block is made when so much has been gathered that Zstandard
has something to find again, and little enough to be opened for one paragraph.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.compression import compressor, decompress
from searchlib.engines.whoosh.lists import Numbers
from searchlib.errors import IndexDamaged

BLOCK_BYTES = 32_000
# Where records are empty, as the headings of most paragraphs are, a block has many.
BLOCK_RECORDS = 4_096
# Blocks that stay open: hits and their neighbours are often in one.
_OPEN = 64


class RecordsWriter:
    """Appends records to the arrays whose names begin with `name`."""

    def __init__(self, writer: ArrayWriter, name: str) -> None:
        self._writer, self._name = writer, name
        self._starts, self._firsts = [0], [0]
        self._records: list[bytes] = []
        self._bytes = 0
        self._compress = compressor()

    def add(self, record: bytes) -> None:
        self._records.append(record)
        self._bytes += len(record)
        if self._bytes >= BLOCK_BYTES or len(self._records) >= BLOCK_RECORDS:
            self._end_block()

    def extend(self, records: Iterable[bytes]) -> None:
        for record in records:
            self.add(record)

    def skip(self, count: int) -> None:
        """Appends so many records of nothing."""
        while count:
            some = min(count, BLOCK_RECORDS - len(self._records))
            self._records += [b""] * some
            count -= some
            if len(self._records) == BLOCK_RECORDS:
                self._end_block()

    def add_block(self, compressed: bytes, count: int) -> None:
        """Appends a block as it stands in another file."""
        if self._records:
            self._end_block()
        self._writer.append(f"{self._name}.bytes", np.frombuffer(compressed, np.uint8))
        self._starts.append(self._starts[-1] + len(compressed))
        self._firsts.append(self._firsts[-1] + count)

    def close(self) -> None:
        if self._records:
            self._end_block()
        self._writer.append(f"{self._name}.starts", np.array(self._starts, "<u8"))
        self._writer.append(f"{self._name}.firsts", np.array(self._firsts, "<u4"))

    def _end_block(self) -> None:
        records, self._records, self._bytes = self._records, [], 0
        ends = np.cumsum(array("I", map(len, records)), dtype="<u4")
        self.add_block(self._compress(ends.tobytes() + b"".join(records)), len(records))


class Records:
    """The records in the arrays whose names begin with `name`."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._path = file.path
        self._starts = file.lazy(f"{name}.starts", "<u8")
        self._firsts = file.lazy(f"{name}.firsts", "<u4")
        self._bytes = file.lazy(f"{name}.bytes", "<u1")
        self._open: dict[int, _Block] = {}

    def __getitem__(self, number: int) -> bytes:
        block = self._firsts.search(number + 1) - 1
        return self._block(block)[number - self._firsts.at(block)]

    def many(self, numbers: Sequence[int]) -> Iterator[bytes]:
        """Records by their numbers; rising ones open each block once."""
        firsts = self._firsts.whole()
        blocks = np.searchsorted(firsts, numbers, "right") - 1
        places = numbers - firsts[blocks].astype(np.int64)
        at, opened = -1, None
        for block, place in zip(blocks.tolist(), places.tolist(), strict=True):
            if opened is None or block != at:
                at, opened = block, self._block(block)
            yield opened[place]

    def stretches(self, numbers: Sequence[int]) -> Iterator[tuple[bytes, Numbers, Numbers]]:
        """Records by their rising numbers, block by block: its bytes, and where in these each record begins and ends.

        To slice many records takes less than to be handed each of them.
        """
        firsts = self._firsts.whole()
        blocks = np.searchsorted(firsts, numbers, "right") - 1
        places = numbers - firsts[blocks].astype(np.int64)
        cuts = np.flatnonzero(np.diff(blocks, prepend=-1, append=-1)).tolist()
        for first, end in pairwise(cuts):
            block = self._block(int(blocks[first]))
            yield block.records, block.bounds[places[first:end]], block.bounds[places[first:end] + 1]

    def blocks(self) -> Iterator[tuple[int, int, bytes]]:
        """Every block as it stands in the file, with the number of its first record and of the first one after it."""
        firsts = self._firsts.whole().tolist()
        for at, (first, end) in enumerate(pairwise(firsts)):
            yield first, end, self._compressed(at)

    def _block(self, at: int) -> _Block:
        # Another thread may clear them at any moment, so that what was found is held here.
        block = self._open.get(at)
        if block is None:
            if len(self._open) >= _OPEN:
                self._open.clear()
            first, end = self._firsts.part(at, at + 2).tolist()
            try:
                block = self._open[at] = _Block(self._compressed(at), end - first)
            except ValueError as error:
                what = f"{self._path.name} has a block of texts that can't be opened ({error})"
                raise IndexDamaged(str(self._path.parent), what) from error
        return block

    def _compressed(self, at: int) -> bytes:
        return self._bytes.part(*self._starts.part(at, at + 2).tolist()).tobytes()


class _Block:
    """An open block of `count` records."""

    def __init__(self, compressed: bytes, count: int) -> None:
        content = decompress(compressed)
        self.bounds = np.zeros(count + 1, np.int64)
        self.bounds[1:] = np.frombuffer(content, "<u4", count)
        self.records = content[4 * count :]

    def __getitem__(self, at: int) -> bytes:
        return self.records[self._bounds[at] : self._bounds[at + 1]]

    @cached_property
    def _bounds(self) -> list[int]:
        return self.bounds.tolist()
