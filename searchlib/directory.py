"""A folder of an index, opened once: its files are opened relative to its descriptor, and checked once they are open.

Another user who can rename what lies above an index can put another folder in its place at any moment. Opened by path,
each file could come from another one of them. Files are created for their owner alone, whatever the umask, and never
through a link. Where the system can't open relative to a descriptor (Windows), paths are used.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from searchlib import trust
from searchlib.errors import IndexDamaged

FOLDER_MODE, _FILE_MODE = 0o700, 0o600
_IS_RELATIVE = {os.open, os.mkdir, os.unlink, os.rmdir, os.rename} <= os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
# Without it, opening a pipe that lies in the place of a file waits for a writer.
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | _NO_LINK | _NO_WAIT | _BINARY
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINK | _BINARY


class Directory:
    """An open folder; `path` is where it was reached and serves messages alone.

    Raises `UntrustedIndex` for a folder or file that others own or can write, unless it is `trusted`. Pickled, it is
    the path and the identity of the folder: the process that unpickles it refuses another folder in that place.
    """

    def __init__(self, path: Path, descriptor: int | None, *, trusted: bool) -> None:
        self.path = path
        self.trusted = trusted
        self._descriptor = descriptor

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, trusted: bool = False) -> Self:
        """Raise `FileNotFoundError` or `NotADirectoryError` if there is no folder, and `UntrustedIndex`.

        A link to the folder is followed: the user named it.
        """
        return cls._opened(Path(path), Path(path), 0, trusted, None)

    @classmethod
    def _opened(cls, shown: Path, name: Path | str, flags: int, trusted: bool, within: int | None) -> Self:
        if not _IS_RELATIVE:
            status = os.stat(shown)
            if not stat.S_ISDIR(status.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(shown))
            trust.check(shown, status, trusted=trusted)
            return cls(shown, None, trusted=trusted)
        with _named(shown):
            descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | flags, dir_fd=within)
        directory = cls(shown, descriptor, trusted=trusted)
        trust.check(shown, os.fstat(descriptor), trusted=trusted)
        return directory

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the descriptor; open files stay open."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[object, ...]:
        return _reopened, (os.path.abspath(self.path), self.trusted, self.identity)

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode of the folder."""
        status = os.stat(self.path if self._descriptor is None else self._descriptor)
        return status.st_dev, status.st_ino

    def __truediv__(self, name: str) -> File:
        return File(self, name)

    def names(self) -> list[str]:
        """The names of all that lies in the folder, in order."""
        return sorted(os.listdir(self.path if self._descriptor is None else self._descriptor))

    def has(self, name: str) -> bool:
        """Return whether something lies there under this name, a broken link included."""
        with suppress(FileNotFoundError):
            os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
            return True
        return False

    def has_folder(self, name: str) -> bool:
        with suppress(FileNotFoundError):
            return stat.S_ISDIR(os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False).st_mode)
        return False

    def open_file(self, name: str) -> BinaryIO:
        """A file open for reading; raise `FileNotFoundError` and `UntrustedIndex`."""
        with _named(self.path / name):
            descriptor = os.open(self._at(name), _READ, dir_fd=self._descriptor)
        try:
            status = os.fstat(descriptor)
            trust.check(self.path / name, status, trusted=self.trusted)
            if stat.S_ISDIR(status.st_mode):
                raise IndexDamaged(str(self.path), f"{name} is a folder and not a file")
            return os.fdopen(descriptor, "rb")
        except BaseException:
            os.close(descriptor)
            raise

    def create_file(self, name: str) -> BinaryIO:
        """A new file open for writing; raise `FileExistsError`."""
        descriptor = os.open(self._at(name), _CREATE, _FILE_MODE, dir_fd=self._descriptor)
        return os.fdopen(descriptor, "w+b")

    def replace_file(self, name: str, content: bytes, temporary: str) -> None:
        """Replace a file in one step that survives a loss of power.

        `temporary` is the name of the file until then; a file of that name, which an earlier process left, is removed.
        """
        self.remove_file(temporary)
        with self.create_file(temporary) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._at(temporary), self._at(name), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        self.sync()

    def remove_file(self, name: str) -> None:
        """Remove a file or a link, if there is one; a folder in its place is the user's, and stays."""
        try:
            os.unlink(self._at(name), dir_fd=self._descriptor)
        except (FileNotFoundError, IsADirectoryError):
            return
        except PermissionError:
            # What some systems call a folder here.
            if not self.has_folder(name):
                raise

    def open_folder(self, name: str) -> Self:
        """A folder in this one; raise `FileNotFoundError`, `NotADirectoryError` and `UntrustedIndex`."""
        within = self._descriptor
        return self._opened(self.path / name, name if _IS_RELATIVE else "", _NO_LINK, self.trusted, within)

    def create_folder(self, name: str) -> Self:
        """A new folder in this one, which lasts; raise `FileExistsError`."""
        os.mkdir(self._at(name), FOLDER_MODE, dir_fd=self._descriptor)
        self.sync()
        return self.open_folder(name)

    def remove_folder(self, name: str) -> None:
        """Remove a folder if it is empty."""
        with suppress(FileNotFoundError, OSError):
            os.rmdir(self._at(name), dir_fd=self._descriptor)

    def sync(self) -> None:
        """Make the names in the folder durable."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    @property
    def place(self) -> Path:
        """A path that leads to this very folder, for libraries that take nothing else."""
        through = Path(f"/proc/self/fd/{self._descriptor}")
        return through if self._descriptor is not None and through.exists() else self.path

    def _at(self, name: str) -> str:
        return name if self._descriptor is not None else str(self.path / name)


class File(NamedTuple):
    """A name in a directory."""

    directory: Directory
    name: str

    @property
    def path(self) -> Path:
        return self.directory.path / self.name

    def open(self) -> BinaryIO:
        return self.directory.open_file(self.name)

    def create(self) -> BinaryIO:
        """A new file, in place of one that an interrupted writer left under this name."""
        self.directory.remove_file(self.name)
        return self.directory.create_file(self.name)

    def read(self) -> bytes:
        with self.open() as file:
            return file.read()


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors of opening with the whole path in them; a link in the way is refused with a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ELOOP or (error.errno == errno.ENOTDIR and path.is_symlink()):
            raise trust.not_a_file(path) from None
        if error.errno == errno.ENXIO:
            # A socket, which can't be opened.
            raise trust.not_a_file(path) from None
        error.filename = str(path)
        raise


def _reopened(path: str, trusted: bool, identity: tuple[int, int]) -> Directory:
    directory = Directory.open(path, trusted=trusted)
    if directory.identity != identity:
        raise IndexDamaged(path, "another folder was put in its place")
    return directory
