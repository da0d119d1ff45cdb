"""One file into paragraphs: what reads, and the only thing that does. Runs in worker processes too."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from searchlib.catalog import Known
from searchlib.defaults import MAX_BYTES
from searchlib.errors import TooLarge, Unreadable
from searchlib.model import Found, Paragraph, Source
from searchlib.paragraphs import paragraphs_of
from searchlib.reading import read, reader_for, reader_versions
from searchlib.reading.content import Content, Unsteady, content_of
from searchlib.units import size

# Younger than this when it is read, a file could change once more without its time changing: clocks of file systems
# tick every 10 ms at the slowest that is common.
_YOUNG_NS = 20_000_000
# The same of the time that nobody can set.
_YOUNG_CHANGE_NS = 20_000_000
# What is quoted of an error; some libraries put all of their input into it.
_QUOTED = 200
# A line or a mark takes some 700 bytes of memory until it is in the index, a byte of prose 10 to 60. To count each as
# so many bytes of a file keeps the most that any file takes near what the largest one of prose does.
_MARK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read: its path in the library, where it is, what is known of it, and what the user asked for.

    `told` is what is known of it if the user once said which encoding it has, `usual` the encoding that is recorded for
    such files.
    """

    path: str
    found: Found
    known: Known | None
    encoding: str | None
    max_bytes: int
    told: Known | None = None
    usual: str | None = None

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

    How many they are is known when they have been made; until then it is 0.
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

    def with_paragraphs(self, count: int) -> Outcome:
        """The outcome when so many paragraphs have been made."""
        return replace(self, known=replace(self.known, paragraphs=count)) if self.known else self


Ingested = tuple[Outcome, Iterable[Paragraph]]


def ingest(task: Task) -> Ingested:
    """Read a file and return its paragraphs; errors of any kind are returned as the reason of the outcome.

    The paragraphs are made as they are asked for, once, so that those of a large file are never all in memory.
    """
    if task.found.size > task.max_bytes:
        return _too_large(task, task.found.size), ()
    try:
        content, status = content_of(task.found.path, task.max_bytes)
    except FileNotFoundError:
        return Outcome(task, None, reason="vanished before it could be read", drops=True), ()
    except Unsteady as error:
        return Outcome(task, None, reason=str(error)), ()
    except OSError as error:
        return Outcome(task, None, reason=(error.strerror or reason_of(error)).lower()), ()
    except Exception as error:  # noqa: BLE001 — one odd file is a line of the report, and never the end of the run
        return Outcome(task, None, reason=reason_of(error)), ()
    if content.size > task.max_bytes:
        return _too_large(task, max(status.st_size, content.size)), ()
    try:
        return _outcome(task, content, status)
    except (MemoryError, Unsteady) as error:
        return Outcome(task, None, reason=reason_of(error)), ()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 — panics of parsers in Rust are no `Exception`
        return failed(task, reason_of(error)), ()


def failed(task: Task, reason: str) -> Outcome:
    """The outcome for a file with content that nothing can be made of: its old paragraphs go, and it is tried again."""
    known = Known(
        path=task.path,
        size=task.found.size,
        mtime_ns=0,
        digest=b"",
        encoding="",
        reader=reader_for(task.path),
        reader_version=0,
        paragraphs=0,
        reason=reason,
        told=False,
        modified_ns=task.found.mtime_ns,
        changed_ns=task.found.changed_ns,
        inode=task.found.inode,
    )
    return Outcome(task, known, reason=reason)


def reason_of(error: BaseException) -> str:
    """A clause that says what kind of error came of a file."""
    if isinstance(error, MemoryError):
        return "takes more memory than there is"
    if isinstance(error, Unsteady):
        return str(error)
    try:
        said = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 — errors of others may fail to describe themselves
        said = ""
    kind = type(error).__name__
    return f"could not be read ({kind}: {said[:_QUOTED]})" if said else f"could not be read ({kind})"


