"""The oracle: the contract in memory and in the plainest way there is, for the others to be compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from math import inf
from types import TracebackType
from typing import Self

from whoosh.query import Query

from searchlib.analysis.terms import CHARS, TITLE_WORDS, WORDS
from searchlib.answers import Share
from searchlib.engines.interface import BY_SCORE, LONGEST_REST, Commit, Flaw, Order, Ranked, Ranking, Standing
from searchlib.engines.ranking import COUNTED_IN, idf, saturation, term_score, title_score
from searchlib.engines.reference_matching import Entry, entries_of, hits_of, matches, terms_of, wholes_of
from searchlib.model import Paragraph, Step
from searchlib.query import Deadline, Question

# All there is of an engine in memory.
_PART = "memory"


def create(folder: object = None) -> ReferenceEngine:
    return ReferenceEngine(folder)


def open(folder: object = None) -> ReferenceEngine:  # noqa: A001 — the contract's name, never called unqualified
    return ReferenceEngine(folder)


def suspected(folder: object = None) -> ReferenceEngine:
    return ReferenceEngine(folder)


def clear(folder: object) -> bool:  # noqa: ARG001 — the contract's parameter
    return False


class ReferenceEngine:
    """Nothing is written to the folder; two engines of one folder share nothing."""

    def __init__(self, folder: object) -> None:
        self.folder = folder
        self.commit = Commit("0", "1", "", 0)
        self.sources: dict[str, tuple[Entry, ...]] = {}
        self.unadopted: dict[str, dict[str, tuple[Entry, ...]]] = {}

    def last_commit(self) -> Commit:
        return self.commit

    def parts(self) -> ReferenceParts:
        return ReferenceParts(self)

    def writer(self) -> ReferenceWriter:
        return ReferenceWriter(self)

    def reader(self, without: Collection[str] = ()) -> ReferenceReader:
        return ReferenceReader({} if _PART in without else dict(self.sources), self.commit)

    def flaws(self, *, texts: bool, on_change: Callable[[Step], None]) -> Iterator[Flaw]:
        for done, (path, entries) in enumerate(self.sources.items(), start=1):
            if texts and entries != entries_of(entry.paragraph for entry in entries):
                yield Flaw(_PART, "its postings do not fit its text", path)
            on_change(Step("checking postings", done, len(self.sources)))

    def salvaged(self, part: str) -> Iterator[tuple[str, list[Paragraph]]]:
        for path, entries in self.sources.items() if part == _PART else ():
            yield path, [entry.paragraph for entry in entries]


class ReferenceParts:
    def __init__(self, engine: ReferenceEngine) -> None:
        self._engine = engine
        self._sources: dict[str, tuple[Entry, ...]] = {}

    def add(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        self._sources[path] = entries_of(paragraphs)

    def finish(self) -> list[str]:
        name = str(len(self._engine.unadopted))
        self._engine.unadopted[name], self._sources = self._sources, {}
        return [name]

    def discard(self) -> None:
        self._sources = {}


class ReferenceWriter:
    def __init__(self, engine: ReferenceEngine) -> None:
        self._engine = engine
        self._sources = dict(engine.sources)

    def replace(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        self._sources[path] = entries_of(paragraphs)

    def remove(self, path: str) -> None:
        self._sources.pop(path, None)

    def discard(self, parts: Iterable[str]) -> None:
        if _PART in parts:
            old = self._engine.sources
            self._sources = {path: new for path, new in self._sources.items() if new is not old.get(path)}

    def adopt(self, parts: Iterable[str]) -> None:
        for name in parts:
            self._sources.update(self._engine.unadopted[name])

    @property
    def commit_id(self) -> str:
        return self._engine.commit.next

    def commit(self, data: str | None = None) -> None:
        self._engine.sources = self._sources
        number = int(self.commit_id)
        kept = self._engine.commit.data if data is None else data
        self._engine.commit = Commit(str(number), str(number + 1), kept, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class ReferenceReader:
    def __init__(self, sources: dict[str, tuple[Entry, ...]], commit: Commit) -> None:
        self._sources = sources
        self.commit = commit
        self._wholes = [whole for entries in sources.values() for whole in wholes_of(entries)]
        self._entries = [entry for whole in self._wholes for entry in whole]

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
        scores = iter(self._scores(question))
        found = []
        for whole in self._wholes:
            complete, partial = hits_of(question.every, whole), hits_of(question.some, whole)
            if any(complete) and not any(matches(question.some, [entry]) for entry in whole):
                partial = complete
            for at, (entry, score) in enumerate(zip(whole, scores, strict=False)):
                if complete[at] or (not strict and partial[at]):
                    rest = "".join(following.paragraph.text for following in whole[at + 1 :])
                    found.append(Ranked(entry.paragraph, score, complete[at], rest=rest[:LONGEST_REST]))
        found = _in_order(found, order)
        groups = _groups(found)
        count = sum(ranked.complete for ranked in found)
        page = (groups if grouped else found)[offset : offset + limit]
        return Ranking(count, len(found) - count, iter(page), len(groups))

    def counts(self, question: Question, *, order: Order = BY_SCORE) -> dict[str, int]:
        found = self.search(question, limit=len(self._entries), strict=True, order=order).ranked
        return dict(Counter(ranked.paragraph.path for ranked in found))

    def paragraphs(self, path: str) -> list[Paragraph]:
        return [entry.paragraph for entry in self._sources.get(path, ())]

    def sources(self) -> list[str]:
        return sorted(path for path, entries in self._sources.items() if entries)

    def paragraph_count(self) -> int:
        return len(self._entries)

    def term_counts(self) -> dict[str, int]:
        return {
            field: len({term for entry in self._entries for term in terms_of(entry, field)}) for field in (CHARS, WORDS)
        }

    # Its nodes have deadlines of their own and raise when these are over: the oracle knows all of an answer or nothing.

    def count(self, node: Query, deadline: Deadline | None = None) -> int:  # noqa: ARG002 — the contract
        return sum(sum(hits_of(node, whole)) for whole in self._wholes)

    def matches(
        self,
        nodes: Iterable[Query],
        path: str,
        number: int,
        deadline: Deadline | None = None,  # noqa: ARG002 — the contract
    ) -> list[bool]:
        whole, at = self._whole(path, number)
        return [hits_of(node, whole)[at] for node in nodes]

    def holds(
        self,
        nodes: Iterable[Query],
        path: str,
        number: int,
        deadline: Deadline | None = None,  # noqa: ARG002 — the contract
    ) -> list[bool]:
        whole, _ = self._whole(path, number)
        return [matches(node, whole) for node in nodes]

    def _whole(self, path: str, number: int) -> tuple[Sequence[Entry], int]:
        """The paragraph that a piece is of, and its place in it."""
        for whole in wholes_of(self._sources[path]):
            if number < len(whole):
                return whole, number
            number -= len(whole)
        raise IndexError(number)

    def standing(self, question: Question, path: str, number: int) -> Standing:
        ranked = self.search(question, limit=len(self._entries)).ranked
        places = [(hit.paragraph.path, hit.paragraph.number) for hit in ranked]
        rank = places.index((path, number)) + 1 if (path, number) in places else 0
        at = [(entry.paragraph.path, entry.paragraph.number) for entry in self._entries].index((path, number))
        return Standing(rank, tuple(self._shares(question)[at]))

    def copy_to(self, folder: object) -> None:  # noqa: ARG002 — the contract's parameter
        return None

    def close(self) -> None:
        return None

    def _scores(self, question: Question) -> list[float]:
        return [sum(share.score for share in shares) for shares in self._shares(question)]

    def _shares(self, question: Question) -> list[list[Share]]:
        """For each paragraph what each term adds to its score."""
        lengths = [len(entry.terms.words) + len(entry.title.words) for entry in self._entries]
        average = max(sum(lengths), 1) / max(len(lengths), 1)
        shares: list[list[Share]] = [[] for _ in lengths]
        for field, term, weight in question.weights:
            worth, having, frequencies = self._worth(field, term)
            for at, (frequency, length) in enumerate(zip(frequencies, lengths, strict=True)):
                if frequency:
                    score = term_score(weight * worth, frequency, saturation(length, average))
                    shares[at].append(Share(field, term, weight, having, frequency, score))
        for at, entry in enumerate(self._entries):
            shares[at] += self._title_shares(question, entry.title.words)
        return shares

    def _title_shares(self, question: Question, title: list[str]) -> Iterator[Share]:
        found = [weight for weight in question.title_weights if weight.term in title]
        for field, term, weight in found:
            worth, having, _ = self._worth(field, term)
            score = float(title_score(weight * worth, len(found), len(title)))
            yield Share(TITLE_WORDS, term, weight, having, title.count(term), score)

    def _worth(self, field: str, term: str) -> tuple[float, int, list[int]]:
        """A term's idf, how many paragraphs have it, and how often each."""
        counted_in = COUNTED_IN.get(field, (field,))
        frequencies = [sum(terms_of(entry, field).count(term) for field in counted_in) for entry in self._entries]
        having = sum(map(bool, frequencies))
        return idf(len(self._entries), having), having, frequencies


def _in_order(found: list[Ranked], order: Order) -> list[Ranked]:
    def key(ranked: Ranked) -> tuple[float, str, int]:
        path = ranked.paragraph.path
        first = -ranked.score if order.keys is None else order.keys.get(path, inf)
        return first, path, ranked.paragraph.number

    ordered = sorted(found, key=key, reverse=order.is_reversed)
    return sorted(ordered, key=lambda ranked: not ranked.complete)


def _groups(ordered: list[Ranked]) -> list[Ranked]:
    """The first paragraph of each source."""
    counts = Counter(ranked.paragraph.path for ranked in ordered)
    first: dict[str, Ranked] = {}
    for ranked in ordered:
        first.setdefault(ranked.paragraph.path, ranked)
    return [ranked._replace(more=counts[path] - 1) for path, ranked in first.items()]
