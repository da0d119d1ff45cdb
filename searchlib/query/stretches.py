"""Where a wildcard stands in a text, found part by part: a page may have to be marked for hundreds of wildcards, and to
compile a regular expression for each takes a hundred times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchlib.model import Span
from searchlib.query.characters import inside_until, is_inside, is_letter


def stretches(wildcard: str, text: str) -> Iterator[Span]:
    """Each stretch that a wildcard describes, the nearest one from where the one before ends; both are folded."""
    parts = [_Part(part) for part in wildcard.split("*") if part]
    # Only what is not a star may have to begin or end with a word.
    opens, ends = is_letter(wildcard[0]), is_letter(wildcard[-1])
    first, rest = parts[0], parts[1:]
    at = 0
    while (start := first.find(text, at, len(text))) >= 0:
        at = start + 1
        if opens and start and is_letter(text[start - 1]):
            continue
        end = start + first.length
        if not rest and ends and _is_in_word(text, end):
            continue
        for part in rest:
            end = _following(part, text, end, is_last=ends and part is rest[-1])
            if end < 0:
                break
        else:
            yield Span(start, end)
            at = end


def _following(part: _Part, text: str, end: int, *, is_last: bool) -> int:
    """Where a part ends that a star joins to what ends at `end`; -1 where there is none."""
    until = inside_until(text, end)
    while (start := part.find(text, end, until)) >= 0:
        if not (is_last and _is_in_word(text, start + part.length)):
            return start + part.length
        end = start + 1
    return -1


def _is_in_word(text: str, at: int) -> bool:
    return at < len(text) and is_letter(text[at])


class _Part:
    """A part of a wildcard without stars."""

    def __init__(self, written: str) -> None:
        self.length = len(written)
        self._open = [match.start() for match in re.finditer(r"\?", written)]
        self._literals = [(match.start(), match[0]) for match in re.finditer(r"[^?]+", written)]

    def find(self, text: str, at: int, last: int) -> int:
        """Where it stands first, from a place on and no later than at another; -1 where nowhere."""
        last = min(last, len(text) - self.length)
        offset, literal = self._literals[0] if self._literals else (0, "")
        while at <= last and (found := text.find(literal, at + offset, last + offset + len(literal))) >= 0:
            at = found - offset
            if self._is_at(text, at):
                return at
            at += 1
        return -1

    def _is_at(self, text: str, at: int) -> bool:
        return all(text.startswith(literal, at + offset) for offset, literal in self._literals[1:]) and all(
            is_inside(text[at + offset]) for offset in self._open
        )
