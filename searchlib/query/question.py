"""A question as engines get it: which paragraphs match every clause, which some, and what each term is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from whoosh.query import And, Not, Query

from searchlib.analysis import analyze
from searchlib.errors import QueryError
from searchlib.model import TEXT, Facts
from searchlib.query.checked import Checked, Literal
from searchlib.query.conditions import Paths, bind
from searchlib.query.expansion import every, some, texts, words_of
from searchlib.query.fields import TERM_FIELDS
from searchlib.query.parser import Parsed, read
from searchlib.query.tree import Bare, leaves

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

    `tree` is what was asked. `every` matches the paragraphs that match all of it, `some` those that match at least a
    part; every paragraph of the first is one of the second, and demands are in both. `ignored` are the clauses in which
    there was nothing to search for, as they were written, `unknown` names before a colon that are no field's.
    """

    text: str
    tree: Query
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]
    every: Query
    some: Query
    weights: tuple[Weight, ...]

    @cached_property
    def clauses(self) -> tuple[Query, ...]:
        """The clauses that say what should be in a paragraph's text."""
        return tuple(leaf for leaf in leaves(self.tree) if getattr(leaf, "fieldname", None) == TEXT)

    @property
    def literals(self) -> tuple[str, ...]:
        """The clauses that can stand in a text as they are, folded."""
        return tuple(leaf.text for leaf in self.clauses if isinstance(leaf, (Bare, Literal)))

    @property
    def patterns(self) -> tuple[Checked, ...]:
        """The clauses that a stretch of text can be like."""
        return tuple(leaf for leaf in self.clauses if isinstance(leaf, Checked) and not isinstance(leaf, Literal))

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the clauses that are not quoted."""
        return tuple(dict.fromkeys(word for leaf in self.clauses for word in words_of(leaf)))

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of neighbouring characters of these."""
        pieces = (text for leaf in self.clauses if words_of(leaf) for text in texts(leaf))
        return tuple(dict.fromkeys(term for text in pieces for term in analyze(text).chars if len(term) == 2))

    def bound(self, facts: Callable[[], Iterable[Facts]]) -> Question:
        """The question with every condition on files turned into sources; `facts` is asked only if there is one."""
        return replace(self, every=bind(self.every, facts), some=bind(self.some, facts))


def parse(text: str, *, path: str | None = None) -> Question:
    """The question that `text` asks, of the sources that the glob `path` matches; raises `QueryError`."""
    parsed = read(text)
    if parsed.tree is None:
        raise _refusal(text, parsed)
    filters = [Paths(path)] if path is not None else []
    return Question(
        text=text,
        tree=parsed.tree,
        ignored=parsed.ignored,
        unknown=parsed.unknown,
        every=_filtered(filters, every(parsed.tree)),
        some=_filtered(filters, some(parsed.tree)),
        weights=tuple(_weights(parsed.tree)),
    )


def _filtered(filters: list[Paths], node: Query) -> Query:
    return And([*filters, node]) if filters else node


def _refusal(text: str, parsed: Parsed) -> QueryError:
    marks = text
    for written in parsed.ignored:
        marks = marks.replace(written, "") if len(written) > 1 and not written[1:-1].strip() else marks
    if not text.strip():
        return QueryError("the question is empty", hint="write what to look for: searchlib search 枫桥经验")
    if not marks.strip():
        hint = "write what to look for between them: searchlib search “枫桥经验”"
        return QueryError(f"there is nothing between the quotation marks {text.strip()}", hint=hint)
    # Not in "…", which the shell would take away.
    opening, closing = "『』" if set(marks) & set("「」") else "「」"
    return QueryError(
        f"there is no word, character or number to look for in {text.strip()}",
        hint=f"quote it to look for just these marks: {opening}{marks.strip()}{closing}",
    )


def _weights(tree: Query) -> list[Weight]:
    """Every term of the clauses once, worth more where it occurs more often."""
    counts: defaultdict[tuple[str, str], float] = defaultdict(float)
    for leaf, boost in _boosted(tree, 1.0):
        for terms in map(analyze, texts(leaf)):
            fields = TERM_FIELDS[leaf.fieldname]
            for word in terms.words:
                counts[fields.words, word] += WORD_WEIGHT * boost
            for term in terms.chars:
                counts[fields.chars, term] += (SINGLE_WEIGHT if len(term) == 1 else PAIR_WEIGHT) * boost
    return [Weight(field, term, weight) for (field, term), weight in counts.items()]


def _boosted(node: Query, boost: float) -> Iterator[tuple[Query, float]]:
    """The clauses that count, each with how much."""
    if isinstance(node, Not):
        return
    if node.is_leaf():
        yield node, boost
        return
    for child in node.children():
        yield from _boosted(child, boost * node.boost)
