"""Writing: Whoosh's segment writer, fed with whole sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from searchlib.analysis.terms import CHARS, HEADING_CHARS, HEADING_WORDS, TITLE_CHARS, TITLE_WORDS, WORDS
from searchlib.engines.interface import Entry
from searchlib.engines.whoosh.schema import (
    BACK,
    HEADING_BACK,
    LENGTH,
    PARAGRAPH,
    PATH,
    TITLE_BACK,
    TITLE_LENGTH,
    path_term,
)
from searchlib.engines.whoosh.stored import stored
from searchlib.model import HEADING, TITLE, field_text

# Postings per block. Whoosh writes and reads a block at a time and its own 128 suit reading them one by one; here a
# term's postings are always read whole, and fewer blocks are fewer pickles.
_BLOCK = 4096
# What Whoosh gathers before it sorts and spills to disk, in megabytes by its own count.
_POOL_MB = 128


class WhooshWriter:
    def __init__(self, index: FileIndex) -> None:
        self._writer = SegmentWriter(index, codec=W3Codec(blocklimit=_BLOCK), limitmb=_POOL_MB)

    def replace(self, path: str, entries: Iterable[Entry]) -> None:
        self.remove(path)
        first: dict[tuple[str, str], int] = {}
        for place, entry in enumerate(entries):
            back = {field: place - first.setdefault((field, text), place) for field, text in _shared(entry)}
            self._writer.add_document(
                **{
                    PATH: [path_term(path)],
                    WORDS: entry.terms.words,
                    CHARS: entry.terms.chars,
                    **back,
                    **{field: terms for field, terms in _shared_terms(entry) if not back[BACK[field]]},
                    LENGTH: len(entry.terms.words),
                    TITLE_LENGTH: len(entry.title.words),
                    PARAGRAPH: stored(entry.paragraph),
                }
            )

    def remove(self, path: str) -> None:
        self._writer.delete_by_term(PATH, path_term(path))

    def commit(self) -> None:
        self._writer.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._writer.is_closed:
            self._writer.cancel()


def _shared(entry: Entry) -> Iterator[tuple[str, str]]:
    yield TITLE_BACK, field_text(entry.paragraph, TITLE)
    yield HEADING_BACK, field_text(entry.paragraph, HEADING)


def _shared_terms(entry: Entry) -> Iterator[tuple[str, list[str]]]:
    yield TITLE_WORDS, entry.title.words
    yield TITLE_CHARS, entry.title.chars
    yield HEADING_WORDS, entry.heading.words
    yield HEADING_CHARS, entry.heading.chars
