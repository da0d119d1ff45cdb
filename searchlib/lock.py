"""One writer at a time, and who it is."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from searchlib.errors import IndexBusy
from searchlib.private import new_file

# The lock is the operating system's and ends with its process, however that ends; the note beside it only names it.
_LOCK, _HOLDER = "writer.lock", "writer.json"
_POLL_S, _LOOKS = 0.05, 10


@contextmanager
def writing(folder: Path, wait_s: float = 0) -> Iterator[None]:
    """Holds the writer's lock; raises `IndexBusy` if another process still has it after `wait_s` seconds."""
    lock = FileLock(folder / _LOCK, mode=0o600)
    try:
        lock.acquire(timeout=wait_s, poll_interval=_POLL_S)
    except Timeout:
        raise IndexBusy(str(folder), _holder(folder)) from None
    try:
        note = {"process": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        with new_file(folder / _HOLDER) as file:
            file.write(json.dumps(note).encode())
        yield
    finally:
        with suppress(OSError):
            (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path) -> str:
    """Who has the lock, as its note says, which comes a moment after the lock."""
    for _ in range(_LOOKS):
        try:
            note = json.loads((folder / _HOLDER).read_text(encoding="utf-8"))
            return f"process {note['process']}, since {note['since']}"
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            time.sleep(_POLL_S)
    return "another process"
