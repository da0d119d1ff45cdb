"""Writing: Whoosh's segment writer, fed with whole sources."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from searchlib.analysis.terms import CHARS, HEADING_CHARS, HEADING_WORDS, TITLE_CHARS, TITLE_WORDS, WORDS
from searchlib.engines.interface import Entry
from searchlib.engines.whoosh.schema import LENGTH, PARAGRAPH, PATH, path_term
from searchlib.engines.whoosh.stored import stored

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
        for paragraph, terms, title, heading in entries:
            self._writer.add_document(
                **{
                    PATH: [path_term(path)],
                    WORDS: terms.words,
                    CHARS: terms.chars,
                    TITLE_WORDS: title.words,
                    TITLE_CHARS: title.chars,
                    HEADING_WORDS: heading.words,
                    HEADING_CHARS: heading.chars,
                    LENGTH: len(terms.words),
                    PARAGRAPH: stored(paragraph),
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
