"""Answering: arrays of scores, added up term by term."""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.reading import IndexReader

from searchlib.analysis.terms import CHARS, WORDS
from searchlib.engines.interface import Ranked, Ranking
from searchlib.engines.ranking import idf, order, saturation, term_score
from searchlib.engines.whoosh.matching import matching
from searchlib.engines.whoosh.postings import Mask, Segment
from searchlib.engines.whoosh.schema import PATH, path_term
from searchlib.model import Paragraph
from searchlib.query import Question, Weight

Scores = npt.NDArray[np.float64]


class _Matched(NamedTuple):
    """What a question matches in a segment."""

    segment: Segment
    every: Mask
    some: Mask
    scores: Scores


class WhooshReader:
    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader
        self._segments = [Segment(leaf) for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]

    def search(self, question: Question, *, limit: int, offset: int = 0, strict: bool = False) -> Ranking:
        matched = self._matched(question, strict=strict)
        complete = sum(int(part.every.sum()) for part in matched)
        partial = sum(int(part.some.sum()) for part in matched)
        wanted = _best(matched, offset + limit)
        wanted.sort(key=order)
        return Ranking(complete, partial, tuple(wanted[offset : offset + limit]))

    def counts(self, question: Question) -> dict[str, int]:
        ranking = self.search(question, limit=self.paragraph_count(), strict=True)
        return dict(Counter(ranked.paragraph.path for ranked in ranking.ranked))

    def paragraphs(self, path: str) -> list[Paragraph]:
        found = [
            segment.paragraph(number)
            for segment in self._segments
            for number in segment.postings(PATH, path_term(path)).paragraphs.tolist()
        ]
        return sorted(found, key=lambda paragraph: paragraph.number)

    def sources(self) -> list[str]:
        found = {
            os.fsdecode(term)
            for segment in self._segments
            for term in segment.terms(PATH)
            if len(segment.postings(PATH, term).paragraphs)
        }
        return sorted(found)

    def paragraph_count(self) -> int:
        return self._live

    def term_counts(self) -> dict[str, int]:
        return {field: sum(1 for _ in self._reader.lexicon(field)) for field in (CHARS, WORDS)}

    def close(self) -> None:
        self._reader.close()

    def _matched(self, question: Question, *, strict: bool) -> list[_Matched]:
        worths = [self._worth(weight) for weight in question.weights]
        found = []
        for segment in self._segments:
            every = matching(question.every, segment, segment.live)
            some = np.zeros_like(every) if strict else matching(question.some, segment, segment.live & ~every)
            scores = _scores(segment, question.weights, worths, self._average_length)
            found.append(_Matched(segment, every, some, scores))
        return found

    def _worth(self, weight: Weight) -> float:
        having = sum(len(segment.postings(weight.field, weight.term).paragraphs) for segment in self._segments)
        return weight.weight * idf(self._live, having)

    @cached_property
    def _live(self) -> int:
        return sum(int(segment.live.sum()) for segment in self._segments)

    @cached_property
    def _average_length(self) -> float:
        words = sum(int(segment.lengths.sum()) for segment in self._segments)
        return max(words, 1) / max(self._live, 1)


def _scores(segment: Segment, weights: tuple[Weight, ...], worths: list[float], average: float) -> Scores:
    scores = np.zeros(segment.size)
    for weight, worth in zip(weights, worths, strict=True):
        having, frequencies = segment.postings(weight.field, weight.term)
        scores[having] += term_score(worth, frequencies, saturation(segment.lengths[having], average))
    return scores


def _best(matched: list[_Matched], wanted: int) -> list[Ranked]:
    """At least the `wanted` best, in no order: all that are not worse than the last of them.

    Whoever ties with it is of the party, because the path decides between them and is only known once it is read.
    """
    numbers, places, complete, scores = _candidates(matched)
    if 0 < wanted < len(numbers):
        # Complete ones come before all others: one sortable number for both, as scores are positive and finite.
        keys = np.where(complete, scores + scores.max(initial=0.0) + 1, scores)
        last = np.partition(keys, -wanted)[-wanted]
        chosen = np.flatnonzero(keys >= last)
    else:
        chosen = np.arange(len(numbers) if wanted else 0)
    return [
        Ranked(matched[places[at]].segment.paragraph(int(numbers[at])), float(scores[at]), bool(complete[at]))
        for at in chosen.tolist()
    ]


def _candidates(
    matched: list[_Matched],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Mask, Scores]:
    """Of all that matched: the number in its segment, which segment, whether complete, the score."""
    parts = []
    for place, (_, every, some, scores) in enumerate(matched):
        numbers = np.flatnonzero(every | some)
        parts.append((numbers, np.full(len(numbers), place), every[numbers], scores[numbers]))
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_), np.empty(0)
    numbers, places, complete, found = (np.concatenate(part) for part in zip(*parts, strict=True))
    return numbers, places, complete, found
