"""Parts of an index that are not in its table of contents yet: segments, written source after source."""

from __future__ import annotations

from collections.abc import Iterable

from searchlib.directory import Directory
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.build import Builder
from searchlib.engines.whoosh.table import Row
from searchlib.model import Paragraph

# Characters after which a segment is written when its source is whole, at 30 bytes each while it is: 300 MB.
MOST_CHARACTERS = 10_000_000


class Parts:
    """Gathers sources and writes segments of them, with no more in memory than so many characters and one source."""

    def __init__(self, folder: Directory) -> None:
        self._folder = folder
        self._commit = table.read(folder).next
        self._name, self._builder = self._begun()
        self._written: list[str] = []

    def add(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        if self._builder.characters >= MOST_CHARACTERS:
            self._written += self._flushed()
        # A source lies in one segment, its paragraphs side by side.
        self._builder.add(path, tuple(paragraphs))

    def finish(self) -> list[str]:
        """The names of the segments that have been written since this was last asked; everything is in one."""
        written, self._written = [*self._written, *self._flushed()], []
        return written

    def discard(self) -> None:
        """Lets go of what has not been written; what has been is removed when somebody commits."""
        self._builder.discard()

    def _begun(self) -> tuple[str, Builder]:
        name = table.new_name(self._commit)
        return name, Builder(self._folder / Row(name, 0, 0).file)

    def _flushed(self) -> list[str]:
        if not self._builder.size:
            return []
        self._builder.write()
        written, (self._name, self._builder) = self._name, self._begun()
        return [written]
