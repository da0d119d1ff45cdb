"""The scores of a question, as arrays: added up term by term, and taken apart again for one paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from searchlib.analysis.terms import TITLE_WORDS
from searchlib.answers import Share
from searchlib.engines.ranking import idf, saturation, term_score, title_score
from searchlib.engines.whoosh.postings import Segment
from searchlib.engines.whoosh.terms import Figures
from searchlib.query import Question, Weight


class Corpus:
    """What scores depend on beside the question and the paragraph: all the other paragraphs."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments

    @cached_property
    def paragraphs(self) -> int:
        return sum(segment.live_count for segment in self._segments)

    @cached_property
    def average_length(self) -> float:
        words = sum(segment.word_count for segment in self._segments)
        return max(words, 1) / max(self.paragraphs, 1)

    def having(self, weight: Weight) -> int:
        """How many paragraphs have a term where it counts."""
        return sum(len(segment.counted(weight.field, weight.term).paragraphs) for segment in self._segments)


class Scoring:
    def __init__(self, question: Question, corpus: Corpus) -> None:
        self._corpus = corpus
        self._terms = [(weight, corpus.having(weight)) for weight in question.weights]
        self._title_terms = [(weight, corpus.having(weight)) for weight in question.title_weights]

    def scores(self, segment: Segment) -> Figures:
        """That of each paragraph of a segment, 0 for those that have none of the terms."""
        scores = np.zeros(segment.size)
        for weight, having in self._terms:
            numbers, repeated, times = segment.counted(weight.field, weight.term)
            frequencies = np.ones(len(numbers))
            frequencies[np.searchsorted(numbers, repeated)] = times
            limits = saturation(segment.lengths[numbers], self._corpus.average_length)
            scores[numbers] += term_score(self._worth(weight, having), frequencies, limits)
        return scores + self._title_scores(segment)

    def shares(self, segment: Segment, number: int) -> Iterator[Share]:
        """What each term adds to the score of one paragraph."""
        limit = saturation(float(segment.lengths[number]), self._corpus.average_length)
        for weight, having in self._terms:
            if times := int(segment.counted(weight.field, weight.term).times(number)):
                yield Share(*weight, having, times, term_score(self._worth(weight, having), float(times), limit))
        found = [
            (weight, having, times)
            for weight, having in self._title_terms
            if (times := int(segment.postings(TITLE_WORDS, weight.term).times(number)))
        ]
        for weight, having, times in found:
            worth, length = self._worth(weight, having), float(segment.title_lengths[number])
            score = float(title_score(worth, float(len(found)), length))
            yield Share(TITLE_WORDS, weight.term, weight.weight, having, times, score)

    def _title_scores(self, segment: Segment) -> Figures:
        worth, found = np.zeros(segment.size), np.zeros(segment.size)
        for weight, having in self._title_terms:
            numbers = segment.postings(TITLE_WORDS, weight.term).paragraphs
            worth[numbers] += self._worth(weight, having)
            found[numbers] += 1
        return title_score(worth, found, np.maximum(segment.title_lengths, 1.0))

    def _worth(self, weight: Weight, having: int) -> float:
        return weight.weight * idf(self._corpus.paragraphs, having)
