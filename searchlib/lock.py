"""One writer at a time, and who it is."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from searchlib.directory import Directory
from searchlib.errors import IndexBusy

# The lock is the operating system's and ends with its process, however that ends; a note only names the process.
LOCK = "writer.lock"
_POLL_S, _LOOKS = 0.05, 10


@contextmanager
def writing(directory: Directory, note: Callable[[], str], wait_s: float = 0) -> Iterator[None]:
    """Hold the writer's lock; raise `IndexBusy` if another process still has it after `wait_s` seconds.

    `note` gives the name of the file that says which process is writing; it is empty for an index not made yet.
    """
    lock = FileLock(directory.place / LOCK, mode=0o600)
    try:
        lock.acquire(timeout=wait_s, poll_interval=_POLL_S)
    except Timeout:
        raise IndexBusy(str(directory.path), _holder(directory, note())) from None
    name = note()
    try:
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


def _holder(directory: Directory, note: str) -> str:
    """Who has the lock, as its note says, which comes a moment after the lock."""
    for _ in range(_LOOKS if note else 0):
        try:
            found = json.loads((directory / note).read())
            return f"process {found['process']}, since {found['since']}"
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            time.sleep(_POLL_S)
    return "another process"
