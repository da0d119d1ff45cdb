"""What is indexed and from which bytes: the sources of a library, in SQLite.

The engine commits first and the catalog after it. A crash in between leaves sources here that look changed; they are
read again and replace what the engine has of them, so nothing is lost and nothing is there twice.

SQLite notices when its pages contradict one another, and not when a figure in one has become another. So there is a
checksum of all that a commit leaves, a fact among the others, and nothing is believed that it does not fit.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any
from zlib import crc32

from searchlib.errors import IndexBusy, IndexDamaged
from searchlib.model import Found, Skipped
from searchlib.private import new_file
from searchlib.scope import Scope

CATALOG = "catalog.db"
_TABLES = """
create table if not exists source (
    path blob primary key,      -- as the operating system has it, relative to the library's root
    size integer not null,      -- bytes
    mtime_ns integer not null,  -- 0 where the file was too young to tell a later change by its time
    digest blob not null,       -- of the bytes that were read; empty where they were not
    encoding text not null,
    reader text not null,
    reader_version integer not null,
    paragraphs integer not null,
    reason text not null,       -- why the source is not in the index; empty where it is
    told integer not null,      -- 1 where the user said which encoding it has
    modified_ns integer not null, -- when it was last changed, as the file system has it
    changed_ns integer not null, -- the same of anything about it, its content, name and rights (ctime)
    inode integer not null      -- its number in the file system
) without rowid;
create table if not exists fact (name text primary key, value text not null) without rowid;
-- Sources of which a commit was begun: nothing is known of their files until it has ended.
create table if not exists touched (path blob primary key) without rowid;
"""
# By name: a table of another program's catalog is noticed by what it lacks.
_SOURCES = """
select path, size, mtime_ns, digest, encoding, reader, reader_version, paragraphs, reason, told, modified_ns,
changed_ns, inode from source
"""
# Columns that came later than the others.
_LATER = ("modified_ns", "changed_ns", "inode")
# The catalog of an index of format 1, of which a rebuild wants to know what was indexed.
_SOURCES_1 = _SOURCES.replace("modified_ns,\nchanged_ns, inode", "0, 0, 0")
_REMEMBER = "insert or replace into fact values (?, ?)"
_FACTS = "select name, value from fact where name not in ('checksum', 'unfinished')"
_CHECKSUM, _UNFINISHED = "checksum", "unfinished"
# The format of marshal that depends on nothing but the values.
_MARSHAL = 2
_INSERT = "insert or replace into source values (?,?,?,?,?,?,?,?,?,?,?,?,?)"
# What a catalog of an index of format 3 or before has not.
_IS_CHECKED = "select name from pragma_table_info('touched')"
_COLUMNS = "select name from pragma_table_info('source')"


@dataclass(frozen=True, slots=True)
class Known:
    """A source as it was when it was last read.

    `mtime_ns` is 0 where the file had changed so shortly before it was read that its time proves nothing. `digest` is
    that of its bytes. `reason` says why it was skipped, and is empty where it was indexed. `told` is true where the
    encoding is the user's word and no finding. `modified_ns` is when the file was last changed, however shortly before;
    `changed_ns` and `inode` are those of `Found`.
    """

    path: str
    size: int
    mtime_ns: int
    digest: bytes
    encoding: str
    reader: str
    reader_version: int
    paragraphs: int
    reason: str
    told: bool
    modified_ns: int
    changed_ns: int
    inode: int


def named(path: str) -> Known:
    """A source of which nothing is known but that it is in the index."""
    return Known(path, 0, 0, b"", "", "", 0, 0, "", told=False, modified_ns=0, changed_ns=0, inode=0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an update has to do: paths to `read`, to leave alone, to take out; `passed` are skipped again unread.

    `forgotten` were skipped before, so there is nothing of them to take out, and their files are gone.
    """

    read: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    passed: tuple[Skipped, ...]
    forgotten: tuple[str, ...] = ()


def diff(
    found: Mapping[str, Found],
    known: Mapping[str, Known],
    *,
    versions: Mapping[str, int],
    encoding: str | None = None,
    kept: Iterable[str] = (),
    checksum: bool = False,
) -> Plan:
    """Compares the files there are with those that are known, both by path, without a look into any of them.

    A file is read when it is new, when its size, one of its times or its inode has changed, when its reader has
    (`versions` by name), or when `encoding` is given and was not given for it before: the user's word is remembered
    where it was found out too; and in any case with `checksum`. A known file that was not found is taken out, unless it
    is, or lies below, one of the `kept` paths: those could not be looked at.

    The time of the last change can be set back, as restoring and copying do; that of any change can't. Where rights or
    the number of links have changed, or a copy has other inodes, a file is read for nothing: its digest says so.
    """
    trusted = {} if checksum else known
    same = {path for path, file in found.items() if path in trusted and _is_same(file, known[path], versions, encoding)}
    unseen = Scope(kept)
    gone = [path for path in known if path not in found and path not in unseen]
    return Plan(
        read=tuple(path for path in found if path not in same),
        unchanged=tuple(path for path in found if path in same and not known[path].reason),
        removed=tuple(path for path in gone if not known[path].reason),
        passed=tuple(Skipped(path, known[path].reason) for path in found if path in same and known[path].reason),
        forgotten=tuple(path for path in gone if known[path].reason),
    )


def _is_same(file: Found, known: Known, versions: Mapping[str, int], encoding: str | None) -> bool:
    return (
        file[1:] == (known.size, known.mtime_ns, known.changed_ns, known.inode)
        and versions.get(known.reader) == known.reader_version
        and (encoding is None or (known.told and encoding == known.encoding))
    )


