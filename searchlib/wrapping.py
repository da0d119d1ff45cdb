"""Hard-wrapped text: is a file broken into lines of one width, and which lines belong together?

A line is full when the next one's first word (for Han, its first character with the punctuation that may not stand
at a line's end before it or at a line's start behind it) would not have fitted any more. A file is wrapped when most
lines that another follows are full, few of those end a sentence, and paragraphs end in lines that are shorter; in a
file that gives each paragraph a line of its own, lines have any length, and in verse and tables the last one is as
long as the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from typing import NamedTuple

_OPENING, _CLOSING = "“‘「『《〈（【〔([", "，。、；：！？﹐﹑﹒﹔﹕）》〉」』】〕”’…,.;:!?)]"
_SENTENCE_END, _BEHIND_END = frozenset("。！？；…!?;."), "”’」』）)\"'"
_WIDE_CHARS = "⺀-꓏\uf900-\ufaff︰-﹫＀-｠￠-￦\U00016fe0-\U0003ffff"
# Two cells wide in Chinese fonts and one in others; authors have broken lines by either.
_AMBIGUOUS = "“”‘’…—·"
_JOINING = re.compile(f"[{_WIDE_CHARS}{_AMBIGUOUS}]")
_UNSPACED_END = re.compile(rf"({_JOINING.pattern}|\w-)\Z")
# What is not broken: a word or a character, with the brackets and stops that go with it.
_CLUSTER = re.compile(
    rf"[{re.escape(_OPENING)}]*(?:——|……|[^\s{_WIDE_CHARS}{_AMBIGUOUS}]+|.)?[{re.escape(_CLOSING)}]*", re.DOTALL
)

# Below 18 Han characters, lines of one length are verse or a table; nobody breaks lines after more than 80.
_NARROWEST, _WIDEST = 36, 160
# A longer word is an address or a checksum, and a list of these looks wrapped because none fits behind the other.
_LONGEST_WORD = 24
_SHARE = 0.6
# Lines of a file that are looked at to find out how it is wrapped.
_TELLING = 2_000
# Where lines have only about one width: how many tell, and the shortest usual one as a part of the longest.
_FEWEST_RAGGED, _BAND = 6, 0.7
_STOP = re.compile("[，。、；：！？,.;:!?]")


# Lines are measured as authors, or their programs, may have counted: cells where ambiguous characters are wide, cells
# where they are narrow, and characters whatever their width.
_Widths = tuple[int, int, int]
_WIDE, _EITHER = re.compile(f"[{_WIDE_CHARS}]+"), re.compile(f"[{_AMBIGUOUS}]+")


def _widths(text: str) -> _Widths:
    length = len(text)
    if text.isascii():
        return length, length, length
    narrow = length + sum(map(len, _WIDE.findall(text)))
    return narrow + sum(map(len, _EITHER.findall(text))), narrow, length


# Lines begin and end with the same few characters and stops, and the lines that tell how a file is wrapped are the
# first that are joined after it. What is remembered is short, so that it does not hold on to what was read.
_SHORT = 4
_widths_of_short = lru_cache(maxsize=4096)(_widths)


def _short_widths(text: str) -> _Widths:
    return _widths_of_short(text) if len(text) <= _SHORT else _widths(text)


class _Edge(NamedTuple):
    """A line end, and the widths at which the line behind it had to begin, the least of them and the most.

    The least lets stops hang over the edge. `line` is the one before it, without spaces at its end, and `widths` is its
    own; `missing` is how much wider the whole line would have had to be to take what begins the next one.
    """

    line: str
    widths: _Widths
    missing: _Widths
    least: _Widths
    most: _Widths


def _edge(line: str, following: str) -> _Edge:
    is_short = len(line) <= _WIDEST and len(following) <= _WIDEST
    return _edge_of_short(line, following) if is_short else _new_edge(line, following)


def _new_edge(line: str, following: str) -> _Edge:
    text = line.rstrip()
    stem = text.rstrip(_CLOSING)
    cluster = _CLUSTER.match(following.lstrip())
    lead = cluster[0] if cluster else ""
    space = len(glue(text, lead)) - 1
    least = _widths(stem)
    widths = least if len(stem) == len(text) else _plus(least, _short_widths(text[len(stem) :]))
    leads = _short_widths(lead)
    missing = leads[0] + space, leads[1] + space, leads[2] + space
    most = _plus(widths, missing)
    if len(text) < len(line):
        spaces = _widths(line[len(text) :])
        missing = missing[0] - spaces[0], missing[1] - spaces[1], missing[2] - spaces[2]
    return _Edge(text, widths, missing, least, most)


_edge_of_short = lru_cache(maxsize=_TELLING)(_new_edge)


def _plus(some: _Widths, others: _Widths) -> _Widths:
    return some[0] + others[0], some[1] + others[1], some[2] + others[2]


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The width at which the lines of a file were broken, in the measure of this number."""

    measure: int
    limit: int

    def joins(self, line: str, following: str) -> bool:
        """Whether `following` goes on where `line` had no more room."""
        return self.fills(_edge(line, following))

    def fills(self, edge: _Edge) -> bool:
        return edge.least[self.measure] <= self.limit <= edge.most[self.measure]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lines broken by hand or by an old converter, at about one width but not at one: none of them is shorter."""

    least: int

    def joins(self, line: str, _following: str) -> bool:
        """Whether `line` was long enough to be broken."""
        return _widths(line.rstrip())[0] >= self.least


def wrapping_of(stretches: Iterable[Iterable[str]]) -> Wrapping | Ragged | None:
    """How a file is wrapped, if it is; `stretches` are its lines between blank ones, of which the first ones tell."""
    pairs, ends = _pairs_and_ends(_first(stretches, _TELLING))
    short = [_edge(line, following) for line, following in pairs if len(line) <= _WIDEST]
    if len(short) < 2 or len(short) < _SHARE * len(pairs):
        return None
    for count, wrapping in sorted(_best(short), key=lambda found: -found[0]):
        if count >= _SHARE * len(pairs) and _is_prose(wrapping, short, ends):
            return wrapping
    return _ragged([line.rstrip() for line, _ in pairs], [line.rstrip() for line in ends])


def _first(stretches: Iterable[Iterable[str]], count: int) -> Iterator[list[str]]:
    for stretch in stretches:
        lines = list(islice(stretch, count))
        yield lines
        count -= len(lines)
        if count <= 0:
            return


def margin(lines: Iterable[str]) -> int:
    """How far the lines of a stretch are indented, all of them; a line that is deeper in begins a paragraph."""
    least: int | None = None
    for line in lines:
        if not line[:1].isspace():
            return 0
        least = indent(line) if least is None else min(least, indent(line))
    return least or 0


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def glue(line: str, following: str) -> str:
    """What a line end between two joined lines stands for: nothing beside Chinese or after a hyphen, else a space."""
    return "" if _UNSPACED_END.search(line[-2:]) or _JOINING.match(following) else " "


def _pairs_and_ends(stretches: Iterable[list[str]]) -> tuple[list[tuple[str, str]], list[str]]:
    """The lines that may go on in the next one, each with that one, and the lines that paragraphs end with."""
    pairs, ends = [], []
    for lines in stretches:
        if len(lines) == 1:
            ends += lines
            continue
        left = margin(lines)
        for line, following in pairwise(lines):
            if following[:1].isspace() and indent(following) > left:
                ends.append(line)
            else:
                pairs.append((line, following))
        ends += lines[-1:]
    return pairs, ends


def _best(edges: list[_Edge]) -> Iterator[tuple[int, Wrapping]]:
    """For each measure the limit that makes most lines full, the widest of these, and how many that is."""
    for measure in range(len(edges[0].widths)):
        steps: Counter[int] = Counter()
        ranges = Counter(
            (edge.least[measure], edge.most[measure]) for edge in edges if edge.missing[measure] < _LONGEST_WORD
        )
        for (least, most), count in ranges.items():
            steps[least] += count
            steps[most + 1] -= count
        places = sorted(steps)
        full = list(accumulate(steps[place] for place in places))
        if most_full := max(full, default=0):
            last = len(full) - 1 - full[::-1].index(most_full)
            yield most_full, Wrapping(measure, places[last + 1] - 1)


def _is_prose(wrapping: Wrapping, edges: list[_Edge], ends: list[str]) -> bool:
    full = [edge for edge in edges if wrapping.fills(edge)]
    if len(full) < 2 or max(edge.widths[0] for edge in full) < _NARROWEST:
        return False
    unended = sum(not _ends_sentence(edge.line) for edge in full)
    usual = sorted(edge.widths[wrapping.measure] for edge in full)[len(full) // 2]
    shorter = sum(_widths(line.rstrip())[wrapping.measure] < usual for line in ends)
    # Three of four last lines may run full by chance, in a language with long words and a file with few paragraphs.
    return unended >= _SHARE * len(full) and 4 * shorter >= len(ends)


def _ends_sentence(line: str) -> bool:
    return line.rstrip(_BEHIND_END)[-1:] in _SENTENCE_END


def _ragged(lines: list[str], ends: list[str]) -> Ragged | None:
    """Lines of about one length that are cut off in the middle of sentences, in paragraphs that end with them.

    Lists and tables of contents have lines of one length too; theirs have no stops inside, and no last one that ends a
    sentence.
    """
    widths = sorted(_widths(line)[0] for line in lines)
    if len(lines) < _FEWEST_RAGGED:
        return None
    shortest, longest = widths[len(widths) // 10], widths[-1 - len(widths) // 20]
    is_band = shortest >= _NARROWEST and longest <= _WIDEST and shortest >= _BAND * longest
    is_cut = sum(line[-1:].isalnum() for line in lines) >= len(lines) / 2
    has_stops = sum(_STOP.search(line) is not None for line in lines) >= _SHARE * len(lines)
    has_ends = sum(map(_ends_sentence, ends)) >= _SHARE * len(ends)
    return Ragged(round(_BAND * shortest)) if is_band and is_cut and has_stops and has_ends else None
