"""SQLite's FTS5, as the `sqlite3` of Python has it, with three ways to make terms of Chinese.

FTS5 has no Chinese tokenizer and Python cannot give it one, so the text is cut here and indexed with spaces between the
terms, in a table without content; the text itself lies in a table beside it once. Trigrams are FTS5's own. One
transaction, SQLite's default settings, the ranking that FTS5 has (`bm25`).

- One term per character: the least work, and every literal can be found, as a phrase. The ranking knows no words.
- Words cut by rjieba: in jieba's default mode, because the overlapping words of its search mode break phrases. What
  begins or ends inside a word is not found.
- Trigrams: every literal from three characters up, and nothing below.
"""

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

import rivals.interface as interface
from rivals.terms import characters, trigrams, words


class _Fts5(interface.Scripted):
    tokenizer: ClassVar[str] = "unicode61"

    def versions(self) -> dict[str, str]:
        return {"SQLite": sqlite3.sqlite_version}

    @abstractmethod
    def terms(self, text: str) -> list[str]:
        """What a question is cut into."""

    def cut(self, text: str) -> str:
        """The text as it is given to FTS5 to be indexed."""
        return " ".join(self.terms(text))

    def build(self, folder: Path, index: Path) -> None:
        index.mkdir()
        with _opened(index) as database, database:
            database.execute("CREATE TABLE paragraph (id INTEGER PRIMARY KEY, path TEXT, text TEXT)")
            database.execute(f"CREATE VIRTUAL TABLE term USING fts5(text, content='', tokenize='{self.tokenizer}')")
            for path, lines in interface.files_in(folder):
                self._add(database, path, lines)
            database.execute("CREATE INDEX by_path ON paragraph (path)")

    def replace(self, folder: Path, index: Path, changed: str) -> None:
        with _opened(index) as database, database:
            # A table without content has to be told what it had.
            for number, text in database.execute("SELECT id, text FROM paragraph WHERE path = ?", [changed]).fetchall():
                values = [number, self.cut(text)]
                database.execute("INSERT INTO term (term, rowid, text) VALUES ('delete', ?, ?)", values)
            database.execute("DELETE FROM paragraph WHERE path = ?", [changed])
            self._add(database, changed, interface.lines_of(folder / changed))

    def _add(self, database: sqlite3.Connection, path: str, lines: list[str]) -> None:
        for line in lines:
            number = database.execute("INSERT INTO paragraph (path, text) VALUES (?, ?)", [path, line]).lastrowid
            database.execute("INSERT INTO term (rowid, text) VALUES (?, ?)", [number, self.cut(line)])

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        with _opened(index) as database:
            yield _Session(database, self.terms, self.cut)


class Characters(_Fts5):
    key: ClassVar = "fts5_characters"
    name: ClassVar = "SQLite FTS5, characters"

    def terms(self, text: str) -> list[str]:
        return characters(text)


class Words(_Fts5):
    key: ClassVar = "fts5_words"
    name: ClassVar = "SQLite FTS5, words by rjieba"

    def versions(self) -> dict[str, str]:
        return super().versions() | {"rjieba": version("rjieba")}

    def terms(self, text: str) -> list[str]:
        return words(text)


class Trigrams(_Fts5):
    key: ClassVar = "fts5_trigrams"
    name: ClassVar = "SQLite FTS5, trigrams"
    tokenizer: ClassVar = "trigram"

    def terms(self, text: str) -> list[str]:
        return trigrams(text)

    def cut(self, text: str) -> str:
        return text


class _Session:
    def __init__(
        self, database: sqlite3.Connection, terms: Callable[[str], list[str]], cut: Callable[[str], str]
    ) -> None:
        self._database, self._terms, self._cut = database, terms, cut

    def every(self, query: str) -> int:
        return self._fetched(" AND ".join(_quoted(self._terms(query))))

    def some(self, query: str) -> int:
        return self._fetched(" OR ".join(_quoted(self._terms(query))))

    def literal(self, literal: str) -> int:
        return self._fetched(_quoted([self._cut(literal)])[0])

    def files(self, literal: str) -> set[str]:
        asked = "SELECT DISTINCT path FROM paragraph WHERE id IN (SELECT rowid FROM term WHERE term MATCH ?)"
        return {path for (path,) in self._database.execute(asked, _quoted([self._cut(literal)]))}

    def _fetched(self, match: str) -> int:
        # Of what is shorter than a trigram there is no term.
        if not match:
            return 0
        asked = (
            "SELECT path, text FROM (SELECT rowid FROM term WHERE term MATCH ? ORDER BY rank LIMIT ?) JOIN paragraph"
        )
        return len(self._database.execute(f"{asked} ON id = rowid", [match, interface.LIMIT]).fetchall())


def _quoted(terms: Sequence[str]) -> list[str]:
    return [f'"{term}"' for term in terms]


@contextmanager
def _opened(index: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(index / "index.db")) as database:
        yield database
