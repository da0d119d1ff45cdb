"""Whether an index is its user's own: who can write into it can say what is found, and have files overwritten.

Looked at is all that is opened of an index, before any of it is: the folder, what has the names of an index in it, and
what lies in the folders of engines. Whoever owns the folder can put files into it, so others must not be able to write
to it either. Where others can't, nothing changes between a look and the opening.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from searchlib.errors import UntrustedIndex

# What names in an index begin with: of what it was made with, the catalog, the writer's lock, engines' folders.
_NAMES = ("meta.json", "catalog.db", "writer.", "whoosh-")
_ROOT = 0
_TRUSTING = "if you trust all who could have written it, use it with: --trust"


def check(folder: Path, *, trusted: bool) -> None:
    """Raises `UntrustedIndex` where another user owns something of the index in `folder`, or can write to it.

    With `trusted` only links are refused: an index has none, and what is written through one lands elsewhere. The
    folder itself may be reached by one. What can't be looked at, or is not there, is left to whoever opens it. Windows
    keeps rights otherwise, and there nothing is looked at.
    """
    if not hasattr(os, "geteuid"):
        return
    for path, status in _parts(folder):
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise UntrustedIndex(str(path), "is a link or a device, and an index is made of files", hint="remove it")
        if trusted:
            continue
        if status.st_uid not in (os.geteuid(), _ROOT):
            raise UntrustedIndex(str(path), f"belongs to another user (uid {status.st_uid})", hint=_TRUSTING)
        if _is_writable_by_others(status):
            hint = f"make it your own with: chmod -R go-w {folder}; or, {_TRUSTING}"
            raise UntrustedIndex(str(path), "can be written by other users", hint=hint)


def _is_writable_by_others(status: os.stat_result) -> bool:
    mode = status.st_mode
    return bool(mode & stat.S_IWOTH or (mode & stat.S_IWGRP and not _is_private(status.st_gid, status.st_uid)))


def _is_private(group: int, user: int) -> bool:
    """Whether a group is there for one user alone, named like them: where users have such groups, the umask is 002."""
    import grp
    import pwd

    try:
        owner, entry = pwd.getpwuid(user), grp.getgrgid(group)
    except KeyError:
        return False
    return (owner.pw_gid, owner.pw_name) == (group, entry.gr_name) and {*entry.gr_mem} <= {owner.pw_name}


def _parts(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The folder and what is in it of an index, engines' folders and their files included, as they are themselves."""
    try:
        yield folder, folder.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    for part, status in _entries(folder):
        if part.name.startswith(_NAMES):
            yield part, status
            if stat.S_ISDIR(status.st_mode):
                yield from _entries(part)


def _entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    # A writer at work may delete what was just listed, or all of the folder.
    with suppress(FileNotFoundError, PermissionError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                yield Path(entry), entry.stat(follow_symlinks=False)
