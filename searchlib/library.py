"""A library: sources with their index. The one place that joins the parts, and all that front ends see of them.

Each call imports the parts that it joins: who asks does not wait for what reads files, nor who indexes for what asks.
"""

from __future__ import annotations

import codecs
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from searchlib import analysis, meta, trust
from searchlib.answers import Explanation, Hit, Judgement, Results, Sort
from searchlib.defaults import FOLDER, LIMIT, MAX_BYTES, WIDTH
from searchlib.engines import engine
from searchlib.engines.interface import Order, Ranked, Reader
from searchlib.errors import IndexDamaged, IndexOutdated, PathError
from searchlib.model import Facts, IndexReport, Paragraph, Skipped, Status, Step, Text, Token

if TYPE_CHECKING:
    from searchlib.catalog import Catalog
    from searchlib.findings import VerifyReport
    from searchlib.highlight import Marks
    from searchlib.query import Form, Question
    from searchlib.updating import OnChange

OnStep = Callable[[Step], None]

# How many sources are named where a name could be any of them.
_NAMED = 5


def tokens(text: str) -> list[Token]:
    """The terms that a text is indexed and searched by, by field and place."""
    return list(analysis.tokens(text))


def language() -> tuple[tuple[Form, ...], tuple[str, ...]]:
    """What a query can say, form by form, and what holds for all of them."""
    from searchlib.query import FORMS, NOTES

    return FORMS, NOTES


