"""Whoosh with jieba's `ChineseAnalyzer`, as the tutorials put them together: what a user has without searchlib.

A line is a document with its path and its text stored. Queries are read by Whoosh's own parser, in its AND and in its
OR form. It cuts less than searchlib does, no characters and no pairs, and what it misses for that is counted.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import rivals.interface as interface

if TYPE_CHECKING:
    from whoosh.fields import Schema
    from whoosh.query import Query
    from whoosh.searching import Searcher


class StockWhoosh(interface.Scripted):
    key: ClassVar = "stock_whoosh"
    name: ClassVar = "stock Whoosh + jieba"

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("whoosh3", "jieba")}

    def build(self, folder: Path, index: Path) -> None:
        from whoosh.index import create_in

        index.mkdir()
        writer = create_in(index, _schema()).writer()
        for path, lines in interface.files_in(folder):
            for line in lines:
                writer.add_document(path=path, content=line)
        writer.commit()

    def replace(self, folder: Path, index: Path, changed: str) -> None:
        from whoosh.index import open_dir

        _analyzer()
        writer = open_dir(index).writer()
        writer.delete_by_term("path", changed)
        for line in interface.lines_of(folder / changed):
            writer.add_document(path=changed, content=line)
        writer.commit()

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        from whoosh.index import open_dir

        _analyzer()
        with open_dir(index).searcher() as searcher:
            yield _Session(searcher)


class _Session:
    def __init__(self, searcher: Searcher) -> None:
        from whoosh.qparser import OrGroup, QueryParser

        self._searcher = searcher
        self._every = QueryParser("content", searcher.schema)
        self._some = QueryParser("content", searcher.schema, group=OrGroup)
        self._path: dict[int, str] = {}

    def every(self, query: str) -> int:
        return self._fetched(self._every.parse(query))

    def some(self, query: str) -> int:
        return self._fetched(self._some.parse(query))

    def literal(self, literal: str) -> int:
        return self.every(f'"{literal}"')

    def files(self, literal: str) -> set[str]:
        # Stored once: a character can stand in most of the lines there are, and each would be read again.
        if not self._path:
            self._path = {number: fields["path"] for number, fields in self._searcher.reader().iter_docs()}
        query = self._every.parse(f'"{literal}"')
        return {self._path[number] for number in self._searcher.docs_for_query(query)}

    def _fetched(self, query: Query) -> int:
        return len([hit.fields() for hit in self._searcher.search(query, limit=interface.LIMIT)])


def _schema() -> Schema:
    from whoosh.fields import ID, TEXT, Schema

    return Schema(path=ID(stored=True), content=TEXT(stored=True, analyzer=_analyzer()))


def _analyzer() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        from jieba.analyse import ChineseAnalyzer
    jieba.setLogLevel(logging.CRITICAL)
    return ChineseAnalyzer()
