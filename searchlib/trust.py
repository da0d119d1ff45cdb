"""Ownership and permissions of what an index consists of.

Whoever can write into an index can decide what is found, and have files overwritten. So everything that is opened of
one must belong to its user or to root, and nobody else may be able to write to it. `directory` calls this with the
status of what was opened, not of a path: between a check and an opening by path, something else can be put there.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from searchlib.errors import UntrustedIndex

_ROOT = 0
_TRUSTING = "if you trust all who could have written it, use it with: --trust"


def check(path: Path, status: os.stat_result, *, trusted: bool) -> None:
    """Raise `UntrustedIndex` if another user owns an opened file or folder, or can write to it.

    With `trusted` it only has to be a file or folder. `path` is for the message. Windows has other permissions and is
    not checked.
    """
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise not_a_file(path)
    if trusted or not hasattr(os, "geteuid"):
        return
    if status.st_uid not in (os.geteuid(), _ROOT):
        raise UntrustedIndex(str(path), f"belongs to another user (uid {status.st_uid})", hint=_TRUSTING)
    if _is_writable_by_others(status):
        hint = f"make it your own with: chmod -R go-w {path}; or, {_TRUSTING}"
        raise UntrustedIndex(str(path), "can be written by other users", hint=hint)


def not_a_file(path: Path) -> UntrustedIndex:
    """The error for a link or a device, which an index never contains."""
    return UntrustedIndex(str(path), "is a link or a device, and an index is made of files", hint="remove it")


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
