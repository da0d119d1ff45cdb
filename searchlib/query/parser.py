"""The language: Whoosh's parser with what it tags and how it groups, in Western and in Chinese marks alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from whoosh.qparser import QueryParser, syntax
from whoosh.qparser.plugins import BoostPlugin, GroupPlugin, OperatorsPlugin, Plugin
from whoosh.qparser.taggers import RegexTagger, Tagger
from whoosh.query import Query

from searchlib.analysis import fold
from searchlib.errors import QueryError
from searchlib.query.fields import field_named
from searchlib.query.structure import bracketed, checked, fielded, gathered
from searchlib.query.syntax import (
    Conjunction,
    Demand,
    Disjunction,
    Expression,
    FieldName,
    Group,
    Leaf,
    Mark,
    Negation,
    Quoted,
    Word,
)

# A question is at most this long, in characters.
LONGEST = 4000
# Marks of one family close one another whichever way round they stand: input methods turn them as they like.
DOUBLE = '"“”„‟〝〞〟＂'
_MARKS = ((DOUBLE, DOUBLE), ("「", "」"), ("『", "』"), ("｢", "｣"))
_ANY_MARK = DOUBLE + "「」『』｢｣"
_SIGNS = "-－+＋!！"
# Signs that may stand inside a word of these: R&D.
_ASCII = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
# Small, raised and upright forms, which fold to the marks that have a meaning, have it too.
_FORMS = str.maketrans(
    "﹙⁽₍︵﹚⁾₎︶﹡﹢⁺₊﬩﹣﹖︖﹗︕﹕︓﹔︔;﹐︐﹒․﹠﹤﹥﹦⁼₌﹨‚‛﹁﹂﹃﹄",
    "(((())))*++++-??!!::;;;,,..&<>===\\''「」『』",
)
# How many times another clause one may count.
MOST_BOOST = 1000
_OPEN, _CLOSE = "(（", ")）"
_DISTANCE = r"(?:[~～](?P<distance>\d+))?"
_END = rf"(?=[\s{_CLOSE}|｜&＆^＾]|$)"
# Behind a digit & joins clauses only before what is none of these, as in R&D.
_BOOST_END = rf"(?=[\s{_OPEN}{_CLOSE}|｜^＾]|[&＆](?![{_ASCII}])|$)"
# Beside a word operator stands a space, a bracket or a mark of quotation.
_APART = rf"(?<![^\s{_OPEN}{_CLOSE}{_ANY_MARK}])", rf"(?![^\s{_OPEN}{_CLOSE}{_ANY_MARK}])"
_UNKNOWN_FIELD = re.compile(r"(?P<name>[^\W\d]\w*)[:：](?!//)(?P<rest>.*)", re.DOTALL)


class Parsed(NamedTuple):
    """What a question says: its tree, None where nothing is asked for; and what was ignored in it, as it is written.

    `unknown` are names that look like fields, and are none; they were read as text.
    """

    tree: Query | None
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]


def read(text: str) -> Parsed:
    """Reads a question; raises `QueryError` with the place."""
    try:
        return _read(text)
    except QueryError as error:
        error.text = text
        raise


def _read(text: str) -> Parsed:
    if len(text) > LONGEST:
        hint = "ask for what matters in it"
        raise QueryError(f"a question may have {LONGEST:,} characters, and this has {len(text):,}", hint=hint)
    parser = Language()
    tree = parser.process(text.translate(_FORMS)).query(parser)
    ignored = tuple(text[leaf.startchar : leaf.endchar] for leaf in parser.leaves if not leaf.is_searchable)
    return Parsed(tree, ignored, tuple(_unknown_fields(parser.leaves)))


def _unknown_fields(leaves: list[Leaf]) -> Iterator[str]:
    for leaf in leaves:
        if isinstance(leaf, Word) and (match := _UNKNOWN_FIELD.fullmatch(leaf.written)):
            yield match["name"]


class Language(QueryParser):  # type: ignore[misc]  # Whoosh's classes are not typed
    """A parser for one question: it remembers where clauses may begin, where quotations end, and all clauses."""

    def __init__(self) -> None:
        self.starts: set[int] = set()
        self.ends: set[int] = set()
        self.leaves: list[Leaf] = []
        plugins, self._taggers, self._filters = _parts()
        super().__init__(None, None, plugins, group=Group)

    def taggers(self) -> list[Any]:
        return self._taggers

    def filters(self) -> list[Any]:
        return self._filters

    def begins_clause(self, text: str, at: int) -> bool:
        leads = at == 0 or text[at - 1].isspace() or text[at - 1] in _OPEN
        return leads or at in self.starts or self.is_behind(text, at)

    def is_behind(self, text: str, at: int) -> bool:
        """Whether a quotation or a bracket ends here: a sign is a dash then, and no operator."""
        return at in self.ends or (at > 0 and text[at - 1] in _CLOSE)


@cache
def _parts() -> tuple[list[Plugin], list[Any], list[Any]]:
    """The plugins with their taggers and filters in order, which are the same for all questions."""
    plugins = [_Leaves(), GroupPlugin(f"[{_OPEN}]", f"[{_CLOSE}]"), _Boosts(), _Operators()]
    parser = QueryParser(None, None, plugins, group=Group)
    return plugins, [_FirstOf(parser.taggers())], parser.filters()


class _FirstOf(Tagger):  # type: ignore[misc]
    """Tags as the first of some taggers that does."""

    def __init__(self, taggers: list[Tagger]) -> None:
        self._taggers = taggers

    def match(self, parser: Language, text: str, pos: int) -> Any:
        # Within words, where most places are, nothing begins.
        if pos and text[pos].isalnum() and text[pos - 1].isalnum() and not parser.begins_clause(text, pos):
            return None
        nodes = (tagger.match(parser, text, pos) for tagger in self._taggers)
        return next((node for node in nodes if node is not None), None)


class _Tagger(RegexTagger):  # type: ignore[misc]
    """Tags only where a clause begins; behind what it tags another one begins."""

    def __init__(self, expr: str, create: Any) -> None:
        super().__init__(expr)
        self._create = create

    def match(self, parser: Language, text: str, pos: int) -> Any:
        node = super().match(parser, text, pos) if parser.begins_clause(text, pos) else None
        if node is not None:
            parser.starts.add(node.endchar)
        return node

    def create(self, parser: Language, match: re.Match[str]) -> Any:  # noqa: ARG002 — Whoosh's protocol
        return self._create(match)


class _Leaves(Plugin):  # type: ignore[misc]
    """Quotations, regular expressions and fields; the rest between spaces is a bare clause."""

    def taggers(self, _parser: Language) -> list[tuple[RegexTagger, int]]:
        quotations = [
            _Quotations(rf"[{opening}](?P<inside>[^{closing}]*)[{closing}]{_DISTANCE}") for opening, closing in _MARKS
        ]
        return [
            *((tagger, -10) for tagger in quotations),
            (_Tagger(rf"(?P<mark>['‘])(?P<inside>[^'‘’]+)['’]{_DISTANCE}{_END}", _quoted), -10),
            (_Tagger(rf"[/／](?![\s/／])(?:\\.|[^/／\\\n])*(?<!\s)[/／]{_END}", _expression), -10),
            (_Tagger(r"(?P<name>[^\W\d]\w*)[:：]", _field), -10),
            (_Quotations(f"[{_ANY_MARK}]"), -5),
            (_Dashes(f"[{_SIGNS}]+"), -5),
        ]

    def filters(self, _parser: Language) -> list[tuple[Any, int]]:
        return [(bracketed, -60), (gathered, -50), (fielded, 100)]


class _Quotations(RegexTagger):  # type: ignore[misc]
    """What stands between marks, or a mark that has no partner."""

    def create(self, parser: Language, match: re.Match[str]) -> Quoted | Mark:
        parser.ends.add(match.end())
        return _quoted(match) if match.re.groups else Mark(match[0])


class _Dashes(RegexTagger):  # type: ignore[misc]
    """Signs between a quotation or a bracket and what follows, as in `“北京”-上海`."""

    def create(self, parser: Language, match: re.Match[str]) -> Mark | None:
        if not parser.is_behind(match.string, match.start()):
            return None
        parser.starts.add(match.end())
        return Mark(match[0])


class _Boosts(BoostPlugin):  # type: ignore[misc]
    """`^2.5` right behind a clause."""

    expr = rf"(?<=\S)[\^＾](?P<boost>\d+(?:[.．]\d+)?){_BOOST_END}"

    def create(self, _parser: Language, match: re.Match[str]) -> Any:
        boost = float(fold(match["boost"]))
        if not 0 < boost <= MOST_BOOST:
            raise QueryError(f"a clause counts more than 0 and at most {MOST_BOOST:,} times", at=match.start())
        return self.BoostNode(match[0], boost)

    def filters(self, _parser: Language) -> list[tuple[Any, int]]:
        return [(self.do_boost, 510)]


class _Operators(OperatorsPlugin):  # type: ignore[misc]
    """`NOT`, `-`, `!` and `+` before a clause bind closest, then `AND` and `&`, then `OR` and `|`."""

    def __init__(self) -> None:
        super().__init__(
            [
                (_Word("NOT|ＮＯＴ", Negation, syntax.PrefixOperator), 0),
                (_Sign("[-－!！]", Negation), 0),
                (_Sign("[+＋]", Demand), 0),
                (_Word("AND|ＡＮＤ", Conjunction), 0),
                (_Join(rf"[&＆]{{2}}|(?<![{_ASCII}])[&＆]|[&＆](?![{_ASCII}])", Conjunction), 0),
                (_Word("OR|ＯＲ", Disjunction), 0),
                (_Join("[|｜]{1,2}", Disjunction), 0),
            ],
            clean=True,
        )

    def filters(self, parser: Language) -> list[tuple[Any, int]]:
        return [(checked, 550), *super().filters(parser)]


class _Word(OperatorsPlugin.OpTagger):  # type: ignore[misc]
    """An operator that is a word, in capitals."""

    def __init__(self, words: str, group: type[Group], kind: type[syntax.Operator] = syntax.InfixOperator) -> None:
        # Those before a clause are applied from the last to the first, so that `NOT NOT` works.
        before, behind = _APART
        super().__init__(f"{before}(?:{words}){behind}", group, kind, leftassoc=kind is syntax.InfixOperator)


class _Join(OperatorsPlugin.OpTagger):  # type: ignore[misc]
    """An operator that is a sign between clauses, with or without spaces."""

    def create(self, parser: Language, match: re.Match[str]) -> Any:
        parser.starts.add(match.end())
        return super().create(parser, match)


class _Sign(_Join):
    """An operator that is a sign right before a clause."""

    def __init__(self, signs: str, group: type[Group]) -> None:
        super().__init__(rf"{signs}(?![{_SIGNS}\s{_CLOSE}]|$)", group, syntax.PrefixOperator, leftassoc=False)

    def match(self, parser: Language, text: str, pos: int) -> Any:
        return super().match(parser, text, pos) if parser.begins_clause(text, pos) else None


def _quoted(match: re.Match[str]) -> Quoted:
    return Quoted(match[0], match["inside"], match["distance"])


def _expression(match: re.Match[str]) -> Expression:
    return Expression(match[0])


def _field(match: re.Match[str]) -> FieldName | None:
    field = field_named(match["name"])
    return FieldName(field, match[0]) if field else None
