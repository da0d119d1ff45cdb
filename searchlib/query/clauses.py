"""The text of a question cut into clauses: quoted literals, and what stands between spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchlib.analysis import fold
from searchlib.analysis.runs import runs
from searchlib.errors import QueryError

# Marks of one family close one another whichever way round they stand: input methods turn them as they like.
_DOUBLE = '"“”„‟〝〞＂'
_CLOSING = {**dict.fromkeys(_DOUBLE, _DOUBLE), "「": "」", "『": "』"}
_TOKEN = re.compile(rf"\s+|(?P<mark>[{''.join(_CLOSING)}])|[^\s{''.join(_CLOSING)}]+")


class Clause(NamedTuple):
    """One demand of a question. `text` is folded; a quoted one asks for just these characters."""

    text: str
    is_quoted: bool

    @property
    def is_searchable(self) -> bool:
        """Whether there is a term in it; what is quoted can be looked for in any case."""
        return self.is_quoted or any(True for _ in runs(self.text))


def read_clauses(text: str) -> list[Clause]:
    """The clauses of a question, in order; raises `QueryError` where a quotation has no end or nothing in it."""
    return list(_clauses(text))


def _clauses(text: str) -> Iterator[Clause]:
    at = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        if match["mark"]:
            at = _end_of_quotation(text, match.start())
            yield Clause(fold(text[match.end() : at - 1]), is_quoted=True)
        elif not match[0].isspace():
            yield Clause(fold(match[0]), is_quoted=False)


def _end_of_quotation(text: str, start: int) -> int:
    """The place behind the mark that closes the quotation opened at `start`."""
    closing = _CLOSING[text[start]]
    end = next((at for at in range(start + 1, len(text)) if text[at] in closing), None)
    if end is None:
        hint = f"end the quotation with {closing[0]}, or leave the mark out"
        raise QueryError(f"the quotation that {text[start]} opens has no end", hint=hint, column=start)
    if not text[start + 1 : end].strip():
        raise QueryError("there is nothing in the quotation", hint="write between the marks what to find", column=start)
    return end + 1
