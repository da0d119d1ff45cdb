"""searchlib as its users have it: the command with its defaults, and `Library` for questions in one process.

It finds out by itself which file changed, cuts documents into paragraphs, and answers with snippets, file, line and
column; the rivals are told which file changed, take a line as a paragraph, and hand back its text. Without the extra
`fast` jieba cuts the words: a folder before all others in Python's path has an rjieba that can't be imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import rivals.interface as interface

if TYPE_CHECKING:
    from searchlib import Library


WITHOUT_FAST = Path(__file__).parent / "without_fast"


class Searchlib(interface.Rival):
    key: ClassVar = "searchlib"
    name: ClassVar = "searchlib, with fast"

    def versions(self) -> dict[str, str]:
        import rjieba

        assert rjieba
        return _versions() | {"rjieba": version("rjieba")}

    def indexing(self, folder: Path, index: Path) -> list[str]:
        return [*self.python, "-m", "searchlib", "index", str(folder), "--index", str(index)]

    def updating(self, folder: Path, index: Path, changed: str) -> list[str]:
        return self.indexing(folder, index)

    def unchanged(self, folder: Path, index: Path) -> list[str]:
        return self.indexing(folder, index)

    def cold(self, folder: Path, index: Path, query: str) -> list[str]:
        return [*self.python, "-m", "searchlib", "search", query, "--index", str(index)]

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        from searchlib import Library

        with Library.open(index) as library:
            yield _Session(library, folder)


class WithoutFast(Searchlib):
    key: ClassVar = "searchlib_without_fast"
    name: ClassVar = "searchlib, without fast"
    # The processes that the command starts itself have it too.
    python: ClassVar = ("env", f"PYTHONPATH={WITHOUT_FAST}", sys.executable)

    def versions(self) -> dict[str, str]:
        return _versions()


class _Session:
    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._folder = folder.resolve()

    def every(self, query: str) -> int:
        return len(self._library.search(query, strict=True))

    def some(self, query: str) -> int:
        """What a search gives: what has all of it first, then what has some."""
        return len(self._library.search(query))

    def literal(self, literal: str) -> int:
        opening, closing = "「」" if set(literal) & set('"“”') else "“”"
        return self.every(f"{opening}{literal}{closing}")

    def files(self, literal: str) -> set[str]:
        root = self._library.root
        paths = self._library.counts(f"“{literal}”")
        return {(Path(root) / path).resolve().relative_to(self._folder).as_posix() for path in paths}


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("searchlib", "whoosh3", "jieba", "numpy")}
