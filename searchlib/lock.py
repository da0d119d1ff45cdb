"""One writer at a time, and who it is."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from searchlib.directory import Directory
from searchlib.errors import IndexBusy, LockUnsupported

# The lock is the operating system's and ends with its process, however that ends; a note only names the process.
LOCK = "writer.lock"
_POLL_S, _LOOKS = 0.05, 10


@contextmanager
def writing(directory: Directory, note: Callable[[], str], wait_s: float = 0) -> Iterator[None]:
    """Hold the writer's lock; raise `IndexBusy` if another process still has it after `wait_s` seconds.

    `note` gives the name of the file that says which process is writing; it is empty for an index not made yet. Raises
    `LockUnsupported` where the file system of the folder has no locks.
    """
    lock, place = _lock(directory.place / LOCK), str(directory.path / LOCK)
    if directory.has(LOCK):
        # One that is a link, or that others can write, is refused before it is opened for writing.
        directory.open_file(LOCK).close()
    try:
        lock.acquire(timeout=wait_s, poll_interval=_POLL_S)
    except Timeout:
        raise IndexBusy(str(directory.path), _holder(directory, note())) from None
    except (OSError, NotImplementedError) as error:
        if reason := _unsupported(directory):
            raise LockUnsupported(place, reason) from error
        raise
    name = note()
    try:
        if reason := _unsupported(directory):
            # Some versions of filelock then fall back to a file that a killed process leaves behind.
            raise LockUnsupported(place, reason)
        if name:
            content = {"process": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
            with (directory / name).create() as file:
                file.write(json.dumps(content).encode())
        yield
    finally:
        if name:
            with suppress(OSError):
                directory.remove_file(name)
        lock.release()


def _lock(path: Path) -> BaseFileLock:
    try:
        return FileLock(path, mode=0o600, fallback_to_soft=False)
    except TypeError:  # older versions
        return FileLock(path, mode=0o600)


def _unsupported(directory: Directory) -> str:
    """Why the lock's file can't be locked by anybody; empty if it can, or is locked.

    Raises `UntrustedIndex` where others can write the file, or where it is a link.
    """
    if sys.platform == "win32":
        return ""
    import fcntl

    try:
        file = directory.open_file(LOCK)
    except OSError:
        return ""
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return "" if error.errno in (errno.EACCES, errno.EAGAIN) else (error.strerror or str(error)).lower()
    return ""


def _holder(directory: Directory, note: str) -> str:
    """Who has the lock, as its note says, which comes a moment after the lock."""
    for _ in range(_LOOKS if note else 0):
        try:
            found = json.loads((directory / note).read())
            return f"process {found['process']}, since {found['since']}"
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            time.sleep(_POLL_S)
    return "another process"
