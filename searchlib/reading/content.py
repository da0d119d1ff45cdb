"""The bytes of a file at rest: held in memory, or, where they are many, read from the file each time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from hashlib import blake2b
from typing import BinaryIO, Protocol

# Files of up to so many bytes are held; of larger ones, so many are read at a time.
MOST_HELD, _PIECE = 16_000_000, 1 << 20
# What tells the encoding of most files, and rules others out.
_HEAD = 1 << 10
_TRIES = 3
_CHANGING = "kept changing while it was being read; index it again when it is at rest"


class Unsteady(Exception):
    """The file is none that can be read as it is; the message is the reason."""


class Content(Protocol):
    """A file's bytes: how many there are, the first 1,024 of them, and the BLAKE2b digest (16 bytes) of all."""

    @property
    def size(self) -> int: ...

    @property
    def head(self) -> bytes: ...

    @property
    def digest(self) -> bytes: ...

    @property
    def is_held(self) -> bool:
        """Return whether the bytes are in memory."""

    def pieces(self) -> Iterator[bytes]:
        """All bytes, in order; they can be asked for again. Raises `Unsteady` where they are not there any more."""


class Held:
    """Bytes in memory."""

    is_held = True

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)
        self.head = data[:_HEAD]

    @property
    def digest(self) -> bytes:
        return _digest(self._data).digest()

    def pieces(self) -> Iterator[bytes]:
        yield self._data


class OnDisk:
    """Bytes of a file that are not held; whoever reads all of them learns at the end if they have changed."""

    is_held = False

    def __init__(self, path: str, head: bytes, size: int, digest: bytes) -> None:
        self._path = path
        self.head, self.size, self.digest = head[:_HEAD], size, digest

    def pieces(self) -> Iterator[bytes]:
        digest = _digest()
        try:
            with _open(self._path) as file:
                # What has been appended meanwhile is for the next update.
                left = self.size
                while left and (piece := file.read(min(left, _PIECE))):
                    digest.update(piece)
                    left -= len(piece)
                    yield piece
        except OSError as error:
            # Read once more as a whole, the file tells what has become of it.
            raise Unsteady(_CHANGING) from error
        if digest.digest() != self.digest:
            raise Unsteady(_CHANGING)


def content_of(path: str, most: int, *, is_held: bool = False) -> tuple[Content, os.stat_result]:
    """The content of a file that did not change while it was read, and its status.

    Of a file with more than `most` bytes, `size` is one more than that. With `is_held` it is held, however large it is.
    Raises `Unsteady` or `OSError`.
    """
    for _ in range(_TRIES):
        with _open(path) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise Unsteady("not a regular file")
            content = _read(file, path, most, most if is_held else MOST_HELD)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return content, after
    raise Unsteady(_CHANGING)


def _read(file: BinaryIO, path: str, most: int, most_held: int) -> Content:
    # None where there is nothing yet: files of the kernel that are read like a pipe.
    data: bytes | None = file.read(min(most, most_held) + 1)
    if data is None:
        raise Unsteady("not a file with an end: there is nothing to read from it at the moment")
    if len(data) <= most_held or most <= most_held:
        return Held(data)
    head, size, digest = data[:_HEAD], len(data), _digest(data)
    del data
    while size <= most and (piece := file.read(min(_PIECE, most + 1 - size))):
        digest.update(piece)
        size += len(piece)
    return OnDisk(path, head, size, digest.digest())


def _open(path: str) -> BinaryIO:
    """Opens without waiting for a writer, if a pipe has taken the place of the file since it was found."""
    flags = (getattr(os, name, 0) for name in ("O_BINARY", "O_NONBLOCK", "O_NOCTTY"))
    return open(os.open(path, os.O_RDONLY | sum(flags)), "rb")


def _digest(data: bytes = b"") -> blake2b:
    return blake2b(data, digest_size=16)