class Library:
    """Everything the command line does is one call here.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from searchlib import Library
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "茶.txt").write_text("山中的茶要等霜降以後才好。\\n水開三次，茶就老了。", encoding="utf-8")
    >>> with Library.create(folder / "index") as library:
    ...     report = library.update([folder])
    ...     for hit in library.search("“霜降以后”"):
    ...         print(hit.path, hit.line, hit.column, hit.snippet.text)
    茶.txt 1 7 山中的茶要等霜降以後才好。

    `folder` is the index; the folder it lies in is the root that paths are relative to. A library answers from the
    last commit before its first question; after `update` that is the new one. Close it, or use it as a context.

    An index that another user owns or can write to is refused with `UntrustedIndex`, unless `trust` says to go on.
    """

    def __init__(self, folder: str | os.PathLike[str] = FOLDER, *, trust: bool = False) -> None:
        self.folder = Path(folder)
        self._trusted = trust
        self.root = meta.root_of(self.folder)
        self._reader: Reader | None = None
        self._known: dict[str, Facts] | None = None

    @classmethod
    def create(cls, folder: str | os.PathLike[str] = FOLDER, *, trust: bool = False) -> Library:
        """The library whose index is, or will be, in `folder`; the first update makes it."""
        return cls(folder, trust=trust)

    @classmethod
    def open(cls, folder: str | os.PathLike[str] = FOLDER, *, trust: bool = False) -> Library:
        """The library whose index is in `folder`.

        Raises `NoIndex`, `UntrustedIndex`, `IndexOutdated` or `IndexDamaged`.
        """
        library = cls(folder, trust=trust)
        library._connected()
        return library

    def update(
        self,
        paths: Sequence[str | os.PathLike[str]],
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        hidden: bool = False,
        ignore_files: bool = True,
        follow: bool = False,
        encoding: str | None = None,
        max_bytes: int = MAX_BYTES,
        jobs: int = 1,
        wait_s: float = 0,
        on_change: OnChange = lambda _: None,
    ) -> IndexReport:
        """Brings the index up to date with the files and folders in `paths`: adds, replaces, removes.

        Only what changed is read. `rebuild` makes the whole index anew, `dry_run` only reports what would be done.
        `include`, `exclude`, `hidden`, `ignore_files` and `follow` say which files of a folder count (see
        `scan.Rules`), `encoding` in which all of them are written, `max_bytes` how large one may be. With `jobs` above
        1 worker processes help; a script that asks for that needs the usual `if __name__ == "__main__"`. `wait_s` is
        how many seconds to wait for another writer. `on_change` is called after every file.

        Raises `PathError` for a path that is not there, `UntrustedIndex`, `IndexBusy`, `IndexDamaged`, `WriteFailed`,
        `WorkerDied`, and `LookupError` for an encoding that Python does not know. Whatever is raised, the last commit
        is intact.
        """
        from searchlib.indexing import Request, update
        from searchlib.reading import SUFFIXES
        from searchlib.scan import Rules

        apart = frozenset({os.path.realpath(self.folder)})
        request = Request(
            paths=[os.fspath(path) for path in paths],
            rules=Rules(frozenset(SUFFIXES), tuple(include), tuple(exclude), hidden, ignore_files, follow, apart),
            encoding=codecs.lookup(encoding).name if encoding else None,
            max_bytes=max_bytes,
            jobs=jobs,
            rebuild=rebuild,
            dry_run=dry_run,
            wait_s=wait_s,
            on_change=on_change,
            trusted=self._trusted,
        )
        self.close()
        return update(self.folder, request)

    def update_texts(self, texts: Iterable[Text], *, on_change: OnChange = lambda _: None) -> IndexReport:
        """Makes the library hold these texts, which are in no file, and nothing else; only what changed is indexed.

        Raises `PathError` for two texts of one path and for a library of files, and what `update` does.
        """
        from searchlib.texts import update_texts

        self.close()
        return update_texts(self.folder, texts, on_change, trusted=self._trusted)

    def verify(
        self, *, quick: bool = False, repair: bool = False, wait_s: float = 0, on_change: OnStep = lambda _: None
    ) -> VerifyReport:
        """Checks the index in itself and beside the files that it was made from; see `VerifyReport`.

        `quick` leaves out what takes reading all texts, in the index or in files. `repair` mends what is wrong, and
        nothing else, after a check that is never quick; `wait_s` is how many seconds to wait for another writer then.

        Raises `NoIndex` and `UntrustedIndex`, and to repair also `IndexBusy`, `WriteFailed` and, where nothing is left
        that says what was indexed, `LibraryIndexError`.
        """
        from searchlib.repairing import verify

        self.close()
        return verify(
            self.folder, quick=quick, repair=repair, wait_s=wait_s, trusted=self._trusted, on_change=on_change
        )

    def search(
        self,
        query: str,
        *,
        limit: int = LIMIT,
        offset: int = 0,
        strict: bool = False,
        path: str | None = None,
        context: int = 0,
        width: int = WIDTH,
        sort: Sort | str = Sort.SCORE,
        reverse: bool = False,
        group: bool = False,
    ) -> Results:
        """The paragraphs that answer `query`, best first: those that match every clause, then those that match some.

        `strict` stops between the two. `path` is a glob of sources to search. `context` is how many neighbouring
        paragraphs a hit brings along on each side, `width` the length of its snippet in characters. `sort` is another
        order than by score (see `Sort`), within each of the two parts of the list, which `reverse` turns round. With
        `group`, there is one hit of each source, and `limit` and `offset` count sources.

        Raises `QueryError` for a query that can't be read, `ValueError` for a `sort` that there is not, and what `open`
        does.
        """
        began = time.monotonic()
        from searchlib.highlight import Marks

        reader = self._connected()
        question = self._question(query, path)
        order = self._order(sort, reverse=reverse)
        ranking = reader.search(question, limit=limit, offset=offset, strict=strict, order=order, grouped=group)
        marks = Marks.of(question.literals, question.words, question.pairs, question.patterns)
        # Several hits of one source read it once.
        paragraphs = cache(reader.paragraphs) if context else _none
        hits = tuple(_hit(ranked, marks, width, context, paragraphs) for ranked in ranking.ranked)
        return Results(
            query=query,
            hits=hits,
            offset=offset,
            complete=ranking.complete,
            partial=ranking.partial,
            ignored=question.ignored,
            unknown=question.unknown,
            seconds=time.monotonic() - began,
            sources=ranking.sources,
            grouped=group,
        )

    def counts(
        self, query: str, *, path: str | None = None, sort: Sort | str = Sort.SCORE, reverse: bool = False
    ) -> dict[str, int]:
        """How many paragraphs of each source match every clause of `query`, in the order of their first ones.

        By score that is the source with the best one first; `sort` and `reverse` are those of `search`.
        """
        reader = self._connected()
        return reader.counts(self._question(query, path), order=self._order(sort, reverse=reverse))

    def unheeded(self, query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The `ignored` and the `unknown` of `Results`, for questions that are only counted."""
        from searchlib.query import parse

        question = parse(query)
        return question.ignored, question.unknown

    def explain(self, query: str) -> Explanation:
        """How `query` is read, and how often what it asks for is found."""
        from searchlib.explaining import explanation

        reader = self._connected()
        return explanation(self._question(query, None), reader, self._facts)

    def judge(self, query: str, paragraph: Paragraph) -> Judgement:
        """How a paragraph of the index stands in the answer to `query`, and why it is no hit where it is none."""
        from searchlib.explaining import judgement

        reader = self._connected()
        return judgement(self._question(query, None), paragraph, reader, self._facts)

    def paragraphs(self, path: str) -> list[Paragraph]:
        """The paragraphs of one source, in order; none if it is not in the index."""
        return self._connected().paragraphs(path)

    def sources(self) -> list[str]:
        """The paths of all sources that have paragraphs, in order; `paragraphs` of each are all there are."""
        return self._connected().sources()

    def around(self, path: str, line: int, context: int = 0) -> list[Paragraph]:
        """The paragraph at a line of a source, or the next one below it, and `context` more on each side."""
        found = self.paragraphs(path)
        at = next((at for at, paragraph in enumerate(found) if paragraph.last_line >= line), len(found) - 1)
        return found[max(0, at - context) : at + context + 1]

    def find(self, path: str | os.PathLike[str]) -> str:
        """The path in the library of a file named from the current folder, or by the end of its path if that is clear.

        Raises `PathError` where it is not, and for a file that was skipped.
        """
        name = os.fspath(path) or os.curdir
        self._connected()
        with closing(self._catalog()) as catalog:
            sources = catalog.sources()
        here = os.path.relpath(name, self.root).replace(os.sep, "/")
        ends = [here] if here in sources else [source for source in sources if f"/{source}".endswith(f"/{name}")]
        if len(ends) > 1:
            more = f" and {len(ends) - _NAMED:,} more" if len(ends) > _NAMED else ""
            raise PathError(f"{name} could be any of {', '.join(ends[:_NAMED])}{more}", hint="write more of the path")
        if not ends:
            raise PathError(f"{name} is not in the index", hint="searchlib index PATH takes a file in")
        if reason := sources[ends[0]].reason:
            raise PathError(f"{name} was skipped when it was to be indexed: {reason}")
        return ends[0]

    def status(self) -> Status:
        """What the index holds; raises what `open` does."""
        reader = self._connected()
        made_with = meta.read(self.folder)
        with closing(self._catalog()) as catalog:
            sources, updated = catalog.sources().values(), float(catalog.fact("updated") or 0)
        indexed = [source for source in sources if not source.reason]
        return Status(
            folder=str(self.folder),
            engine=made_with.engine,
            format_version=made_with.format,
            fingerprint=made_with.fingerprint,
            updated=updated,
            sources=len(indexed),
            source_bytes=sum(source.size for source in indexed),
            paragraphs=reader.paragraph_count(),
            terms=reader.term_counts(),
            index_bytes=_bytes_in(self.folder),
            encodings=dict(sorted(Counter(source.encoding for source in indexed).items())),
            skipped=tuple(Skipped(source.path, source.reason) for source in sources if source.reason),
        )

    def shown(self, path: str) -> str:
        """The path of a source as it is reached from the current folder."""
        return os.path.relpath(self.root / path)

    def close(self) -> None:
        """Lets go of the index's files; the next question opens them again."""
        if self._reader:
            self._reader.close()
            self._reader = None
        self._known = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connected(self) -> Reader:
        if self._reader is None:
            self._reader = self._open()
        return self._reader

    def _question(self, query: str, path: str | None) -> Question:
        from searchlib.query import parse

        return parse(query, path=path).bound(lambda: self._facts().values())

    def _order(self, sort: Sort | str, *, reverse: bool) -> Order:
        if Sort(sort) is Sort.SCORE:
            return Order(keys=None, is_reversed=reverse)
        from searchlib.facts import keys_of

        return Order(keys_of(Sort(sort), self._facts), is_reversed=reverse)

    def _facts(self) -> dict[str, Facts]:
        """What is known of the file of each source; read when it is first asked for."""
        if self._known is None:
            from searchlib.facts import facts_of

            with closing(self._catalog()) as catalog:
                self._known = facts_of(catalog)
        return self._known

    def _catalog(self) -> Catalog:
        from searchlib.catalog import CATALOG, Catalog

        return Catalog(self.folder / CATALOG)

    def _open(self) -> Reader:
        if os.path.lexists(self.folder / meta.NAME):
            trust.check(self.folder, trusted=self._trusted)
        while True:
            made_with = meta.read(self.folder)
            if differing := meta.mismatch(made_with):
                raise IndexOutdated(str(self.folder), *differing)
            try:
                return engine(made_with.engine).open(self.folder / made_with.engine_folder).reader()
            except IndexDamaged:
                # An index made anew may have taken its place just now, and its files be gone for that reason.
                if meta.read(self.folder) == made_with:
                    raise


def _none(_path: str) -> list[Paragraph]:
    return []


def _hit(ranked: Ranked, marks: Marks, width: int, context: int, paragraphs: Callable[[str], list[Paragraph]]) -> Hit:
    from searchlib.highlight import snippet

    paragraph, number = ranked.paragraph, ranked.paragraph.number
    shown = snippet(paragraph.text, marks, width, ranked.rest)
    line, column = paragraph.place(shown.start + shown.spans[0].start if shown.spans else 0)
    source = paragraphs(paragraph.path)
    before, after = source[max(0, number - context) : number], source[number + 1 : number + 1 + context]
    return Hit(paragraph, ranked.score, ranked.complete, line, column, shown, tuple(before), tuple(after), ranked.more)


def _bytes_in(folder: Path) -> int:
    """The size of all files below a folder; a writer may delete some meanwhile."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.stat(os.path.join(parent, name)).st_size
    return total
