"""Whole paragraphs of a library's sources, read from the files again: what the index should have, without the index."""

from __future__ import annotations

from searchlib.catalog import Known
from searchlib.ingest import as_indexed
from searchlib.library import Library
from searchlib.model import wholes
from searchlib.paragraphs import whole_paragraphs
from searchlib.passages import Passage, join
from searchlib.reading import reader_versions
from searchlib.verifying import task_of


class Originals:
    """The paragraphs of sources as their files have them, none of them cut.

    Of a text that is in no file they are put together from what is stored. `changed` are the sources whose files have
    changed or gone since they were indexed, as far as they were asked for: of these there is nothing to compare with.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._versions = reader_versions()
        self._known = library.known_sources()
        self.changed: set[str] = set()

    def sources(self) -> list[str]:
        """The paths of all sources with text, in the catalog or in the index, in order."""
        known = {path for path, source in self._known.items() if source.paragraphs and not source.reason}
        return sorted(known.union(self._library.sources()))

    def paragraphs(self, path: str) -> list[Passage]:
        """The paragraphs of a source; none if its file has changed or gone."""
        known = self._known.get(path)
        if known is None or known.reader not in self._versions:
            return self._stored(path)
        if (found := self._read(path, known)) is None:
            self.changed.add(path)
            return []
        return found

    def _read(self, path: str, known: Known) -> list[Passage] | None:
        task = task_of(self._library.root, path, known)
        if path in self.changed or task is None or self._versions[known.reader] != known.reader_version:
            return None
        source = as_indexed(task, known)
        return None if source is None else list(whole_paragraphs(source))

    def _stored(self, path: str) -> list[Passage]:
        found = []
        for whole in wholes(self._library.paragraphs(path)):
            pieces = [Passage(piece.text, piece.anchors) for piece in whole]
            found.append(join(pieces, [""] * (len(pieces) - 1)))
        return found
