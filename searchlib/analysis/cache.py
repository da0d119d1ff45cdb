"""The user's folder for what can be made again, which nobody else may enter.

What lies in it decides how text is cut, so nothing in it is believed by its path: the folder is opened once, without
following a link, and everything is asked of what was opened. A folder, a link or a file of another user, anywhere on
the way, means that there is no cache: as root with the home of another user, for example. Where the operating system
opens nothing relative to a folder (Windows), paths are used, and rights are kept otherwise.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TypedDict

_FOLDER, _FILE = 0o700, 0o600
_ROOT = 0
_BY_DESCRIPTOR = {os.open, os.mkdir, os.rename, os.unlink, os.readlink} <= os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
# To go through a folder one need not be allowed to list it.
_THROUGH = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _NO_LINK
_INTO = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NO_LINK
# A pipe in the place of a file holds nobody up.
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | _NO_LINK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | _NO_LINK
# As many as Linux follows.
_MOST_LINKS = 40


class _Unsafe(OSError):
    """Something on the way belongs to another user, or is not what it should be."""


def read(name: str) -> mmap | None:
    """The content of a file of the cache; None if there is none that only this user can have written."""
    with suppress(OSError, ValueError), _folder() as folder:  # ValueError: an empty file
        descriptor = os.open(folder.path(name), _READ, **folder.relative)
        try:
            _check(os.fstat(descriptor), stat.S_ISREG)
            return mmap(descriptor, 0, access=ACCESS_READ)
        finally:
            os.close(descriptor)
    return None


def write(name: str, content: bytes) -> None:
    """Puts a file into the cache in one step, if that can be done."""
    with suppress(OSError), _folder() as folder:
        temporary = f"{name}.{secrets.token_hex(8)}"
        descriptor = os.open(folder.path(temporary), _WRITE, _FILE, **folder.relative)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
            os.replace(folder.path(temporary), folder.path(name), **folder.both)
        except OSError:
            os.unlink(folder.path(temporary), **folder.relative)
            raise


def is_writable() -> bool:
    """Create the folder for files; return whether there is one."""
    with suppress(OSError), _folder() as folder:
        return os.access(folder.path(os.curdir), os.W_OK, **folder.relative)
    return False


class _Relative(TypedDict, total=False):
    dir_fd: int


class _Both(TypedDict, total=False):
    src_dir_fd: int
    dst_dir_fd: int


class _Folder:
    """The folder, open: names in it are relative to its descriptor where there is one."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._path = path if descriptor is None else None
        self.relative = _Relative() if descriptor is None else _Relative(dir_fd=descriptor)
        self.both = _Both() if descriptor is None else _Both(src_dir_fd=descriptor, dst_dir_fd=descriptor)

    def path(self, name: str) -> str:
        return str(self._path / name) if self._path else name


@contextmanager
def _folder() -> Iterator[_Folder]:
    """The folder, made where it is not there, for this user alone; raises `OSError` if there can't be one."""
    path = place()
    if not _BY_DESCRIPTOR:
        path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        if path.is_symlink() or not path.is_dir():
            raise _Unsafe(str(path))
        yield _Folder(path, None)
        return
    descriptor = _open_folder(path)
    try:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) != _FOLDER:
            os.fchmod(descriptor, _FOLDER)
        yield _Folder(path, descriptor)
    finally:
        os.close(descriptor)


def _open_folder(path: Path) -> int:
    """A descriptor of the folder, each step to which is this user's or root's, links included.

    The folder itself has to be this user's own, and no link.
    """
    names = [*reversed(path.absolute().parts[1:])]
    here, links = os.open("/", _THROUGH), 0
    try:
        while names:
            name = names.pop()
            status = _status(name, here)
            if not stat.S_ISLNK(status.st_mode) or not names:
                here = _stepped(name, here, _THROUGH if names else _INTO)
                _check(os.fstat(here), stat.S_ISDIR, by_root=bool(names))
                continue
            _check(status, stat.S_ISLNK, by_root=True)
            links += 1
            if links > _MOST_LINKS:
                raise _Unsafe(name)
            target = Path(os.readlink(name, dir_fd=here))
            names += reversed(target.parts[1:] if target.is_absolute() else target.parts)
            if target.is_absolute():
                here = _stepped("/", here, _THROUGH)
        return here
    except OSError:
        os.close(here)
        raise


def _status(name: str, here: int) -> os.stat_result:
    """Return the status of a name in a folder, links not followed; create a folder if there is nothing."""
    with suppress(FileNotFoundError):
        return os.stat(name, dir_fd=here, follow_symlinks=False)
    with suppress(FileExistsError):
        os.mkdir(name, _FOLDER, dir_fd=here)
    return os.stat(name, dir_fd=here, follow_symlinks=False)


def _stepped(name: str, here: int, flags: int) -> int:
    """The folder of a name, in place of the one that it lies in."""
    there = os.open(name, flags, dir_fd=here)
    os.close(here)
    return there


def _check(status: os.stat_result, is_right: Callable[[int], bool], *, by_root: bool = False) -> None:
    """Raises `_Unsafe` for another kind of file than expected, for one of another user, and for files others write."""
    if not is_right(status.st_mode):
        raise _Unsafe("another kind of file")
    if not hasattr(os, "geteuid"):
        return
    if status.st_uid not in ((os.geteuid(), _ROOT) if by_root else (os.geteuid(),)):
        raise _Unsafe("another user's")
    if stat.S_ISREG(status.st_mode) and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _Unsafe("others can write to it")


def place() -> Path:
    """Where the folder is: what platformdirs says, which takes every search 5 ms to import, and on Linux hardly ever
    has to be asked.
    """
    home = os.environ.get("HOME", "")
    base = os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    if sys.platform == "linux" and os.path.isabs(home) and os.path.isabs(base):
        return Path(base, "searchlib")
    from platformdirs import user_cache_path

    return user_cache_path("searchlib")
