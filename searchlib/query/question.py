"""A question as engines get it: which paragraphs match every clause, which some, and what each term is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from whoosh.query import And, Or, Query, Term

from searchlib.analysis import analyze
from searchlib.analysis.terms import CHARS, WORDS
from searchlib.errors import QueryError
from searchlib.query.clauses import Clause, read_clauses
from searchlib.query.nodes import Literal, Paths

# What a word, a pair and a single character add to the score of a paragraph, relative to one another. Measured as
# MRR@10 on three judged sets (CMRC 2018 and DRCD development sets, STARD): words alone .972 .956 .385, these weights
# .983 .970 .417.
WORD_WEIGHT, PAIR_WEIGHT, SINGLE_WEIGHT = 1.0, 0.7, 0.5


class Weight(NamedTuple):
    """A term that counts for the ranking, and how much its BM25 score is multiplied by."""

    field: str
    term: str
    weight: float


@dataclass(frozen=True)
class Question:
    """A parsed question.

    `every` matches the paragraphs that match every clause, `some` those that match at least some of it; every
    paragraph of the first is one of the second; the sources asked for are a condition in both. `clauses` are those
    that were searched for, `ignored` those in which there was nothing to search for.
    """

    text: str
    clauses: tuple[Clause, ...]
    ignored: tuple[Clause, ...]
    every: Query
    some: Query
    weights: tuple[Weight, ...]

    @property
    def literals(self) -> tuple[str, ...]:
        """The clauses as they would stand in a text, folded."""
        return tuple(clause.text for clause in self.clauses)

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of neighbouring characters of the bare clauses."""
        terms = (term for clause in self.clauses if not clause.is_quoted for term in analyze(clause.text).chars)
        return tuple(dict.fromkeys(term for term in terms if len(term) == 2))

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the bare clauses."""
        return tuple(dict.fromkeys(word for clause in self.clauses for word in _words(clause)))


def parse(text: str, *, path: str | None = None) -> Question:
    """The question that `text` asks, of the sources that the glob `path` matches; raises `QueryError`."""
    clauses = read_clauses(text)
    searchable = [clause for clause in clauses if clause.is_searchable]
    if not searchable:
        _refuse(text, clauses)
    filters = [Paths(path)] if path is not None else []
    return Question(
        text=text,
        clauses=tuple(searchable),
        ignored=tuple(clause for clause in clauses if not clause.is_searchable),
        every=_joined(And, [*filters, *map(_every, searchable)]),
        some=_joined(And, [*filters, _joined(Or, map(_some, searchable))]),
        weights=tuple(_weights(searchable)),
    )


def _refuse(text: str, clauses: Iterable[Clause]) -> None:
    marks = text
    for clause in clauses:
        marks = marks.replace(clause.written, "") if clause.is_quoted else marks
    if not text.strip():
        raise QueryError("the question is empty", hint="write what to look for: searchlib search 枫桥经验")
    if not marks.strip():
        hint = "write what to look for between them: searchlib search “枫桥经验”"
        raise QueryError(f"there is nothing between the quotation marks {text.strip()}", hint=hint)
    # Not in "…", which the shell would take away.
    opening, closing = "『』" if set(marks) & set("「」") else "「」"
    raise QueryError(
        f"there is no word, character or number to look for in {text.strip()}",
        hint=f"quote it to look for just these marks: {opening}{marks.strip()}{closing}",
    )


def _every(clause: Clause) -> Query:
    """A bare clause is matched by its words, all of them and wherever they are, or by itself as it stands."""
    literal = Literal(clause.text)
    if clause.is_quoted:
        return literal
    return Or([And([Term(WORDS, word) for word in _words(clause)]), literal])


def _some(clause: Clause) -> Query:
    """Part of a bare clause is any word or pair of characters of it; a quoted one has no parts."""
    literal = Literal(clause.text)
    if clause.is_quoted:
        return literal
    terms = [Term(field, term) for field, term, _ in _weights([clause]) if field == WORDS or len(term) > 1]
    return Or([*terms, literal])


def _words(clause: Clause) -> list[str]:
    return [] if clause.is_quoted else list(dict.fromkeys(analyze(clause.text).words))


def _weights(clauses: Iterable[Clause]) -> list[Weight]:
    """Every term of the clauses once, worth more where it occurs more often."""
    counts: Counter[tuple[str, str, float]] = Counter()
    for clause in clauses:
        terms = analyze(clause.text)
        counts.update((WORDS, word, WORD_WEIGHT) for word in terms.words)
        counts.update((CHARS, term, SINGLE_WEIGHT if len(term) == 1 else PAIR_WEIGHT) for term in terms.chars)
    return [Weight(field, term, weight * count) for (field, term, weight), count in counts.items()]


def _joined(operator: Any, nodes: Iterable[Query]) -> Query:
    found = list(nodes)
    return found[0] if len(found) == 1 else operator(found)
