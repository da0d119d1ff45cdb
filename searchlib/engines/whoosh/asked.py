"""What the terms of one question have: each is decoded once, however often the question names it."""

from __future__ import annotations

from typing import NamedTuple

from searchlib.engines.ranking import COUNTED_IN
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.postings import NOTHING, UNTITLED, Postings, Titled
from searchlib.engines.whoosh.schema import BACK, TITLE_BACK
from searchlib.query import Weight

Key = tuple[str, str | bytes]


class Counted(NamedTuple):
    """Where a weighed term counts: in paragraphs' texts, and in the titles of sources for all of their paragraphs."""

    inside: Postings
    above: Titled


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

    def counted(self, weight: Weight) -> Counted:
        if is_of_titles(weight.field):
            return Counted(NOTHING, self.titled(weight.field, weight.term))
        field, *above = COUNTED_IN.get(weight.field, (weight.field,))
        return Counted(self.postings(field, weight.term), self.titled(above[0], weight.term) if above else UNTITLED)

    def counted_in(self, weight: Weight) -> int:
        """How many paragraphs have a term where it counts."""
        field, *above = COUNTED_IN.get(weight.field, (weight.field,))
        count = self.having_count(field, weight.term)
        if not above or not len(self.titled(above[0], weight.term).sources):
            return count
        both = self.corpus.in_both(field, above[0], weight.term) if count else 0
        return count + self.having_count(above[0], weight.term) - both


def is_of_titles(field: str) -> bool:
    return BACK.get(field) == TITLE_BACK
