"""Queries that the language does not make: Whoosh answers them, from the same arrays, through its own matchers."""

from __future__ import annotations

import numpy as np
from whoosh.query import Query
from whoosh.reading import SegmentReader
from whoosh.searching import Searcher

from searchlib.engines.whoosh.codec import ArraySegment
from searchlib.engines.whoosh.postings import Mask, Segment
from searchlib.engines.whoosh.schema import schema


def matching(node: Query, segment: Segment) -> Mask:
    """The paragraphs that a query of Whoosh's matches; raises `QueryError` of Whoosh's where the fields do not do."""
    whooshs = ArraySegment("", "", segment.file, segment.removed.tolist())
    searcher = Searcher(SegmentReader(None, schema(), whooshs))
    matcher = node.normalize().matcher(searcher, searcher.boolean_context())
    mask = np.zeros(segment.size, np.bool_)
    mask[list(matcher.all_ids())] = True
    return mask
