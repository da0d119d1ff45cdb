"""What is indexed and from which bytes: the sources of a library, and facts about it.

Each commit writes a catalog of its own, an SQLite database that is never changed afterwards, and the engine keeps its
name, size and digest together with the paragraphs (`Commit.data`). So there is one moment in which a commit happens,
and a catalog of another commit is not taken for this one's. Databases are read and written whole, as bytes in memory:
SQLite opens no file, leaves no journal, and follows no link.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from searchlib.commit_data import CatalogFile, file_name
from searchlib.directory import Directory
from searchlib.errors import IndexDamaged
from searchlib.model import Found, Skipped
from searchlib.scope import Scope

_TABLES = """
create table source (
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
create table fact (name text primary key, value text not null) without rowid;
"""
_SOURCES = """
select path, size, mtime_ns, digest, encoding, reader, reader_version, paragraphs, reason, told, modified_ns,
changed_ns, inode from source
"""
# The catalog of an index of format 4 and before, of which a rebuild wants to know what was indexed.
OLD = "catalog.db"
# Columns that such a catalog may lack.
_LATER = ("modified_ns", "changed_ns", "inode")
_SCHEMA = "select type, name, tbl_name, sql from sqlite_schema order by name"
_REMEMBER = "insert or replace into fact values (?, ?)"
_INSERT = "insert or replace into source values (?,?,?,?,?,?,?,?,?,?,?,?,?)"


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
    """The sources and facts of one commit, in memory; `save` writes those of the next one.

    Raises `IndexDamaged` for content that is no catalog. `where` is for messages.
    """

    def __init__(self, content: bytes | None = None, where: str = "") -> None:
        self._where = where
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        # What stands in the schema, such as a trigger, may call nothing that reaches out of it.
        self._connection.execute("pragma trusted_schema = off")
        if content is None:
            self._connection.executescript(_TABLES)
        elif not content:
            # SQLite would call it a lack of memory.
            raise self._damaged("it is empty")
        else:
            self._connection.deserialize(content)
            if self._ask(_SCHEMA) != _expected_schema():
                raise self._damaged("its tables are not those of a catalog")

    def sources(self) -> dict[str, Known]:
        """Every source by its path, in order."""
        try:
            known = sorted(map(_known, self._ask(_SOURCES)), key=attrgetter("path"))
        except (TypeError, ValueError) as error:
            raise self._damaged(f"a source is not as it was written ({error})") from error
        return {source.path: source for source in known}

    def facts(self) -> dict[str, str]:
        """All remembered facts by their names."""
        return {str(name): str(value) for name, value in self._ask("select name, value from fact")}

    def fact(self, name: str) -> str:
        """A remembered fact, or an empty string."""
        return self.facts().get(name, "")

    def check(self) -> None:
        """Reads all of it; raises `IndexDamaged`."""
        if (found := self._ask("pragma integrity_check(1)")) != [("ok",)]:
            raise self._damaged(" ".join(str(found).split()))
        self.sources()

    def change(self, known: Iterable[Known], removed: Iterable[str], facts: Mapping[str, str]) -> None:
        """Adds or replaces `known`, drops `removed` and remembers `facts`."""
        gone = ((os.fsencode(path),) for path in removed)
        with self._connection:
            self._connection.executemany("delete from source where path = ?", gone)
            self._connection.executemany(_INSERT, map(_row, known))
            self._connection.executemany(_REMEMBER, facts.items())

    def save(self, directory: Directory, commit_id: str, replaced: CatalogFile | None = None) -> str:
        """Write the catalog of a commit, so that it lasts; return what the engine is to keep with the commit."""
        content = self._connection.serialize()
        name = file_name(commit_id)
        with (directory / name).create() as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        directory.sync()
        before = replaced.name if replaced else ""
        return CatalogFile(name, len(content), _digest(content), self.facts(), before).data

    def close(self) -> None:
        self._connection.close()

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(self._where, f"the catalog can't be used: {what}")


def load(directory: Directory, data: str) -> Catalog:
    """The catalog that a commit names; raises `IndexDamaged` where it is missing or another one's."""
    try:
        file = CatalogFile.of_commit(data)
        content = (directory / file.name).read()
    except FileNotFoundError:
        raise IndexDamaged(str(directory.path), f"{file.name} is missing, which the last commit names") from None
    except ValueError as error:
        raise IndexDamaged(str(directory.path), str(error)) from error
    return read(content, file, str(directory.path))


def read(content: bytes, file: CatalogFile, where: str) -> Catalog:
    """The catalog of this content; raises `IndexDamaged` where it is not that of the file."""
    if (len(content), _digest(content)) != (file.bytes, file.digest):
        raise IndexDamaged(where, f"{file.name} is not as it was written")
    return Catalog(content, where)


def old_sources(directory: Directory) -> dict[str, Known]:
    """The sources in the catalog of an index of an earlier format, as far as it can be read."""
    try:
        content = (directory / OLD).read()
    except FileNotFoundError:
        return {}
    # SQLite would call an empty one a lack of memory.
    return _old_sources(content) if content else {}


def _old_sources(content: bytes) -> dict[str, Known]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(content)
        columns = {name for (name,) in connection.execute("select name from pragma_table_info('source')")}
        query = _SOURCES
        for missing in (name for name in _LATER if name not in columns):
            query = query.replace(missing, "0")
        rows = connection.execute(query).fetchall()
        return {source.path: source for source in map(_known, rows)}
    except (sqlite3.DatabaseError, TypeError, ValueError):
        return {}
    finally:
        connection.close()


@cache
def _expected_schema() -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(_TABLES)
    found = connection.execute(_SCHEMA).fetchall()
    connection.close()
    return found


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


_COLUMNS_OF = attrgetter(*(column.name for column in fields(Known)))


def _row(known: Known) -> tuple[Any, ...]:
    path, *rest = _COLUMNS_OF(known)
    return os.fsencode(path), *rest


def _known(row: tuple[Any, ...]) -> Known:
    path, *others, told, modified_ns, changed_ns, inode = row
    return Known(*(os.fsdecode(path), *others, bool(told), modified_ns, changed_ns, inode))
