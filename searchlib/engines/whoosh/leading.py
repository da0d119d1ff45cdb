"""Which paragraphs can be among the first of an answer by score, without the scores of all of them.

What a term adds to the score of a paragraph that has it `f` times is `worth * (K1 + 1) * f / (f + s)`, `s` being the
saturation of the paragraph's length. With `unit = (K1 + 1) / (1 + s)`, what it adds for one occurrence at worth 1, that
is `unit * worth * g`, where `g = f * (1 + s) / (f + s)` is 1 for one occurrence. So terms are summed up without looking
at lengths: `worth` for each paragraph that has them, and `worth * (g - 1)` more for the few that have them again; the
sum times the paragraph's unit is the score.

Bounds, which decide what need not be scored:
- `f / (f + s)` rises with `f` and falls with `s`. So no term adds more than its score with its largest frequency in
  the shortest paragraph.
- It is concave in `f` and 0 for none, so that a paragraph with `a` occurrences in its text and `b` in its title has no
  more than the score for `a` and the score for `b` together; and as `g <= f`, the latter is at most `unit * worth * b`.
- The scores of the k best of some of the paragraphs are reached by k of all. What can't reach the k-th is not among
  the first k, and neither does it tie with one of them.

Sums are of 32 bits. Adding up n numbers >= 0 in them is off by no more than n * 2**-24 of the sum; `_slack` is more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchlib.engines.ranking import term_score
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.entries import Entry
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask, Units, distinct
from searchlib.engines.whoosh.scoring import Scoring
from searchlib.engines.whoosh.terms import Figures
from searchlib.query.weights import K1

# So few are scored in full at once, without looking for bounds.
_FEW = 32
# To look a paragraph up in a term's postings costs so many times as much as to add one of these to the sums.
_LOOKED_UP = 16
# Of how many paragraphs the scores so far tell how good one has to be.
_SAMPLE = 4_000
# What is not summed up should be so many times less than what the first have already, to leave few to look up.
_LOW = 4
# Of a common term, so many of the first paragraphs for one of the sample: others are no partial match.
_SPARSE = 4
# One in so many sources is looked at closer for what is in its title.
_HEAVY = 64


class _Term(NamedTuple):
    entry: Entry
    worth: float
    paragraphs: int
    most: float  # what it adds to a score at most


class Leading:
    """The sums of a question's terms, as far as they are needed; for the first of one set of paragraphs."""

    def __init__(self, scoring: Scoring, corpus: Corpus, wanted: int) -> None:
        self._scoring, self._corpus, self._wanted = scoring, corpus, wanted
        self._in_titles = np.zeros(len(corpus.source_sizes))
        self._terms: list[_Term] = []
        for _, inside, above, _, worth in scoring.terms:
            if above.paragraphs:
                self._in_titles[above.sources] += worth * above.frequencies
            if inside.count:
                most = term_score(worth, inside.most_often, corpus.least_saturation)
                self._terms.append(_Term(inside, worth, inside.count, most))
        self._terms.sort(key=lambda term: term.paragraphs)
        # What titles add at most, by source.
        self._above = corpus.largest_unit * self._in_titles + scoring.title_scores
        total = _most_of(self._terms) + float(self._above.max(initial=0))
        self._slack = (len(scoring.terms) + 8) * 2.0**-22 * total

    def of_some(self, numbers: Numbers) -> Numbers:
        """Those of the paragraphs, by rising number, that can be among the first, or tie with the last of these."""
        if len(numbers) <= max(self._wanted, _FEW):
            return numbers
        sums = self._corpus.clean_sums()
        most = len(numbers) * _LOOKED_UP
        rest = [term for term in self._terms if term.paragraphs > most]
        for term in self._terms[: len(self._terms) - len(rest)]:
            self._sum_up(term, sums)
        numbers = self._narrowed(numbers, sums, rest)
        self._corpus.give_back_sums(sums)
        return numbers

    def of_marked(self, mask: Mask) -> Numbers:
        """The same of the paragraphs that are set in a mask."""
        sums = self._corpus.clean_sums()
        sample = self._sample(mask)
        units = self._corpus.units[sample].astype(np.float64)
        rest, bar = list(self._terms), 0.0
        summed, open_ = 0.0, _most_of(rest)
        while rest and open_ * _LOW >= bar:
            term = rest.pop(0)
            self._sum_up(term, sums)
            summed, open_ = summed + term.most, open_ - term.most
            # No bar is higher than all that the sums can be.
            if open_ * _LOW < summed:
                bar = self._bar(sums[sample] * units)
        numbers = self._narrowed(self._reaching(mask, sums, bar, rest), sums, rest)
        self._corpus.give_back_sums(sums)
        return numbers

    def _sample(self, mask: Mask) -> Numbers:
        """Some paragraphs of the mask that are likely to be good, each once."""
        found: list[Numbers] = []
        missing = _SAMPLE
        for term in sorted(self._terms, key=lambda term: -term.most):
            paragraphs = term.entry.first(_SAMPLE * _SPARSE)
            found.append(paragraphs[mask[paragraphs]][:missing])
            missing -= len(found[-1])
            if not missing:
                break
        return distinct(found)

    def _reaching(self, mask: Mask, sums: Units, bar: float, rest: list[_Term]) -> Numbers:
        """All paragraphs of the mask that can be at the bar, by the terms that are not of the rest, and others."""
        bar -= _most_of(rest) + self._slack
        # Where a title has much of the question, all paragraphs below it are looked at; elsewhere the sums decide.
        at = len(self._above) - 1 - len(self._above) // _HEAVY
        light = float(np.partition(self._above, at)[at])
        least = (bar - light) / self._corpus.largest_unit
        if least <= 0:
            return np.flatnonzero(mask)
        reaching = sums >= least
        self._corpus.mark(np.flatnonzero(self._above > light), reaching)
        reaching &= mask
        return np.flatnonzero(reaching)

    def _narrowed(self, numbers: Numbers, sums: Units, rest: list[_Term]) -> Numbers:
        """The numbers without those that can't reach, the terms of the rest being added one after the other."""
        units = self._corpus.units[numbers].astype(np.float64)
        sources = self._corpus.source_at(numbers)
        above = units * self._in_titles[sources]
        summed, looked_up = sums[numbers], self._scoring.title_scores[sources]
        rest = sorted(rest, key=lambda term: -term.most)
        while True:
            known = units * summed + looked_up
            bar = self._bar(known) - _most_of(rest) - self._slack
            kept = np.flatnonzero(known + above >= bar)
            if len(kept) < len(numbers):
                numbers, units, above = numbers[kept], units[kept], above[kept]
                summed, looked_up = summed[kept], looked_up[kept]
            if not rest or len(numbers) <= max(self._wanted, _FEW):
                return numbers
            term = rest.pop(0)
            if len(numbers) * _LOOKED_UP > term.paragraphs:
                self._sum_up(term, sums)
                summed = sums[numbers]
            else:
                looked_up += term.worth * units * _again(term.entry.times(numbers), units)

    def _bar(self, scores: Figures) -> float:
        """What some paragraphs have to reach to be among the first, by scores that they have at least."""
        if len(scores) < self._wanted:
            return 0.0
        return float(np.partition(scores, len(scores) - self._wanted)[len(scores) - self._wanted])

    def _sum_up(self, term: _Term, sums: Units) -> None:
        term.entry.add(np.float32(term.worth), sums)
        repeated, frequencies = term.entry.repeated
        if len(repeated):
            more = term.worth * (_again(frequencies, self._corpus.units[repeated].astype(np.float64)) - 1)
            np.add.at(sums, repeated, more.astype(np.float32))


def _most_of(terms: list[_Term]) -> float:
    return sum(term.most for term in terms)


def _again(times: Figures, units: Figures) -> Figures:
    """How many times as much so many occurrences add as one, by the units of the paragraphs; see `g` above."""
    one_more = (K1 + 1) / units
    return times * one_more / (times + one_more - 1)