def is_unchanged(task: Task) -> bool:
    """Return whether a file has the content that was indexed, whatever its times say; False if it can't be read."""
    before = task.known
    if before is None or before.reason or (before.size, None) != (task.found.size, task.encoding):
        return False
    try:
        content, status = content_of(task.found.path, task.max_bytes)
    except Exception:  # noqa: BLE001 — the file counts as one to read, and `ingest` reports why it can't be read
        return False
    return _is_same(before, _known(task, content, status))


def as_indexed(task: Task, known: Known) -> Source | None:
    """The text of a file as it was indexed; None if the file is gone, can't be read, or has changed since."""
    try:
        # All of it in memory: it may change while it is compared.
        content, _ = content_of(task.found.path, task.max_bytes, is_held=True)
    except (OSError, MemoryError, Unsteady):
        return None
    if content.digest != known.digest:
        return None
    # Not in the `try`: bytes that were indexed can be read again, and an error of a reader must not pass for a change.
    return _source(task, content, known)


def _too_large(task: Task, bytes_found: int) -> Outcome:
    """Not remembered: another limit may be set next time, and to look at a size costs nothing."""
    reason = f"larger than {size(task.max_bytes)} ({size(bytes_found)}); --max-size sets the limit"
    return Outcome(task, None, reason=reason, drops=True)


def _outcome(task: Task, content: Content, status: os.stat_result) -> Ingested:
    known = _known(task, content, status)
    before = task.known
    if before and not before.reason and _is_same(before, known) and task.encoding in (None, before.encoding):
        told = before.told or known.told
        return Outcome(task, replace(known, encoding=before.encoding, paragraphs=before.paragraphs, told=told)), ()
    return _read(task, content, known)


def _known(task: Task, content: Content, status: os.stat_result) -> Known:
    """The file before it is decoded: of no encoding, and without paragraphs."""
    reader = reader_for(task.path)
    file = Found.of(task.found.path, status)
    return Known(
        path=task.path,
        size=file.size,
        mtime_ns=file.mtime_ns if _is_certain(file) else 0,
        digest=content.digest,
        encoding="",
        reader=reader,
        reader_version=reader_versions()[reader],
        paragraphs=0,
        reason="",
        told=task.encoding is not None,
        modified_ns=file.mtime_ns,
        changed_ns=file.changed_ns,
        inode=file.inode,
    )


def _usual(task: Task) -> str | None:
    return task.told.encoding if task.told else task.usual


def _source(task: Task, content: Content, known: Known) -> Source:
    usual = _usual(task)
    # Of the very bytes it was said of, what the user said still holds; of others it is only likely.
    encoding = task.encoding or (usual if task.told and task.told.digest == known.digest else None)
    return read(task.path, content, encoding, usual=usual, most_marks=_most_marks(task))


def _read(task: Task, content: Content, known: Known) -> Ingested:
    try:
        source = _source(task, content, known)
    except TooLarge as error:
        reason = f"{error}, each of which counts as {_MARK_BYTES} bytes; --max-size sets the limit"
        return Outcome(task, None, reason=reason, drops=True), ()
    except Unreadable as error:
        # An encoding that does not fit is no knowledge about the file: next time it is read again, and without it.
        mtime_ns = 0 if task.encoding else known.mtime_ns
        remembered = replace(known, reason=str(error), told=False, mtime_ns=mtime_ns)
        return Outcome(task, remembered, reason=str(error)), ()
    told = source.encoding in (task.encoding, _usual(task))
    known = replace(known, encoding=source.encoding, told=told)
    return Outcome(task, known, is_new=True), paragraphs_of(source)


def _most_marks(task: Task) -> int:
    """No fewer for a user who wants only small files: those take little in any case."""
    return max(task.max_bytes, MAX_BYTES) // _MARK_BYTES


def _is_same(before: Known, now: Known) -> bool:
    return (before.digest, before.reader, before.reader_version) == (now.digest, now.reader, now.reader_version)


def _is_certain(file: Found) -> bool:
    """Return whether a change that comes from now on would be seen by one of the times."""
    now = time.time_ns()
    return now - file.mtime_ns > _YOUNG_NS and now - file.changed_ns > _YOUNG_CHANGE_NS
