"""Queries over whole paragraphs, where these were cut into pieces: nothing is missed because a cut goes through it.

A paragraph matches a query if its pieces do together: a term is in any of them, and what only a look at the text can
decide is in the joined text. Its hits are the pieces that match by themselves. If there is none, the hit is the piece
with the most of what the query asks for, and the first of these; what lies across a cut is of the piece in which it
begins. If the paragraph does not match, none of its pieces is a hit, whatever it matches by itself.

`Matching` goes over pieces and knows nothing of this. What is here corrects its answer, for paragraphs that were cut.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import accumulate, islice, pairwise

import numpy as np
from whoosh.query import And, Every, Not, Or, Query, Term

from searchlib.analysis import fold
from searchlib.engines.interface import LONGEST_REST
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.folding import folded
from searchlib.engines.whoosh.groups import Groups
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.matching import Matching
from searchlib.engines.whoosh.postings import Mask, has
from searchlib.errors import QueryTimeout
from searchlib.model import TEXT
from searchlib.query import Checked, Deadline, Literal, Near, Nearly, OfSource, Question, Repeated

# Pieces that are looked into at once.
_STRETCH = 500
# Paragraphs that are folded together.
_FOLDED = 50


class WholeParagraphs:
    def __init__(self, matching: Matching, corpus: Corpus, deadline: Deadline | None = None) -> None:
        self._matching = matching
        self._corpus = corpus
        self._deadline = deadline or Deadline()
        # What is said of paragraphs that there was no time to decide: below a `Not`, that they may match.
        self._may = False
        self._crossing: dict[Checked, Mask] = {}

    def find(self, question: Question, mask: Mask, *, strict: bool) -> Numbers:
        """The hits known to match every clause; sets a clean mask for them and, unless `strict`, for partial ones."""
        complete = self._matching.find(question, mask, strict=strict)
        if (groups := self._corpus.groups) is None:
            return complete
        complete = self._corrected(question.every, complete, groups)
        if strict:
            mask[groups.pieces] = False
        else:
            self._correct(question.some, mask, complete, groups)
        mask[complete] = True
        return complete

    def mark(self, node: Query, mask: Mask) -> None:
        """Sets a clean mask for the hits."""
        self._matching.find_all([node], [mask])
        if groups := self._corpus.groups:
            self._correct(node, mask, np.empty(0, np.int64), groups)

    def _corrected(self, node: Query, numbers: Numbers, groups: Groups) -> Numbers:
        """The hits, by the paragraphs and pieces that match by themselves."""
        own = has(numbers, groups.pieces)
        hits = self._hits(node, groups, own)
        added, removed = groups.pieces[hits & ~own], groups.pieces[own & ~hits]
        if len(removed):
            numbers = numbers[~has(removed, numbers)]
        return np.sort(np.concatenate([numbers, added])) if len(added) else numbers

    def _correct(self, node: Query, mask: Mask, answered: Numbers, groups: Groups) -> None:
        """Makes a mask of what matches by itself one of the hits.

        Those `answered` match all of a question of which the node is a part: of their paragraphs no other piece becomes
        a hit in place of the one that matches.
        """
        if len(answered):
            open_ = ~_any(has(answered, groups.pieces), groups)
            groups = groups.of(np.flatnonzero(open_))
        mask[groups.pieces] = self._hits(node, groups, mask[groups.pieces])

    def matches(self, node: Query, number: int) -> bool:
        """Return whether a paragraph or piece, which is not removed, is a hit."""
        groups, this = self._group(number), np.array([number])
        if groups is None:
            return bool(self._which(node, this)[0])
        own = self._which(node, groups.pieces)
        return bool(self._hits(node, groups, own)[groups.pieces == number][0])

    def holds(self, node: Query, number: int) -> bool:
        """Return whether the whole paragraph that a piece is of matches."""
        groups, this = self._group(number), np.array([number])
        if groups is None:
            return bool(self._which(node, this)[0])
        return bool(self._holds(node, groups)[0])

    def _which(self, node: Query, numbers: Numbers) -> Mask:
        """Return which paragraphs or pieces match by themselves."""
        return self._matching.which(node, numbers, may=self._may)

    def _group(self, number: int) -> Groups | None:
        """The paragraph that a piece is of; None for what was not cut."""
        groups = self._corpus.groups
        if groups is None or not has(groups.pieces, np.array([number]))[0]:
            return None
        return groups.of(groups.owners[groups.pieces == number])

    def _hits(self, node: Query, groups: Groups, own: Mask) -> Mask:
        """Return which of the pieces are hits; `own` are those that match by themselves."""
        if not groups.size:
            return own
        has_own = _any(own, groups)
        if _is_kept_by_more(node):
            holds = has_own.copy()
            rest = np.flatnonzero(~has_own)
            holds[rest] = self._holds_across(node, groups.of(rest))
        else:
            holds = self._holds(node, groups)
        hits = own & holds[groups.owners]
        alone = np.flatnonzero(holds & ~has_own)
        if len(alone):
            hits[np.isin(groups.owners, alone)] = self._best(node, groups.of(alone))
        return hits

    def _holds_across(self, node: Query, groups: Groups) -> Mask:
        """Return which paragraphs match, of those none of whose pieces does by itself."""
        if not groups.size or not _may_hold_across(node):
            return np.zeros(groups.size, np.bool_)
        if isinstance(node, Or):
            parts = [part for part in node.children() if _may_hold_across(part)]
            return self._any_of(self._holds_across, parts, groups)
        if isinstance(node, Checked):
            places = np.flatnonzero(self._may_cross(node, groups))
            found = np.zeros(groups.size, np.bool_)
            found[places] = self._found_in(node, groups.of(places))
            return found
        return self._holds(node, groups)

    def _holds(self, node: Query, groups: Groups) -> Mask:
        """Return which paragraphs match."""
        match node:
            case And():
                places = np.arange(groups.size)
                for part in sorted(node.children(), key=_is_looked_at):
                    if len(places):
                        places = places[self._holds(part, groups.of(places))]
                return _mask_of(places, groups)
            case Or():
                return self._any_of(self._holds, sorted(node.children(), key=_is_looked_at), groups)
            case Not():
                self._may = not self._may
                others = self._holds(node.query, groups)
                self._may = not self._may
                return ~others
            case Repeated():
                # The pieces together may have it more often than any of them.
                return self._holds(Term(node.fieldname, node.text), groups)
            case Nearly():
                return np.ones(groups.size, np.bool_)
            case Every():
                return np.ones(groups.size, np.bool_)
            case Checked() if _is_across(node):
                found = _any(self._which(node, groups.pieces), groups)
                crossing = self._may_cross(node, groups)
                places = np.flatnonzero(crossing & ~found if _is_kept_by_more(node) else crossing)
                found[places] = self._found_in(node, groups.of(places))
                return found
        return _any(self._which(node, groups.pieces), groups)

    def _any_of(self, holds: Callable[[Query, Groups], Mask], parts: list[Query], groups: Groups) -> Mask:
        found = np.zeros(groups.size, np.bool_)
        for part in parts:
            still = np.flatnonzero(~found)
            if self._deadline.is_over():
                found[still] = self._may
                break
            if len(still):
                found[still] = holds(part, groups.of(still))
        return found

    def _may_cross(self, node: Checked, groups: Groups) -> Mask:
        """Return which paragraphs have a cut at which a piece alone may match differently from the paragraph."""
        if (known := self._crossing.get(node)) is None:
            # The last is for pieces with no cut before them, which are at -1.
            known = self._crossing[node] = np.array([*map(node.may_have, groups.pairs), False])
        return _any(known[groups.edges], groups)

    def _found_in(self, node: Checked, groups: Groups) -> Mask:
        """Return which paragraphs match, by a look at the joined text of those with what the node needs."""
        if not groups.size:
            return np.zeros(0, np.bool_)
        places = np.flatnonzero(self._holds(node.needed, groups))
        texts = map("".join, self._texts(groups.of(places)))
        matching: list[bool] = []
        while not self._deadline.is_over() and (some := folded(list(islice(texts, _FOLDED)))):
            matching += [self._is_found(node, text) for text in some]
        matching += [self._may] * (len(places) - len(matching))
        return _mask_of(places[np.array(matching, np.bool_)], groups)

    def _is_found(self, node: Checked, text: str) -> bool:
        """Return whether a folded text matches, as far as there is time to tell."""
        if self._deadline.is_over():
            return self._may
        try:
            return node.matches(text)
        except QueryTimeout:
            return self._may

    def _texts(self, groups: Groups) -> Iterator[list[str]]:
        """The texts of the pieces of each paragraph."""
        first = 0
        while first < groups.size:
            end = max(first + 1, int(np.searchsorted(groups.starts, groups.starts[first] + _STRETCH, "right")) - 1)
            bounds = groups.starts[first : end + 1] - groups.starts[first]
            texts = self._corpus.texts(groups.pieces[groups.starts[first] : groups.starts[end]], TEXT)
            yield from (texts[start:stop] for start, stop in pairwise(bounds.tolist()))
            first = end

    def _best(self, node: Query, groups: Groups) -> Mask:
        """The piece of each paragraph that has the most of what the node asks for."""
        counts = np.zeros(len(groups.pieces), np.int64)
        for leaf in positive_leaves(node):
            crossing = np.zeros(groups.size, np.bool_)
            if isinstance(leaf, Checked) and _is_across(leaf):
                crossing = self._may_cross(leaf, groups)
                self._count_begun(leaf, groups, np.flatnonzero(crossing), counts)
            # Elsewhere it begins where a piece has it by itself.
            others = np.flatnonzero(~crossing[groups.owners])
            counts[others] += self._which(leaf, groups.pieces[others])
        most = np.maximum.reduceat(counts, groups.starts[:-1])
        best = np.flatnonzero(counts == most[groups.owners])
        found = np.zeros(len(counts), np.bool_)
        found[best[np.diff(groups.owners[best], prepend=-1) > 0]] = True
        return found

    def _count_begun(self, leaf: Checked, groups: Groups, wanted: Numbers, counts: Numbers) -> None:
        """Adds 1 for each piece, of the wanted paragraphs, in which a span of a leaf begins."""
        starts = groups.starts[wanted].tolist()
        for start, pieces in zip(starts, self._texts(groups.of(wanted)), strict=True):
            if self._deadline.is_over():
                break
            with suppress(QueryTimeout):
                counts[[start + at for at in begun_in(leaf, pieces)]] += 1


def rest_of(number: int, corpus: Corpus) -> str:
    """Return how the text goes on in the next pieces of the same paragraph; not all of it, if it is long."""
    if (groups := corpus.groups) is None:
        return ""
    at = int(groups.pieces.searchsorted(number))
    if at == len(groups.pieces) or groups.pieces[at] != number:
        return ""
    following = groups.pieces[at + 1 : groups.starts[groups.owners[at] + 1]]
    found: list[str] = []
    length = 0
    while len(following) > len(found) and length < LONGEST_REST:
        found += corpus.texts(following[len(found) : len(found) + 1], TEXT)
        length += len(found[-1])
    return "".join(found)[:LONGEST_REST]


def positive_leaves(node: Query, *, is_wanted: bool = True) -> Iterator[Query]:
    """Return what a node asks for, and not what it excludes."""
    match node:
        case And() | Or():
            for part in node.children():
                yield from positive_leaves(part, is_wanted=is_wanted)
        case Not():
            yield from positive_leaves(node.query, is_wanted=not is_wanted)
        case _ if is_wanted:
            yield node


def begun_in(node: Checked, pieces: list[str]) -> list[int]:
    """The pieces of a text in which spans of a node begin."""
    starts = list(accumulate(map(len, pieces), initial=0))
    begun = {bisect_right(starts, span.start) - 1 for span in node.spans(fold("".join(pieces)))}
    return sorted(begun)


def _any(pieces: Mask, groups: Groups) -> Mask:
    """Return which paragraphs have a piece in the mask."""
    found: Mask = np.logical_or.reduceat(pieces, groups.starts[:-1]) if groups.size else np.zeros(0, np.bool_)
    return found


def _mask_of(places: Numbers, groups: Groups) -> Mask:
    mask = np.zeros(groups.size, np.bool_)
    mask[places] = True
    return mask


def _is_across(node: Checked) -> bool:
    """Return whether a node may cross a cut without a term for it: only text is cut, and bigrams are terms."""
    return node.fieldname == TEXT and not node.is_decided


def _is_looked_at(node: Query) -> bool:
    """Return whether texts may have to be looked at for a node or a part of it."""
    if isinstance(node, Checked):
        return _is_across(node)
    return any(map(_is_looked_at, node.children()))


def _may_hold_across(node: Query) -> bool:
    """Return whether a paragraph may match though none of its pieces does."""
    match node:
        case Or():
            return any(map(_may_hold_across, node.children()))
        case And() | Not():
            return True
        case Checked():
            return _is_across(node)
    return False


def _is_kept_by_more(node: Query) -> bool:
    """Return whether what matches a piece matches all that has this piece in it, whatever else there is."""
    match node:
        case And() | Or():
            return all(map(_is_kept_by_more, node.children()))
        case Term() | Every() | OfSource() | Literal() | Near():
            return True
        case Checked():
            return not _is_across(node)
    return False
