"""What stands in a question, put in order: brackets, fields and operators, each with what they are about.

Each public function is a filter of Whoosh's parser: it is given the nodes of a group and gives them back changed.
"""

from __future__ import annotations

from typing import Any

from whoosh.qparser import syntax
from whoosh.qparser.plugins import BoostPlugin, GroupPlugin

from searchlib.errors import QueryError
from searchlib.query.syntax import Expression, FieldName, Group, Leaf, Mark, Quoted, Word

# Brackets, and operators before a clause, may be nested this deep.
DEEPEST = 20


def bracketed(_parser: object, group: Any) -> Any:
    """A bracket without its partner, or with nothing in it, is a clause with nothing to search for.

    Where operators join clauses, a lost bracket would silently change what they join: there it is an error.
    """
    unpaired = _unpaired(group)
    if unpaired and any(isinstance(node, syntax.InfixOperator) for node in group):
        raise QueryError("this bracket has no partner", at=group[min(unpaired)].startchar)
    for at in unpaired:
        written = "(" if isinstance(group[at], GroupPlugin.OpenBracket) else ")"
        group[at] = Mark(written).set_range(group[at].startchar, group[at].endchar)
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
        kept.append(node)
        if isinstance(node, GroupPlugin.CloseBracket):
            start = len(kept) - 2
            while kept[start].is_ws():
                start -= 1
            if isinstance(kept[start], GroupPlugin.OpenBracket):
                kept[start:] = [Mark("()").set_range(kept[start].startchar, node.endchar)]
    return kept


def gathered(parser: Any, group: Any) -> Any:
    """Whoosh makes words of what nothing has tagged; here they are ours. What only looks like a boost is one too."""
    for at, node in enumerate(group):
        if isinstance(node, syntax.WordNode):
            group[at] = _word(node.text, node)
        elif isinstance(node, BoostPlugin.BoostNode):
            before = group[at - 1] if at else None
            if isinstance(before, BoostPlugin.BoostNode):
                raise QueryError("a clause is boosted once", at=node.startchar)
            if isinstance(before, Mark) or not isinstance(before, (Word, Quoted, Expression, GroupPlugin.CloseBracket)):
                group[at] = _word(node.original, node)
    parser.leaves = [node for node in group if isinstance(node, Leaf)]
    return group


def _word(text: str, at: Any) -> Word:
    word: Word = Word(text).set_range(at.startchar, at.endchar)
    return word


def fielded(parser: object, group: Any) -> Any:
    """A field is that of the clause, or the bracket, right behind it."""
    fielded_group = group.empty_copy()
    field: FieldName | None = None
    for node in group:
        if field and (isinstance(node, (FieldName, syntax.Operator, Mark)) or node.is_ws()):
            raise _nothing_behind(field, node)
        if isinstance(node, FieldName):
            field = node
            continue
        if isinstance(node, Group):
            node = fielded(parser, node)
        if field:
            node.set_fieldname(field.field)
            field = None
        fielded_group.append(node)
    if field:
        raise _nothing_behind(field, None)
    return fielded_group


def _nothing_behind(field: FieldName, node: Any) -> QueryError:
    hint = f"write what to look for right behind it, without a space; quote it to look for the word: “{field.written}”"
    if isinstance(node, syntax.PrefixOperator):
        hint = f"write the operator first: {node.text}{field.written}"
    return QueryError(f"there is nothing behind {field.written}", hint=hint, at=field.startchar)


def checked(_parser: object, group: Any) -> Any:
    """Every operator has something to operate on."""
    _check(group, 0)
    return group


def _check(group: Any, depth: int) -> None:
    """`depth` is how many operators stand before the brackets around the group."""
    before: Any = None
    deeper = depth
    for at, node in enumerate(group):
        behind = group[at + 1] if at + 1 < len(group) else None
        if isinstance(node, syntax.InfixOperator) and (before is None or isinstance(before, syntax.Operator)):
            raise _nothing_to_join("before", node)
        if isinstance(node, syntax.Operator) and (behind is None or isinstance(behind, syntax.InfixOperator)):
            raise _nothing_to_join("behind", node)
        if isinstance(node, Group):
            _check(node, deeper)
        deeper = deeper + 1 if isinstance(node, syntax.PrefixOperator) else depth
        if deeper > DEEPEST:
            raise QueryError(f"there are more than {DEEPEST} operators before one another", at=node.startchar)
        before = node


def _nothing_to_join(where: str, operator: Any) -> QueryError:
    hint = f"quote it to look for it as a word: “{operator.text}”"
    return QueryError(f"there is nothing {where} {operator.text}", hint=hint, at=operator.startchar)
