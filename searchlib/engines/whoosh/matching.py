"""Which paragraphs of a segment a query matches."""

from __future__ import annotations

import numpy as np
from whoosh.query import And, Every, Not, Or, Query, Term

from searchlib.analysis import fold
from searchlib.engines.whoosh.postings import Mask, Segment
from searchlib.query import Checked, OfSource, Piece


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
        case Not():
            return within & ~matching(node.query, segment, within)
        case Checked():
            return _checked(node, segment, matching(node.needed, segment, within))
    return within & _having(node, segment)


def _having(node: Query, segment: Segment) -> Mask:
    """The paragraphs that a leaf of the tree matches by its terms."""
    match node:
        case Every():
            return np.ones(segment.size, np.bool_)
        case Term():
            return segment.having(node.fieldname, node.text)
        case Piece():
            return segment.having(node.fieldname, *segment.words_with(node.text, node.fieldname))
        case OfSource():
            return segment.of_sources(node.matches)
    # Whoosh's searcher takes its time to import, and no question of our language needs it.
    from searchlib.engines.whoosh import fallback

    return fallback.matching(node, segment)


def _checked(node: Checked, segment: Segment, within: Mask) -> Mask:
    if node.is_decided:
        return within
    found = np.zeros(segment.size, np.bool_)
    for number in np.flatnonzero(within).tolist():
        found[number] = node.matches(fold(segment.text(number, node.fieldname)))
    return found
