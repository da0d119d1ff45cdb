"""Parts of an index that are not in its table of contents yet: segments, written source after source.

A source lies in one segment, its paragraphs side by side. One that is too large to be gathered whole is written as
several, which are merged when it ends; what they took is freed then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from searchlib.analysis.grams import LONGEST
from searchlib.analysis.terms import crosses
from searchlib.directory import Directory, File
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile
from searchlib.engines.whoosh.build import BESIDE_TEXT, Builder
from searchlib.engines.whoosh.merge import merge
from searchlib.engines.whoosh.table import Row
from searchlib.engines.whoosh.terms import NOTHING
from searchlib.model import Paragraph

# Characters after which a segment is written, at 30 bytes each while it is gathered: 300 MB. Where they are reached
# within a source it is gathered whole all the same if it has less than a part of them here: to merge costs time.
MOST_CHARACTERS = 10_000_000
_PART = 4
# Characters of a source that are taken at once; see `BESIDE_TEXT`.
_BATCH = 100_000


class Parts:
    """Gathers sources and writes segments of them, with no more in memory than so many characters."""

    def __init__(self, folder: Directory) -> None:
        self._folder = folder
        self._commit = table.read(folder).next
        self._name, self._builder = self._begun()
        self._written: list[str] = []

    def add(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        if self._builder.characters >= MOST_CHARACTERS:
            self._written += self._flushed()
        self._builder.begin(path)
        before, pieces = self._builder.characters, list[str]()
        for batch, behind in _batches(paragraphs):
            if self._is_full(before):
                pieces.append(self._piece())
                before = 0
            self._builder.extend(batch, behind)
        if pieces:
            self._written.append(self._merged([*pieces, self._piece()]))
            self._name, self._builder = self._begun()

    def finish(self) -> list[str]:
        """The names of the segments that have been written since this was last asked; everything is in one."""
        written, self._written = [*self._written, *self._flushed()], []
        return written

    def discard(self) -> None:
        """Lets go of what has not been written; what has been is removed when somebody commits."""
        self._builder.discard()

    def _is_full(self, before: int) -> bool:
        """Return whether there is much, also of the present source, which began when there were so many characters."""
        count = self._builder.characters
        return count >= MOST_CHARACTERS and _PART * (count - before) >= MOST_CHARACTERS

    def _begun(self, before: Builder | None = None) -> tuple[str, Builder]:
        name = table.new_name(self._commit)
        return name, Builder(self._file(name), before)

    def _file(self, name: str) -> File:
        return self._folder / Row(name, 0, 0).file

    def _flushed(self) -> list[str]:
        if not self._builder.size:
            return []
        self._builder.write()
        written, (self._name, self._builder) = self._name, self._begun()
        return [written]

    def _piece(self) -> str:
        """Writes what there is of a source that goes on; returns the name of the segment, which is none by itself."""
        self._builder.write()
        written, (self._name, self._builder) = self._name, self._begun(self._builder)
        return written

    def _merged(self, pieces: list[str]) -> str:
        """Makes one segment of several in which a source lies; returns its name."""
        name = table.new_name(self._commit)
        merge(self._file(name), [(ArrayFile(self._file(piece)), NOTHING.paragraphs) for piece in pieces])
        for piece in pieces:
            self._folder.remove_file(self._file(piece).name)
        return name


def _batches(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[list[Paragraph], str]]:
    """Paragraphs in order, some at a time, and the text that the last of these goes on in.

    No term goes on in the next ones but grams, and these in no more than that text.
    """
    batch: list[Paragraph] = []
    characters, most = 0, min(_BATCH, MOST_CHARACTERS)
    for paragraph in paragraphs:
        if characters >= most and not (paragraph.continues and _is_joined(batch[-1].text, paragraph.text)):
            yield batch, paragraph.text if paragraph.continues else ""
            batch, characters = [], 0
        batch.append(paragraph)
        characters += len(paragraph.text) + BESIDE_TEXT
    if batch:
        yield batch, ""


def _is_joined(piece: str, following: str) -> bool:
    return len(following) < LONGEST - 1 or crosses(piece, following)
