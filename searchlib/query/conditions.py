"""Conditions on sources: where they lie, and what their files are like. They are demands, and count for no score."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from whoosh.query import Query

from searchlib import globs
from searchlib.analysis import fold
from searchlib.errors import QueryError
from searchlib.model import Facts


class OfSource(Query):  # type: ignore[misc]  # Whoosh's classes are not typed
    """Paragraphs of the sources whose path is of a kind. Every engine runs these."""

    @abstractmethod
    def matches(self, path: str) -> bool: ...


@dataclass(frozen=True)
class Paths(OfSource):
    """Paragraphs of the sources whose path a glob matches, read as a line of a `.gitignore` is.

    `*.md` matches at any depth, `a/*.md` from the root of the library, and a folder stands for all that is in it.
    Raises `QueryError` for a glob that can't be read so.
    """

    glob: str

    def __post_init__(self) -> None:
        # Whoever makes one learns of mistakes at once.
        self._glob  # noqa: B018

    def matches(self, path: str) -> bool:
        return self._glob.holds(path)

    @cached_property
    def _glob(self) -> globs.Glob:
        text = self.glob.removeprefix("./").rstrip(" ")
        # A line that leaves something in, or says nothing, chooses no file.
        found = None if text.startswith(("!", "#")) else globs.parse(text, strict=True)
        if not found:
            hint = "write one as in a .gitignore, for example '*.md' or notes/"
            raise QueryError(f"{self.glob} is no pattern for paths", hint=hint)
        return found


@dataclass(frozen=True)
class PathHas(OfSource):
    """Paragraphs of the sources whose path has `text`, folded, in it."""

    text: str

    def matches(self, path: str) -> bool:
        return self.text in fold(path)


@dataclass(frozen=True)
class Among(OfSource):
    """Paragraphs of just these sources."""

    paths: frozenset[str]

    def matches(self, path: str) -> bool:
        return path in self.paths


class OfFile(Query):  # type: ignore[misc]
    """Paragraphs of the sources whose file is of a kind, which only the catalog knows: `bind` before an engine runs."""

    @abstractmethod
    def holds(self, facts: Facts) -> bool: ...


@dataclass(frozen=True)
class Dated(OfFile):
    """The file was last changed from `first` on and before `end`, in seconds since 1970."""

    first: float
    end: float

    def holds(self, facts: Facts) -> bool:
        return self.first <= facts.modified_ns / 1e9 < self.end


@dataclass(frozen=True)
class Sized(OfFile):
    """The file has from `first` to fewer than `end` bytes."""

    first: float
    end: float

    def holds(self, facts: Facts) -> bool:
        return self.first <= facts.size < self.end


@dataclass(frozen=True)
class Encoded(OfFile):
    """The file is written in an encoding; one of Python's names for it."""

    encoding: str

    def holds(self, facts: Facts) -> bool:
        return facts.encoding == self.encoding


def bind(node: Query, facts: Callable[[], Iterable[Facts]]) -> Query:
    """The tree with conditions on files turned into the sources that fulfil them; `facts` is asked only if needed."""
    if isinstance(node, OfFile):
        return Among(frozenset(of_source.path for of_source in facts() if node.holds(of_source)))
    if node.is_leaf():
        return node
    return node.apply(lambda part: bind(part, facts))
