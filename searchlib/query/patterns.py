"""Patterns that could take for ever: fuzzy words and regular expressions, under a limit of time.

They run on `regex`, which can be told when to give up. What a regular expression may be written with is what Python's
own `re` reads, and means what it means there; its parse tree also tells which terms to narrow by.
"""

from __future__ import annotations

import re
import warnings
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

from whoosh.query import And, Or, Query

from searchlib.analysis import fold
from searchlib.analysis.runs import HAN
from searchlib.errors import QueryError, QueryTimeout
from searchlib.model import TEXT, Span
from searchlib.query.characters import INSIDE, NOT_AFTER_LETTER, NOT_BEFORE_LETTER, is_inside, is_letter
from searchlib.query.checked import Checked, Literal, joined
from searchlib.query.deadline import Deadline
from searchlib.query.narrowing import Nearly
from searchlib.query.required import Tree, length, may_have, parsed, required

if TYPE_CHECKING:
    import regex

# Characters of a regular expression, and how deep its brackets may be nested: both keep reading it within bounds.
LONGEST, DEEPEST = 500, 20
# How long it may be with all counts written out, which `regex` does: a{9}{9} within brackets is 81 characters.
LONGEST_COUNTED = 10_000
# `{` opens a count in Python's `re`, or is itself; to `regex` it may mean more.
_COUNT = re.compile(r"\{(?:[0-9]+|[0-9]*,[0-9]*)\}")
# Where case is ignored these match others that are folded, too: ς is σ then.
_RELATED = frozenset("iİıͅιςσвдостъѣꙋᲀᲁᲂᲃᲄᲅᲆᲇᲈﬅﬆ")


class Timed(Checked):
    """A checked node whose pattern may take long; raises `QueryTimeout` when its `deadline` is over."""

    deadline: Deadline

    @property
    @abstractmethod
    def written(self) -> str:
        """As it stands in a question."""

    @cached_property
    def _pattern(self) -> regex.Pattern[str]:
        raise NotImplementedError

    def spans(self, folded: str) -> Iterator[Span]:
        """Without the rest of them when the time is over: what a text has was known before, and only the marks lack."""
        with suppress(QueryTimeout):
            yield from self._spans(folded)

    def _spans(self, folded: str) -> Iterator[Span]:
        at = 0
        while (found := self._search(folded, at)) and at <= len(folded):
            if found.end > found.start:
                yield found
            at = max(found.end, found.start + 1)

    def matches(self, folded: str) -> bool:
        return self._search(folded, 0) is not None

    def _search(self, folded: str, at: int, end: int | None = None) -> Span | None:
        match = self.deadline.search(self._pattern, folded, at, end)
        return Span(*match.span()) if match else None