class Catalog:
    """The sources of one library. Only `commit` writes, all at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = self._connect()

    def sources(self) -> dict[str, Known]:
        """Every source by its path; raises `IndexDamaged` where what the last commit left has changed."""
        with self._at_once():
            rows, touched = self._rows()
        known = [replace(_known(row), mtime_ns=0, digest=b"") if row[0] in touched else _known(row) for row in rows]
        known.sort(key=attrgetter("path"))
        return {source.path: source for source in known}

    def _rows(self) -> tuple[list[tuple[Any, ...]], set[bytes]]:
        """The rows of all sources, and the paths of those that are touched."""
        if not {*_LATER} <= {name for (name,) in self._ask(_COLUMNS)}:
            return self._ask(_SOURCES_1), set()
        rows = self._ask(_SOURCES)
        if not self._ask(_IS_CHECKED):
            return rows, set()
        if self.fact(_CHECKSUM) != _checksum(rows, self._ask(_FACTS)):
            raise self._damaged("it is not as it was written")
        return rows, {path for (path,) in self._ask("select path from touched")}

    def fact(self, name: str) -> str:
        """A remembered fact, or an empty string."""
        rows = self._ask("select value from fact where name = ?", name)
        return str(rows[0][0]) if rows else ""

    def is_unfinished(self) -> bool:
        """Whether a commit of the engine was begun and none of the catalog followed."""
        return self.fact(_UNFINISHED) == "yes"

    def check(self) -> None:
        """Reads all of the file; raises `IndexDamaged`."""
        if (found := self._ask("pragma integrity_check(1)")) != [("ok",)]:
            raise self._damaged(" ".join(str(found).split()))
        if not self._ask(_IS_CHECKED):
            raise self._damaged("a table is missing")
        self.sources()

    def begin(self, paths: Iterable[str] = ()) -> None:
        """Notes, before the engine commits, that a commit of the catalog has to follow.

        Until it does, no file is taken for what was indexed of these `paths`, not even one that was put back as it was.
        """
        touched = ((os.fsencode(path),) for path in paths)
        with self._written():
            self._connection.executemany("insert or ignore into touched values (?)", touched)
            self._connection.execute("insert or replace into fact values (?, 'yes')", (_UNFINISHED,))

    def commit(
        self, known: Iterable[Known], removed: Iterable[str], facts: Mapping[str, str], *, anew: bool = False
    ) -> None:
        """Adds or replaces `known`, drops `removed` and remembers `facts`; with `anew`, forgets all else first."""
        gone = ((os.fsencode(path),) for path in removed)
        with self._written():
            if anew:
                self._connection.execute("delete from source")
            self._connection.executemany("delete from source where path = ?", gone)
            self._connection.executemany(_INSERT, map(_row, known))
            self._connection.execute("delete from touched")
            self._connection.execute("delete from fact where name = ?", (_UNFINISHED,))
            self._connection.executemany(_REMEMBER, facts.items())
            _remember_checksum(self._connection)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """What is asked meanwhile is answered from one commit."""
        self._ask("begin")
        try:
            yield
        finally:
            self._connection.rollback()

    @contextmanager
    def _written(self) -> Iterator[None]:
        """What is written meanwhile is written at once, or not; a loss of power does not undo it once it is over.

        What the engine does next relies on that. SQLite's usual transaction can come undone, because the name of its
        journal may be back.
        """
        try:
            self._connection.execute("pragma synchronous = extra")
            with self._connection:
                yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise self._damaged(str(error)) from error
            raise

    def _ask(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(question, values).fetchall()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                raise IndexBusy(str(self._path.parent), "another process") from error
            raise self._damaged(str(error)) from error

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(str(self._path.parent), f"{self._path.name}: {what}")

    def _connect(self) -> sqlite3.Connection:
        """Opens the file as it is, without writing to it: a reader may not be allowed to."""
        try:
            connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=rw", uri=True)
            # What stands in the file's own schema, such as a trigger, may call nothing that reaches out of it.
            connection.execute("pragma trusted_schema = off")
            return connection
        except sqlite3.OperationalError as error:
            raise IndexDamaged(str(self._path.parent), f"{self._path.name}: {error}") from error


def create(path: Path) -> Catalog:
    """A catalog without sources, or the one that is there; raises `IndexDamaged` where that is none."""
    if not path.exists():
        # SQLite would make a file that all can read; its journals have the mode of the file.
        new_file(path).close()
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(_TABLES)
            columns = {name for (name,) in connection.execute(_COLUMNS)}
            missing = [name for name in _LATER if name not in columns]
            for name in missing:
                connection.execute(f"alter table source add column {name} integer not null default 0")
            if missing or not connection.execute("select 1 from fact where name = ?", (_CHECKSUM,)).fetchall():
                with connection:
                    _remember_checksum(connection)
    except sqlite3.OperationalError:
        raise  # the disk's fault and not the file's
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(str(path.parent), f"{path.name}: {error}") from error
    return Catalog(path)


def _remember_checksum(connection: sqlite3.Connection) -> None:
    left = (connection.execute(question).fetchall() for question in (_SOURCES, _FACTS))
    connection.execute(_REMEMBER, (_CHECKSUM, _checksum(*left)))


def _checksum(sources: list[tuple[Any, ...]], facts: list[tuple[Any, ...]]) -> str:
    return f"{crc32(marshal.dumps((sources, facts), _MARSHAL)):08x}"


_COLUMNS_OF = attrgetter(*(column.name for column in fields(Known)))


def _row(known: Known) -> tuple[Any, ...]:
    path, *rest = _COLUMNS_OF(known)
    return os.fsencode(path), *rest


def _known(row: tuple[Any, ...]) -> Known:
    path, *others, told, modified_ns, changed_ns, inode = row
    return Known(*(os.fsdecode(path), *others, bool(told), modified_ns, changed_ns, inode))
