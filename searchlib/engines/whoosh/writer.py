"""Writing: new segments beside the old ones, what was removed from these, and one new table of contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

from searchlib.directory import Directory
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.merge import merge
from searchlib.engines.whoosh.parts import Parts
from searchlib.engines.whoosh.policy import due
from searchlib.engines.whoosh.schema import PATH, path_term
from searchlib.engines.whoosh.table import Row
from searchlib.engines.whoosh.terms import Terms
from searchlib.errors import IndexBusy
from searchlib.model import Paragraph


class WhooshWriter:
    def __init__(self, folder: Directory) -> None:
        self._folder = folder
        self._lock = table.lock(folder)
        if not self._lock.acquire():
            raise IndexBusy(str(folder.path), "a writer of Whoosh's", hint="try again when it has ended")
        self._table = table.read(folder)
        self._parts = Parts(folder)
        self._adopted: list[str] = []
        self._discarded: set[str] = set()
        self._gone: set[bytes] = set()

    def replace(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        self.remove(path)
        self._parts.add(path, paragraphs)

    def remove(self, path: str) -> None:
        self._gone.add(path_term(path))

    def discard(self, parts: Iterable[str]) -> None:
        self._discarded.update(parts)

    def adopt(self, parts: Iterable[str]) -> None:
        self._adopted += parts

    @property
    def commit_id(self) -> str:
        return self._table.next

    def commit(self, data: str | None = None) -> None:
        new = [self._row(name) for name in (*self._adopted, *self._parts.finish())]
        old = [row for row in self._table.rows if row.name not in self._discarded]
        if old:
            for row in new:
                dictionary = self._paths(row).dictionary
                self._gone.update(dictionary[at] for at in range(len(dictionary)))
        rows = [*map(self._without_gone, old), *new]
        rows = self._merged([row for row in rows if row.live])
        table.commit(self._folder, self._table, rows, self._table.data if data is None else data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parts.discard()
        self._lock.release()

    def _row(self, name: str) -> Row:
        row = table.row_of(self._folder, name, 0)
        return replace(row, paragraphs=int(table.opened(self._folder, row).facts["paragraphs"]))

    def _paths(self, row: Row) -> Terms:
        return Terms(table.opened(self._folder, row), PATH, row.paragraphs)

    def _without_gone(self, row: Row) -> Row:
        if not self._gone:
            return row
        paths = self._paths(row)
        found = [at for at in map(paths.dictionary.find, self._gone) if at is not None]
        return (
            table.with_removed(self._folder, self._table, row, map(paths.paragraphs.numbers, found)) if found else row
        )

    def _merged(self, rows: list[Row]) -> list[Row]:
        for together in due(rows):
            # Where the first of them was: sources that are near one another are often asked for together.
            at = rows.index(together[0])
            merged = self._merge(together)
            rows = [row for row in (*rows[:at], merged, *rows[at:]) if row not in together]
        return rows

    def _merge(self, rows: list[Row]) -> Row:
        name = table.new_name(self._table.next)
        segments = [(table.opened(self._folder, row), table.removed(self._folder, row)) for row in rows]
        size = merge(self._folder / Row(name, 0, 0).file, segments)
        return table.row_of(self._folder, name, size)
