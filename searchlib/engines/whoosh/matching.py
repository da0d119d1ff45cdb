"""Which paragraphs a query matches: of all, as rising numbers or marked in a mask, or of some that are given.

What terms decide is decided for all paragraphs at once. What only texts can decide comes last, for those paragraphs
that the terms of the whole query leave, and a block of them at a time: each text is read once for all nodes, and what
is known when the time is over is known of whole paragraphs. A paragraph of which a node is not decided then is taken
for one that does not match it, and below a `Not` for one that may: none becomes an answer that is not one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from whoosh.query import And, Every, Not, Or, Query, Term

from searchlib.engines.whoosh.asked import Asked, is_of_titles
from searchlib.engines.whoosh.exactness import cost, is_exact, split
from searchlib.engines.whoosh.inside_words import decide_by_words
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.looks import Looks
from searchlib.engines.whoosh.postings import Mask, has
from searchlib.engines.whoosh.wildcard_unions import Unions
from searchlib.query import Checked, Deadline, Nearly, OfSource, Question, Repeated

# To look a number up in a term's postings costs so many times as much as to mark one of these.
_LOOKED_UP = 16
# Paragraphs whose texts are kept in memory together: 16 million characters at most.
_BLOCK = 16_384
# The part of all paragraphs that is as good as all of them when texts are read, and after how many nodes it is counted.
_NEARLY_ALL, _PARTS = 7 / 8, 16
# Paths that are compared between two looks at the clock.
_PATHS = 10_000


class Matching:
    def __init__(self, asked: Asked, deadline: Deadline | None = None) -> None:
        self._asked = asked
        self._corpus = asked.corpus
        self._deadline = deadline or Deadline()
        # Set while texts are looked into. Without it, a node that only texts can decide stands for what it needs.
        self._looks: Looks | None = None
        # What is said of paragraphs that there was no time to decide: below a `Not`, that they may match.
        self._may = False
        # By node; those of literals and of conditions on sources are in both trees of a question.
        self._needed: dict[Checked, Numbers] = {}
        self._sources: dict[tuple[int, bool], Numbers] = {}
        self._unions = Unions()

    def find(self, question: Question, mask: Mask, *, strict: bool) -> Numbers:
        """The paragraphs known to match every clause; sets a clean mask for them and, unless `strict`, partial ones."""
        if strict:
            self.find_all([question.every], [mask])
            return np.flatnonzero(mask)
        complete = self._corpus.clean_mask()
        self.find_all([question.every, question.some], [complete, mask])
        numbers = np.flatnonzero(complete)
        self._corpus.give_back(complete, numbers)
        return numbers

    def find_all(self, nodes: list[Query], masks: list[Mask]) -> None:
        """Sets a clean mask for each node for the paragraphs known to match it; each node implies those after it."""
        rests: list[Query | None] = []
        candidates: list[Mask] = []
        for at, (node, mask) in enumerate(zip(nodes, masks, strict=True)):
            if at:
                mask |= masks[at - 1]
            decided, rest = split(node)
            self.mark(decided, mask)
            if rests and rest == rests[-1]:
                rest = None
            rests.append(rest)
            candidates.append(self._open(rest, mask))
        for block in self._blocks(np.flatnonzero(np.logical_or.reduce(candidates))):
            for at, (rest, open_, mask) in enumerate(zip(rests, candidates, masks, strict=True)):
                if at:
                    mask[block] |= masks[at - 1][block]
                if rest is not None:
                    numbers = block[open_[block] & ~mask[block]]
                    mask[numbers[self._looked_into(rest, numbers)]] = True
        for open_ in candidates:
            self._corpus.give_back(open_)

    def _open(self, rest: Query | None, mask: Mask) -> Mask:
        """The paragraphs outside of a mask that a look into their texts may add to it."""
        open_ = self._corpus.clean_mask()
        if rest is not None:
            self._mark_candidates(rest, open_)
            open_ &= ~mask
            if isinstance(rest, Checked):
                decide_by_words(rest, np.flatnonzero(open_), self._corpus)
        return open_

    def _mark_candidates(self, rest: Query, mask: Mask) -> None:
        """Sets the mask for all paragraphs whose texts may have to be read, and perhaps for a few more.

        Once an `Or` leaves nearly none out, to read these too takes less than to look up the terms of all other parts.
        """
        parts = list(rest.children()) if isinstance(rest, Or) else [rest]
        enough = self._corpus.paragraphs * _NEARLY_ALL
        if len(parts) > _PARTS:
            parts.sort(key=self._most, reverse=True)
        for first in range(0, len(parts), _PARTS):
            if np.count_nonzero(mask) >= enough:
                mask |= self._corpus.live
                break
            self._mark_any(parts[first : first + _PARTS], mask)

    def which(self, node: Query, numbers: Numbers, *, may: bool = False) -> Mask:
        """Return which of the paragraphs, in rising order and none removed, match for certain, or `may` match."""
        found = np.full(len(numbers), may)
        self._may = may
        for block in self._blocks(numbers):
            found[numbers.searchsorted(block)] = self.among(node, block)
        self._may = False
        return found

    def _blocks(self, numbers: Numbers) -> Iterator[Numbers]:
        """The paragraphs block by block, with their texts at hand, as long as there is time."""
        for first in range(0, len(numbers), _BLOCK):
            if self._deadline.is_over():
                break
            block = numbers[first : first + _BLOCK]
            self._looks = Looks(self._corpus, block, self._deadline)
            yield block
            self._looks.remember()
        self._looks = None

    def _looked_into(self, node: Query, numbers: Numbers) -> Mask:
        """Return which of the paragraphs, all of which have what the node needs, match it."""
        if isinstance(node, Checked) and self._looks:
            return self._looks.check(node, numbers, may=self._may)
        if not isinstance(node, And):
            return self.among(node, numbers)
        places = np.arange(len(numbers))
        for part in sorted((part for part in node.children() if not is_exact(part)), key=cost):
            places = places[self._looked_into(part, numbers[places])]
        return _mask_of(places, len(numbers))

    def numbers(self, node: Query) -> Numbers:
        """The paragraphs that match, or may match as far as terms tell."""
        match node:
            case And():
                return self._all_of(list(node.children()))
            case Repeated():
                return self._repeated(node)
            case Term() if not is_of_titles(node.fieldname):
                return self._asked.entry(node.fieldname, node.text).paragraphs
            case Term() | OfSource():
                return self._corpus.spread(self._sources_of(node))
            case Checked():
                return self._having_needed(node)
            case Nearly():
                live = np.flatnonzero(self._corpus.live)
                return live[self._nearly(node, live)]
        mask = self._corpus.clean_mask()
        self.mark(node, mask)
        numbers = np.flatnonzero(mask)
        self._corpus.give_back(mask, numbers)
        return numbers

    def mark(self, node: Query, mask: Mask) -> None:
        """Sets the mask for the paragraphs that match, or may match as far as terms tell."""
        match node:
            case Or():
                self._mark_any(list(node.children()), mask)
            case Term() if not isinstance(node, Repeated):
                self._mark_term(node, mask)
            case Not() if is_exact(node):
                others = self._corpus.live.copy()
                with self._turned_round():
                    others[self.numbers(node.query)] = False
                mask |= others
            case Not() | Every():
                mask |= self._corpus.live
            case Checked() | And() | OfSource() | Nearly() | Repeated():
                mask[self.numbers(node)] = True
            case _:
                mask |= self._corpus.by_whoosh(node)

    def _mark_any(self, parts: list[Query], mask: Mask) -> None:
        for part in parts:
            if self._deadline.is_over():
                if self._may:
                    mask |= self._corpus.live
                return
            self.mark(part, mask)

    def _mark_term(self, node: Term, mask: Mask) -> None:
        if is_of_titles(node.fieldname):
            self._corpus.mark(self._sources_of(node), mask)
        else:
            self._asked.entry(node.fieldname, node.text).mark(mask)

    def among(self, node: Query, numbers: Numbers) -> Mask:
        """Return which of the paragraphs, by rising number and none of them removed, match.

        Outside of a block of texts, also those that may match as far as terms tell.
        """
        match node:
            case And():
                return self._narrowed(list(node.children()), numbers)
            case Or():
                return self._any_of(list(node.children()), numbers)
            case Not():
                return self._not_among(node, numbers)
            case Every():
                return np.ones(len(numbers), np.bool_)
            case Checked():
                return self._checked_among(node, numbers)
        return self._by_terms(node, numbers)

    def _not_among(self, node: Not, numbers: Numbers) -> Mask:
        if not self._looks and not is_exact(node):
            return np.ones(len(numbers), np.bool_)
        with self._turned_round():
            return ~self.among(node.query, numbers)

    def _checked_among(self, node: Checked, numbers: Numbers) -> Mask:
        found = self.among(node.needed, numbers)
        if self._looks and not node.is_decided:
            found[found] = self._looks.check(node, numbers[found], may=self._may)
        return found

    def _by_terms(self, node: Query, numbers: Numbers) -> Mask:
        match node:
            case Nearly():
                return self._nearly(node, numbers)
            case Term() if not is_of_titles(node.fieldname):
                return self._having(node, numbers)
            case Term() | OfSource():
                wanted = _mask_of(self._sources_of(node), len(self._corpus.source_sizes))
                return wanted[self._corpus.source_at(numbers)]
        return self._corpus.by_whoosh(node)[numbers]

    @contextmanager
    def _turned_round(self) -> Iterator[None]:
        """Below a `Not`, what could match it is what keeps a paragraph out."""
        self._may = not self._may
        try:
            yield
        finally:
            self._may = not self._may

    def _all_of(self, parts: list[Query]) -> Numbers:
        """The paragraphs that match all parts: from the rarest on."""
        first, *rest = sorted(parts, key=self._most) or [Every()]
        numbers = self.numbers(first)
        return numbers[self._narrowed(rest, numbers)]

    def _narrowed(self, parts: list[Query], numbers: Numbers) -> Mask:
        places = np.arange(len(numbers))
        for part in sorted(parts, key=cost):
            if self._deadline.is_over():
                places = places if self._may else places[:0]
                break
            if not len(places):
                break
            places = places[self.among(part, numbers[places])]
        return _mask_of(places, len(numbers))

    def _any_of(self, parts: list[Query], numbers: Numbers) -> Mask:
        found = np.zeros(len(numbers), np.bool_)
        if self._looks:
            found, parts = self._looks.check_any(self._unions, parts, numbers, may=self._may)
        for part in sorted(parts, key=cost):
            if self._deadline.is_over():
                found |= self._may
                break
            still = np.flatnonzero(~found)
            if not len(still):
                break
            found[still] = self.among(part, numbers[still])
        return found

    def _nearly(self, node: Nearly, numbers: Numbers) -> Mask:
        """Return which paragraphs the characters and pairs of a word leave room for."""
        lacking: dict[Term, Numbers] = {}

        def lacks(term: Term) -> Numbers:
            if term not in lacking:
                lacking[term] = (~self.among(term, numbers)).astype(np.int64)
            return lacking[term]

        found: Mask = np.broadcast_to(node.fewest_changes(lacks, np.minimum) <= node.distance, numbers.shape)
        return found.copy()

    def _most(self, node: Query) -> int:
        """How many paragraphs match at most, as far as can be told without looking."""
        match node:
            case And():
                return min(map(self._most, node.children()), default=self._corpus.size)
            case Or():
                return sum(map(self._most, node.children()))
            case Repeated():
                return len(self._repeated(node))
            case Term():
                return self._asked.having_count(node.fieldname, node.text)
            case OfSource():
                return int(self._corpus.source_sizes[self._sources_of(node)].sum())
            case Checked():
                return len(self._needed[node]) if node in self._needed else self._most(node.needed)
        return self._corpus.size

    def _having(self, node: Term, numbers: Numbers) -> Mask:
        """Return which of the numbers have a term, as often as it is asked for."""
        entry = self._asked.entry(node.fieldname, node.text)
        if isinstance(node, Repeated):
            return has(self._repeated(node), numbers)
        if entry.bits or len(numbers) * _LOOKED_UP < entry.count:
            return entry.has(numbers)
        mask = self._corpus.clean_mask()
        entry.mark(mask)
        found = mask[numbers]
        self._corpus.give_back(mask, entry.paragraphs)
        return found

    def _repeated(self, node: Repeated) -> Numbers:
        numbers, frequencies = self._asked.entry(node.fieldname, node.text).repeated
        return numbers[frequencies >= node.times]

    def _sources_of(self, node: Term | OfSource) -> Numbers:
        """The sources that have not been removed and meet a condition, or have a term in their titles."""
        if isinstance(node, Term):
            return self._asked.titled(node.fieldname, node.text).sources
        if (found := self._sources.get((id(node), self._may))) is None:
            corpus = self._corpus
            wanted = np.full(len(corpus.paths), self._may)
            for first in range(0, len(corpus.paths), _PATHS):
                if self._deadline.is_over():
                    break
                paths = corpus.paths[first : first + _PATHS]
                wanted[first : first + _PATHS] = list(map(node.matches, paths))
            found = np.flatnonzero(wanted & corpus.live[corpus.starts[:-1]])
            self._sources[id(node), self._may] = found
        return found

    def _having_needed(self, node: Checked) -> Numbers:
        if (found := self._needed.get(node)) is None:
            found = self._needed[node] = self.numbers(node.needed)
        return found


def _mask_of(places: Numbers, size: int) -> Mask:
    mask = np.zeros(size, np.bool_)
    mask[places] = True
    return mask
