"""One writer at a time, and who it is."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from searchlib.errors import IndexBusy, LockUnsupported
from searchlib.private import new_file

# The lock is the operating system's and ends with its process, however that ends; the note beside it only names it.
_LOCK, _HOLDER = "writer.lock", "writer.json"
_POLL_S, _LOOKS = 0.05, 10


@contextmanager
def writing(folder: Path, wait_s: float = 0) -> Iterator[None]:
    """Holds the writer's lock; raises `IndexBusy` if another process still has it after `wait_s` seconds.

    Raises `LockUnsupported` where the file system of the folder has no locks.
    """
    lock = _lock(folder / _LOCK)
    try:
        lock.acquire(timeout=wait_s, poll_interval=_POLL_S)
    except Timeout:
        raise IndexBusy(str(folder), _holder(folder)) from None
    except (OSError, NotImplementedError) as error:
        if reason := _unsupported(folder / _LOCK):
            raise LockUnsupported(str(folder / _LOCK), reason) from error
        raise
    try:
        if reason := _unsupported(folder / _LOCK):
            # Some versions of filelock then fall back to a file that a killed process leaves behind.
            raise LockUnsupported(str(folder / _LOCK), reason)
        note = {"process": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        with new_file(folder / _HOLDER) as file:
            file.write(json.dumps(note).encode())
        yield
    finally:
        with suppress(OSError):
            (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _lock(path: Path) -> BaseFileLock:
    try:
        return FileLock(path, mode=0o600, fallback_to_soft=False)
    except TypeError:  # older versions
        return FileLock(path, mode=0o600)


def _unsupported(path: Path) -> str:
    """Why a file can't be locked by anybody; empty if it can, or is locked."""
    if sys.platform == "win32":
        return ""
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return "" if error.errno in (errno.EACCES, errno.EAGAIN) else (error.strerror or str(error)).lower()
    finally:
        os.close(descriptor)
    return ""


def _holder(folder: Path) -> str:
    """Who has the lock, as its note says, which comes a moment after the lock."""
    for _ in range(_LOOKS):
        try:
            note = json.loads((folder / _HOLDER).read_text(encoding="utf-8"))
            return f"process {note['process']}, since {note['since']}"
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            time.sleep(_POLL_S)
    return "another process"
