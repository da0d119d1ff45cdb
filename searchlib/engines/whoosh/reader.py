"""Answering: arrays of scores, added up term by term."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from math import inf

import numpy as np
from whoosh.query import Query

from searchlib.analysis.terms import CHARS, WORDS
from searchlib.engines.interface import BY_SCORE, Order, Ranked, Ranking, Standing
from searchlib.engines.whoosh.matches import Matches, Row, joined
from searchlib.engines.whoosh.matching import matching
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Segment
from searchlib.engines.whoosh.schema import PATH, path_term
from searchlib.engines.whoosh.scoring import Corpus, Scoring
from searchlib.model import Paragraph
from searchlib.query import Question


class WhooshReader:
    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments
        self._corpus = Corpus(self._segments)

    def search(
        self,
        question: Question,
        *,
        limit: int,
        offset: int = 0,
        strict: bool = False,
        order: Order = BY_SCORE,
        grouped: bool = False,
    ) -> Ranking:
        matches = self._matches(question, order, strict=strict)
        if grouped:
            places, counts = matches.sources(is_reversed=order.is_reversed)
            more = counts - 1
        else:
            places = matches.first(offset + limit, is_reversed=order.is_reversed)
            more = np.zeros_like(places)
        page = slice(offset, offset + limit)
        ranked = tuple(map(self._ranked, matches.rows(places[page]), more[page].tolist()))
        complete = int(matches.complete.sum())
        return Ranking(complete, len(matches.complete) - complete, ranked, matches.source_count())

    def counts(self, question: Question, *, order: Order = BY_SCORE) -> dict[str, int]:
        matches = self._matches(question, order, strict=True)
        first, counts = matches.sources(is_reversed=order.is_reversed)
        return {self._paths[row.rank]: count for row, count in zip(matches.rows(first), counts.tolist(), strict=True)}

    def paragraphs(self, path: str) -> list[Paragraph]:
        found = [
            segment.paragraph(number)
            for segment in self._segments
            for number in segment.postings(PATH, path_term(path)).paragraphs.tolist()
        ]
        return sorted(found, key=lambda paragraph: paragraph.number)

    def sources(self) -> list[str]:
        present = (np.unique(ranks[segment.live]) for ranks, segment in zip(self._ranks, self._segments, strict=True))
        return sorted(self._paths[rank] for ranks in present for rank in ranks.tolist())

    def paragraph_count(self) -> int:
        return self._corpus.paragraphs

    def term_counts(self) -> dict[str, int]:
        found: dict[str, set[bytes]] = {field: set() for field in (CHARS, WORDS)}
        for segment in self._segments:
            for field, terms in found.items():
                terms.update(segment.terms(field).dictionary)
        return {field: len(terms) for field, terms in found.items()}

    def count(self, node: Query) -> int:
        return sum(int(matching(node, segment, segment.live).sum()) for segment in self._segments)

    def matches(self, nodes: Iterable[Query], path: str, number: int) -> list[bool]:
        segment, at = self._place(path, number)
        this = np.zeros(segment.size, np.bool_)
        this[at] = True
        return [bool(matching(node, segment, this)[at]) for node in nodes]

    def standing(self, question: Question, path: str, number: int) -> Standing:
        segment, at = self._place(path, number)
        matches = self._matches(question, BY_SCORE, strict=False)
        rows = matches.rows(matches.first(len(matches.numbers), is_reversed=False))
        ranks = (rank for rank, row in enumerate(rows, 1) if (self._segments[row.segment], row.number) == (segment, at))
        return Standing(next(ranks, 0), tuple(Scoring(question, self._corpus).shares(segment, at)))

    def close(self) -> None:
        """Lets go of the files; maps that an answer still refers to go with it."""
        self._segments = []

    def _matches(self, question: Question, order: Order, *, strict: bool) -> Matches:
        scoring = Scoring(question, self._corpus)
        by_path = None if order.keys is None else np.array([order.keys.get(path, inf) for path in self._paths])
        found = []
        for place, segment in enumerate(self._segments):
            every = matching(question.every, segment, segment.live)
            some = np.zeros_like(every) if strict else matching(question.some, segment, segment.live & ~every)
            scores = scoring.scores(segment)
            numbers = np.flatnonzero(every | some)
            ranks, places = self._ranks[place][numbers], np.full(len(numbers), place)
            keys = -scores[numbers] if by_path is None else by_path[ranks]
            found.append(Matches(places, numbers, ranks, every[numbers], scores[numbers], keys))
        return joined(found)

    def _place(self, path: str, number: int) -> tuple[Segment, int]:
        """Where a paragraph of the index is. Those of a source are neighbours, in order."""
        for segment in self._segments:
            if len(numbers := segment.postings(PATH, path_term(path)).paragraphs):
                return segment, int(numbers[number])
        raise KeyError(path)

    def _ranked(self, row: Row, more: int) -> Ranked:
        return Ranked(self._segments[row.segment].paragraph(row.number), row.score, row.complete, more)

    @cached_property
    def _paths(self) -> list[str]:
        return sorted({path for segment in self._segments for path in segment.paths})

    @cached_property
    def _ranks(self) -> list[Numbers]:
        """For each segment, the rank of each paragraph's path among all paths."""
        ranks = {path: rank for rank, path in enumerate(self._paths)}
        return [np.array([ranks[path] for path in segment.paths])[segment.source_of] for segment in self._segments]
