"""Nodes that narrow the choice of paragraphs by more than whether they have a term, before any text is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from whoosh.query import Query, Term

from searchlib.analysis.grams import is_gram, is_indexed
from searchlib.query.fields import TERM_FIELDS

# More changes than any word has characters.
_NEVER = 10_000


class Repeated(Term):  # type: ignore[misc]
    """Paragraphs that have a term at least `times` times; without looking at that, those that have it."""

    def __init__(self, fieldname: str, text: str, times: int) -> None:
        super().__init__(fieldname, text)
        self.times = times

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Repeated) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, str, int]:
        return self.fieldname, self.text, self.times


@dataclass(frozen=True)
class Nearly(Query):  # type: ignore[misc]
    """Paragraphs whose characters and pairs leave room for a stretch that `distance` changes make `text`.

    A change leaves all characters but one as they are, and all pairs but those of this one or, where something is put
    in, the one around it. `fieldname` is that of the text.
    """

    fieldname: str
    text: str
    distance: int

    def fewest_changes(self, lacks: Callable[[Term], Any], least: Callable[[Any, Any], Any]) -> Any:
        """The number of changes that are needed at least, as a number or an array of one number for each paragraph.

        `lacks` is 1 where a term is not in the paragraph and 0 where it is, `least` the smaller one of two. Where the
        character before is `kept`, the pair with the next one is kept too or costs a change.
        """
        kept, changed = _NEVER * self._lacking(self.text[0], lacks), 1
        for before, char in pairwise(self.text):
            with_pair = least(kept + self._lacking(before + char, lacks), changed)
            kept, changed = with_pair + _NEVER * self._lacking(char, lacks), least(kept, changed) + 1
        return least(kept, changed)

    def _lacking(self, term: str, lacks: Callable[[Term], Any]) -> Any:
        if not all(map(is_indexed, term)):
            return 0
        fields = TERM_FIELDS[self.fieldname]
        return lacks(Term(fields.grams if is_gram(term) else fields.chars, term))
