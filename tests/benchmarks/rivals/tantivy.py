"""tantivy from Python with the same three kinds of term as ours: words cut by rjieba, pairs, single characters.

The Python package has no Chinese tokenizer, so words are cut here and handed over with spaces between them. Pairs and
characters are what its own n-gram tokenizer makes of the line, in one field: twice as fast as to make them in Python.
Fields keep frequencies and no positions, as ours do; a literal of three characters and more is looked for by its pairs
and then in the stored text, as ours is. The ranking adds words, .7 of pairs and .5 of characters. The writer has the
memory and the threads that it takes where nothing is said, one a core.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import rivals.interface as interface
from rivals.terms import characters, pairs, search_words

if TYPE_CHECKING:
    from tantivy import DocAddress, Document, Index, IndexWriter, Query

WORD, PAIR, CHARACTER = 1.0, 0.7, 0.5


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

        writer = _with_tokenizers(Index.open(str(index))).writer()
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

    def literal(self, literal: str) -> int:
        return len(list(islice(self._with(literal), interface.LIMIT)))

    def files(self, literal: str) -> set[str]:
        return {str(document.get_first("path")) for document in self._with(literal)}

    def _with(self, literal: str) -> Iterator[Document]:
        """The texts in which the literal stands, one after the other."""
        terms = pairs(literal) or [literal]
        first, *others = (self._term("grams", term) for term in terms)
        query = first.and_must_match(*others) if others else first
        # In the order they are stored in: every block of them is unpacked once.
        addresses = sorted(self._addresses(query, self._searcher.num_docs), key=lambda at: (at.segment_ord, at.doc))
        documents = (self._searcher.doc(address) for address in addresses)
        return (document for document in documents if literal in _text(document))

    def _fetched(self, query: Query) -> int:
        return len([_text(self._searcher.doc(address)) for address in self._addresses(query, interface.LIMIT)])

    def _any(self, query: str) -> Query:
        from tantivy import Occur, Query

        weighted = [
            *(("words", word, WORD) for word in search_words(query)),
            *(("grams", pair, PAIR) for pair in pairs(query)),
            *(("grams", character, CHARACTER) for character in characters(query)),
        ]
        parts = [(Occur.Should, Query.boost_query(self._term(field, term), weight)) for field, term, weight in weighted]
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
    for field in ("words", "grams"):
        schema.add_text_field(field, tokenizer_name=field, index_option="freq")
    return _with_tokenizers(Index(schema.build(), path=str(index)))


def _with_tokenizers(index: Index) -> Index:
    """An index does not remember them; whoever writes has to bring them again."""
    from tantivy import TextAnalyzerBuilder, Tokenizer

    for name, tokenizer in (("words", Tokenizer.whitespace()), ("grams", Tokenizer.ngram(1, 2))):
        index.register_tokenizer(name, TextAnalyzerBuilder(tokenizer).build())
    return index


def _add(writer: IndexWriter, path: str, lines: list[str]) -> None:
    from tantivy import Document

    for line in lines:
        document = Document()
        document.add_text("path", path)
        document.add_bytes("text", line.encode())
        document.add_text("words", " ".join(search_words(line)))
        document.add_text("grams", line)
        writer.add_document(document)


def _text(document: Document) -> str:
    return bytes(document.get_first("text") or b"").decode()
