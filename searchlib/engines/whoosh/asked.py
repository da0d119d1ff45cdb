"""What the terms of one question have: each is decoded once, however often the question names it."""

from __future__ import annotations

import numpy as np

from searchlib.engines.ranking import COUNTED_IN
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import UNTITLED, Titled
from searchlib.engines.whoosh.schema import BACK, TITLE_BACK
from searchlib.engines.whoosh.terms import NOTHING, Figures, Postings
from searchlib.query import Weight

Key = tuple[str, str | bytes]


class Asked:
    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._postings: dict[Key, Postings] = {}
        self._titled: dict[Key, Titled] = {}
        self._counts: dict[Key, int] = {}

    def postings(self, field: str, term: str | bytes) -> Postings:
        key = field, term
        if (found := self._postings.get(key)) is None:
            found = self._postings[key] = self.corpus.postings(field, term)
        return found

    def titled(self, field: str, term: str | bytes) -> Titled:
        key = field, term
        if (found := self._titled.get(key)) is None:
            found = self._titled[key] = self.corpus.titled(field, term)
        return found

    def having_count(self, field: str, term: str | bytes) -> int:
        """How many paragraphs have a term in a field; of those of titles too."""
        key = field, term
        if (found := self._counts.get(key)) is None:
            if is_of_titles(field):
                found = int(self.corpus.source_sizes[self.titled(field, term).sources].sum())
            else:
                found = self.corpus.having_count(field, term)
            self._counts[key] = found
        return found

    def above(self, weight: Weight) -> Titled:
        """The sources in whose titles a weighed term counts, for all of their paragraphs."""
        above = _counted_in(weight)[-1]
        return self.titled(above, weight.term) if is_of_titles(above) else UNTITLED

    def inside(self, weight: Weight) -> Postings:
        """The paragraphs in whose texts, or headings, a weighed term counts."""
        field = _counted_in(weight)[0]
        return NOTHING if is_of_titles(field) else self.postings(field, weight.term)

    def inside_count(self, weight: Weight) -> int:
        """How many these are."""
        field = _counted_in(weight)[0]
        return 0 if is_of_titles(field) else self.having_count(field, weight.term)

    def most_often(self, weight: Weight) -> float:
        """How often one of these has the term at most."""
        return self.corpus.most_often(_counted_in(weight)[0], weight.term)

    def times(self, weight: Weight, numbers: Numbers) -> Figures:
        """How often each of some paragraphs, by rising number, has a weighed term in its text, or its headings."""
        field = _counted_in(weight)[0]
        if is_of_titles(field):
            return np.zeros(len(numbers))
        return self.corpus.times(field, weight.term, numbers)

    def counted_in(self, weight: Weight) -> int:
        """How many paragraphs have a term where it counts."""
        field, *above = _counted_in(weight)
        count = self.having_count(field, weight.term)
        if not above or not len(self.titled(above[0], weight.term).sources):
            return count
        both = self.corpus.in_both(field, above[0], weight.term) if count else 0
        return count + self.having_count(above[0], weight.term) - both


def _counted_in(weight: Weight) -> tuple[str, ...]:
    return COUNTED_IN.get(weight.field, (weight.field,))


def is_of_titles(field: str) -> bool:
    return BACK.get(field) == TITLE_BACK
