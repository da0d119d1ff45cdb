"""The parsed question as engines run it: what matches all of it, and what matches some."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from whoosh.query import And, Or, Query, Term

from searchlib.analysis import analyze
from searchlib.analysis.runs import is_han
from searchlib.model import TEXT, TITLE
from searchlib.query.characters import is_of_spaced_word
from searchlib.query.checked import BoundedLiteral, Checked, Literal, Near, Wildcard, joined
from searchlib.query.fields import TERM_FIELDS
from searchlib.query.patterns import Fuzzy
from searchlib.query.tree import Bare, Boosted, Clauses, Must, is_demand

# Each part of a question's reading asks for the terms of its clauses anew, and to cut them is most of the reading.
terms_of = lru_cache(maxsize=64)(analyze)


def every(node: Query) -> Query:
    """What matches the whole question."""
    match node:
        case Bare():
            return _bare(node)
        case Boosted() | Must():
            return every(node[0])
        case Clauses():
            return joined(And, map(every, node.children()))
    return node if node.is_leaf() else node.apply(every)


def some(node: Query) -> Query:
    """What matches at least a part of the question, and all demands in it."""
    parts = list(node.children()) if isinstance(node, Clauses) else [node]
    demands = [every(part) for part in parts if is_demand(part)]
    wishes = [_relaxed(part) for part in parts if not is_demand(part)]
    # Whatever has a clause that it must have has a part of the question: the others are there if they can be.
    if not wishes or any(isinstance(part, Must) and not is_demand(part[0]) for part in parts):
        return joined(And, demands)
    return joined(And, [*demands, joined(Or, wishes)])


def _relaxed(node: Query) -> Query:
    """Part of a bare clause is any word or pair of characters of it; a quoted one has no parts.

    A title with a word of it will do as well: who asks for a law by its name is not told that nothing was found.
    """
    match node:
        case Bare():
            return Or([*_parts(node), *as_it_stands(node), *_in_title(node)])
        case Wildcard() | Fuzzy():
            return Or([*_parts(node), node])
        case Boosted():
            return _relaxed(node[0])
        case Clauses():
            return some(node)
        case Or():
            return node.apply(_relaxed)
    return every(node)


def _parts(node: Query) -> Iterator[Query]:
    """Of a pattern, single characters are too little: they are what wildcards stand beside."""
    fields = TERM_FIELDS[node.fieldname]
    least = 1 if isinstance(node, Bare) else 2
    for terms in map(terms_of, texts(node)):
        yield from (Term(fields.words, word) for word in dict.fromkeys(terms.words) if len(word) >= least)
        yield from (Term(fields.chars, pair) for pair in dict.fromkeys(terms.chars) if len(pair) > 1)


def _in_title(node: Bare) -> Iterator[Query]:
    if node.fieldname == TEXT:
        field = TERM_FIELDS[TITLE].words
        yield from (Term(field, word) for word in words_of(node) if len(word) > 1 or not is_han(word))


def _bare(node: Bare) -> Query:
    """A bare clause is matched by its words, all of them and wherever they are, or by itself as it stands."""
    field = TERM_FIELDS[node.fieldname].words
    return joined(Or, [joined(And, (Term(field, word) for word in words_of(node))), *as_it_stands(node)])


def as_it_stands(node: Bare) -> list[Checked]:
    """The literal of a clause; none where the clause is one word, whose term says the same."""
    if words_of(node) == [node.text] and all(map(is_of_spaced_word, node.text)):
        return []
    if any(map(is_of_spaced_word, (node.text[0], node.text[-1]))):
        return [BoundedLiteral(node.text, node.fieldname)]
    return [Literal(node.text, node.fieldname)]


def words_of(node: Query) -> list[str]:
    """The words of a clause, each once; a quoted one has none."""
    if isinstance(node, (Literal, Near)):
        return []
    return list(dict.fromkeys(word for text in texts(node) for word in terms_of(text).words))


def texts(node: Query) -> tuple[str, ...]:
    """The folded texts that a clause is made of, as far as they have to be in a paragraph or should be."""
    match node:
        case Bare() | Literal() | Fuzzy():
            return (node.text,)
        case Wildcard():
            return node.literals
        case Near():
            return node.parts
    return ()
