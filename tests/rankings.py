"""Answers of engines with all of their paragraphs, to be compared and indexed."""

from __future__ import annotations

from typing import Any, NamedTuple

from searchlib.engines.interface import Ranked, Reader
from searchlib.query import Question


class Listed(NamedTuple):
    """A `Ranking` whose paragraphs have been read."""

    complete: int
    partial: int
    ranked: tuple[Ranked, ...]
    sources: int


def search(reader: Reader, question: Question, **options: Any) -> Listed:
    """The answer of `Reader.search`, which takes `options`."""
    complete, partial, ranked, sources = reader.search(question, **options)
    return Listed(complete, partial, tuple(ranked), sources)
