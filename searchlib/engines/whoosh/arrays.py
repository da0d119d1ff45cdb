"""A file of named arrays, read through a memory map: what a segment of the index is made of on disk.

Byte by byte, all numbers little-endian:

    0    8 bytes   b"slarrays"
    8    u32       version of this layout, 2
    12   52 bytes  zeros
    64   arrays one after the other, each from a multiple of 64 bytes on, zeros between them
    P    u32 CRC of each page of 4,096 bytes before P, the last of which may be shorter
    D    JSON, UTF-8: {"arrays": {name: [start, dtype, count]}, "pages": P, "crc": n, "facts": {name: number or text}}
         with the dtype as NumPy writes it ("<u4") and the CRC of what lies from P to D
    -24  u64 D, u64 bytes of the JSON, u32 CRC of the JSON, b"slar"

Opening a file reads its end, from P on, and checks that; of the arrays the pages are proved (`pages`) that are used,
when they are. So opening costs a thousandth of reading the file, and nothing that is read is other than it was written.
NumPy is imported with the first array: an update that finds nothing changed opens the files and reads none.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

from searchlib.directory import File
from searchlib.engines.whoosh.pages import BITS, PAGE, Pages, PageWriter, Unsound
from searchlib.errors import IndexDamaged

VERSION = 2
_MAGIC, _END = b"slarrays", b"slar"
_HEAD, _FOOT = struct.Struct("<8sI52x"), struct.Struct("<QQI4s")
_ALIGNED = 64
# What an array may hold in memory while it grows; more of it goes to a temporary file beside the one being written.
_IN_MEMORY = 1_000_000
_COPIED = 1_000_000
# Arrays that an error names.
_NAMED = 3
# What names of arrays begin with that are not those of a field's terms.
_KINDS = frozenset({"column", "length", "stored", "vector"})

if TYPE_CHECKING:
    import tempfile

    import numpy as np
    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[Any]"
Fact = int | float | str


class ArrayWriter:
    """Writes a file of arrays, each of which can grow while the others do."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._growing: dict[str, tuple[np.dtype[Any], tempfile.SpooledTemporaryFile[bytes]]] = {}
        self._files = ExitStack()
        self.facts: dict[str, Fact] = {}

    def append(self, name: str, values: Array) -> None:
        """Adds values to the end of an array, which has the dtype of the first ones."""
        if name not in self._growing:
            file = self._files.enter_context(_temporary(str(self._file.directory.place)))
            self._growing[name] = values.dtype.newbyteorder("<"), file
        import numpy as np

        dtype, file = self._growing[name]
        file.write(np.ascontiguousarray(values, dtype).data.cast("B") if len(values) else b"")

    def close(self) -> None:
        """Writes the file, to the disk itself."""
        with self._files, self._file.create() as file:
            pages = PageWriter(file)
            pages.write(_HEAD.pack(_MAGIC, VERSION))
            arrays = {name: _copied(pages, *growing) for name, growing in self._growing.items()}
            end = pages.tell()
            crcs = array("I", pages.crcs()).tobytes()
            directory = {"arrays": arrays, "pages": end, "crc": crc32(crcs), "facts": self.facts}
            content = json.dumps(directory).encode()
            foot = _FOOT.pack(end + len(crcs), len(content), crc32(content), _END)
            file.write(crcs + content + foot)
            file.flush()
            os.fsync(file.fileno())

    def discard(self) -> None:
        """Lets go of what has grown; a file that was closed before stays."""
        self._files.close()


