"""ripgrep, which has no index and reads every file for every question: what everyone has already.

It has no ranking and no words: a question is a literal, so `every` is the question as it stands and there is no `some`.
Each question is a process, warm or cold; the files are in the system's cache. Nothing has to be indexed or updated.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import rivals.interface as interface


class Ripgrep(interface.Rival):
    key: ClassVar = "ripgrep"
    name: ClassVar = "ripgrep (no index)"
    ways: ClassVar = ("every",)

    def versions(self) -> dict[str, str]:
        said = subprocess.run(["rg", "--version"], capture_output=True, text=True, check=True).stdout
        return {"ripgrep": said.split()[1]}

    def indexing(self, folder: Path, index: Path) -> list[str]:
        return []

    def updating(self, folder: Path, index: Path, changed: str) -> list[str]:
        return []

    def cold(self, folder: Path, index: Path, query: str) -> list[str]:
        return ["rg", "--fixed-strings", "--line-number", query, str(folder)]

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        yield _Session(self, folder)


class _Session:
    def __init__(self, rival: Ripgrep, folder: Path) -> None:
        self._rival, self._folder = rival, folder

    def every(self, query: str) -> int:
        return min(interface.LIMIT, len(_lines(self._rival.cold(self._folder, Path(), query))))

    def some(self, query: str) -> int:
        raise NotImplementedError

    def literal(self, literal: str) -> int:
        return self.every(literal)

    def files(self, literal: str) -> set[str]:
        found = _lines(["rg", "--fixed-strings", "--files-with-matches", literal, str(self._folder)])
        return {path.removeprefix(f"{self._folder}/") for path in found}


def _lines(command: list[str]) -> list[str]:
    # A status of 1 says that nothing was found.
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode(errors="replace").splitlines()
