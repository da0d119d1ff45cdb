"""The embedded engine: Whoosh's schema, segments, deletions and atomic commit, with its own codec.

What is added is thin: terms come cut from outside (`schema`), and questions are answered with arrays of a term's
postings instead of posting by posting (`postings`, `matching`, `reader`).
"""

from __future__ import annotations

from pathlib import Path

from whoosh.index import EmptyIndexError, FileIndex, IndexVersionError, create_in, open_dir

from searchlib.engines.whoosh.reader import WhooshReader
from searchlib.engines.whoosh.schema import schema
from searchlib.engines.whoosh.writer import WhooshWriter
from searchlib.errors import IndexDamaged


def create(folder: Path) -> WhooshEngine:
    folder.mkdir(parents=True, mode=0o700)
    return WhooshEngine(create_in(folder, schema()))


def open(folder: Path) -> WhooshEngine:  # noqa: A001 — the contract's name, never called unqualified
    try:
        return WhooshEngine(open_dir(folder))
    except (EmptyIndexError, IndexVersionError, OSError) as error:
        raise IndexDamaged(str(folder), str(error)) from error


class WhooshEngine:
    def __init__(self, index: FileIndex) -> None:
        self._index = index

    def writer(self) -> WhooshWriter:
        return WhooshWriter(self._index)

    def reader(self) -> WhooshReader:
        return WhooshReader(self._index.reader())
