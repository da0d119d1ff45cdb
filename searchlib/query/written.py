"""A tree as a question that asks for it, in plain ASCII marks: how a question was read."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from whoosh.query import And, Every, Not, Or, Query

from searchlib.errors import QueryError
from searchlib.model import TEXT
from searchlib.query.checked import Literal, Near, Wildcard
from searchlib.query.conditions import Dated, Encoded, PathHas, Paths, Sized
from searchlib.query.fields import DATE, ENCODING, PATH, SIZE
from searchlib.query.parser import DOUBLE, read
from searchlib.query.patterns import Fuzzy, Regex
from searchlib.query.tree import Bare, Boosted, Clauses, Must

# What joins clauses, from what binds least.
_JOINS: tuple[tuple[type[Query], str], ...] = ((Clauses, " "), (Or, " OR "), (And, " AND "))
# What a quotation begins with, and what ends it; the first that ends it is written.
_QUOTES = (('"', DOUBLE), ("「", "」"), ("『", "』"), ("｢", "｣"), ("'", "'‘’"))


def written(tree: Query) -> str:
    """The question; `read` makes the same tree of it, as long as it is not too long a question.

    >>> written(read("标题：（北京 ｜ 上海） －「大學」").tree)
    'title:北京 OR title:上海 NOT "大学"'
    """
    return _written(tree, 0)


def _written(node: Query, binding: int) -> str:
    """`binding` is how close what is around the node binds; what binds no closer is put between brackets."""
    for level, (kind, sign) in enumerate(_JOINS, start=1):
        if type(node) is kind:
            inside = sign.join(_written(child, level) for child in node.children())
            if node.boost != 1:
                return f"({inside})^{_number(node.boost)}"
            return f"({inside})" if binding >= level else inside
    match node:
        case Not():
            return f"NOT {_written(node.query, len(_JOINS))}"
        case Must():
            inside = _written(node[0], len(_JOINS)) if _is_clause(node[0]) else f"({_written(node[0], 0)})"
            # Behind a sign no sign is an operator, and this one would not be either.
            return f"+,{inside}" if inside[0] in "-+!" else f"+{inside}"
        case Boosted():
            inside = _written(node[0], 1)
            # Brackets around clauses take a boost themselves; this one is of the brackets around these.
            return f"{inside if node[0].is_leaf() else f'({inside})'}^{_number(node.boost)}"
    return _leaf(node)


def _is_clause(node: Query) -> bool:
    return isinstance(node, Boosted) or (node.is_leaf() and not isinstance(node, Not))


def _leaf(node: Query) -> str:
    match node:
        case Every():
            return "*"
        case Dated():
            return f"{DATE}:{_range(_day(node.first), _day(node.end), _day(node.end, before=1))}"
        case Sized():
            return f"{SIZE}:{_range(_bytes(node.first), _bytes(node.end), _bytes(node.end - 1))}"
        case Encoded():
            return f"{ENCODING}:{_name(node.encoding)}"
        case Paths():
            return f"{PATH}:{_name(node.glob)}"
        case PathHas():
            # In full width they are part of a name.
            return f"{PATH}:{_name(node.text.translate({ord('['): '［', ord('/'): '／'}))}"
    field = "" if node.fieldname == TEXT else f"{node.fieldname}:"
    return field + _of_text(node)


def _of_text(node: Query) -> str:
    match node:
        case Literal():
            return _quoted(node.text)
        case Near():
            return f"{_quoted(' '.join(node.parts))}~{node.distance}"
        case Regex():
            return node.written
        case Fuzzy():
            return _bare(node.written, node)
        case Bare() | Wildcard():
            return _bare(node.text, node)
    raise NotImplementedError(f"nobody knows how to write {node!r}")


def _bare(text: str, node: Bare | Wildcard | Fuzzy) -> str:
    """Stops at the ends of a clause mean nothing, and keep what is between them from meaning anything else."""
    # A slash or a single mark could find its partner in another clause.
    written = [] if text[0] in "/'" else [text]
    # Behind an empty quotation with a distance, which is ignored, & is no operator.
    written += [f",{text},", f"{text},", f'""~0{text}', f'""~0{text},']
    return next((one for one in written if _reads_as(one, node)), f",{text},")


def _reads_as(text: str, node: Bare | Wildcard | Fuzzy) -> bool:
    try:
        return bool(read(text).tree == replace(node, fieldname=TEXT))
    except QueryError:
        return False


def _name(text: str) -> str:
    return text if _PLAIN_NAME.fullmatch(text) else _quoted(text)


# A slash at its head could begin a regular expression, which a later one would end.
_PLAIN_NAME = re.compile(r"[\w*.][\w*?./-]*")


def _quoted(text: str) -> str:
    """In the first marks that do not end inside the text."""
    opening, closing = next(marks for marks in _QUOTES if not set(marks[1]) & set(text))
    return f"{opening}{text}{closing[0]}"


def _range(first: str, end: str, last: str) -> str:
    if not first:
        return f"<{end}"
    return f"{first}..{last}" if end else f">={first}"


def _day(seconds: float, before: int = 0) -> str:
    if math.isinf(seconds):
        return ""
    return (datetime.fromtimestamp(seconds) - timedelta(days=before)).date().isoformat()  # noqa: DTZ006 — local


def _bytes(count: float) -> str:
    return "" if math.isinf(count) else str(count)


def _number(boost: float) -> str:
    return f"{Decimal(repr(boost)):f}".removesuffix(".0")
