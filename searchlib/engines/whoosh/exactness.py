"""What terms decide, and what only a look into texts can."""

from __future__ import annotations

from collections.abc import Iterator

from whoosh.query import Or, Query

from searchlib.query import Checked
from searchlib.query.checked import joined


def split(node: Query) -> tuple[Query, Query | None]:
    """Split a node into what terms decide and what takes reading texts; a paragraph matches if either does."""
    if is_exact(node):
        return node, None
    if not isinstance(node, Or):
        return Or([]), node
    parts = list(_alternatives(node))
    decided, rest = ([part for part in parts if is_exact(part) is exact] for exact in (True, False))
    return Or(decided), joined(Or, dict.fromkeys(rest))


def _alternatives(node: Query) -> Iterator[Query]:
    for part in node.children():
        yield from _alternatives(part) if isinstance(part, Or) and not is_exact(part) else [part]


def is_exact(node: Query) -> bool:
    """Return whether terms alone decide it."""
    return cost(node) == 0


def cost(node: Query) -> int:
    """Return how dear the dearest look into a text is that it takes to decide; 0 for none."""
    if isinstance(node, Checked):
        return 0 if node.is_decided else node.cost
    return max(map(cost, node.children()), default=0)
