"""What a benchmark asks of every rival, searchlib being one of them."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar, Protocol

WORKER = str(Path(__file__).parent.parent / "worker.py")
# Debian puts its modules into the path of its own Python alone.
DEBIAN_PYTHON = ("/usr/bin/python3",)
LIMIT = 10
# One file, as its path below the folder, and its lines that are not empty, without the white space around them.
File = tuple[str, list[str]]


class Session(Protocol):
    """An index that is open, asked again and again by one process."""

    def every(self, query: str) -> int:
        """Fetches the ten best texts that have all of the query, and says how many there were."""

    def some(self, query: str) -> int:
        """Fetches the ten best texts that have any of it."""

    def literal(self, literal: str) -> int:
        """Fetches ten texts in which the literal stands as it is."""

    def files(self, literal: str) -> set[str]:
        """The files in which the literal stands as it is, by their paths below the folder; all of them."""


class Rival(Protocol):
    """How something is set up, and the commands that are timed; an empty command is one that it does not have.

    What a rival is made of is imported where it is used: the process that compares imports every rival.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    # What starts a Python that can import what it is made of.
    python: ClassVar[tuple[str, ...]] = (sys.executable,)
    # Of `every` and `some`, which it can do.
    ways: ClassVar[tuple[str, ...]] = ("every", "some")

    def versions(self) -> dict[str, str]:
        """What it is made of; raises `ImportError` or `OSError` where it is not installed."""

    def indexing(self, folder: Path, index: Path) -> list[str]:
        """Makes the index of all files of the folder; `index` is not there yet."""

    def updating(self, folder: Path, index: Path, changed: str) -> list[str]:
        """Brings the index up to date after one file, named by its path below the folder, has changed."""

    def session(self, folder: Path, index: Path) -> AbstractContextManager[Session]: ...

    def unchanged(self, folder: Path, index: Path) -> list[str]:
        """Finds out that nothing has changed."""
        return []

    def cold(self, folder: Path, index: Path, query: str) -> list[str]:
        """What a user would type to search."""
        return []


class Scripted(Rival):
    """A rival that is a library: its index is made and changed by a script, which is told what has changed."""

    @abstractmethod
    def build(self, folder: Path, index: Path) -> None: ...

    @abstractmethod
    def replace(self, folder: Path, index: Path, changed: str) -> None: ...

    def indexing(self, folder: Path, index: Path) -> list[str]:
        return [*self.python, WORKER, self.key, "build", str(folder), str(index)]

    def updating(self, folder: Path, index: Path, changed: str) -> list[str]:
        return [*self.python, WORKER, self.key, "replace", str(folder), str(index), changed]


def files_in(folder: Path) -> Iterator[File]:
    for path in paths_in(folder):
        yield path.relative_to(folder).as_posix(), lines_of(path)


def paths_in(folder: Path) -> list[Path]:
    """The files of a folder that are indexed."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".txt"))


def lines_of(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return [stripped for line in text.splitlines() if (stripped := line.strip())]
