"""The contract that every engine keeps; `tests/engines/conformance.py` holds each of them to it.

An engine owns paragraphs: their terms and their stored text. It lives in one folder. A writer's work is seen by
nobody until it commits, and then all at once; a reader sees the last commit before it was opened, however long it
lives. There is one writer at a time, which is for the caller to see to.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from searchlib.analysis import Terms
from searchlib.model import Paragraph
from searchlib.query import Question


class Entry(NamedTuple):
    """A paragraph with the terms to find it by: those of its text, of what its source is called, of its headings."""

    paragraph: Paragraph
    terms: Terms
    title: Terms
    heading: Terms


class Ranked(NamedTuple):
    """A paragraph in the order of an answer; `complete` says whether it matches every clause."""

    paragraph: Paragraph
    score: float
    complete: bool


class Ranking(NamedTuple):
    """An answer: how many paragraphs match every clause, how many only some, and the asked-for stretch of the list.

    The list has the complete ones first, then the higher score, then the path and the number of the paragraph.
    """

    complete: int
    partial: int
    ranked: tuple[Ranked, ...]


class Writer(Protocol):
    """Is given each source at most once. Leaving its context without `commit` throws all of it away."""

    def replace(self, path: str, entries: Iterable[Entry]) -> None:
        """Puts `entries`, in order, in the place of all paragraphs of the source."""

    def remove(self, path: str) -> None:
        """Takes all paragraphs of the source out, if there are any."""

    def commit(self) -> None:
        """Makes everything since the writer was opened visible at once, and ends the writer."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Reader(Protocol):
    def search(self, question: Question, *, limit: int, offset: int = 0, strict: bool = False) -> Ranking:
        """`limit` ranked paragraphs from `offset` on; `strict` leaves out those that match only some clauses."""

    def counts(self, question: Question) -> dict[str, int]:
        """How many paragraphs of each source match every clause, best source first."""

    def paragraphs(self, path: str) -> list[Paragraph]:
        """The paragraphs of a source in order; empty where there is none."""

    def sources(self) -> list[str]:
        """The paths of all sources that have paragraphs, in order."""

    def paragraph_count(self) -> int: ...

    def term_counts(self) -> dict[str, int]:
        """How many different words and how many characters and pairs the texts of all paragraphs have, by field."""

    def close(self) -> None: ...


class Engine(Protocol):
    def writer(self) -> Writer: ...
    def reader(self) -> Reader: ...


class EngineModule(Protocol):
    """What the module of an engine offers."""

    def create(self, folder: Path) -> Engine:
        """A new engine without paragraphs in `folder`, which is made."""

    def open(self, folder: Path) -> Engine:
        """The engine in `folder`; raises `IndexDamaged`."""
