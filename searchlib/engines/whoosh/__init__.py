"""The embedded engine: Whoosh's schema, segments, deletions and atomic commit, with its own codec.

What is added is thin: terms come cut from outside (`schema`), and questions are answered with arrays of a term's
postings instead of posting by posting (`postings`, `matching`, `reader`).
"""

from __future__ import annotations

from pathlib import Path

from whoosh.index import FileIndex

from searchlib.engines.whoosh.reader import WhooshReader
from searchlib.engines.whoosh.schema import schema
from searchlib.engines.whoosh.storage import SealedStorage
from searchlib.engines.whoosh.writer import WhooshWriter


def create(folder: Path) -> WhooshEngine:
    folder.mkdir(parents=True, mode=0o700)
    return WhooshEngine(FileIndex.create(SealedStorage(folder), schema()))


def open(folder: Path) -> WhooshEngine:  # noqa: A001 — the contract's name, never called unqualified
    storage = SealedStorage(folder)
    return WhooshEngine(storage.of_last_commit(lambda: FileIndex(storage)))


class WhooshEngine:
    def __init__(self, index: FileIndex) -> None:
        self._index = index

    def writer(self) -> WhooshWriter:
        return WhooshWriter(self._index)

    def reader(self) -> WhooshReader:
        return WhooshReader(self._index.storage.of_last_commit(self._index.reader))
