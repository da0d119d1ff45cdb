"""The contract that every engine keeps; `tests/engines/conformance.py` holds each of them to it.

An engine owns paragraphs: their terms and their stored text. It lives in one folder. A writer's work is seen by
nobody until it commits, and then all at once; a reader sees the last commit before it was opened, however long it
lives. There is one writer at a time, which is for the caller to see to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

if TYPE_CHECKING:
    # An update asks no questions and should not wait for their language.
    from whoosh.query import Query

    from searchlib.answers import Share
    from searchlib.directory import Directory
    from searchlib.model import Paragraph, Step
    from searchlib.query import Deadline, Question


# More than the longest query, and than what is shown around it.
LONGEST_REST = 8_000


class Ranked(NamedTuple):
    """A paragraph in the order of an answer; `complete` says whether it matches every clause.

    `more` is how many other paragraphs of its source match, where each source is there once, and 0 elsewhere. `rest` is
    how the text goes on in the next pieces of the same paragraph, up to `LONGEST_REST` characters of it.
    """

    paragraph: Paragraph
    score: float
    complete: bool
    more: int = 0
    rest: str = ""


class Ranking(NamedTuple):
    """An answer: how many paragraphs match every clause, how many only some, and the requested part of the list.

    `sources` is how many different sources all of these paragraphs are of. A paragraph of `ranked` is read when it is
    asked for, so that a long list is never all in memory.
    """

    complete: int
    partial: int
    ranked: Iterator[Ranked]
    sources: int


class Standing(NamedTuple):
    """How a paragraph stands in the answer to a question: its rank from 1, 0 for none, and what makes up its score."""

    rank: int
    shares: tuple[Share, ...]


class Order(NamedTuple):
    """The order of an answer.

    Complete paragraphs always come before the others. Among either, those come first whose source has the lower key, in
    `keys` by path, and last those whose source has none; where `keys` is None, those with the higher score. Then the
    path decides, and the number of the paragraph. `is_reversed` turns all of this round among the complete ones and
    among the others.
    """

    keys: Mapping[str, float] | None
    is_reversed: bool


BY_SCORE = Order(keys=None, is_reversed=False)


class Commit(NamedTuple):
    """A commit of an engine: its `id`, that of the one to come, the `data` that the caller keeps with it (Lucene calls
    this the commit's user data), and the bytes that its files have.
    """

    id: str
    next: str
    data: str
    bytes: int


NO_COMMIT = Commit("", "", "", 0)


class Flaw(NamedTuple):
    """Something that is wrong in a part of an index; `what` is a clause that names the place.

    `path` is the source that it is about. Where it is empty, nothing in the part is to be relied on: only to discard
    the part mends it. A source `is_doubled` that is in another part too.
    """

    part: str
    what: str
    path: str = ""
    is_doubled: bool = False


class Parts(Protocol):
    """Writes parts of an index, in whatever process it is; nobody sees them until a writer adopts them."""

    def add(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        """Takes all paragraphs of a source, in order."""

    def finish(self) -> list[str]:
        """Writes what has been taken, and names the parts that have been written since this was last called."""

    def discard(self) -> None:
        """Drop everything since then, also after an error of `add` or `finish`; nothing else is called after it."""


class Writer(Protocol):
    """Is given each source at most once. Leaving its context without `commit` throws all of it away."""

    def replace(self, path: str, paragraphs: Iterable[Paragraph]) -> None:
        """Puts `paragraphs`, in order, in the place of all paragraphs of the source."""

    def remove(self, path: str) -> None:
        """Takes all paragraphs of the source out, if there are any."""

    def discard(self, parts: Iterable[str]) -> None:
        """Leaves these parts out, which need not be readable, with all that is in them."""

    def adopt(self, parts: Iterable[str]) -> None:
        """Puts the sources in these parts, which were written elsewhere, in the place of those of the same paths."""

    @property
    def commit_id(self) -> str:
        """The id that the commit of this writer will have."""

    def commit(self, data: str | None = None) -> None:
        """Makes everything since the writer was opened visible at once, and ends the writer.

        Keeps `data` with the commit; without any, that of the commit before.
        """

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Reader(Protocol):
    """A snapshot: whatever is asked is answered from one commit. It may be asked by several threads at once.

    The pieces of a paragraph that was cut are counted and ranked each by itself, and match together: a term is in the
    paragraph if any piece has it, and what only the text can decide is looked for in the joined text. If the paragraph
    matches, its hits are the pieces that match by themselves; if none does, the one piece with the most of what the
    query asks for, the first of several. What lies across a cut is of the piece in which it begins. If the paragraph
    does not match, no piece is a hit. Of a paragraph that has a hit for every clause, no piece is put in place of
    others for some clauses only.
    """

    @property
    def commit(self) -> Commit: ...

    def copy_to(self, folder: Directory) -> None:
        """Write a copy of the snapshot, which `open` opens, to an empty folder; raise `IndexDamaged`."""

    def search(
        self,
        question: Question,
        *,
        limit: int,
        offset: int = 0,
        strict: bool = False,
        order: Order = BY_SCORE,
        grouped: bool = False,
    ) -> Ranking:
        """`limit` paragraphs in `order`, from `offset` on; `strict` leaves out those that match only some clauses.

        With `grouped`, there is one paragraph of each source, the first of it; `limit` and `offset` count these.

        When the question's deadline is over, the answer is what is known to match by then, and the deadline says that
        it `ran_out`. A paragraph of which it is not known that it matches is in no answer. The same holds for all other
        methods that have a deadline, of the question or as an argument.
        """

    def counts(self, question: Question, *, order: Order = BY_SCORE) -> dict[str, int]:
        """How many paragraphs of each source match every clause, by path, in the order of their first paragraphs."""

    def paragraphs(self, path: str) -> list[Paragraph]:
        """The paragraphs of a source in order; empty where there is none."""

    def sources(self) -> list[str]:
        """The paths of all sources that have paragraphs, in order."""

    def paragraph_count(self) -> int: ...

    def count(self, node: Query, deadline: Deadline | None = None) -> int:
        """How many paragraphs match a node."""

    def matches(self, nodes: Iterable[Query], path: str, number: int, deadline: Deadline | None = None) -> list[bool]:
        """Of which of the nodes a paragraph, or a piece of one, is a hit."""

    def holds(self, nodes: Iterable[Query], path: str, number: int, deadline: Deadline | None = None) -> list[bool]:
        """Return which of the nodes the whole paragraph matches, whichever piece of it this is."""

    def standing(self, question: Question, path: str, number: int) -> Standing:
        """How a paragraph of the index stands in the answer to a question by score."""

    def term_counts(self) -> dict[str, int]:
        """How many different words and how many characters and pairs the texts of all paragraphs have, by field."""

    def close(self) -> None: ...


class Engine(Protocol):
    def last_commit(self) -> Commit:
        """The last commit; raises `IndexDamaged`."""

    def parts(self) -> Parts: ...
    def writer(self) -> Writer: ...

    def reader(self, without: Collection[str] = ()) -> Reader:
        """A reader of the last commit; `without` are parts to leave out, which need not be readable."""

    def flaws(self, *, texts: bool, on_change: Callable[[Step], None]) -> Iterator[Flaw]:
        """All that is wrong, part after part; with `texts`, also whether postings are those of the stored texts.

        Raises `IndexDamaged` where it can't be known which parts there are.
        """

    def salvaged(self, part: str) -> Iterator[tuple[str, list[Paragraph]]]:
        """The sources in a part with flaws of which all paragraphs can be read, with these."""


class EngineModule(Protocol):
    """What the module of an engine offers."""

    def create(self, folder: Directory) -> Engine:
        """A new engine without paragraphs in `folder`, which is empty."""

    def open(self, folder: Directory) -> Engine:
        """The engine in `folder`; raises `IndexDamaged`."""

    def suspected(self, folder: Directory) -> Engine:
        """The same, to look for flaws and mend them: nothing need be there, or be readable."""

    def clear(self, folder: Directory) -> bool:
        """Remove the files of the engine, of any format, and nothing else; return whether there were any."""
