"""Answering: what matches, what can be among the first of it, and their scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

import numpy as np
from whoosh.query import Query

from searchlib.analysis.terms import CHARS, WORDS
from searchlib.directory import Directory
from searchlib.engines.interface import BY_SCORE, NO_COMMIT, Commit, Order, Ranked, Ranking, Standing
from searchlib.engines.whoosh.asked import Asked
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.leading import Leading
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.matches import Matches
from searchlib.engines.whoosh.matching import Matching
from searchlib.engines.whoosh.postings import Mask, Segment, distinct, has
from searchlib.engines.whoosh.scoring import Scoring
from searchlib.engines.whoosh.terms import Figures
from searchlib.engines.whoosh.whole_paragraphs import WholeParagraphs, rest_of
from searchlib.model import Paragraph
from searchlib.query import Deadline, Question

# Where more are wanted, all of them are scored: there is little to leave out.
_MOST_LEADING = 1_000


class Found(NamedTuple):
    """What a question matches: the complete paragraphs, by rising number, and these with the partial ones in a mask."""

    complete: Numbers
    mask: Mask
    matching: int
    sources: int


class WhooshReader:
    def __init__(
        self,
        segments: Sequence[Segment],
        commit: Commit = NO_COMMIT,
        copy: Callable[[Directory], None] = lambda _: None,
    ) -> None:
        self._corpus = Corpus(segments)
        self._copy = copy
        self.commit = commit

    def copy_to(self, folder: Directory) -> None:
        self._copy(folder)

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
        asked = Asked(self._corpus)
        found = self._found(question, asked, strict=strict)
        scoring = Scoring(question, asked)
        wanted = offset + limit
        numbers = None
        if order == BY_SCORE and not grouped and wanted <= _MOST_LEADING:
            numbers = self._leading(found, scoring, wanted)
        matches = self._matches(found, scoring, order, numbers)
        if grouped:
            places, counts = matches.sources(is_reversed=order.is_reversed)
            more = counts - 1
        else:
            places = matches.first(wanted, is_reversed=order.is_reversed)
            more = np.zeros_like(places)
        page = slice(offset, wanted)
        ranked = self._ranked(matches, scoring, places[page], more[page], order)
        self._corpus.give_back(found.mask)
        return Ranking(len(found.complete), found.matching - len(found.complete), ranked, found.sources)

    def counts(self, question: Question, *, order: Order = BY_SCORE) -> dict[str, int]:
        asked = Asked(self._corpus)
        found = self._found(question, asked, strict=True)
        matches = self._matches(found, Scoring(question, asked), order)
        first, counts = matches.sources(is_reversed=order.is_reversed)
        self._corpus.give_back(found.mask)
        self._corpus.release()
        sources = (int(self._corpus.source_at(matches.numbers[[place]])[0]) for place in first.tolist())
        return {self._corpus.paths[source]: count for source, count in zip(sources, counts.tolist(), strict=True)}

    def paragraphs(self, path: str) -> list[Paragraph]:
        return [self._corpus.paragraph(number) for number in self._corpus.of_path(path).tolist()]

    def sources(self) -> list[str]:
        corpus = self._corpus
        return sorted(corpus.paths[source] for source in np.flatnonzero(corpus.live[corpus.starts[:-1]]).tolist())

    def paragraph_count(self) -> int:
        return self._corpus.paragraphs

    def term_counts(self) -> dict[str, int]:
        return {field: self._corpus.term_count(field) for field in (CHARS, WORDS)}

    def count(self, node: Query, deadline: Deadline | None = None) -> int:
        mask = self._corpus.clean_mask()
        whole = self._whole(Asked(self._corpus), deadline)
        whole.mark(node, mask)
        count = int(np.count_nonzero(mask))
        self._corpus.give_back(mask)
        return count

    def matches(self, nodes: Iterable[Query], path: str, number: int, deadline: Deadline | None = None) -> list[bool]:
        this = int(self._corpus.of_path(path)[number])
        whole = self._whole(Asked(self._corpus), deadline)
        return [whole.matches(node, this) for node in nodes]

    def holds(self, nodes: Iterable[Query], path: str, number: int, deadline: Deadline | None = None) -> list[bool]:
        this = int(self._corpus.of_path(path)[number])
        whole = self._whole(Asked(self._corpus), deadline)
        return [whole.holds(node, this) for node in nodes]

    def standing(self, question: Question, path: str, number: int) -> Standing:
        at = int(self._corpus.of_path(path)[number])
        asked = Asked(self._corpus)
        scoring = Scoring(question, asked)
        found = self._found(question, asked, strict=False)
        matches = self._matches(found, scoring, BY_SCORE)
        self._corpus.give_back(found.mask)
        places = matches.first(len(matches.numbers), is_reversed=False)
        rank = np.flatnonzero(matches.numbers[places] == at)
        return Standing(int(rank[0]) + 1 if len(rank) else 0, tuple(scoring.shares(at)))

    def close(self) -> None:
        """Lets go of the files; what an answer still refers to goes with it."""
        self._corpus = Corpus(())

    def _whole(self, asked: Asked, deadline: Deadline | None) -> WholeParagraphs:
        return WholeParagraphs(Matching(asked, deadline), self._corpus, deadline)

    def _found(self, question: Question, asked: Asked, *, strict: bool) -> Found:
        mask = self._corpus.clean_mask()
        complete = self._whole(asked, question.deadline).find(question, mask, strict=strict)
        return Found(complete, mask, int(np.count_nonzero(mask)), self._corpus.source_count(mask))

    def _leading(self, found: Found, scoring: Scoring, wanted: int) -> Numbers:
        """The paragraphs that can be among the first by score, by rising number."""
        missing = wanted - len(found.complete)
        if wanted == 0 or not found.matching:
            return found.complete[:0]
        if missing <= 0 or found.matching == len(found.complete):
            return Leading(scoring, self._corpus, wanted).of_some(found.complete)
        found.mask[found.complete] = False
        partial = Leading(scoring, self._corpus, missing).of_marked(found.mask)
        return distinct([found.complete, partial])

    def _matches(self, found: Found, scoring: Scoring, order: Order, numbers: Numbers | None = None) -> Matches:
        """The paragraphs, all that match or those of them that are given, with what they are in order by."""
        numbers = np.flatnonzero(found.mask) if numbers is None else numbers
        if order.keys is None:
            keys = -scoring.scores(numbers)
        else:
            by_path = np.array([order.keys.get(path, inf) for path in self._corpus.paths])
            keys = by_path[self._corpus.source_at(numbers)]
        return Matches(numbers, has(found.complete, numbers), keys, self._corpus)

    def _ranked(
        self, matches: Matches, scoring: Scoring, places: Numbers, more: Numbers, order: Order
    ) -> Iterator[Ranked]:
        numbers = matches.numbers[places]
        if order.keys is None:
            scores = -matches.keys[places]
        else:
            rising = np.argsort(numbers)
            scores = np.empty(len(numbers))
            scores[rising] = scoring.scores(numbers[rising])
        return self._read(numbers, scores, matches.complete[places], more)

    def _read(self, numbers: Numbers, scores: Figures, complete: Mask, more: Numbers) -> Iterator[Ranked]:
        """The paragraphs in order, each read when it is asked for."""
        corpus = self._corpus
        for at, number in enumerate(numbers.tolist()):
            rest = rest_of(number, corpus)
            yield Ranked(corpus.paragraph(number), float(scores[at]), bool(complete[at]), int(more[at]), rest)
        corpus.release()
