"""What a regular expression asks of every text that it finds something in, as far as terms can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from re import _constants as code  # type: ignore[attr-defined]  # what `re` itself reads patterns with
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from whoosh.query import And, Or, Query

from searchlib.query.checked import joined

Tree = Sequence[tuple[Any, Any]]
# A set of more characters narrows too little to be worth its postings.
_MOST_CHARS = 16


def parsed(pattern: str) -> Tree:
    """What Python's own reader makes of a pattern; raises `re.error`."""
    tree: Tree = parser.parse(pattern)
    return tree


def required(tree: Tree, needed: Callable[[str], Query]) -> Query:
    """What every text that the pattern finds something in matches; `needed` says it of a literal."""
    return joined(And, _parts(tree, needed))


def _parts(tree: Tree, needed: Callable[[str], Query]) -> Iterator[Query]:
    literal = ""
    for kind, value in tree:
        if kind is code.LITERAL:
            literal += chr(value)
            continue
        yield needed(literal)
        literal = ""
        yield _part(kind, value, needed)
    yield needed(literal)


def _part(kind: Any, value: Any, needed: Callable[[str], Query]) -> Query:
    match kind:
        case code.SUBPATTERN:
            return required(value[-1], needed)
        case code.ATOMIC_GROUP:
            return required(value, needed)
        case code.BRANCH:
            return joined(Or, [required(branch, needed) for branch in value[1]])
        case code.MAX_REPEAT | code.MIN_REPEAT | code.POSSESSIVE_REPEAT if value[0] > 0:
            return required(value[2], needed)
        case code.IN if len(value) <= _MOST_CHARS and all(kind is code.LITERAL for kind, _ in value):
            return joined(Or, [needed(chr(char)) for _, char in value])
    return needed("")
