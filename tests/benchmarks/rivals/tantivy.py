"""tantivy from Python with the same three kinds of term as ours: words cut by rjieba, pairs, single characters.

The Python package has no Chinese tokenizer, so each line is cut here and handed over with spaces between terms. Fields
keep frequencies and no positions, as ours do; a literal of three characters and more is looked for by its pairs and
then in the stored text, as ours is. The ranking adds words, .7 of pairs and .5 of characters. The writer has the memory
and the threads that it takes where nothing is said, one a core.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import rivals.interface as interface
from rivals.terms import characters, pairs, search_words

if TYPE_CHECKING:
    from tantivy import DocAddress, Document, Index, IndexWriter, Query

WEIGHTS = {"words": 1.0, "pairs": 0.7, "characters": 0.5}


class Tantivy(interface.Scripted):
    key: ClassVar = "tantivy"
    name: ClassVar = "tantivy + rjieba"

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("tantivy", "rjieba")}

    def build(self, folder: Path, index: Path) -> None:
        index.mkdir()
        writer = _made(index).writer()
        for path, lines in interface.files_in(folder):
            _add(writer, path, lines)
        writer.commit()
        writer.wait_merging_threads()

    def replace(self, folder: Path, index: Path, changed: str) -> None:
        from tantivy import Index

        writer = Index.open(str(index)).writer()
        writer.delete_documents_by_term("path", changed)
        _add(writer, changed, interface.lines_of(folder / changed))
        writer.commit()
        writer.wait_merging_threads()

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        from tantivy import Index

        yield _Session(Index.open(str(index)))


class _Session:
    def __init__(self, index: Index) -> None:
        self._schema, self._searcher = index.schema, index.searcher()

    def every(self, query: str) -> int:
        from tantivy import Occur, Query

        needed = [(Occur.Must, self._term("words", word)) for word in search_words(query)]
        return self._fetched(Query.boolean_query([*needed, (Occur.Should, self._any(query))]))

    def some(self, query: str) -> int:
        return self._fetched(self._any(query))

    def files(self, literal: str) -> set[str]:
        field, terms = ("pairs", pairs(literal)) if len(literal) > 1 else ("characters", [literal])
        first, *others = (self._term(field, term) for term in terms)
        query = first.and_must_match(*others) if others else first
        # In the order they are stored in: every block of them is unpacked once.
        addresses = sorted(self._addresses(query, self._searcher.num_docs), key=lambda at: (at.segment_ord, at.doc))
        documents = (self._searcher.doc(address) for address in addresses)
        return {str(document.get_first("path")) for document in documents if literal in _text(document)}

    def _fetched(self, query: Query) -> int:
        return len([_text(self._searcher.doc(address)) for address in self._addresses(query, interface.LIMIT)])

    def _any(self, query: str) -> Query:
        from tantivy import Occur, Query

        terms = {"words": search_words(query), "pairs": pairs(query), "characters": characters(query)}
        parts = [
            (Occur.Should, Query.boost_query(self._term(field, term), WEIGHTS[field]))
            for field, found in terms.items()
            for term in found
        ]
        return Query.boolean_query(parts)

    def _term(self, field: str, term: str) -> Query:
        from tantivy import Query

        return Query.term_query(self._schema, field, term, index_option="freq")

    def _addresses(self, query: Query, limit: int) -> list[DocAddress]:
        return [address for _, address in self._searcher.search(query, limit=limit, count=False).hits]


def _made(index: Path) -> Index:
    from tantivy import Index, SchemaBuilder

    schema = SchemaBuilder()
    schema.add_text_field("path", stored=True, tokenizer_name="raw", index_option="basic")
    # Bytes, because a text that is stored is indexed as well.
    schema.add_bytes_field("text", stored=True)
    for field in WEIGHTS:
        schema.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return Index(schema.build(), path=str(index))


def _add(writer: IndexWriter, path: str, lines: list[str]) -> None:
    from tantivy import Document

    for line in lines:
        document = Document()
        document.add_text("path", path)
        document.add_bytes("text", line.encode())
        for field, cut in (("words", search_words), ("pairs", pairs), ("characters", characters)):
            document.add_text(field, " ".join(cut(line)))
        writer.add_document(document)


def _text(document: Document) -> str:
    return bytes(document.get_first("text") or b"").decode()
