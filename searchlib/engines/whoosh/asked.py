"""What the terms of one question have: the corpus may let go of one in the middle of it, and the question does not."""

from __future__ import annotations

from searchlib.engines.ranking import COUNTED_IN
from searchlib.engines.whoosh.corpus import UNTITLED, Corpus, Titled
from searchlib.engines.whoosh.entries import Entry
from searchlib.engines.whoosh.schema import BACK, TITLE_BACK
from searchlib.query import Weight

_NOWHERE = Entry((), 0, None)


class Asked:
    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._entries: dict[tuple[str, str | bytes], Entry] = {}

    def entry(self, field: str, term: str | bytes) -> Entry:
        """A term of any field but those of titles."""
        if (found := self._entries.get((field, term))) is None:
            found = self._entries[field, term] = self.corpus.entry(field, term)
        return found

    def titled(self, field: str, term: str | bytes) -> Titled:
        """The sources with a term in a field of their titles."""
        return self.corpus.titled(field, term)

    def having_count(self, field: str, term: str | bytes) -> int:
        """How many paragraphs have a term in a field; of those of titles too."""
        return self.titled(field, term).paragraphs if is_of_titles(field) else self.entry(field, term).count

    def above(self, weight: Weight) -> Titled:
        """The sources in whose titles a weighed term counts, for all of their paragraphs."""
        above = _counted_in(weight)[-1]
        return self.titled(above, weight.term) if is_of_titles(above) else UNTITLED

    def inside(self, weight: Weight) -> Entry:
        """The term in texts, or headings, where it counts there."""
        field = _counted_in(weight)[0]
        return _NOWHERE if is_of_titles(field) else self.entry(field, weight.term)

    def counted_in(self, weight: Weight) -> int:
        """How many paragraphs have a term where it counts."""
        field, *above = _counted_in(weight)
        count = self.having_count(field, weight.term)
        if not above or not (in_titles := self.having_count(above[0], weight.term)):
            return count
        both = self.corpus.in_both(field, above[0], weight.term) if count else 0
        return count + in_titles - both


def _counted_in(weight: Weight) -> tuple[str, ...]:
    return COUNTED_IN.get(weight.field, (weight.field,))


def is_of_titles(field: str) -> bool:
    return BACK.get(field) == TITLE_BACK
