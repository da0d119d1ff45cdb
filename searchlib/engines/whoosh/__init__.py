"""The embedded engine: Whoosh's schema, query tree and interface, on a codec of arrays and a writer of our own.

The way in: `build` gathers sources, `invert` turns their terms around, `terms`, `lists` and `records` lay them out in a
file of `arrays`; `parts` bounds the memory that takes, `merge` and `policy` keep segments few, and `writer` commits by
replacing the `table`. The way out: `postings` reads a segment, `matching`, `scoring` and `matches` answer questions,
`reader` puts the segments together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from searchlib.directory import Directory
from searchlib.engines.interface import Commit
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.table import Table

if TYPE_CHECKING:
    from searchlib.engines.interface import Flaw
    from searchlib.engines.whoosh.arrays import ArrayFile
    from searchlib.engines.whoosh.parts import Parts
    from searchlib.engines.whoosh.postings import Segment
    from searchlib.engines.whoosh.reader import WhooshReader
    from searchlib.engines.whoosh.writer import WhooshWriter
    from searchlib.model import Paragraph, Step


def create(folder: Directory) -> WhooshEngine:
    table.create(folder)
    return WhooshEngine(folder)


def open(folder: Directory) -> WhooshEngine:  # noqa: A001 — the contract's name, never called unqualified
    # Whether the files are as they were written: what a reader needs to know, without one.
    table.of_last_commit(folder, lambda last: table.check(folder, last))
    return WhooshEngine(folder)


def suspected(folder: Directory) -> WhooshEngine:
    return WhooshEngine(folder)


def clear(folder: Directory) -> bool:
    return table.clear(folder)


class WhooshEngine:
    def __init__(self, folder: Directory) -> None:
        self._folder = folder

    def last_commit(self) -> Commit:
        return _commit(table.read(self._folder))

    def writer(self) -> WhooshWriter:
        from searchlib.engines.whoosh.writer import WhooshWriter

        return WhooshWriter(self._folder)

    def parts(self) -> Parts:
        from searchlib.engines.whoosh.parts import Parts

        return Parts(self._folder)

    def reader(self, without: Collection[str] = ()) -> WhooshReader:
        return table.of_last_commit(self._folder, lambda last: self._reader(last, without))

    def flaws(self, *, texts: bool, on_change: Callable[[Step], None]) -> Iterator[Flaw]:
        from searchlib.engines.whoosh.soundness import flaws

        return flaws(self._folder, table.read(self._folder), texts=texts, on_change=on_change)

    def salvaged(self, part: str) -> Iterator[tuple[str, list[Paragraph]]]:
        from searchlib.engines.whoosh.soundness import salvaged

        return salvaged(self._folder, next(row for row in table.read(self._folder).rows if row.name == part))

    def _reader(self, last: Table, without: Collection[str]) -> WhooshReader:
        from searchlib.engines.whoosh.postings import Segment
        from searchlib.engines.whoosh.reader import WhooshReader

        rows = [row for row in last.rows if row.name not in without]
        segments = [Segment(table.opened(self._folder, row), table.removed(self._folder, row)) for row in rows]
        removals = [file for row in rows if (file := table.opened_removals(self._folder, row))]
        return WhooshReader(segments, _commit(last), lambda folder: _copy(folder, last, segments, removals))


def _commit(last: Table) -> Commit:
    return Commit(last.id, last.next, last.data, last.bytes)


def _copy(folder: Directory, last: Table, segments: list[Segment], removals: list[ArrayFile]) -> None:
    table.copy(folder, last, [*(segment.file for segment in segments), *removals])
