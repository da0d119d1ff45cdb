"""Syntax nodes: what stands in a question, before it is known what it asks for. Each gives a node of the tree."""

from __future__ import annotations

import codecs
import re
from typing import ClassVar

from whoosh.qparser import syntax
from whoosh.query import And, Every, Not, Or, Query

from searchlib.analysis import fold
from searchlib.analysis.runs import runs
from searchlib.errors import QueryError
from searchlib.model import TEXT
from searchlib.query.amounts import dated, sized
from searchlib.query.checked import Literal, Near, Wildcard
from searchlib.query.conditions import Encoded, PathHas, Paths
from searchlib.query.fields import TERM_FIELDS
from searchlib.query.patterns import Fuzzy, Regex
from searchlib.query.tree import Bare, Boosted, Clauses, Must

# Marks that end sentences, and those of them that are nothing else before a clause.
_STOPS = "。,、;:!?…"
_LEADING = _STOPS.replace("?", "")
_FUZZY = re.compile(r"(?P<text>.*\D.*)~(?P<distance>\d)", re.DOTALL)
# How far apart the parts of a quotation may be asked to be, in characters: a paragraph has 1,000 at most.
FARTHEST = 1000
# What GB 2312 and GBK have is read as GB 18030, which has all of it.
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030"}


class Leaf(syntax.SyntaxNode):  # type: ignore[misc]  # Whoosh's classes are not typed
    """One clause as it was `written`. `query` gives None where there is nothing in it to search for."""

    has_boost = True
    has_fieldname = True

    def __init__(self, written: str, field: str | None = None) -> None:
        self.written = written
        self.fieldname = field
        self.boost = 1.0
        self.startchar = 0

    def query(self, parser: object) -> Query | None:  # noqa: ARG002 — Whoosh's protocol
        try:
            node = self._node(self._field) if self._field in TERM_FIELDS else self._condition()
        except QueryError as error:
            error.at += self.startchar
            raise
        return node if node is None or self.boost == 1 else Boosted([node], boost=self.boost)

    @property
    def is_searchable(self) -> bool:
        return self.query(None) is not None

    @property
    def text(self) -> str:
        """What is asked for, without what marks it."""
        return self.written

    @property
    def _field(self) -> str:
        return self.fieldname or TEXT

    def _node(self, field: str) -> Query | None:
        raise NotImplementedError

    def _condition(self) -> Query | None:
        if not self.text.strip():
            return None
        match self._field:
            case "date":
                return dated(self.text)
            case "size":
                return sized(self.text)
            case "encoding":
                return Encoded(_encoding(self.text))
        return _path(self.text)


class Word(Leaf):
    """What stands between spaces: a bare clause, one with wildcards, or a fuzzy one."""

    @property
    def text(self) -> str:
        """Without the marks that end sentences: `枫桥？` asks for 枫桥, and `.NET` for .NET."""
        if self._field not in TERM_FIELDS:
            return self.written
        return fold(self.written).lstrip(_LEADING).rstrip(f"{_STOPS}.")

    def _node(self, field: str) -> Query | None:
        text = self.text
        if text and not text.strip("*"):
            return Every()
        if not any(True for _ in runs(text)):
            return None
        if match := _FUZZY.fullmatch(text):
            return _fuzzy(match["text"], int(match["distance"]), field)
        if "*" in text or "?" in text:
            return Wildcard(text, field)
        return Bare(text, field, self.written)


class Mark(Word):
    """A mark that stands for nothing: a bracket or a quotation mark without its partner, a dash between clauses."""

    def _node(self, field: str) -> Query | None:  # noqa: ARG002 — the interface
        return None


class Quoted(Leaf):
    """What stands between quotation marks, `inside`; with a distance, its parts are asked for near one another."""

    def __init__(self, written: str, inside: str, distance: str | None) -> None:
        super().__init__(written)
        self.inside = inside
        self.distance = distance

    @property
    def text(self) -> str:
        return self.inside

    def _node(self, field: str) -> Query | None:
        text = fold(self.inside)
        if not text.strip():
            return None
        if self.distance is None:
            return Literal(text, field)
        parts = tuple(text.split())
        at = len(self.written) - len(self.distance) - 1
        if len(parts) < 2:
            hint = 'write for example "枫桥 经济"~20'
            raise QueryError("a distance needs two parts with a space between them", hint=hint, at=at)
        if int(self.distance) > FARTHEST:
            raise QueryError(f"a distance may be {FARTHEST:,} characters at most", at=at)
        return Near(parts, int(self.distance), field)


class Expression(Leaf):
    """A regular expression between slashes."""

    @property
    def text(self) -> str:
        """Of other fields it is none: `path:/notes/` is a folder."""
        return self.written[1:-1] if self._field in TERM_FIELDS else self.written

    def _node(self, field: str) -> Query | None:
        try:
            return Regex(self.text, field)
        except QueryError as error:
            error.at += 1
            raise


class FieldName(syntax.SyntaxNode):  # type: ignore[misc]
    """`title:`, whose field what follows is about."""

    def __init__(self, field: str, written: str) -> None:
        self.field = field
        self.written = written


class Group(syntax.GroupNode):  # type: ignore[misc]
    """Nodes under one operator; those with nothing in them are left out, and one alone is itself."""

    merging = False
    operator: ClassVar[type[And]] = Clauses
    is_kept_single: ClassVar[bool] = False

    def query(self, parser: object) -> Query | None:
        parts = [part for part in (node.query(parser) for node in self.nodes) if part is not None]
        if not parts:
            return None
        if len(parts) == 1 and not self.is_kept_single:
            return parts[0] if self.boost == 1 else Boosted(parts, boost=self.boost)
        return self.operator(parts, boost=self.boost)


class Conjunction(Group):
    merging = True
    operator = And


class Disjunction(Group):
    merging = True
    operator = Or


class Demand(Group):
    operator = Must
    is_kept_single = True


class Negation(Group):
    def query(self, parser: object) -> Query | None:
        part = super().query(parser)
        return None if part is None else Not(part)


def _fuzzy(text: str, distance: int, field: str) -> Query:
    if not 0 < distance <= len(text) // 2:
        most = len(text) // 2
        what = f"of the {len(text)} characters of {text} at most {most} may differ" if most else f"{text} is too short"
        raise QueryError(what, hint="a word of two or three characters takes ~1, longer ones more", at=len(text))
    return Fuzzy(text, distance, field)


def _path(text: str) -> Query:
    # The stars and question marks of an input method; a name may well have other full-width characters.
    glob = text.translate({ord("＊"): "*", ord("？"): "?"})
    return Paths(glob) if re.search(r"[*?\[/]", glob) else PathHas(fold(text))


def _encoding(text: str) -> str:
    try:
        name = codecs.lookup(fold(text)).name
    except (LookupError, ValueError):
        hint = "try gb18030, big5, utf-8 or utf-16-le"
        raise QueryError(f"no encoding is called {text}", hint=hint) from None
    return _ALIASES.get(name, name)
