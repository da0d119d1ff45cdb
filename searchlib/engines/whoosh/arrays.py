"""A file of named arrays, read through a memory map: what a segment of the index is made of on disk.

Byte by byte, all numbers little-endian:

    0    8 bytes   b"slarrays"
    8    u32       version of this layout, 1
    12   52 bytes  zeros
    64   arrays one after the other, each from a multiple of 64 bytes on, zeros between them
    D    JSON, UTF-8: {"arrays": {name: [start, dtype, count, crc32]}, "facts": {name: number or text}}
         with the dtype as NumPy writes it ("<u4") and the CRC of the bytes of the array
    -24  u64 D, u64 bytes of the JSON, u32 CRC of the JSON, b"slar"

Opening a file reads its last bytes and the JSON, and checks these; the arrays are looked at when they are used, so
opening costs the same whatever the size. `check` reads all of them. NumPy is imported with the first array: an update
that finds nothing changed opens the files and reads none.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias
from zlib import crc32

from searchlib.errors import IndexDamaged
from searchlib.private import new_file

VERSION = 1
_MAGIC, _END = b"slarrays", b"slar"
_HEAD, _FOOT = struct.Struct("<8sI52x"), struct.Struct("<QQI4s")
_ALIGNED = 64
# What an array may hold in memory while it grows; more of it goes to a temporary file beside the one being written.
_IN_MEMORY = 1_000_000
_COPIED = 1_000_000
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

    def __init__(self, path: Path) -> None:
        self._path = path
        self._growing: dict[str, tuple[np.dtype[Any], tempfile.SpooledTemporaryFile[bytes]]] = {}
        self._files = ExitStack()
        self.facts: dict[str, Fact] = {}

    def append(self, name: str, values: Array) -> None:
        """Adds values to the end of an array, which has the dtype of the first ones."""
        if name not in self._growing:
            file = self._files.enter_context(_temporary(self._path.parent))
            self._growing[name] = values.dtype.newbyteorder("<"), file
        import numpy as np

        dtype, file = self._growing[name]
        file.write(np.ascontiguousarray(values, dtype).data.cast("B") if len(values) else b"")

    def close(self) -> None:
        """Writes the file, to the disk itself."""
        with self._files, new_file(self._path) as file:
            file.write(_HEAD.pack(_MAGIC, VERSION))
            arrays = {name: self._copied(file, *growing) for name, growing in self._growing.items()}
            content = json.dumps({"arrays": arrays, "facts": self.facts}).encode()
            foot = _FOOT.pack(file.tell(), len(content), crc32(content), _END)
            file.write(content + foot)
            file.flush()
            os.fsync(file.fileno())

    def _copied(self, file: BinaryIO, dtype: np.dtype[Any], grown: Any) -> list[Any]:
        file.write(bytes(-file.tell() % _ALIGNED))
        start, crc, size = file.tell(), 0, grown.tell()
        grown.seek(0)
        while part := grown.read(_COPIED):
            crc = crc32(part, crc)
            file.write(part)
        return [start, dtype.str, size // dtype.itemsize, crc]

    def discard(self) -> None:
        """Lets go of what has grown; a file that was closed before stays."""
        self._files.close()


class ArrayFile:
    """The arrays of a file of `size` bytes. Raises `IndexDamaged` where it is not as it was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with open(path, "rb") as file:
            self.size = size = os.fstat(file.fileno()).st_size
            if size < _HEAD.size + _FOOT.size:
                raise self._damaged("is too short")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version = _HEAD.unpack_from(self._map)
        start, length, crc, end = _FOOT.unpack_from(self._map, size - _FOOT.size)
        content = self._map[start : start + length]
        is_whole = bool(content) and start + length + _FOOT.size == size
        if not is_whole or (magic, version, end) != (_MAGIC, VERSION, _END) or crc32(content) != crc:
            raise self._damaged("is not as it was written")
        directory = json.loads(content)
        self._directory: dict[str, tuple[int, str, int, int]] = directory["arrays"]
        self.facts: Mapping[str, Fact] = directory["facts"]

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def __iter__(self) -> Iterator[str]:
        """The names of the arrays."""
        return iter(self._directory)

    def __getitem__(self, name: str) -> Array:
        """An array, which stays valid as long as anything refers to it."""
        start, dtype, count, _ = self._directory[name]
        import numpy as np

        try:
            values = np.frombuffer(self._map, dtype, count, start)
        except (OverflowError, TypeError, ValueError) as error:
            raise self._damaged(f"has no array {name} where it says") from error
        if values.dtype.kind not in "iuf":
            raise self._damaged(f"has an array {name} that is not of numbers")
        return values

    def get(self, name: str, dtype: str) -> Array:
        """An array, or one without values where there is none of this name."""
        if name in self._directory:
            return self[name]
        import numpy as np

        return np.empty(0, dtype)

    def release(self) -> None:
        """Lets go of the memory that what was read so far takes; what is read again is read from the file again."""
        if hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def check(self) -> None:
        """Reads all arrays; raises `IndexDamaged` where one is not as it was written."""
        for name, (*_, crc) in self._directory.items():
            if crc32(self[name].data.cast("B") if len(self[name]) else b"") != crc:
                raise self._damaged(f"has an array that is not as it was written: {name}")

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(str(self.path.parent), f"{self.path.name} {what}")


def smallest(values: Array) -> Array:
    """The same numbers in the narrowest unsigned type that holds all of them."""
    most = int(values.max(initial=0))
    return values.astype("<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4")


def _temporary(folder: Path) -> tempfile.SpooledTemporaryFile[bytes]:
    # With what it imports it takes 4 ms, which those who read should not wait for.
    import tempfile

    return tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))


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
