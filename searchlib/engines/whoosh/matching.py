"""Which paragraphs of a segment a query matches."""

from __future__ import annotations

import os

import numpy as np
from whoosh.query import And, Or, Query, Term

from searchlib.analysis import fold
from searchlib.analysis.terms import CHARS, WORDS
from searchlib.engines.whoosh.postings import Mask, Segment
from searchlib.engines.whoosh.schema import PATH
from searchlib.query import Literal, Paths


def matching(node: Query, segment: Segment, within: Mask) -> Mask:
    """Those of the paragraphs in `within` that the query matches.

    Narrowing first keeps the costly part small, which is looking into texts: a conjunction passes on what is left of
    it, a disjunction what is still open.
    """
    match node:
        case And():
            for part in node.children():
                within = matching(part, segment, within)
            return within
        case Or():
            found = np.zeros(segment.size, np.bool_)
            for part in node.children():
                found |= matching(part, segment, within & ~found)
            return found
        case Term():
            return within & segment.having(node.fieldname, node.text)
        case Literal():
            return _with_literal(node, segment, within)
        case Paths():
            return within & _of_paths(node, segment)
    raise NotImplementedError(f"the engine does not know {node!r}")


def _with_literal(literal: Literal, segment: Segment, within: Mask) -> Mask:
    for term in literal.chars:
        within = within & segment.having(CHARS, term)
    if literal.is_term:
        return within
    for piece in literal.pieces:
        within = within & segment.having(WORDS, *segment.words_with(piece))
    found = np.zeros(segment.size, np.bool_)
    for number in np.flatnonzero(within).tolist():
        found[number] = literal.matches(fold(segment.text(number)))
    return found


def _of_paths(paths: Paths, segment: Segment) -> Mask:
    return segment.having(PATH, *(term for term in segment.terms(PATH) if paths.matches(os.fsdecode(term))))
