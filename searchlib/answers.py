"""The nouns of an answer: hits with their snippets, and what explains them. Conventions are those of `model.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from searchlib.model import Paragraph, Span


class Snippet(NamedTuple):
    """The part of a paragraph's text that is shown, `paragraph.text[start:start + len(text)]`.

    If the paragraph is a piece of a longer one and a span ends in the next pieces, it goes on into these.
    `spans` are the places of terms and literals in `text`, in order; each reads back, folded, as one term or literal
    of the query. One inside another is left out; two that overlap in part are both there, for the drawing to merge.
    """

    text: str
    start: int
    spans: tuple[Span, ...]


class Share(NamedTuple):
    """What one term of a question adds to the score of one paragraph.

    `weight` is what the term counts in the question, `paragraphs` how many have it, `occurrences` how often this one
    does. A field of words or characters counts text and title together.
    """

    field: str
    term: str
    weight: float
    paragraphs: int
    occurrences: int
    score: float


class ClauseReport(NamedTuple):
    """How one clause of a question was read.

    `written` is the clause in plain marks, folded, `met_by` what meets it. `is_wanted` is false below a NOT, and
    `is_demand` says that no hit is without it. `words` and `pairs` are what it was cut into; where it `is_relaxed`, one
    of these makes a paragraph match a part of it. `paragraphs` match it, and the text of `looked_at` has to be read to
    find them.
    """

    written: str
    met_by: str
    is_wanted: bool
    is_demand: bool
    is_relaxed: bool
    words: tuple[str, ...]
    pairs: tuple[str, ...]
    paragraphs: int
    looked_at: int


class Explanation(NamedTuple):
    """How a question was read: `read_as` writes it in plain marks, folded, with all brackets that make a difference.

    The rest is as in `Results`; `paragraphs` is how many there are in the index. Where it `timed_out`, all counts are
    of what was known by then.
    """

    query: str
    read_as: str
    clauses: tuple[ClauseReport, ...]
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]
    complete: int
    partial: int
    paragraphs: int
    timed_out: bool = False


class Judgement(NamedTuple):
    """How one paragraph stands in the answer to a question.

    `rank` counts from 1; it is 0 for a paragraph that is no hit, neither `complete` nor `partial`. The `shares` make up
    its score. `unmet` are sentences: what of the question it does not meet. Where it `timed_out`, the rank is that
    among the paragraphs known to match.
    """

    paragraph: Paragraph
    rank: int
    complete: bool
    partial: bool
    shares: tuple[Share, ...]
    unmet: tuple[str, ...]
    timed_out: bool = False

    @property
    def score(self) -> float:
        return sum(share.score for share in self.shares)


class Hit(NamedTuple):
    """A paragraph that answered.

    `score` only orders hits of one search, higher first. `complete` says whether it matches every clause of the query
    or only some. `line` and `column` are those of the first span of `snippet`. `before` and `after` are neighbouring
    paragraphs of the same source, where they were asked for. `more` is how many other paragraphs of the source match,
    where the hit stands for all of them.
    """

    paragraph: Paragraph
    score: float
    complete: bool
    line: int
    column: int
    snippet: Snippet
    before: tuple[Paragraph, ...] = ()
    after: tuple[Paragraph, ...] = ()
    more: int = 0

    @property
    def path(self) -> str:
        return self.paragraph.path


@dataclass(frozen=True, slots=True)
class Results:
    """An answer: the hits that were asked for, in order from `offset` on, and how many there are in all.

    `complete` paragraphs match every clause of the query, `partial` only some; the complete ones come first in the
    list. They are of so many different `sources`. Where they are `grouped`, the hits are the first ones of each source,
    and `offset` counts these. `ignored` are clauses in which there was nothing to search for, as the user wrote them;
    `unknown` are names before a colon that are no field's, and were searched for as text. `seconds` is how long it
    took. Where it `timed_out`, all of this is about the part that was known by then.
    """

    query: str
    hits: tuple[Hit, ...]
    offset: int
    complete: int
    partial: int
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]
    seconds: float
    sources: int
    grouped: bool
    timed_out: bool = False

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def shown(self) -> int:
        """Number of hits in this answer."""
        return len(self.hits)

    @property
    def relaxed(self) -> bool:
        """True if some of them match only part of the query."""
        return any(not hit.complete for hit in self.hits)


@dataclass(slots=True)
class HitStream:
    """An answer whose hits are made one by one as they are asked for, so that memory does not grow with their number.

    The attributes are those of `Results`; `shown`, `relaxed`, `paths` (of their sources), `seconds` and `timed_out` are
    about the hits so far.
    What is done within `paused()`, such as writing a hit to a slow pipe, takes nothing of the time of the query.
    """

    query: str
    hits: Iterator[Hit]
    offset: int
    complete: int
    partial: int
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]
    seconds: float
    sources: int
    grouped: bool
    paused: Callable[[], AbstractContextManager[None]]
    timed_out: bool = False
    shown: int = 0
    relaxed: bool = False
    paths: dict[str, None] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Hit]:
        for hit in self.hits:
            self.shown += 1
            self.relaxed |= not hit.complete
            self.paths[hit.path] = None
            yield hit

    def results(self) -> Results:
        """All hits at once."""
        hits = tuple(self)
        return Results(
            query=self.query,
            hits=hits,
            offset=self.offset,
            complete=self.complete,
            partial=self.partial,
            ignored=self.ignored,
            unknown=self.unknown,
            seconds=self.seconds,
            sources=self.sources,
            grouped=self.grouped,
            timed_out=self.timed_out,
        )


class Counts(dict[str, int]):
    """Number of matching paragraphs of each source, by path; if `timed_out`, those known by then."""

    def __init__(self, counts: Mapping[str, int], *, timed_out: bool) -> None:
        super().__init__(counts)
        self.timed_out = timed_out


class Sort(StrEnum):
    """What the hits of a search are ordered by."""

    SCORE = "score"  # the best first
    PATH = "path"  # in the order of their paths
    DATE = "date"  # those first whose files were changed last
    SIZE = "size"  # those of the largest files first
