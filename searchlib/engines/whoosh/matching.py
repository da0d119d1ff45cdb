"""Which paragraphs a query matches: of all, as rising numbers or marked in a mask, or of some that are given."""

from __future__ import annotations

import numpy as np
from whoosh.query import And, Every, Not, Or, Query, Term

from searchlib.analysis import fold
from searchlib.engines.whoosh.asked import Asked, is_of_titles
from searchlib.engines.whoosh.entries import Entry
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask
from searchlib.query import Checked, Literal, OfSource, Piece

# To look a number up in a term's postings costs so many times as much as to mark one of these.
_LOOKED_UP = 16
# Texts that are looked into at once.
_STRETCH = 500
# Stands between texts that are folded at once, and is nothing else when folded.
_BETWEEN = "\0"


class Matching:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._corpus = asked.corpus
        # By node; those of literals and of conditions on sources are in both trees of a question.
        self._needed: dict[Checked, Numbers] = {}
        self._sources: dict[int, Numbers] = {}
        self._words: dict[Piece, set[bytes]] = {}

    def numbers(self, node: Query) -> Numbers:
        """The paragraphs that match."""
        match node:
            case And():
                return self._all_of(list(node.children()))
            case Term() if not is_of_titles(node.fieldname):
                return self._asked.entry(node.fieldname, node.text).paragraphs
            case Term() | OfSource():
                return self._corpus.spread(self._sources_of(node))
            case Checked():
                needed = self._having_needed(node)
                return needed[self._checked(node, needed)]
        mask = self._corpus.clean_mask()
        self.mark(node, mask)
        numbers = np.flatnonzero(mask)
        self._corpus.give_back(mask, numbers)
        return numbers

    def mark(self, node: Query, mask: Mask) -> None:
        """Sets the mask for the paragraphs that match, and looks into no text for those it is set for already."""
        match node:
            case Or():
                # What costs most comes last, when most is decided.
                for part in sorted(node.children(), key=_is_checked):
                    self.mark(part, mask)
            case Term():
                self._mark_term(node, mask)
            case Piece():
                for word in self._words_with(node):
                    self.mark(Term(node.fieldname, word), mask)
            case Not():
                others = self._corpus.live.copy()
                others[self.numbers(node.query)] = False
                mask |= others
            case Every():
                mask |= self._corpus.live
            case Checked():
                needed = self._having_needed(node)
                still = needed[~mask[needed]]
                mask[still[self._checked(node, still)]] = True
            case And() | OfSource():
                mask[self.numbers(node)] = True
            case _:
                mask |= self._corpus.by_whoosh(node)

    def _mark_term(self, node: Term, mask: Mask) -> None:
        if is_of_titles(node.fieldname):
            self._corpus.mark(self._sources_of(node), mask)
        else:
            self._asked.entry(node.fieldname, node.text).mark(mask)

    def among(self, node: Query, numbers: Numbers) -> Mask:
        """Which of the paragraphs, by rising number and none of them removed, match."""
        match node:
            case And():
                return self._narrowed(sorted(node.children(), key=_is_checked), numbers)
            case Or():
                found = np.zeros(len(numbers), np.bool_)
                for part in node.children():
                    still = np.flatnonzero(~found)
                    found[still] = self.among(part, numbers[still])
                return found
            case Piece():
                return self.among(Or([Term(node.fieldname, word) for word in self._words_with(node)]), numbers)
            case Not():
                return ~self.among(node.query, numbers)
            case Every():
                return np.ones(len(numbers), np.bool_)
            case Checked():
                found = self.among(node.needed, numbers)
                found[found] = self._checked(node, numbers[found])
                return found
            case Term() if not is_of_titles(node.fieldname):
                return self._having(self._asked.entry(node.fieldname, node.text), numbers)
            case Term() | OfSource():
                wanted = np.zeros(len(self._corpus.source_sizes), np.bool_)
                wanted[self._sources_of(node)] = True
                return wanted[self._corpus.source_at(numbers)]
        return self._corpus.by_whoosh(node)[numbers]

    def _all_of(self, parts: list[Query]) -> Numbers:
        """The paragraphs that match all parts: from the rarest on, and looking into texts only of what is left."""
        narrow = [part.needed if _is_checked(part) else part for part in parts]
        first, *rest = sorted(narrow, key=self._most) or [Every()]
        numbers = self.numbers(first)
        checks = [part for part in parts if _is_checked(part)]
        return numbers[self._narrowed(rest, numbers, checks)]

    def _narrowed(self, parts: list[Query], numbers: Numbers, checks: list[Checked] | None = None) -> Mask:
        places = np.arange(len(numbers))
        for part in parts:
            places = places[self.among(part, numbers[places])]
        for check in checks or ():
            places = places[self._checked(check, numbers[places])]
        found = np.zeros(len(numbers), np.bool_)
        found[places] = True
        return found

    def _most(self, node: Query) -> int:
        """How many paragraphs match at most, as far as can be told without looking."""
        match node:
            case And():
                return min(map(self._most, node.children()), default=self._corpus.size)
            case Or():
                return sum(map(self._most, node.children()))
            case Term():
                return self._asked.having_count(node.fieldname, node.text)
            case Piece():
                return sum(self._asked.having_count(node.fieldname, word) for word in self._words_with(node))
            case OfSource():
                return int(self._corpus.source_sizes[self._sources_of(node)].sum())
            case Checked():
                return self._most(node.needed)
        return self._corpus.size

    def _having(self, entry: Entry, numbers: Numbers) -> Mask:
        """Which of the numbers have a term."""
        if entry.bits or len(numbers) * _LOOKED_UP < entry.count:
            return entry.has(numbers)
        mask = self._corpus.clean_mask()
        entry.mark(mask)
        found = mask[numbers]
        self._corpus.give_back(mask, entry.paragraphs)
        return found

    def _sources_of(self, node: Term | OfSource) -> Numbers:
        """The sources that have not been removed and meet a condition, or have a term in their titles."""
        if isinstance(node, Term):
            return self._asked.titled(node.fieldname, node.text).sources
        if (found := self._sources.get(id(node))) is None:
            corpus = self._corpus
            wanted = np.fromiter(map(node.matches, corpus.paths), np.bool_, len(corpus.paths))
            found = self._sources[id(node)] = np.flatnonzero(wanted & corpus.live[corpus.starts[:-1]])
        return found

    def _words_with(self, node: Piece) -> set[bytes]:
        if (found := self._words.get(node)) is None:
            found = self._words[node] = self._corpus.words_with(node.text, node.fieldname)
        return found

    def _having_needed(self, node: Checked) -> Numbers:
        if (found := self._needed.get(node)) is None:
            found = self._needed[node] = self.numbers(node.needed)
        return found

    def _checked(self, node: Checked, numbers: Numbers) -> Mask:
        """Which of the paragraphs, all of which have what the node needs, match it."""
        found = np.ones(len(numbers), np.bool_)
        if not node.is_decided:
            for first in range(0, len(numbers), _STRETCH):
                stretch = slice(first, first + _STRETCH)
                found[stretch] = _looked_into(node, self._corpus.texts(numbers[stretch], node.fieldname))
        return found


def _is_checked(node: Query) -> bool:
    return isinstance(node, Checked) and not node.is_decided


def _looked_into(node: Checked, texts: list[str]) -> list[bool]:
    """Which of the texts match."""
    if not isinstance(node, Literal):
        return list(map(node.matches, _folded(texts)))
    # What is folded stays as it is when it is folded: a text that has it has it folded too. To fold takes longest.
    found = [node.matches(text) for text in texts]
    others = [at for at, matches in enumerate(found) if not matches]
    for at, text in zip(others, _folded([texts[at] for at in others]), strict=True):
        found[at] = node.matches(text)
    return found


def _folded(texts: list[str]) -> list[str]:
    """The texts, folded in one go."""
    folded = fold(_BETWEEN.join(texts)).split(_BETWEEN)
    return folded if len(folded) == len(texts) else list(map(fold, texts))
