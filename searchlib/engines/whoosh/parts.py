"""Parts of an index that are not in its table of contents yet: segments, written source after source."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile
from searchlib.engines.whoosh.build import Builder
from searchlib.engines.whoosh.merge import merge
from searchlib.engines.whoosh.table import Row
from searchlib.engines.whoosh.terms import NOTHING
from searchlib.model import Paragraph

# Characters that are gathered before a segment is written, at 40 bytes each or less while it is: 400 MB.
MOST_CHARACTERS = 10_000_000


class Parts:
    """Gathers sources and writes segments of them, without more in memory than for so many characters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name, self._builder = self._begun()
        self._written: list[str] = []

    def add(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        if self._builder.characters >= MOST_CHARACTERS:
            self._written += self._flushed()
        pieces: list[str] = []
        self._builder.begin(path)
        for paragraph in paragraphs:
            self._builder.add(paragraph)
            if self._builder.characters >= 2 * MOST_CHARACTERS:
                pieces += self._flushed()
                self._builder.begin(path)
        if pieces:
            # A source lies in one segment, its paragraphs side by side.
            self._written.append(self._merged([*pieces, *self._flushed()]))

    def finish(self) -> list[str]:
        """The names of the segments that have been written since this was last asked; everything is in one."""
        written, self._written = [*self._written, *self._flushed()], []
        return written

    def discard(self) -> None:
        """Lets go of what has not been written; what has been is removed when somebody commits."""
        self._builder.discard()

    def _begun(self) -> tuple[str, Builder]:
        name = table.new_name()
        return name, Builder(self._folder / Row(name, 0, 0).file)

    def _flushed(self) -> list[str]:
        if not self._builder.size:
            return []
        self._builder.write()
        written, (self._name, self._builder) = self._name, self._begun()
        return [written]

    def _merged(self, names: list[str]) -> str:
        name = table.new_name()
        files = [self._folder / Row(piece, 0, 0).file for piece in names]
        merge(self._folder / Row(name, 0, 0).file, [(ArrayFile(file), NOTHING.paragraphs) for file in files])
        for file in files:
            file.unlink()
        return name
