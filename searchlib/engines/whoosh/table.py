"""The table of contents: which segments make up the index. A commit is the moment in which it is replaced.

    table.json      one line of JSON, a `Table` with its `Row`s as "segments", a newline, and the BLAKE2 digest of the
                    line in hexadecimal
    NAME.arrays     a segment; never changed once it is written
    NAME.removed    which paragraphs of a segment have been removed, by a commit that removed some and before
    whoosh.lock     held by a writer, the engine's or Whoosh's

The names of all files that the commit to come will add begin with its id, which the last commit has announced as
`next`. So the table names what an interrupted writer may have left, and nothing else is removed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from searchlib.directory import Directory
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.errors import IndexDamaged

if TYPE_CHECKING:
    from whoosh.util.filelock import FileLock

    from searchlib.engines.whoosh.lists import Numbers

NAME = "table.json"
_LOCK = "whoosh.lock"
_REMOVED = "removed"
# Those of Whoosh are of letters too. Nothing that leads out of the folder is one.
_NAME = re.compile(r"[0-9a-z]+")
# What this engine writes where no table can be read that says which files it has written; and the same of the formats
# before, whose folders were numbered.
_WRITTEN = re.compile(r"[0-9a-f]{24}\.(?:arrays|removed)|table\.json(?:\.[0-9a-f]{16})?|whoosh\.lock")
_WRITTEN_BEFORE = re.compile(
    r"[0-9a-f]{16}\.(?:arrays|\d+)|table\.json(?:\.new)?|whoosh\.lock|_?MAIN_(?:\w+\.(?:seg|toc)|WRITELOCK)"
)
_NUMBERED = re.compile(r"\w+-\d{1,15}")

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Row:
    """A segment: `paragraphs` in a file of so many `bytes` and a `digest`; `removed` of them as the file `removals` has
    it, which is empty where none is.
    """

    name: str
    paragraphs: int
    bytes: int
    digest: str = ""
    removed: int = 0
    removals: str = ""
    removals_bytes: int = 0
    removals_digest: str = ""

    @property
    def live(self) -> int:
        return self.paragraphs - self.removed

    @property
    def file(self) -> str:
        return f"{self.name}.arrays"

    @property
    def files(self) -> set[str]:
        return {self.file, *filter(None, [self.removals])}


@dataclass(frozen=True, slots=True)
class Table:
    """A commit: its `id`, that of the `next` one, the segments, and the `data` that the caller keeps with it.

    `obsolete` are the files of the commit before that this one does not need; they are removed once it is there.
    """

    generation: int
    rows: tuple[Row, ...]
    id: str
    next: str
    data: str = ""
    obsolete: tuple[str, ...] = ()

    @property
    def files(self) -> set[str]:
        return {NAME, _LOCK}.union(*(row.files for row in self.rows))

    @property
    def bytes(self) -> int:
        """The size of all segments with what was removed from them."""
        return sum(row.bytes + row.removals_bytes for row in self.rows)

    def has_written(self, name: str) -> bool:
        """Return whether a file is of this commit, or was left by the one before or by an interrupted one after it."""
        is_new = name.startswith((self.next, f"{NAME}.{self.next}", f"{NAME}.{self.id}"))
        return is_new or name in self.files or name in self.obsolete

    def followed_by(self, rows: Iterable[Row], data: str) -> Table:
        """The next commit."""
        return Table(self.generation + 1, tuple(rows), self.next, new_id(), data)


def new_id() -> str:
    """The id of a commit: 16 hexadecimal digits that have never been used."""
    return os.urandom(8).hex()


def new_name(commit_id: str) -> str:
    """A name for a segment that the commit of this id adds, which no other has had."""
    return commit_id + os.urandom(4).hex()


def create(folder: Directory) -> None:
    """Make the table of an engine without paragraphs."""
    write(folder, Table(0, (), new_id(), new_id()))


def row_of(folder: Directory, name: str, paragraphs: int) -> Row:
    """The row of a segment that was just written."""
    row = Row(name, paragraphs, 0)
    file = ArrayFile(folder / row.file)
    return replace(row, bytes=file.size, digest=file.digest)


def read(folder: Directory) -> Table:
    """The last commit; raises `IndexDamaged`."""
    try:
        content = (folder / NAME).read()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexDamaged(str(folder.path), "there is no table of contents") from None
    line, _, digest = content.partition(b"\n")
    if digest.decode(errors="replace") != _digest(line):
        raise IndexDamaged(str(folder.path), f"{NAME} is not as it was written")
    try:
        values = json.loads(line)
        rows = tuple(Row(**row) for row in values["segments"])
        are_names = [bool(_NAME.fullmatch(row.name)) and _is_file_name(row.removals) for row in rows]
        are_names += [bool(_NAME.fullmatch(values[name])) for name in ("id", "next")]
        are_names += map(_is_file_name, values["obsolete"])
        obsolete = tuple(values["obsolete"])
        table = Table(values["generation"], rows, values["id"], values["next"], str(values["data"]), obsolete)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise IndexDamaged(str(folder.path), f"{NAME} can't be read ({error})") from error
    if not all(are_names):
        raise IndexDamaged(str(folder.path), f"{NAME} names a segment that lies elsewhere")
    return table


def _is_file_name(name: str) -> bool:
    """Return whether a name is one of a file in the folder itself; the empty one is no file."""
    return "/" not in name and "\\" not in name and not name.startswith(".")


def last_modified(folder: Directory) -> float:
    """When the last commit was, in seconds since 1970."""
    with (folder / NAME).open() as file:
        return os.fstat(file.fileno()).st_mtime


def write(folder: Directory, table: Table) -> None:
    """Commits: makes `table` the one that readers see from now on."""
    values = asdict(table)
    values["segments"] = values.pop("rows")
    line = json.dumps(values, ensure_ascii=False).encode()
    folder.replace_file(NAME, line + b"\n" + _digest(line).encode(), f"{NAME}.{table.id}")


def lock(folder: Directory) -> FileLock:
    """The lock of a writer, the engine's or Whoosh's: of two, one would remove what the other has not committed yet."""
    from whoosh.util.filelock import FileLock

    # Whoosh would make the file one that others can read, and write if the umask lets them; and it follows links. In a
    # folder that only its owner can write, nothing changes between this check and its opening.
    if not folder.has(_LOCK):
        folder.create_file(_LOCK).close()
    folder.open_file(_LOCK).close()
    return FileLock(str(folder.place / _LOCK))


def commit(folder: Directory, before: Table, rows: Iterable[Row], data: str) -> None:
    """Commits these segments after `before`, and removes what is of no use from then on.

    That is what the last commit named and this one does not, and what interrupted writers have left. The new table
    names it too, so that it is removed by the next commit if this one is interrupted here.
    """
    now = before.followed_by(rows, data)
    obsolete = [name for name in folder.names() if before.has_written(name) and name not in now.files]
    write(folder, replace(now, obsolete=tuple(obsolete)))
    clean(folder, obsolete)


def clean(folder: Directory, obsolete: Iterable[str]) -> None:
    """Remove files that a table names as obsolete."""
    for name in obsolete:
        folder.remove_file(name)


def clear(folder: Directory) -> bool:
    """Remove all that this engine has written into its folder; return whether there was anything."""
    is_written = _is_written(folder)
    names = [name for name in folder.names() if is_written(name)]
    # As long as the table is there, an interrupted run can be ended.
    for name in sorted(names, key=NAME.__eq__):
        folder.remove_file(name)
    return bool(names)


def _is_written(folder: Directory) -> Callable[[str], object]:
    """Tells which names in a folder are of files that this engine has written."""
    if _NUMBERED.fullmatch(folder.path.name):
        return _WRITTEN_BEFORE.fullmatch
    try:
        return read(folder).has_written
    except IndexDamaged:
        # Without a table nothing of it is left.
        return _WRITTEN.fullmatch if folder.has(NAME) else lambda _: False


def of_last_commit(folder: Directory, make: Callable[[Table], Made]) -> Made:
    """What `make` makes from the files of the last commit; raises `IndexDamaged` where they are not all there.

    A writer that commits deletes what its table no longer names, so a file may be gone between its name being read and
    its being opened. Then there is a newer table, and all is well on the second try.
    """
    while True:
        table = read(folder)
        try:
            return make(table)
        except FileNotFoundError as error:
            if read(folder) == table:
                raise IndexDamaged(str(folder.path), f"{Path(error.filename).name} is missing") from error


def opened(folder: Directory, row: Row) -> ArrayFile:
    """The arrays of a segment; raises `IndexDamaged`, and `FileNotFoundError` where the file is gone."""
    return _opened(folder, row.file, row.bytes, row.digest)


def opened_removals(folder: Directory, row: Row) -> ArrayFile | None:
    """The file with the removed paragraphs of a segment, where there is one; raises the same."""
    if not row.removals:
        return None
    file = _opened(folder, row.removals, row.removals_bytes, row.removals_digest)
    if _REMOVED not in file:
        raise IndexDamaged(str(folder.path), f"{row.removals} is not a list of removed paragraphs")
    return file


def _opened(folder: Directory, name: str, size: int, digest: str) -> ArrayFile:
    file = ArrayFile(folder / name)
    if file.size != size:
        raise IndexDamaged(str(folder.path), f"{name} is not as long as it was written")
    if file.digest != digest:
        raise IndexDamaged(str(folder.path), f"{name} is another file than the one that was written")
    return file


def check(folder: Directory, table: Table) -> None:
    """Raises what `opened` and `removed` do for any segment, without a look at any array."""
    for row in table.rows:
        opened(folder, row)
        opened_removals(folder, row)


def removed(folder: Directory, row: Row) -> Numbers:
    """The numbers of a segment's removed paragraphs, rising."""
    import numpy as np

    file = opened_removals(folder, row)
    return np.empty(0, np.int64) if file is None else file[_REMOVED].astype(np.int64)


def with_removed(folder: Directory, last: Table, row: Row, numbers: Iterable[Numbers]) -> Row:
    """The row once these paragraphs are removed too; writes which ones are, for the commit after the last one."""
    import numpy as np

    now = np.unique(np.concatenate([removed(folder, row), *numbers]))
    if len(now) == row.removed:
        return row
    name = f"{new_name(last.next)}.{_REMOVED}"
    writer = ArrayWriter(folder / name)
    writer.append(_REMOVED, now.astype("<u4"))
    writer.close()
    file = ArrayFile(folder / name)
    return replace(row, removed=len(now), removals=name, removals_bytes=file.size, removals_digest=file.digest)


def copy(folder: Directory, table: Table, files: Sequence[ArrayFile]) -> None:
    """Write the open files of a commit and its table to another folder."""
    for file in files:
        file.copy_to(folder / file.path.name)
    write(folder, table)


def _digest(line: bytes) -> str:
    return blake2b(line, digest_size=16).hexdigest()
