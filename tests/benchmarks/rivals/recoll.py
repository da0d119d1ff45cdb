"""Recoll as Debian has it (`recollcmd`, `python3-recoll`), told which folder to index and nothing else.

It indexes whole files: a hit is a file with an extract, not a paragraph. It scans the folder itself, so an update is
its own command. `every` is a question as it is typed, `some` has OR between its pairs of characters, which a user would
have to type, and a literal is a quoted phrase. Warm queries go through its Python module and fetch its extracts.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote

import rivals.interface as interface
from rivals.terms import characters, pairs

if TYPE_CHECKING:
    from recoll.recoll import Db

URL = "file://"
SET_UP = 'mkdir "$1" && echo "topdirs = $2" > "$1/recoll.conf" && exec recollindex -c "$1"'


class Recoll(interface.Rival):
    key: ClassVar = "recoll"
    name: ClassVar = "Recoll (whole files)"
    python: ClassVar = interface.DEBIAN_PYTHON

    def versions(self) -> dict[str, str]:
        from recoll import recoll

        assert recoll
        said = subprocess.run(["dpkg-query", "-Wf${Version}", "recollcmd"], capture_output=True, text=True, check=True)
        return {"Recoll": said.stdout}

    def indexing(self, folder: Path, index: Path) -> list[str]:
        return ["sh", "-c", SET_UP, "sh", str(index), str(folder)]

    def updating(self, folder: Path, index: Path, changed: str) -> list[str]:
        return self.unchanged(folder, index)

    def unchanged(self, folder: Path, index: Path) -> list[str]:
        return ["recollindex", "-c", str(index)]

    def cold(self, folder: Path, index: Path, query: str) -> list[str]:
        return ["recollq", "-c", str(index), "-n", str(interface.LIMIT), "-A", query]

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        from recoll import recoll

        yield _Session(recoll.connect(confdir=str(index)), folder)


class _Session:
    def __init__(self, database: Db, folder: Path) -> None:
        self._database, self._folder = database, f"{folder}/"

    def every(self, query: str) -> int:
        return self._fetched(query)

    def some(self, query: str) -> int:
        return self._fetched(" OR ".join(pairs(query) or characters(query)))

    def literal(self, literal: str) -> int:
        return self.every(f'"{literal}"')

    def files(self, literal: str) -> set[str]:
        query = self._database.query()
        count = query.execute(f'"{literal}"')
        paths = (unquote(found.url).removeprefix(URL) for found in query.fetchmany(count))
        return {path.removeprefix(self._folder) for path in paths}

    def _fetched(self, asked: str) -> int:
        query = self._database.query()
        query.execute(asked)
        return len([query.makedocabstract(found) for found in query.fetchmany(interface.LIMIT)])
