"""Answering: arrays of scores, added up term by term."""

from __future__ import annotations

from functools import cached_property
from math import inf

import numpy as np
from whoosh.reading import IndexReader

from searchlib.analysis.terms import CHARS, WORDS
from searchlib.engines.interface import BY_SCORE, Order, Ranked, Ranking
from searchlib.engines.ranking import idf, saturation, term_score
from searchlib.engines.whoosh.matches import Matches, Row, joined
from searchlib.engines.whoosh.matching import matching
from searchlib.engines.whoosh.postings import Figures, Numbers, Segment
from searchlib.engines.whoosh.schema import PATH, path_term
from searchlib.model import Paragraph
from searchlib.query import Question, Weight


class WhooshReader:
    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        self._segments = [Segment(leaf) for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]

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
        return self._live

    def term_counts(self) -> dict[str, int]:
        return {field: sum(1 for _ in self._reader.lexicon(field)) for field in (CHARS, WORDS)}

    def close(self) -> None:
        self._reader.close()

    def _matches(self, question: Question, order: Order, *, strict: bool) -> Matches:
        worths = [self._worth(weight) for weight in question.weights]
        by_path = None if order.keys is None else np.array([order.keys.get(path, inf) for path in self._paths])
        found = []
        for place, segment in enumerate(self._segments):
            every = matching(question.every, segment, segment.live)
            some = np.zeros_like(every) if strict else matching(question.some, segment, segment.live & ~every)
            scores = _scores(segment, question.weights, worths, self._average_length)
            numbers = np.flatnonzero(every | some)
            ranks, places = self._ranks[place][numbers], np.full(len(numbers), place)
            keys = -scores[numbers] if by_path is None else by_path[ranks]
            found.append(Matches(places, numbers, ranks, every[numbers], scores[numbers], keys))
        return joined(found)

    def _ranked(self, row: Row, more: int) -> Ranked:
        return Ranked(self._segments[row.segment].paragraph(row.number), row.score, row.complete, more)

    def _worth(self, weight: Weight) -> float:
        having = sum(len(segment.postings(weight.field, weight.term).paragraphs) for segment in self._segments)
        return weight.weight * idf(self._live, having)

    @cached_property
    def _paths(self) -> list[str]:
        return sorted({path for segment in self._segments for path in segment.paths})

    @cached_property
    def _ranks(self) -> list[Numbers]:
        """For each segment, the rank of each paragraph's path among all paths."""
        ranks = {path: rank for rank, path in enumerate(self._paths)}
        return [np.array([ranks[path] for path in segment.paths])[segment.source_of] for segment in self._segments]

    @cached_property
    def _live(self) -> int:
        return sum(int(segment.live.sum()) for segment in self._segments)

    @cached_property
    def _average_length(self) -> float:
        words = sum(int(segment.lengths.sum()) for segment in self._segments)
        return max(words, 1) / max(self._live, 1)


def _scores(segment: Segment, weights: tuple[Weight, ...], worths: list[float], average: float) -> Figures:
    scores = np.zeros(segment.size)
    for weight, worth in zip(weights, worths, strict=True):
        having, frequencies = segment.postings(weight.field, weight.term)
        scores[having] += term_score(worth, frequencies, saturation(segment.lengths[having], average))
    return scores
