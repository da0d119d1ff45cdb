"""The parsed question: what Whoosh's `And`, `Or` and `Not` join in it, beside literals, patterns and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from whoosh.query import And, Not, Query

from searchlib.model import TEXT
from searchlib.query.conditions import OfFile, OfSource


class Clauses(And):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Clauses with spaces between them: all of them are asked for, and a paragraph with some is better than none."""


class Must(And):  # type: ignore[misc]
    """One clause that every hit has to match: `+clause`."""


class Boosted(And):  # type: ignore[misc]
    """One clause that counts `boost` times as much for the ranking: `clause^2`."""


@dataclass(frozen=True)
class Bare(Query):  # type: ignore[misc]
    """A clause as it stands between spaces, `text` folded: matched by its words, or by itself."""

    text: str
    fieldname: str = TEXT
    written: str = field(default="", compare=False)


def leaves(node: Query) -> Iterator[Query]:
    """The clauses of a tree that a paragraph may match, in order: all but what `NOT` leaves out."""
    return (leaf for leaf, _ in boosted_leaves(node))


def boosted_leaves(node: Query, boost: float = 1.0) -> Iterator[tuple[Query, float]]:
    """These clauses, each with how many times it counts for the ranking."""
    if isinstance(node, Not):
        return
    if node.is_leaf():
        yield node, boost
    for child in node.children():
        yield from boosted_leaves(child, boost * node.boost)


def is_demand(node: Query) -> bool:
    """Whether a paragraph that does not match the node is no hit at all; what joins demands alone is one too."""
    if isinstance(node, (Must, Not)):
        return True
    if node.is_leaf():
        return isinstance(node, (OfSource, OfFile)) or getattr(node, "fieldname", TEXT) != TEXT
    return all(map(is_demand, node.children()))
