"""A library: sources with their index. The one place that joins the parts, and all that front ends see of them.

Each call imports the parts that it joins: who asks does not wait for what reads files, nor who indexes for what asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from searchlib import analysis, meta
from searchlib.answers import Counts, Explanation, HitStream, Judgement, Results, Sort
from searchlib.defaults import FOLDER, LIMIT, MAX_BYTES, TIMEOUT_S, WIDTH
from searchlib.model import (
    ForgetReport,
    IndexReport,
    Paragraph,
    RootStatus,
    Status,
    Step,
    Text,
    Token,
)
from searchlib.place import Place
from searchlib.snapshot import Snapshot, Snapshots

if TYPE_CHECKING:
    from searchlib.catalog import Known
    from searchlib.findings import VerifyReport
    from searchlib.query import Form
    from searchlib.updating import OnChange

OnStep = Callable[[Step], None]
Changed = TypeVar("Changed")


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

    `folder` is the index; the folder it lies in is the root that paths are relative to. Close a library, or use it as
    a context. An index that another user owns or can write to is refused with `UntrustedIndex`, unless `trust` is set.

    Commits: a library answers from the commit that was the last one when it was opened, paragraphs, dates, sizes and
    all, until `refresh`, `update`, `update_texts` or `verify`; `is_current` says whether there is a newer one. The
    files of a commit stay on the disk while a library answers from it, even when newer commits have removed them, so
    a library that lives long should be refreshed. A call that comes more than an hour after the library was opened
    looks for a newer commit and answers from that.

    Threads: all methods may be called from several threads at once. Each call answers from one commit, whatever the
    others do meanwhile; `close` and `refresh` take effect with the next call. Of two updates at a time, also in other
    processes, the second raises `IndexBusy` or waits `wait_s`.
    """

    def __init__(self, folder: str | os.PathLike[str] = FOLDER, *, trust: bool = False) -> None:
        self._place = Place(folder)
        self._trusted = trust
        self.root = meta.root_of(self._place.absolute)
        self._snapshots = Snapshots(self._place, trusted=trust)

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
        library._snapshot()
        return library

    @property
    def folder(self) -> Path:
        """The folder of the index as it was given, for as long as that leads to it from the current folder."""
        return self._place()

    def update(
        self,
        paths: Sequence[str | os.PathLike[str]] = (),
        *,
        default: Sequence[str | os.PathLike[str]] = (),
        rebuild: bool = False,
        dry_run: bool = False,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        hidden: bool = False,
        ignore_files: bool = True,
        follow: bool = False,
        encoding: str | None = None,
        reset_options: bool = False,
        checksum: bool = False,
        max_bytes: int = MAX_BYTES,
        jobs: int = 1,
        wait_s: float = 0,
        on_change: OnChange = lambda _: None,
    ) -> IndexReport:
        """Brings the index up to date with the files and folders in `paths`: adds, replaces, removes.

        The paths are recorded as roots, with the options given here; those that lie in a root are brought up to date
        by its options. Without paths it is about all roots that are recorded, or about `default` where none are. A root
        that is missing keeps what the index has of it (see `IndexReport.missing`) until `forget`.

        Only what changed is read, going by size, times and inode; with `checksum` every file is read and compared by
        its content. `rebuild` makes the whole index anew, from all roots; `dry_run` only reports what would be done.
        `include`, `exclude`, `hidden`, `ignore_files` and `follow` say which files of a folder count (see
        `scan.Rules`), and any of them replaces all that are recorded; `encoding` says in which all of them are written.
        `reset_options` begins without those recorded. `max_bytes` says how large a file may be. With `jobs` above 1
        worker processes help; a script that asks for that needs the usual `if __name__ == "__main__"`. `wait_s` is how
        many seconds to wait for another writer. `on_change` is called after every file.

        Raises `PathError` for a path that is not there and is no root, for a library of texts, and where there is
        neither path nor root, `FolderInUse`, `UntrustedIndex`, `IndexBusy`, `IndexDamaged`, `WriteFailed`,
        `WorkerDied`, and `UnknownEncoding` for an encoding that files can't be read in. Whatever is raised, the last
        commit is intact.
        """
        from searchlib.indexing import Request
        from searchlib.planning import Wanted
        from searchlib.reading import SUFFIXES
        from searchlib.repaired_update import update_repaired
        from searchlib.roots import Filters, Given
        from searchlib.scan import Rules
        from searchlib.text_codecs import codec_of

        filters = Filters(tuple(include), tuple(exclude), hidden, ignore_files, follow)
        given = Given(filters, codec_of(encoding) if encoding else "", reset_options)
        rules = Rules(frozenset(SUFFIXES), apart=frozenset({os.path.realpath(self.folder)}))
        request = Request(
            wanted=Wanted(
                [os.fspath(path) for path in paths], given, rules, [os.fspath(path) for path in default], checksum
            ),
            max_bytes=max_bytes,
            jobs=jobs,
            rebuild=rebuild,
            dry_run=dry_run,
            wait_s=wait_s,
            on_change=on_change,
            trusted=self._trusted,
        )
        return self._changed(lambda: update_repaired(self.folder, request))

    def roots(self) -> list[RootStatus]:
        """The files and folders that the library is made of, with their options; none where none were recorded.

        Raises `PathError` for a library of texts, and what `open` does.
        """
        from searchlib.roots import refuse_texts, roots_of, status_of

        snapshot = self._snapshot()
        sources, roots = snapshot.sources(), roots_of(snapshot.facts(), self.folder)
        refuse_texts(self.folder, sources.values())
        return status_of(roots, sources.values(), self.root) if roots else []

    def forget(
        self, paths: Sequence[str | os.PathLike[str]], *, dry_run: bool = False, wait_s: float = 0
    ) -> ForgetReport:
        """Takes what `paths` lead to out of the index, and keeps it out: roots, folders and files, there or not.

        A path is one from the current folder, or else one of the library. A root is dropped. What lies in a root that
        stays is left out of it from now on, until `update` names it; but what is gone from a root that is there is just
        removed. `dry_run` only reports what would be done, `wait_s` is how many seconds to wait for another writer.
        A path of which the index has nothing is in `ForgetReport.unknown`.

        Raises `PathError` for a library of texts, `IndexBusy`, `WriteFailed`, and what `open` does.
        """
        from searchlib.forgetting import forget

        self._snapshot()
        names = [os.fspath(path) for path in paths]
        return self._changed(lambda: forget(self.folder, names, dry_run=dry_run, wait_s=wait_s, trusted=self._trusted))

    def gone(self, paths: Iterable[str]) -> list[str]:
        """Those of the sources in `paths` whose files are not there any more; none of a library of texts."""
        gone = [path for path in dict.fromkeys(paths) if not os.path.lexists(self.root / path)]
        if gone:
            from searchlib.roots import are_texts

            return [] if are_texts(self._snapshot().sources().values()) else gone
        return []

    def update_texts(self, texts: Iterable[Text], *, on_change: OnChange = lambda _: None) -> IndexReport:
        """Makes the library hold these texts, which are in no file, and nothing else; only what changed is indexed.

        Raises `PathError` for two texts of one path and for a library of files, and what `update` does.
        """
        from searchlib.texts import update_texts

        return self._changed(lambda: update_texts(self.folder, texts, on_change, trusted=self._trusted))

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

        return self._changed(
            lambda: verify(
                self.folder, quick=quick, repair=repair, wait_s=wait_s, trusted=self._trusted, on_change=on_change
            )
        )

    def backup(self, folder: str | os.PathLike[str]) -> int:
        """Write a copy of the index to a new or empty folder, and return its size in bytes.

        The copy is one commit, whatever a writer does meanwhile. To restore it, put it in the place of the index.
        Raises `FolderInUse` for a folder with something in it, `WriteFailed`, and what `open` does.
        """
        from searchlib.backup import backup

        return backup(self._snapshot(), Path(folder))

    def refresh(self) -> bool:
        """Answer from the last commit from now on; return whether that is another one than before."""
        return self._snapshots.refresh()

    def is_current(self) -> bool:
        """Return whether the library answers from the last commit; raises what `open` does."""
        return self._snapshots.is_current()

    @property
    def inconsistency(self) -> str:
        """Why the catalog of the index is not that of its paragraphs, as a clause; empty where it is.

        That is so after a backup that was not taken with `backup`, or one that was restored in part. Paragraphs are
        found, and what the catalog alone knows raises `IndexDamaged`. The next update reads every source again.
        """
        return self._snapshot().inconsistency

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
        timeout: float | None = TIMEOUT_S,
    ) -> Results:
        """The paragraphs that answer `query`, best first: those that match every clause, then those that match some.

        `strict` stops between the two. `path` is a glob of sources to search. `context` is how many neighbouring
        paragraphs a hit brings along on each side, `width` the length of its snippet in characters. `sort` is another
        order than by score (see `Sort`), within each of the two parts of the list, which `reverse` turns round. With
        `group`, there is one hit of each source, and `limit` and `offset` count sources. After `timeout` seconds the
        answer is what is known by then, and `timed_out`; None is no limit.

        Raises `QueryError` for a query that can't be read, `QueryTimeout` where nothing was known in time, `ValueError`
        for a `sort` that there is not, and what `open` does.
        """
        found = self.stream(
            query,
            limit=limit,
            offset=offset,
            strict=strict,
            path=path,
            context=context,
            width=width,
            sort=sort,
            reverse=reverse,
            group=group,
            timeout=timeout,
        )
        return found.results()

    def stream(
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
        timeout: float | None = TIMEOUT_S,
    ) -> HitStream:
        """The same answer for a large `limit`: each hit is made when it is asked for, and none is kept.

        What the caller does with a hit takes of the time too, but for what it does within `paused` of the stream. When
        the time is over, the first thousand hits are made all the same, and no more.
        """
        from searchlib.searching import stream

        return stream(
            self._snapshot(),
            query,
            path=path,
            order=(Sort(sort), reverse),
            page=(offset, limit),
            strict=strict,
            grouped=group,
            context=context,
            width=width,
            timeout=timeout,
        )

    def counts(
        self,
        query: str,
        *,
        path: str | None = None,
        sort: Sort | str = Sort.SCORE,
        reverse: bool = False,
        timeout: float | None = TIMEOUT_S,
    ) -> Counts:
        """How many paragraphs of each source match every clause of `query`, in the order of their first ones.

        By score that is the source with the best one first; `sort`, `reverse` and `timeout` are those of `search`.
        """
        from searchlib.searching import counts

        return counts(self._snapshot(), query, path=path, order=(Sort(sort), reverse), timeout=timeout)

    def unheeded(self, query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The `ignored` and the `unknown` of `Results`, for questions that are only counted."""
        from searchlib.query import parse

        question = parse(query)
        return question.ignored, question.unknown

    def explain(self, query: str, *, timeout: float | None = TIMEOUT_S) -> Explanation:
        """Return how `query` is read, and how often what it asks for is found, as far as that is known in time."""
        from searchlib.explaining import explanation
        from searchlib.searching import question_of

        snapshot = self._snapshot()
        return explanation(question_of(query, None, snapshot, timeout), snapshot.reader, snapshot.files)

    def judge(self, query: str, paragraph: Paragraph, *, timeout: float | None = TIMEOUT_S) -> Judgement:
        """Return how a paragraph of the index stands in the answer to `query`, and why it is no hit where it is none.

        Raises `QueryTimeout` where that is not known in time.
        """
        from searchlib.explaining import judgement
        from searchlib.searching import question_of

        snapshot = self._snapshot()
        return judgement(question_of(query, None, snapshot, timeout), paragraph, snapshot.reader, snapshot.files)

    def paragraphs(self, path: str) -> list[Paragraph]:
        """The paragraphs of one source, in order; none if it is not in the index."""
        return self._snapshot().reader.paragraphs(path)

    def sources(self) -> list[str]:
        """The paths of all sources that have paragraphs, in order; `paragraphs` of each are all there are."""
        return self._snapshot().reader.sources()

    def known_sources(self) -> dict[str, Known]:
        """Return what the catalog knows of the file of each source, skipped ones included, by path."""
        return self._snapshot().sources()

    def around(self, path: str, line: int, context: int = 0) -> list[Paragraph]:
        """The paragraph at a line of a source, or the next one below it, and `context` more on each side."""
        found = self.paragraphs(path)
        at = next((at for at, paragraph in enumerate(found) if paragraph.last_line >= line), len(found) - 1)
        return found[max(0, at - context) : at + context + 1]

    def find(self, path: str | os.PathLike[str]) -> str:
        """The path in the library of a file named from the current folder, or by the end of its path if that is clear.

        Raises `PathError` where it is not, and for a file that was skipped.
        """
        from searchlib.holdings import path_of

        return path_of(os.fspath(path) or os.curdir, self._snapshot().sources(), self.root)

    def status(self) -> Status:
        """What the index holds; raises what `open` does."""
        from searchlib.holdings import status_of

        return status_of(self._snapshot(), self.folder)

    def shown(self, path: str) -> str:
        """The path of a source as it is reached from the current folder."""
        return os.path.relpath(self.root / path)

    def close(self) -> None:
        """Let go of the files of the index once running calls have ended; the next call opens them again."""
        self._snapshots.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _snapshot(self) -> Snapshot:
        """Return what a call answers from: it keeps its own reference, so that no other call can take it away."""
        return self._snapshots.get()

    def _changed(self, change: Callable[[], Changed]) -> Changed:
        """Carry out what makes a new commit: calls that began before answer from the old one, later ones do not."""
        try:
            return change()
        finally:
            self.close()
