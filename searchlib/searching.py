"""One query, from its text to hits with snippets, answered from one snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import lru_cache

from searchlib.answers import Counts, Hit, HitStream, Sort
from searchlib.engines.interface import Order, Ranked
from searchlib.errors import QueryTimeout
from searchlib.highlight import Marks, snippet
from searchlib.model import Paragraph
from searchlib.query import Deadline, Question, parse
from searchlib.snapshot import Snapshot

# What hits are ordered by, and whether that is turned round.
SortOrder = tuple[Sort, bool]
# Paragraphs that are shown although the time is over, hits and their neighbours: a page of hits takes no time to speak
# of, but with a thousand neighbours each it does.
_ALWAYS = 1_000
# Sources whose paragraphs are kept for the neighbours of further hits.
_SOURCES = 16


def stream(
    snapshot: Snapshot,
    query: str,
    *,
    path: str | None,
    order: SortOrder,
    page: tuple[int, int],
    strict: bool,
    grouped: bool,
    context: int,
    width: int,
    timeout: float | None,
) -> HitStream:
    """See `Library.stream`; `page` is the number of hits before the first, and how many are wanted."""
    began = time.monotonic()
    offset, limit = page
    question = question_of(query, path, snapshot, timeout)
    found = snapshot.reader.search(
        question, limit=limit, offset=offset, strict=strict, order=_order(order, snapshot), grouped=grouped
    )
    timed_out = _is_partly_known(question, found.complete + found.partial)
    marks = Marks.of(question.literals, question.words, question.pairs, question.patterns)
    # Several hits of one source read it once.
    paragraphs = lru_cache(_SOURCES)(snapshot.reader.paragraphs) if context else _none
    answer = HitStream(
        query=query,
        hits=iter(()),
        offset=offset,
        complete=found.complete,
        partial=found.partial,
        ignored=question.ignored,
        unknown=question.unknown,
        seconds=time.monotonic() - began,
        sources=found.sources,
        grouped=grouped,
        paused=question.deadline.paused,
        timed_out=timed_out,
    )
    made = (_hit(ranked, marks, width, context, paragraphs) for ranked in found.ranked)
    answer.hits = _in_time(made, answer, question.deadline)
    return answer


def counts(snapshot: Snapshot, query: str, *, path: str | None, order: SortOrder, timeout: float | None) -> Counts:
    """See `Library.counts`."""
    question = question_of(query, path, snapshot, timeout)
    found = snapshot.reader.counts(question, order=_order(order, snapshot))
    return Counts(found, timed_out=_is_partly_known(question, len(found)))


def question_of(query: str, path: str | None, snapshot: Snapshot, timeout: float | None) -> Question:
    """The parsed query, of the sources that the glob `path` matches, whose time begins now."""
    return parse(query, path=path, deadline=Deadline(timeout)).bound(lambda: snapshot.files().values())


def _order(order: SortOrder, snapshot: Snapshot) -> Order:
    sort, is_reversed = order
    if sort is Sort.SCORE:
        return Order(keys=None, is_reversed=is_reversed)
    from searchlib.facts import keys_of

    return Order(keys_of(sort, snapshot.files), is_reversed)


def _none(_path: str) -> list[Paragraph]:
    return []


def _is_partly_known(question: Question, known: int) -> bool:
    """Return whether time ran out before the whole answer was known; raise `QueryTimeout` if none of it is."""
    deadline = question.deadline
    if not deadline.ran_out:
        return False
    if not known:
        raise QueryTimeout(deadline.seconds or 0)
    deadline.extend()
    return True


def _in_time(hits: Iterator[Hit], stream: HitStream, deadline: Deadline) -> Iterator[Hit]:
    """The hits, as long as there is time to make them."""
    began = time.monotonic() - stream.seconds
    paragraphs = 0
    for hit in hits:
        if paragraphs >= _ALWAYS and deadline.is_over():
            break
        paragraphs += 1 + len(hit.before) + len(hit.after)
        stream.seconds = time.monotonic() - began
        yield hit
    stream.timed_out |= deadline.ran_out


def _hit(ranked: Ranked, marks: Marks, width: int, context: int, paragraphs: Callable[[str], list[Paragraph]]) -> Hit:
    paragraph, number = ranked.paragraph, ranked.paragraph.number
    shown = snippet(paragraph.text, marks, width, ranked.rest)
    line, column = paragraph.place(shown.start + shown.spans[0].start if shown.spans else 0)
    source = paragraphs(paragraph.path)
    before, after = source[max(0, number - context) : number], source[number + 1 : number + 1 + context]
    return Hit(paragraph, ranked.score, ranked.complete, line, column, shown, tuple(before), tuple(after), ranked.more)
