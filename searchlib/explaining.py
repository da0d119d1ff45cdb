"""Why an answer is what it is: how a question was read, and how one paragraph stands in the answer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from whoosh.query import And, Every, Not, Or, Query, Term

from searchlib.analysis import analyze, fold
from searchlib.answers import ClauseReport, Explanation, Judgement
from searchlib.engines.interface import Reader
from searchlib.errors import QueryTimeout
from searchlib.model import Facts, Paragraph, field_text, wholes
from searchlib.query import (
    Bare,
    Boosted,
    BoundedLiteral,
    Checked,
    Clauses,
    Deadline,
    Fuzzy,
    Literal,
    Near,
    OfSource,
    Question,
    Regex,
    Wildcard,
    bind,
    every,
    is_demand,
    texts,
    words_of,
    written,
)
from searchlib.units import size

# How each kind of clause is met.
_MET_BY: tuple[tuple[type[Query], str], ...] = (
    (Bare, "all of its words, or itself as it stands"),
    (Literal, "just these characters"),
    (Wildcard, "a stretch like it"),
    (Fuzzy, "a stretch nearly like it"),
    (Near, "its parts near one another"),
    (Regex, "a stretch that the expression finds"),
    (Every, "every paragraph"),
    (Query, "the file"),
)
_Facts = Callable[[], Mapping[str, Facts]]


def explanation(question: Question, reader: Reader, facts: _Facts) -> Explanation:
    """How a question was read, and what of it is found how often."""
    ranking = reader.search(question, limit=0)
    counting = _Counting(reader, question.deadline)
    clauses = tuple(_clause(node, place, counting, facts) for node, place in _leaves(question.tree, _Place()))
    return Explanation(
        query=question.text,
        read_as=written(question.tree),
        clauses=clauses,
        ignored=question.ignored,
        unknown=question.unknown,
        complete=ranking.complete,
        partial=ranking.partial,
        paragraphs=reader.paragraph_count(),
        timed_out=question.deadline.ran_out,
    )


def judgement(question: Question, paragraph: Paragraph, reader: Reader, facts: _Facts) -> Judgement:
    """How one paragraph stands in the answer to a question, and what of the question it does not meet."""
    path, number = paragraph.path, paragraph.number
    deadline = question.deadline
    (complete,) = reader.matches([question.every], path, number, deadline)
    unmet = () if complete else tuple(_unmet(question, paragraph, reader, facts))
    if deadline.ran_out:
        raise QueryTimeout(deadline.seconds or 0)
    rank, shares = reader.standing(question, path, number)
    return Judgement(paragraph, rank, complete, rank > 0 and not complete, shares, unmet, deadline.ran_out)


def _unmet(question: Question, paragraph: Paragraph, reader: Reader, facts: _Facts) -> Iterator[str]:
    """Return what of a question is not met by a paragraph that is no complete hit."""
    deadline = question.deadline
    pieces = next(whole for whole in wholes(reader.paragraphs(paragraph.path)) if paragraph.number <= whole[-1].number)
    whole = paragraph._replace(text="".join(piece.text for piece in pieces))
    yield from _Judge(whole, reader, facts, deadline).reasons(question.tree, is_wanted=True)
    numbers = [piece.number for piece in pieces]
    is_hit = (at for at in numbers if reader.matches([question.every], paragraph.path, at, deadline) == [True])
    if (hit := next(is_hit, None)) is not None:
        yield f"another piece of the same paragraph is the hit: piece {hit - numbers[0] + 1:,} of {len(numbers):,}"


class _Counting(NamedTuple):
    """Counts the paragraphs that a node matches, as far as there is time."""

    reader: Reader
    deadline: Deadline

    def count(self, node: Query) -> int:
        return self.reader.count(node, self.deadline)


class _Place(NamedTuple):
    """What the nodes above a clause make of it."""

    is_wanted: bool = True
    is_demand: bool = False
    is_relaxed: bool = True

    def below(self, node: Query) -> _Place:
        is_relaxed = self.is_relaxed and isinstance(node, (Clauses, Or, Boosted)) and not is_demand(node)
        return _Place(self.is_wanted != isinstance(node, Not), self.is_demand or is_demand(node), is_relaxed)


def _leaves(node: Query, place: _Place) -> Iterator[tuple[Query, _Place]]:
    """The clauses of a tree, in order."""
    if node.is_leaf():
        relaxes = place.is_relaxed and isinstance(node, (Bare, Wildcard, Fuzzy)) and not is_demand(node)
        yield node, place._replace(is_demand=place.is_demand or is_demand(node), is_relaxed=relaxes)
    for child in node.children():
        yield from _leaves(child, place.below(node))


def _clause(node: Query, place: _Place, counting: _Counting, facts: _Facts) -> ClauseReport:
    terms = [analyze(text) for text in texts(node)]
    return ClauseReport(
        written=written(node),
        met_by=_met_by(node),
        is_wanted=place.is_wanted,
        is_demand=place.is_demand and place.is_wanted,
        is_relaxed=place.is_relaxed,
        words=tuple(dict.fromkeys(word for found in terms for word in found.words)) if words_of(node) else (),
        pairs=tuple(dict.fromkeys(pair for found in terms for pair in found.chars if len(pair) > 1)),
        paragraphs=counting.count(every(bind(node, lambda: facts().values()))),
        looked_at=_looked_at(node, counting),
    )


def _met_by(node: Query) -> str:
    if isinstance(node, Bare):
        matched = every(node)
        if isinstance(matched, Term):
            return "this word"
        if any(isinstance(part, BoundedLiteral) for part in matched.children()):
            return "all of its words, or itself where it neither begins nor ends inside a word"
    return next(met_by for kind, met_by in _MET_BY if isinstance(node, kind))


def _looked_at(node: Query, counting: _Counting) -> int:
    """How many texts have to be looked at to tell which ones match."""
    if isinstance(node, Bare):
        # Paragraphs with all of its words match without a look; the rest may have it as it stands.
        matched = every(node)
        with_words, *others = matched.children() if isinstance(matched, Or) else [matched]
        return sum(counting.count(And([other.needed, Not(with_words)])) for other in others if not other.is_decided)
    return counting.count(node.needed) if isinstance(node, Checked) and not node.is_decided else 0


class _Judge:
    """Tells what a paragraph, put together from its pieces, lacks; whether it lacks something, the engine says."""

    def __init__(self, paragraph: Paragraph, reader: Reader, facts: _Facts, deadline: Deadline) -> None:
        self._paragraph = paragraph
        self._reader = reader
        self._facts = facts
        self._deadline = deadline

    def reasons(self, node: Query, *, is_wanted: bool) -> Iterator[str]:
        """Why a node is not met, or is and should not be; nothing where all is as it is wanted."""
        bound = every(bind(node, lambda: self._facts().values()))
        path, number = self._paragraph.path, self._paragraph.number
        if self._reader.holds([bound], path, number, self._deadline) == [is_wanted]:
            return
        if node.is_leaf():
            yield self._lacks(node) if is_wanted else f"it has {written(node)}, which was not to be there"
        for child in node.children():
            yield from self.reasons(child, is_wanted=is_wanted != isinstance(node, Not))

    def _lacks(self, node: Query) -> str:
        match node:
            case Bare():
                return f"{written(node)}: {self._missing_words(node)}"
            case Literal():
                return f"{written(node)}: {self._longest_stretch(node)}"
            case Checked():
                return f"{written(node)}: {self._missing_texts(node)}"
            case OfSource():
                return f"{written(node)}: its path is {self._paragraph.path}"
        return f"{written(node)}: {self._file()}"

    def _missing_words(self, node: Bare) -> str:
        has = set(analyze(field_text(self._paragraph, node.fieldname)).words)
        missing = [word for word in words_of(node) if word not in has]
        there = [word for word in words_of(node) if word in has]
        return f"it lacks {', '.join(missing)}" + (f"; it has {', '.join(there)}" if there else "")

    def _longest_stretch(self, node: Literal) -> str:
        folded = fold(field_text(self._paragraph, node.fieldname))
        at, _, length = SequenceMatcher(None, node.text, folded, autojunk=False).find_longest_match()
        longest = node.text[at : at + length].strip()
        return f"the most of it that stands there is {longest}" if longest else "no character of it is there"

    def _missing_texts(self, node: Checked) -> str:
        folded = fold(field_text(self._paragraph, node.fieldname))
        missing = [] if isinstance(node, Fuzzy) else [text for text in texts(node) if text not in folded]
        if missing:
            return f"it lacks {', '.join(missing)}"
        return "they are too far apart" if isinstance(node, Near) else "nothing in it is like that"

    def _file(self) -> str:
        facts = self._facts()[self._paragraph.path]
        changed = datetime.fromtimestamp(facts.modified_ns / 1e9).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 — as asked for
        return f"its file was last changed {changed}, has {size(facts.size)} and is in {facts.encoding}"