@dataclass(frozen=True)
class Fuzzy(Timed):
    """Paragraphs with a stretch that becomes `text`, folded, by at most `distance` changes.

    A change is a letter, digit or Han character put in, left out, or another one instead; of two characters none is
    left out or put in, or any one of them would do. A word of a script with words is compared with whole words.
    """

    text: str
    distance: int
    fieldname: str = TEXT
    deadline: Deadline = field(default_factory=Deadline, compare=False, repr=False)
    cost = 3

    @property
    def written(self) -> str:
        return f"{self.text}~{self.distance}"

    def may_have(self, pair: str) -> bool:
        return all(char in self.text or is_inside(char) for char in pair)

    @cached_property
    def needed(self) -> Query:
        """So few changes leave one of so many pieces as it is, and most characters and pairs."""
        unchanged = joined(Or, [Literal(piece, self.fieldname).needed for _, piece in self._pieces])
        return joined(And, [unchanged, Nearly(self.fieldname, self.text, self.distance)])

    @cached_property
    def _pieces(self) -> list[tuple[int, str]]:
        """One piece more than there may be changes, each with its place in the text."""
        count = self.distance + 1
        bounds = [len(self.text) * number // count for number in range(count + 1)]
        return [(bounds[at], self.text[bounds[at] : bounds[at + 1]]) for at in range(count)]

    def matches(self, folded: str) -> bool:
        if self._is_word:
            return super().matches(folded)
        return self.text in folded or any(self._search(folded, *stretch) for stretch in self._stretches(folded))

    def _stretches(self, folded: str) -> list[tuple[int, int]]:
        """Where a match can lie: around pieces that are unchanged. To search all of a text for changes takes long."""
        found: list[tuple[int, int]] = []
        room = len(self.text) + self.distance
        for start in sorted(self._starts(folded)):
            if found and start - self.distance <= found[-1][1]:
                found[-1] = found[-1][0], start + room
            else:
                found.append((max(start - self.distance, 0), start + room))
        return found

    def _starts(self, folded: str) -> Iterator[int]:
        """Where the text would begin of which a piece stands there; it may be before the text that is searched."""
        for offset, piece in self._pieces:
            at = folded.find(piece)
            while at >= 0:
                yield at - offset
                at = folded.find(piece, at + 1)

    @cached_property
    def _is_word(self) -> bool:
        return all(map(is_letter, self.text))

    @cached_property
    def _pattern(self) -> regex.Pattern[str]:
        import regex

        kinds = "e" if len(self.text) > 2 else "s"
        # With marks or other scripts in it, the text is no word, and `regex` now and then finds no end of a word there.
        is_word = self._is_word
        # `regex` puts nothing in before the first character, where a word begins and something may have been.
        first = self.distance if is_word and kinds == "e" else 0
        changed = "|".join(
            f"{INSIDE}{{{before}}}(?:{regex.escape(self.text)}){{{kinds}<={self.distance - before}:{INSIDE}}}"
            for before in range(first + 1)
        )
        whole = f"{NOT_AFTER_LETTER}(?:{changed}){NOT_BEFORE_LETTER}" if is_word else changed
        return regex.compile(f"(?e){whole}")


@dataclass(frozen=True)
class Regex(Timed):
    """Paragraphs in which a regular expression of Python's `re` finds something; `pattern` is folded where it is text.

    Raises `QueryError`, with places in `pattern`, where it can't be read.
    """

    pattern: str
    fieldname: str = TEXT
    deadline: Deadline = field(default_factory=Deadline, compare=False, repr=False)
    cost = 4

    def __post_init__(self) -> None:
        # Whoever makes one learns of mistakes at once.
        self.needed, self._pattern  # noqa: B018

    @property
    def written(self) -> str:
        return f"/{self.pattern}/"

    def may_have(self, pair: str) -> bool:
        if _IGNORES_CASE.search(self.pattern):
            return True
        tree = _tree(folded_pattern(self.pattern))
        return all(may_have(tree, char) for char in pair)

    @cached_property
    def needed(self) -> Query:
        return required(_tree(folded_pattern(self.pattern)), self._needed)

    def _needed(self, literal: str) -> Query:
        pieces = [literal]
        if _IGNORES_CASE.search(self.pattern):
            pieces = "".join(" " if char in _RELATED else char for char in fold(literal)).split(" ")
        return joined(And, [Literal(piece, self.fieldname).needed for piece in pieces])

    @cached_property
    def _pattern(self) -> regex.Pattern[str]:
        import regex

        try:
            return regex.compile(folded_pattern(self.pattern))
        except (regex.error, RecursionError) as error:
            raise QueryError(f"the regular expression can't be read: {error}", at=getattr(error, "pos", 0)) from None


def folded_pattern(pattern: str) -> str:
    """The pattern for folded text, as long as it was: letters, brackets and stars of any width, in either script.

    What a backslash makes of an ASCII letter stays (`\\S` is not `\\s`), so does `(?P`, and so do, between square
    brackets, ranges of Han characters, whose ends would change their order.
    """
    return _UNFOLDED.sub(lambda match: _folded(match[0], _unfolded_in_set() if match["set"] else _KEPT), pattern)


def _folded(text: str, kept: re.Pattern[str]) -> str:
    return "".join(piece if kept.fullmatch(piece) else fold(piece) for piece in re.split(f"({kept.pattern})", text))


@cache
def _unfolded_in_set() -> re.Pattern[str]:
    # All of Han twice takes 3 ms to compile, for which no other question should wait.
    return re.compile(rf"\\[\x00-\x7f]|[{HAN}][-－][{HAN}]")


_KEPT = re.compile(r"\\[\x00-\x7f]|\(\?P")
_UNFOLDED = re.compile(r"\\.|\(\?P|(?P<set>[\[［]\^?[\]］]?(?:\\.|[^\]］\\])*[\]］])|.", re.DOTALL)
_IGNORES_CASE = re.compile(r"[(（][?？][a-zａ-ｚ-]*[iIｉＩ]", re.IGNORECASE)


def _tree(pattern: str) -> Tree:
    """What Python's own reader makes of a pattern; raises `QueryError` with the place in it."""
    _check_bounds(pattern)
    try:
        with warnings.catch_warnings():
            # A set in a set, to which other programs give a meaning of their own.
            warnings.simplefilter("error", FutureWarning)
            tree = parsed(pattern)
    except re.error as error:
        raise QueryError(f"the regular expression can't be read: {error.msg}", at=error.pos or 0) from None
    except FutureWarning as warning:
        at = int(str(warning).split()[-1])
        hint = f"write \\{pattern[at]} for the character"
        raise QueryError(f"between square brackets {pattern[at]} is no clear character", at=at, hint=hint) from None
    except OverflowError:
        raise _counts_too_far(pattern) from None
    except ValueError as error:
        # Flags that contradict each other: (?a)(?u).
        raise QueryError(f"the regular expression can't be read: {error}") from None
    except RecursionError:
        raise QueryError("the regular expression has too many brackets in one another") from None
    if length(tree) > LONGEST_COUNTED:
        raise _counts_too_far(pattern)
    return tree


def _counts_too_far(pattern: str) -> QueryError:
    hint = f"with all counts written out it may have {LONGEST_COUNTED:,} characters"
    return QueryError("the regular expression counts too far", at=max(pattern.find("{"), 0), hint=hint)


def _check_bounds(pattern: str) -> None:
    if len(pattern) > LONGEST:
        raise QueryError(f"a regular expression may have {LONGEST} characters, and this has {len(pattern):,}", at=0)
    depth = 0
    for match in _BRACKET.finditer(pattern):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > DEEPEST:
            raise QueryError(
                f"the regular expression has more than {DEEPEST} brackets in one another", at=match.start()
            )
        if match[0] == "{" and not _COUNT.match(pattern, match.start()):
            raise QueryError("this bracket counts nothing", at=match.start(), hint="write \\{ for the character")


_BRACKET = re.compile(r"\\.|[(){]", re.DOTALL)
