"""The scores of paragraphs for a question: term by term in one order, so that what is alike scores alike to the bit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from searchlib.analysis.terms import TITLE_WORDS
from searchlib.answers import Share
from searchlib.engines.ranking import idf, saturation, term_score, title_score
from searchlib.engines.whoosh.asked import Asked
from searchlib.engines.whoosh.corpus import Titled
from searchlib.engines.whoosh.entries import Entry
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.terms import Figures
from searchlib.query import Question, Weight


class Worth(NamedTuple):
    """A term with where it counts, how many paragraphs have it there, and what it is worth for that."""

    weight: Weight
    inside: Entry
    above: Titled
    having: int
    worth: float  # its weight times its idf


class Scoring:
    def __init__(self, question: Question, asked: Asked) -> None:
        self._asked = asked
        self._corpus = asked.corpus
        self.terms = list(map(self._worth, question.weights))
        self._title_weights = question.title_weights

    def scores(self, numbers: Numbers) -> Figures:
        """Those of paragraphs, by rising number; 0 for those that have none of the terms."""
        corpus = self._corpus
        limits = saturation(corpus.lengths[numbers].astype(np.float64), corpus.average_length)
        sources = corpus.source_at(numbers)
        scores = np.zeros(len(numbers))
        for term in self.terms:
            times = term.inside.times(numbers)
            if term.above.paragraphs:
                times += _in_titles(term.above, sources)
            scores += term_score(term.worth, times, limits)
        return scores + self.title_scores[sources]

    @cached_property
    def title_scores(self) -> Figures:
        """What the title of each source adds to the scores of its paragraphs beside its occurrences."""
        lengths = self._corpus.title_lengths
        worth, found = np.zeros(len(lengths)), np.zeros(len(lengths))
        for term in self._title_terms:
            sources = self._asked.titled(TITLE_WORDS, term.weight.term).sources
            worth[sources] += term.worth
            found[sources] += 1
        return title_score(worth, found, np.maximum(lengths, 1.0))

    def shares(self, number: int) -> Iterator[Share]:
        """What each term adds to the score of one paragraph."""
        numbers = np.array([number])
        source = self._corpus.source_at(numbers)
        limit = saturation(float(self._corpus.lengths[number]), self._corpus.average_length)
        for term in self.terms:
            if times := float((term.inside.times(numbers) + _in_titles(term.above, source))[0]):
                yield Share(*term.weight, term.having, int(times), term_score(term.worth, times, limit))
        found = [
            (term, times)
            for term in self._title_terms
            if (times := int(_in_titles(self._asked.titled(TITLE_WORDS, term.weight.term), source)[0]))
        ]
        for term, times in found:
            score = float(title_score(term.worth, float(len(found)), float(self._corpus.title_lengths[source[0]])))
            yield Share(TITLE_WORDS, term.weight.term, term.weight.weight, term.having, times, score)

    @cached_property
    def _title_terms(self) -> list[Worth]:
        return [
            self._worth(weight)
            for weight in self._title_weights
            if len(self._asked.titled(TITLE_WORDS, weight.term).sources)
        ]

    def _worth(self, weight: Weight) -> Worth:
        having = self._asked.counted_in(weight)
        worth = weight.weight * idf(self._corpus.paragraphs, having)
        return Worth(weight, self._asked.inside(weight), self._asked.above(weight), having, worth)


def _in_titles(titled: Titled, sources: Numbers) -> Figures:
    """How often each of the sources has a term in its title."""
    if not len(titled.sources):
        return np.zeros(len(sources))
    at = titled.sources.searchsorted(sources)
    times: Figures = titled.frequencies.take(at, mode="clip") * (titled.sources.take(at, mode="clip") == sources)
    return times