def _copied(pages: PageWriter, dtype: np.dtype[Any], grown: Any) -> list[Any]:
    pages.write(bytes(-pages.tell() % _ALIGNED))
    start, size = pages.tell(), grown.tell()
    grown.seek(0)
    while part := grown.read(_COPIED):
        pages.write(part)
    return [start, dtype.str, size // dtype.itemsize]


class LazyArray:
    """An array in a file, of which only what is asked for is read, and raises `IndexDamaged` where it has changed."""

    __slots__ = ("_file", "_size", "_start", "_unproved", "_values", "data")

    def __init__(self, file: ArrayFile, values: Array, start: int) -> None:
        self._file, self._values, self._start, self._size = file, values, start, values.itemsize
        # There are hundreds of looks at arrays in a question, so that each call counts.
        self._unproved = file.unproved
        # Of which nothing is proved: for a search that proves what it ends at.
        self.data = values.data

    def __len__(self) -> int:
        return len(self._values)

    def at(self, at: int) -> Any:
        """One value, which lies in one page."""
        start = self._start + at * self._size
        if self._unproved[start >> BITS]:
            self._file.prove(start, start + 1)
        return self.data[at]

    def part(self, first: int, end: int) -> Array:
        """The values from `first` to before `end`."""
        start, after = self._start + first * self._size, self._start + end * self._size
        if self._unproved.find(1, start >> BITS, (after + PAGE - 1) >> BITS) >= 0:
            self._file.prove(start, after)
        return self._values[first:end]

    def whole(self) -> Array:
        return self.part(0, len(self))

    def search(self, wanted: int) -> int:
        """Where the first of rising values is that is not below `wanted`."""
        # NumPy's own search would turn all of an array into another type for one number of Python's.
        at = bisect_left(self.data, wanted)
        # Whatever led here: between a value below and one that is not, both as they were written, this is the place.
        self.part(max(at - 1, 0), min(at + 1, len(self)))
        return at


class ArrayFile:
    """The arrays of a file of `size` bytes. Raises `IndexDamaged` where it is not as it was written."""

    def __init__(self, file: File) -> None:
        self.path = file.path
        with file.open() as opened:
            self.size = size = os.fstat(opened.fileno()).st_size
            if size < _HEAD.size + _FOOT.size:
                raise self._damaged("is too short")
            self._map = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version = _HEAD.unpack_from(self._map)
        start, length, crc, end = _FOOT.unpack_from(self._map, size - _FOOT.size)
        content = self._map[start : start + length]
        is_whole = bool(content) and start + length + _FOOT.size == size
        if not is_whole or (magic, version, end) != (_MAGIC, VERSION, _END) or crc32(content) != crc:
            raise self._damaged("is not as it was written")
        directory = json.loads(content)
        self._directory: dict[str, tuple[int, str, int]] = directory["arrays"]
        self.facts: Mapping[str, Fact] = directory["facts"]
        crcs = self._map[directory["pages"] : start]
        if crc32(crcs) != directory["crc"]:
            raise self._damaged("has checksums that are not as they were written")
        self._pages = Pages(memoryview(self._map), directory["pages"], memoryview(crcs).cast("I"))
        # The end holds the checksums of all pages, so that its digest stands for all of the file.
        self.digest = blake2b(self._map[directory["pages"] :], digest_size=8).hexdigest()

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def __iter__(self) -> Iterator[str]:
        """The names of the arrays."""
        return iter(self._directory)

    def __getitem__(self, name: str) -> Array:
        """All of an array, which stays valid as long as anything refers to it."""
        return self._lazy(name).whole()

    def get(self, name: str, dtype: str) -> Array:
        """All of an array, or one without values where there is none of this name."""
        return self.lazy(name, dtype).whole()

    def lazy(self, name: str, dtype: str) -> LazyArray:
        """An array to be read in parts, or one without values where there is none of this name."""
        if name in self._directory:
            return self._lazy(name)
        import numpy as np

        return LazyArray(self, np.empty(0, dtype), 0)

    def _lazy(self, name: str) -> LazyArray:
        start, dtype, count = self._directory[name]
        import numpy as np

        try:
            values = np.frombuffer(self._map, dtype, count, start)
        except (OverflowError, TypeError, ValueError) as error:
            raise self._damaged(f"has no array {name} where it says") from error
        if values.dtype.kind not in "iuf":
            raise self._damaged(f"has an array {name} that is not of numbers")
        return LazyArray(self, values, start)

    @property
    def unproved(self) -> bytearray:
        """For each page 1 until it is proved, and then 0."""
        return self._pages.unproved

    def prove(self, start: int, end: int) -> None:
        """Raises `IndexDamaged` where the bytes from `start` to before `end` are not as they were written."""
        try:
            self._pages.prove(start, end)
        except Unsound as error:
            raise self._changed(self._in_page(error.start)) from None

    def release(self) -> None:
        """Lets go of the memory that what was read so far takes; what is read again is read from the file again."""
        if hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def copy_to(self, file: File) -> None:
        """Write the same file elsewhere, to the disk itself; raise `IndexDamaged` before a changed page is copied."""
        self.check()
        with file.create() as copy:
            copy.write(self._map)
            copy.flush()
            os.fsync(copy.fileno())

    def check(self) -> None:
        """Reads all of the file; raises `IndexDamaged` where something is not as it was written."""
        if unsound := list(self._pages.unsound()):
            names = sorted({name for start in unsound for name in self._in_page(start)})
            raise self._changed(names)

    def _in_page(self, start: int) -> list[str]:
        """The arrays that a page has something of; only between them, or before the first, is something else."""
        names = []
        for name, (first, dtype, count) in self._directory.items():
            size = count * int(dtype[2:])
            if first < start + PAGE and start < first + size:
                names.append(name)
        return names or ["what lies between the arrays"]

    def _changed(self, names: list[str]) -> IndexDamaged:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return self._damaged(f"is not as it was written: {', '.join(names[:_NAMED])}{more}")

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(str(self.path.parent), f"{self.path.name} {what}")


def smallest(values: Array) -> Array:
    """The same numbers in the narrowest unsigned type that holds all of them."""
    most = int(values.max(initial=0))
    return values.astype("<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4")


def _temporary(folder: str) -> tempfile.SpooledTemporaryFile[bytes]:
    # With what it imports it takes 4 ms, which those who read should not wait for.
    import tempfile

    return tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=folder)


def quoted(field: str) -> str:
    """What stands for a field in the names of arrays: its own name but for points, which part these."""
    plain = field.replace("%", "%25").replace(".", "%2E")
    return f"%{plain}" if plain in _KINDS else plain


def unquoted(name: str) -> str:
    """The field of a name."""
    return name[1:] if name[1:] in _KINDS else name.replace("%2E", ".").replace("%25", "%")


def column(field: str) -> str:
    """The array with a number for each paragraph."""
    return f"column.{quoted(field)}"


def stored_field(field: str) -> str:
    """What the names of the arrays of a stored field begin with."""
    return f"stored.{quoted(field)}"


def lengths_of(field: str) -> str:
    """The array with the length of the field in each paragraph, where Whoosh scores by lengths."""
    return f"length.{quoted(field)}"


def vectors_of(field: str) -> str:
    """What the names of the arrays of a field's vectors begin with."""
    return f"vector.{quoted(field)}"
