"""The text of a question cut into clauses: quoted literals, and what stands between spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchlib.analysis import fold
from searchlib.analysis.runs import runs

# Marks of one family close one another whichever way round they stand: input methods turn them as they like.
_DOUBLE = '"“”„‟〝〞〟＂'
_CLOSING = {**dict.fromkeys(_DOUBLE, _DOUBLE), "「": "」", "『": "』", "｢": "｣"}
_STOPS = "。，、；：！？…,;:!?"
_TOKEN = re.compile(rf"\s+|(?P<mark>[{''.join(_CLOSING)}])|[^\s{''.join(_CLOSING)}]+")


class Clause(NamedTuple):
    """One demand of a question, `text` folded and as it was `written`; a quoted one asks for just these characters."""

    text: str
    is_quoted: bool
    written: str

    @property
    def is_searchable(self) -> bool:
        """Whether there is a term in it; any marks at all can be looked for once they are quoted."""
        return bool(self.text.strip()) if self.is_quoted else any(True for _ in runs(self.text))


def read_clauses(text: str) -> list[Clause]:
    """The clauses of a question, in order.

    A quotation mark without its partner is a clause with nothing to search for: questions are pasted from anywhere, and
    a sentence cut in the middle of a quotation is still a question.
    """
    return list(_clauses(text))


def _clauses(text: str) -> Iterator[Clause]:
    at = 0
    last = {marks: max(map(text.rfind, marks)) for marks in _CLOSING.values()}
    while match := _TOKEN.match(text, at):
        at = match.end()
        # Where no mark is left that could close it, there is no need to look through the rest for each that opens.
        if match["mark"] and last[_CLOSING[match["mark"]]] >= at:
            end = _end_of_quotation(text, match["mark"], at)
            yield Clause(fold(text[at:end]), is_quoted=True, written=text[match.start() : end + 1])
            at = end + 1
        elif not match[0].isspace():
            yield Clause(fold(_without_stops(match[0])), is_quoted=False, written=match[0])


def _without_stops(written: str) -> str:
    """A bare clause without the marks that end sentences: `枫桥？` asks for 枫桥, and `.NET` for .NET."""
    return written.strip(_STOPS).rstrip(f"{_STOPS}.")


def _end_of_quotation(text: str, mark: str, start: int) -> int:
    """The place of the first mark from `start` on that closes what `mark` opened."""
    return min(at for at in (text.find(closing, start) for closing in _CLOSING[mark]) if at >= 0)
