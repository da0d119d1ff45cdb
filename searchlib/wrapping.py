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
from itertools import accumulate, pairwise

_OPENING, _CLOSING = "“‘「『《〈（【〔([", "，。、；：！？﹐﹑﹒﹔﹕）》〉」』】〕”’…,.;:!?)]"
_SENTENCE_END = re.compile(r"[。！？；…!?;.][”’」』）)\"']*$")
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


@dataclass(frozen=True, slots=True)
class Measure:
    """How an author, or the author's program, counted: `wide` matches stretches of characters that count twice."""

    wide: re.Pattern[str] | None

    def __call__(self, text: str) -> int:
        if self.wide is None or text.isascii():
            return len(text)
        return len(text) + sum(map(len, self.wide.findall(text)))


_MEASURES = (
    Measure(re.compile(f"[{_WIDE_CHARS}{_AMBIGUOUS}]+")),
    Measure(re.compile(f"[{_WIDE_CHARS}]+")),
    Measure(None),  # characters, whatever their width
)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The width at which the lines of a file were broken."""

    measure: Measure
    limit: int

    def joins(self, line: str, following: str) -> bool:
        """Whether `following` goes on where `line` had no more room."""
        least, most = _limits(self.measure, line, following)
        return least <= self.limit <= most


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lines broken by hand or by an old converter, at about one width but not at one: none of them is shorter."""

    least: int

    def joins(self, line: str, _following: str) -> bool:
        """Whether `line` was long enough to be broken."""
        return _MEASURES[0](line.rstrip()) >= self.least


def wrapping_of(stretches: Iterable[list[str]]) -> Wrapping | Ragged | None:
    """How a file is wrapped, if it is; `stretches` are its lines between blank ones, of which the first ones tell."""
    pairs, ends = _pairs_and_ends(_first(stretches, _TELLING))
    short = [pair for pair in pairs if len(pair[0]) <= _WIDEST]
    if len(short) < 2 or len(short) < _SHARE * len(pairs):
        return None
    for count, wrapping in sorted(_best(short), key=lambda found: -found[0]):
        if count >= _SHARE * len(pairs) and _is_prose(wrapping, short, ends):
            return wrapping
    return _ragged([line.rstrip() for line, _ in pairs], [line.rstrip() for line in ends])


def _first(stretches: Iterable[list[str]], count: int) -> Iterator[list[str]]:
    for lines in stretches:
        yield lines[:count]
        count -= len(lines)
        if count <= 0:
            return


def margin(lines: list[str]) -> int:
    """How far the lines of a stretch are indented, all of them; a line that is deeper in begins a paragraph."""
    return min((indent(line) for line in lines), default=0)


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def glue(line: str, following: str) -> str:
    """What a line end between two joined lines stands for: nothing beside Chinese or after a hyphen, else a space."""
    return "" if _UNSPACED_END.search(line) or _JOINING.match(following) else " "


def _pairs_and_ends(stretches: Iterable[list[str]]) -> tuple[list[tuple[str, str]], list[str]]:
    """The lines that may go on in the next one, each with that one, and the lines that paragraphs end with."""
    pairs, ends = [], []
    for lines in stretches:
        left = margin(lines)
        for line, following in pairwise(lines):
            if indent(following) > left:
                ends.append(line)
            else:
                pairs.append((line, following))
        ends += lines[-1:]
    return pairs, ends


def _best(pairs: list[tuple[str, str]]) -> Iterator[tuple[int, Wrapping]]:
    """For each measure the limit that makes most lines full, the widest of these, and how many that is."""
    for measure in _MEASURES:
        steps: Counter[int] = Counter()
        for line, following in pairs:
            least, most = _limits(measure, line, following)
            if most - measure(line) < _LONGEST_WORD:
                steps[least] += 1
                steps[most + 1] -= 1
        places = sorted(steps)
        full = list(accumulate(steps[place] for place in places))
        if most_full := max(full, default=0):
            last = len(full) - 1 - full[::-1].index(most_full)
            yield most_full, Wrapping(measure, places[last + 1] - 1)


def _limits(measure: Measure, line: str, following: str) -> tuple[int, int]:
    """The widths at which `following` had to begin a new line: the least one lets stops hang over the edge."""
    line = line.rstrip()
    cluster = _CLUSTER.match(following.lstrip())
    lead = cluster[0] if cluster else ""
    space = len(glue(line, lead))
    return measure(line.rstrip(_CLOSING)), measure(line) + space + measure(lead) - 1


def _is_prose(wrapping: Wrapping, pairs: list[tuple[str, str]], ends: list[str]) -> bool:
    full = [line.rstrip() for line, following in pairs if wrapping.joins(line, following)]
    if len(full) < 2 or max(map(_MEASURES[0], full)) < _NARROWEST:
        return False
    unended = sum(not _SENTENCE_END.search(line) for line in full)
    usual = sorted(map(wrapping.measure, full))[len(full) // 2]
    shorter = sum(wrapping.measure(line.rstrip()) < usual for line in ends)
    # Three of four last lines may run full by chance, in a language with long words and a file with few paragraphs.
    return unended >= _SHARE * len(full) and 4 * shorter >= len(ends)


def _ragged(lines: list[str], ends: list[str]) -> Ragged | None:
    """Lines of about one length that are cut off in the middle of sentences, in paragraphs that end with them.

    Lists and tables of contents have lines of one length too; theirs have no stops inside, and no last one that ends a
    sentence.
    """
    widths = sorted(map(_MEASURES[0], lines))
    if len(lines) < _FEWEST_RAGGED:
        return None
    shortest, longest = widths[len(widths) // 10], widths[-1 - len(widths) // 20]
    is_band = shortest >= _NARROWEST and longest <= _WIDEST and shortest >= _BAND * longest
    is_cut = sum(line[-1:].isalnum() for line in lines) >= len(lines) / 2
    has_stops = sum(_STOP.search(line) is not None for line in lines) >= _SHARE * len(lines)
    has_ends = sum(_SENTENCE_END.search(line) is not None for line in ends) >= _SHARE * len(ends)
    return Ragged(round(_BAND * shortest)) if is_band and is_cut and has_stops and has_ends else None
