"""One file into paragraphs: what reads, and the only thing that does. Runs in worker processes too."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, replace
from hashlib import blake2b

from searchlib.catalog import Known
from searchlib.defaults import MAX_BYTES
from searchlib.errors import TooLarge, Unreadable
from searchlib.model import Found, Paragraph, Source
from searchlib.paragraphs import split
from searchlib.reading import read, reader_for, reader_versions
from searchlib.units import size

# Younger than this when it is read, a file could change once more without its time changing: clocks of file systems
# tick every 10 ms at the slowest that is common.
_YOUNG_NS = 20_000_000
_TRIES = 3
# A line or a mark takes some 700 bytes of memory until it is in the index, a byte of prose 10 to 60. To count each as
# so many bytes of a file keeps the most that any file takes near what the largest one of prose does.
_MARK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read: its path in the library, where it is, what is known of it, and what the user asked for.

    `told` is what is known of it if the user once said which encoding it has.
    """

    path: str
    found: Found
    known: Known | None
    encoding: str | None
    max_bytes: int
    told: Known | None = None

    @property
    def bytes(self) -> int:
        """How much there is to read: nothing of a file that is too large."""
        return self.found.size if self.found.size <= self.max_bytes else 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task.

    `known` is what the catalog should remember, or None where the file was not read. Then what the index has of it
    stays, unless it `drops`. `is_new` says whether its paragraphs take the place of what the index has; they do not
    where the bytes are those already indexed, or where there are none for a `reason`.
    """

    task: Task
    known: Known | None
    is_new: bool = False
    reason: str = ""
    drops: bool = False

    @property
    def paragraphs(self) -> int:
        """How many take the place of what the index has."""
        return self.known.paragraphs if self.known and self.is_new else 0


Ingested = tuple[Outcome, tuple[Paragraph, ...]]


def ingest(task: Task) -> Ingested:
    """Reads a file and returns its paragraphs; whatever is wrong with it becomes the reason of the outcome."""
    if task.found.size > task.max_bytes:
        return _too_large(task, task.found.size), ()
    try:
        data, status = _bytes(task)
    except FileNotFoundError:
        return Outcome(task, None, reason="vanished before it could be read", drops=True), ()
    except OSError as error:
        return Outcome(task, None, reason=(error.strerror or str(error)).lower()), ()
    except _Restless:
        reason = "kept changing while it was being read; index it again when it is at rest"
        return Outcome(task, None, reason=reason), ()
    if len(data) > task.max_bytes:
        return _too_large(task, status.st_size), ()
    try:
        return _outcome(task, data, status)
    except MemoryError:
        return Outcome(task, None, reason="takes more memory than there is"), ()


def as_indexed(task: Task, known: Known) -> Source | None:
    """The text of a file as it was indexed; None if the file is gone, can't be read, or has changed since."""
    try:
        data, _ = _bytes(task)
        if blake2b(data, digest_size=16).digest() != known.digest:
            return None
        return _source(task, data, known)
    except (OSError, _Restless, TooLarge, Unreadable):
        return None


class _Restless(Exception):
    """The file changed each time it was being read."""


def _bytes(task: Task) -> tuple[bytes, os.stat_result]:
    """All bytes of the file, which did not change meanwhile, up to one more than allowed."""
    for _ in range(_TRIES):
        with open(_opened(task.found.path), "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise OSError("not a regular file")
            data = file.read(task.max_bytes + 1)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return data, after
    raise _Restless


def _opened(path: str) -> int:
    """Without waiting for a writer, if a pipe has taken the place of the file since it was found."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))


def _too_large(task: Task, bytes_found: int) -> Outcome:
    """Not remembered: another limit may be set next time, and to look at a size costs nothing."""
    reason = f"larger than {size(task.max_bytes)} ({size(bytes_found)}); --max-size sets the limit"
    return Outcome(task, None, reason=reason, drops=True)


def _outcome(task: Task, data: bytes, status: os.stat_result) -> Ingested:
    reader = reader_for(task.path)
    known = Known(
        path=task.path,
        size=status.st_size,
        mtime_ns=_certain(status.st_mtime_ns),
        digest=blake2b(data, digest_size=16).digest(),
        encoding="",
        reader=reader,
        reader_version=reader_versions()[reader],
        paragraphs=0,
        reason="",
        told=task.encoding is not None,
        modified_ns=status.st_mtime_ns,
    )
    before = task.known
    if before and not before.reason and _is_same(before, known) and task.encoding in (None, before.encoding):
        told = before.told or known.told
        now = replace(before, size=known.size, mtime_ns=known.mtime_ns, told=told, modified_ns=known.modified_ns)
        return Outcome(task, now), ()
    return _read(task, data, known)


def _source(task: Task, data: bytes, known: Known) -> Source:
    usual = task.told.encoding if task.told else None
    # Of the very bytes it was said of, what the user said still holds; of others it is only likely.
    encoding = task.encoding or (usual if task.told and task.told.digest == known.digest else None)
    return read(task.path, data, encoding, usual=usual, most_marks=_most_marks(task))


def _read(task: Task, data: bytes, known: Known) -> Ingested:
    try:
        source = _source(task, data, known)
    except TooLarge as error:
        reason = f"{error}, each of which counts as {_MARK_BYTES} bytes; --max-size sets the limit"
        return Outcome(task, None, reason=reason, drops=True), ()
    except Unreadable as error:
        # An encoding that does not fit is no knowledge about the file: next time it is read again, and without it.
        mtime_ns = 0 if task.encoding else known.mtime_ns
        remembered = replace(known, reason=str(error), told=False, mtime_ns=mtime_ns)
        return Outcome(task, remembered, reason=str(error)), ()
    paragraphs = split(source)
    told = source.encoding in (task.encoding, task.told.encoding if task.told else None)
    known = replace(known, encoding=source.encoding, paragraphs=len(paragraphs), told=told)
    return Outcome(task, known, is_new=True), paragraphs


def _most_marks(task: Task) -> int:
    """No fewer for a user who wants only small files: those take little in any case."""
    return max(task.max_bytes, MAX_BYTES) // _MARK_BYTES


def _is_same(before: Known, now: Known) -> bool:
    return (before.digest, before.reader, before.reader_version) == (now.digest, now.reader, now.reader_version)


def _certain(mtime_ns: int) -> int:
    return mtime_ns if time.time_ns() - mtime_ns > _YOUNG_NS else 0
