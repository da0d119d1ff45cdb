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
_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


def parsed(pattern: str) -> Tree:
    """What Python's own reader makes of a pattern; raises `re.error`."""
    tree: Tree = parser.parse(pattern)
    return tree


def length(tree: Tree) -> int:
    """How long the pattern is with what it counts written out: `(ab{3}){2}` has 8 characters."""
    return sum(_length(kind, value) for kind, value in tree)


def _length(kind: Any, value: Any) -> int:
    times = max(value[0], 1) if kind in _REPEATS else 1
    return max(1, times * sum(map(length, _inner(kind, value))))


def _inner(kind: Any, value: Any) -> list[Tree]:
    """The patterns inside a part of one."""
    if kind is code.BRANCH:
        return list(value[1])
    if kind is code.ATOMIC_GROUP:
        return [value]
    if kind is code.GROUPREF_EXISTS:
        return [tree for tree in value[1:] if tree]
    return [value[-1]] if kind in (code.SUBPATTERN, code.ASSERT, code.ASSERT_NOT, *_REPEATS) else []


def may_have(tree: Tree, char: str) -> bool:
    """Return whether what the pattern finds may have a character in it, or one beside it decides what it finds."""
    return any(_may_have(kind, value, char) for kind, value in tree)


def _may_have(kind: Any, value: Any, char: str) -> bool:
    match kind:
        case code.LITERAL:
            return bool(chr(value) == char)
        case code.RANGE:
            return bool(value[0] <= ord(char) <= value[1])
        case code.IN:
            return may_have(value, char)
        case code.BRANCH | code.SUBPATTERN | code.ATOMIC_GROUP | code.MAX_REPEAT | code.MIN_REPEAT:
            is_flagged = kind is code.SUBPATTERN and (value[1] or value[2])
            return is_flagged or any(may_have(tree, char) for tree in _inner(kind, value))
    # Classes, dots, edges of words and texts, and what looks around.
    return True


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
    if kind in (code.SUBPATTERN, code.ATOMIC_GROUP) or (kind in _REPEATS and value[0] > 0):
        (inner,) = _inner(kind, value)
        return required(inner, needed)
    if kind is code.BRANCH:
        return joined(Or, [required(branch, needed) for branch in value[1]])
    if kind is code.IN and len(value) <= _MOST_CHARS and all(kind is code.LITERAL for kind, _ in value):
        return joined(Or, [needed(chr(char)) for _, char in value])
    return needed("")
