"""The language: Whoosh's parser with what it tags and how it groups, in Western and in Chinese marks alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from whoosh.qparser import QueryParser, syntax
from whoosh.qparser.plugins import BoostPlugin, GroupPlugin, OperatorsPlugin, Plugin
from whoosh.qparser.taggers import RegexTagger
from whoosh.query import Query

from searchlib.analysis import fold
from searchlib.errors import QueryError
from searchlib.query.fields import field_named
from searchlib.query.syntax import (
    Conjunction,
    Demand,
    Disjunction,
    Expression,
    FieldName,
    Group,
    Leaf,
    Negation,
    Quoted,
    Word,
)

# A question is at most this long, in characters, and nested this deep.
LONGEST, DEEPEST = 4000, 20
# Marks of one family close one another whichever way round they stand: input methods turn them as they like.
_DOUBLE = '"“”„‟〝〞〟＂'
_MARKS = ((_DOUBLE, _DOUBLE), ("「", "」"), ("『", "』"), ("｢", "｣"))
# Signs that may stand inside a word of these: R&D.
_ASCII = "0-9A-Za-z"
# How many times another clause one may count.
MOST_BOOST = 1000
_OPEN, _CLOSE = "(（", ")）"
_DISTANCE = r"(?:[~～](?P<distance>\d{1,6})(?!\d))?"
_END = rf"(?=[\s{_CLOSE}^＾]|$)"
# Beside a word operator stands a space, a bracket or a mark of quotation.
_APART = rf"(?<![^\s{_OPEN}{_CLOSE}{_DOUBLE}「」『』｢｣])", rf"(?![^\s{_OPEN}{_CLOSE}{_DOUBLE}「」『』｢｣])"
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
    tree = parser.process(text).query(parser)
    ignored = tuple(leaf.written for leaf in parser.leaves if not leaf.is_searchable)
    return Parsed(tree, ignored, tuple(_unknown_fields(parser.leaves)))


def _unknown_fields(leaves: list[Leaf]) -> Iterator[str]:
    for leaf in leaves:
        if isinstance(leaf, Word) and (match := _UNKNOWN_FIELD.fullmatch(leaf.written)):
            yield match["name"]


class Language(QueryParser):  # type: ignore[misc]  # Whoosh's classes are not typed
    """A parser for one question: it remembers where clauses may begin, and all of them."""

    def __init__(self) -> None:
        self.starts: set[int] = set()
        self.leaves: list[Leaf] = []
        brackets = GroupPlugin(f"[{_OPEN}]", f"[{_CLOSE}]")
        super().__init__(None, None, [_Leaves(), brackets, _Boosts(), _Operators()], group=Group)

    def begins_clause(self, text: str, at: int) -> bool:
        return at == 0 or at in self.starts or text[at - 1].isspace() or text[at - 1] in _OPEN


class _Tagger(RegexTagger):  # type: ignore[misc]
    """Tags only where a clause begins; with `leads`, another one begins behind it."""

    def __init__(self, expr: str, create: Any, *, leads: bool = False) -> None:
        super().__init__(expr)
        self._create = create
        self._leads = leads

    def match(self, parser: Language, text: str, pos: int) -> Any:
        node = super().match(parser, text, pos) if parser.begins_clause(text, pos) else None
        if node is not None and self._leads:
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
            (_Tagger(rf"/(?![\s/])(?:\\.|[^/\\\n])*(?<!\s)/{_END}", _expression), -10),
            (_Tagger(r"(?P<name>[^\W\d]\w*)[:：]", _field, leads=True), -10),
        ]

    def filters(self, _parser: Language) -> list[tuple[Any, int]]:
        return [(_bracketed, -60), (_gathered, -50), (_fielded, 100)]


class _Quotations(RegexTagger):  # type: ignore[misc]
    def create(self, _parser: Language, match: re.Match[str]) -> Quoted:
        return _quoted(match)


class _Boosts(BoostPlugin):  # type: ignore[misc]
    """`^2.5` right behind a clause."""

    expr = rf"(?<=\S)[\^＾](?P<boost>\d{{1,6}}(?:[.．]\d{{1,6}})?){_END}"

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
                (self.OpTagger(rf"(?<![{_ASCII}])[&＆]{{1,2}}|[&＆]{{1,2}}(?![{_ASCII}])", Conjunction), 0),
                (_Word("OR|ＯＲ", Disjunction), 0),
                (self.OpTagger("[|｜]{1,2}", Disjunction), 0),
            ],
            clean=True,
        )

    def filters(self, parser: Language) -> list[tuple[Any, int]]:
        return [(_checked, 550), *super().filters(parser)]


class _Word(OperatorsPlugin.OpTagger):  # type: ignore[misc]
    """An operator that is a word, in capitals."""

    def __init__(self, words: str, group: type[Group], kind: type[syntax.Operator] = syntax.InfixOperator) -> None:
        # Those before a clause are applied from the last to the first, so that `NOT NOT` works.
        before, behind = _APART
        super().__init__(f"{before}(?:{words}){behind}", group, kind, leftassoc=kind is syntax.InfixOperator)


class _Sign(OperatorsPlugin.OpTagger):  # type: ignore[misc]
    """An operator that is a sign right before a clause."""

    def __init__(self, signs: str, group: type[Group]) -> None:
        super().__init__(rf"{signs}(?![-－+＋!！\s]|$)", group, syntax.PrefixOperator, leftassoc=False)

    def match(self, parser: Language, text: str, pos: int) -> Any:
        node = super().match(parser, text, pos) if parser.begins_clause(text, pos) else None
        if node is not None:
            parser.starts.add(node.endchar)
        return node


def _quoted(match: re.Match[str]) -> Quoted:
    return Quoted(match[0], match["inside"], match["distance"])


def _expression(match: re.Match[str]) -> Expression:
    return Expression(match[0])


def _field(match: re.Match[str]) -> FieldName | None:
    field = field_named(match["name"])
    return FieldName(field, match[0]) if field else None


def _bracketed(_parser: Language, group: Any) -> Any:
    """A bracket without its partner, or with nothing in it, is a clause with nothing to search for.

    Where operators join clauses, a lost bracket would silently change what they join: there it is an error.
    """
    for at in _unpaired(group):
        if any(isinstance(node, syntax.InfixOperator) for node in group):
            raise QueryError("this bracket has no partner", at=group[at].startchar)
        group[at] = _word(text="(" if isinstance(group[at], GroupPlugin.OpenBracket) else ")", at=group[at])
    return _without_empty(group)


def _unpaired(group: Any) -> list[int]:
    opened: list[int] = []
    unpaired: list[int] = []
    for at, node in enumerate(group):
        if isinstance(node, GroupPlugin.OpenBracket):
            opened.append(at)
        elif isinstance(node, GroupPlugin.CloseBracket) and opened:
            opened.pop()
        elif isinstance(node, GroupPlugin.CloseBracket):
            unpaired.append(at)
        if len(opened) > DEEPEST:
            raise QueryError(f"there are more than {DEEPEST} brackets in one another", at=node.startchar)
    return opened + unpaired


def _without_empty(group: Any) -> Any:
    kept = group.empty_copy()
    for node in group:
        if isinstance(node, GroupPlugin.CloseBracket) and isinstance(kept[-1], GroupPlugin.OpenBracket):
            kept[-1] = _word(text="()", at=kept[-1])
        else:
            kept.append(node)
    return kept


def _word(text: str, at: Any) -> Word:
    word: Word = Word(text).set_range(at.startchar, at.startchar + len(text))
    return word


def _gathered(parser: Language, group: Any) -> Any:
    """Whoosh makes words of what nothing has tagged; here they are ours."""
    for at, node in enumerate(group):
        if isinstance(node, syntax.WordNode):
            group[at] = _word(node.text, node)
    parser.leaves = [node for node in group if isinstance(node, Leaf)]
    return group


def _fielded(parser: Language, group: Any) -> Any:
    """A field is that of the clause, or the bracket, right behind it."""
    fielded = group.empty_copy()
    field: FieldName | None = None
    for node in group:
        if field and (isinstance(node, (FieldName, syntax.Operator)) or node.is_ws()):
            raise _nothing_behind(field)
        if isinstance(node, FieldName):
            field = node
            continue
        if isinstance(node, Group):
            node = _fielded(parser, node)
        if field:
            node.set_fieldname(field.field)
            field = None
        fielded.append(node)
    if field:
        raise _nothing_behind(field)
    return fielded


def _nothing_behind(field: FieldName) -> QueryError:
    hint = f"write what to look for right behind it, without a space; quote it to look for the word: “{field.written}”"
    return QueryError(f"there is nothing behind {field.written}", hint=hint, at=field.startchar)


def _checked(parser: Language, group: Any) -> Any:
    """Every operator has something to operate on."""
    for at, node in enumerate(group):
        behind = group[at + 1] if at + 1 < len(group) else None
        before = group[at - 1] if at else None
        if isinstance(node, syntax.InfixOperator) and (before is None or isinstance(before, syntax.Operator)):
            raise _nothing_to_join("before", node)
        if isinstance(node, syntax.Operator) and (behind is None or isinstance(behind, syntax.InfixOperator)):
            raise _nothing_to_join("behind", node)
        if isinstance(node, Group):
            _checked(parser, node)
    return group


def _nothing_to_join(where: str, operator: Any) -> QueryError:
    hint = f"quote it to look for it as a word: “{operator.text}”"
    return QueryError(f"there is nothing {where} {operator.text}", hint=hint, at=operator.startchar)
