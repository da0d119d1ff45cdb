"""What Whoosh's query tree lacks: a literal substring, and a choice of sources. Each engine runs them in its way."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cached_property

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError
from whoosh.query import Query

from searchlib.analysis.runs import runs
from searchlib.analysis.terms import STRIDE, char_terms
from searchlib.errors import QueryError


class Literal(Query):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Paragraphs whose folded text has `text`, which is folded, in it as it stands."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and other.text == self.text

    def __hash__(self) -> int:
        return hash((Literal, self.text))

    def __repr__(self) -> str:
        return f"Literal({self.text!r})"

    def is_leaf(self) -> bool:
        return True

    def matches(self, folded: str) -> bool:
        """Whether a paragraph's folded text has the literal: the last word, whatever terms narrowed the choice."""
        return self.text in folded

    @cached_property
    def chars(self) -> tuple[str, ...]:
        """The terms of the field `chars` that a paragraph with the literal must have."""
        return tuple(dict.fromkeys(_narrowest(self.text)))

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Text that must stand inside a term of the field `words`: what the literal has of other scripts.

        The literal may begin or end in the middle of a word, so these are no terms themselves.
        """
        return tuple(dict.fromkeys(run.text[:STRIDE] for run in runs(self.text) if not run.is_han))

    @cached_property
    def is_term(self) -> bool:
        """Whether having `chars` is the same as having the literal: a single character, a single pair."""
        return self.chars == (self.text,)


class Paths(Query):  # type: ignore[misc]
    """Paragraphs of the sources whose path a glob matches, read as a line of a `.gitignore` is.

    `*.md` matches at any depth, `a/*.md` from the root of the library, and a folder stands for all that is in it.
    Raises `QueryError` for a glob that can't be read so.
    """

    def __init__(self, glob: str) -> None:
        self.glob = glob
        self._spec = _spec(glob)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Paths) and other.glob == self.glob

    def __hash__(self) -> int:
        return hash((Paths, self.glob))

    def __repr__(self) -> str:
        return f"Paths({self.glob!r})"

    def is_leaf(self) -> bool:
        return True

    def matches(self, path: str) -> bool:
        return self._spec.match_file(path)


def _spec(glob: str) -> GitIgnoreSpec:
    try:
        with warnings.catch_warnings():
            # `[[` is a plain bracket in a glob; Python warns that it may one day be a set in a set.
            warnings.simplefilter("ignore", FutureWarning)
            return GitIgnoreSpec.from_lines([glob.removeprefix("./")])
    except (GitIgnorePatternError, re.error):
        hint = "write one as in a .gitignore, for example '*.md' or notes/"
        raise QueryError(f"{glob} is no pattern for paths", hint=hint) from None


def _narrowest(literal: str) -> Iterator[str]:
    """For each Han run its pairs, which say all that its characters say and more; a lone character itself."""
    for run in runs(literal):
        if run.is_han:
            terms = char_terms(run.text)
            yield from terms[len(run.text) :] or terms
