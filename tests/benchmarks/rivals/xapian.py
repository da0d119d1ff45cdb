"""Xapian with its own n-grams for Chinese, Japanese and Korean, from Debian's `python3-xapian`.

Its `TermGenerator` makes single characters and pairs with their positions (`FLAG_CJK_NGRAM`), its `QueryParser` reads
questions with the same flag; a line is a document with its text as data. Documents are added with Xapian's own flush
threshold. `every` is a question as it is read, a literal is a quoted phrase. Xapian never reads a stretch of Chinese as
wishes: all of its characters and pairs have to be there. So `some` is put together here, OR between its pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import rivals.interface as interface
from rivals.terms import characters, pairs

if TYPE_CHECKING:
    import xapian


class Xapian(interface.Scripted):
    key: ClassVar = "xapian"
    name: ClassVar = "Xapian, n-grams"
    python: ClassVar = interface.DEBIAN_PYTHON

    def versions(self) -> dict[str, str]:
        import xapian

        return {"Xapian": xapian.version_string()}

    def build(self, folder: Path, index: Path) -> None:
        import xapian

        database = xapian.WritableDatabase(str(index), xapian.DB_CREATE)
        for path, lines in interface.files_in(folder):
            _add(database, path, lines)
        database.commit()
        database.close()

    def replace(self, folder: Path, index: Path, changed: str) -> None:
        import xapian

        database = xapian.WritableDatabase(str(index), xapian.DB_OPEN)
        database.delete_document(_key(changed))
        _add(database, changed, interface.lines_of(folder / changed))
        database.commit()
        database.close()

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        import xapian

        yield _Session(xapian.Database(str(index)))


class _Session:
    def __init__(self, database: xapian.Database) -> None:
        import xapian

        self._database, self._enquire = database, xapian.Enquire(database)
        self._parser = xapian.QueryParser()
        self._parser.set_database(database)

    def every(self, query: str) -> int:
        return self._fetched(self._read(query))

    def some(self, query: str) -> int:
        import xapian

        return self._fetched(xapian.Query(xapian.Query.OP_OR, pairs(query) or characters(query)))

    def literal(self, literal: str) -> int:
        return self.every(f'"{literal}"')

    def files(self, literal: str) -> set[str]:
        self._enquire.set_query(self._read(f'"{literal}"'))
        matches = self._enquire.get_mset(0, self._database.get_doccount())
        return {_text(match).partition("\n")[0] for match in matches}

    def _read(self, query: str) -> xapian.Query:
        import xapian

        return self._parser.parse_query(query, xapian.QueryParser.FLAG_DEFAULT | xapian.QueryParser.FLAG_CJK_NGRAM)

    def _fetched(self, query: xapian.Query) -> int:
        self._enquire.set_query(query)
        return len([_text(match) for match in self._enquire.get_mset(0, interface.LIMIT)])


def _add(database: xapian.WritableDatabase, path: str, lines: list[str]) -> None:
    import xapian

    generator = xapian.TermGenerator()
    generator.set_flags(xapian.TermGenerator.FLAG_CJK_NGRAM)
    for line in lines:
        document = xapian.Document()
        generator.set_document(document)
        generator.index_text(line)
        document.set_data(f"{path}\n{line}")
        document.add_boolean_term(_key(path))
        database.add_document(document)


def _key(path: str) -> str:
    """The term that all lines of a file have; one longer than Xapian takes is cut off at its beginning."""
    return "P" + path.encode()[-200:].decode(errors="ignore")


def _text(match: xapian.MSetItem) -> str:
    return str(match.document.get_data(), "utf-8")
