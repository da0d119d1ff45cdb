"""The table of contents: which segments make up the index. A commit is the moment in which it is replaced.

    table.json   one line of JSON, {"generation": n, "segments": [...]}, a newline, and the BLAKE2 digest of the line in
                 hexadecimal; a segment is {"name", "paragraphs", "bytes", "removed", "removals"}, see `Row`
    NAME.arrays  a segment; never changed once it is written
    NAME.N       which of its paragraphs were removed by the N-th commit that removed some, and before
    whoosh.lock  held by a writer, the engine's or Whoosh's

Everything else in the folder is left over from a writer that did not commit, and is removed by the next one that does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.errors import IndexDamaged
from searchlib.lasting import sync
from searchlib.private import new_file, touch

if TYPE_CHECKING:
    from whoosh.util.filelock import FileLock

    from searchlib.engines.whoosh.lists import Numbers

_TABLE = "table.json"
_LOCK = "whoosh.lock"
_REMOVED = "removed"
# Those of Whoosh are of letters too. Nothing that leads out of the folder is one.
_NAME = re.compile(r"[0-9a-z]+")

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Row:
    """A segment: `paragraphs` in a file of so many `bytes`, `removed` of them by so many commits, `removals`."""

    name: str
    paragraphs: int
    bytes: int
    removed: int = 0
    removals: int = 0

    @property
    def live(self) -> int:
        return self.paragraphs - self.removed

    @property
    def file(self) -> str:
        return f"{self.name}.arrays"

    @property
    def removed_file(self) -> str | None:
        return f"{self.name}.{self.removals}" if self.removals else None

    @property
    def files(self) -> set[str]:
        return {self.file, *filter(None, [self.removed_file])}


@dataclass(frozen=True, slots=True)
class Table:
    generation: int
    rows: tuple[Row, ...]


def new_name() -> str:
    """A name that no segment has had."""
    return os.urandom(8).hex()


def row_of(folder: Path, name: str, paragraphs: int) -> Row:
    """The row of a segment that was just written."""
    row = Row(name, paragraphs, 0)
    return replace(row, bytes=(folder / row.file).stat().st_size)


def read(folder: Path) -> Table:
    """The last commit; raises `IndexDamaged`."""
    try:
        content = (folder / _TABLE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexDamaged(str(folder), "there is no table of contents") from None
    line, _, digest = content.partition(b"\n")
    if digest.decode(errors="replace") != _digest(line):
        raise IndexDamaged(str(folder), f"{_TABLE} is not as it was written")
    try:
        table = json.loads(line)
        rows = tuple(Row(**row) for row in table["segments"])
        names = [_NAME.fullmatch(row.name) for row in rows]
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise IndexDamaged(str(folder), f"{_TABLE} can't be read ({error})") from error
    if not all(names):
        raise IndexDamaged(str(folder), f"{_TABLE} names a segment that lies elsewhere")
    return Table(table["generation"], rows)


def last_modified(folder: Path) -> float:
    """When the last commit was, in seconds since 1970."""
    return (folder / _TABLE).stat().st_mtime


def write(folder: Path, table: Table) -> None:
    """Commits: makes `table` the one that readers see from now on."""
    line = json.dumps({"generation": table.generation, "segments": [asdict(row) for row in table.rows]}).encode()
    new = folder / f"{_TABLE}.new"
    with new_file(new) as file:
        file.write(line + b"\n" + _digest(line).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, folder / _TABLE)
    sync(folder)


def lock(folder: Path) -> FileLock:
    """The lock of a writer, the engine's or Whoosh's: of two, one would remove what the other has not committed yet."""
    from whoosh.util.filelock import FileLock

    # Whoosh would make the file one that others can read, and write if the umask lets them.
    touch(folder / _LOCK)
    return FileLock(str(folder / _LOCK))


def clean(folder: Path, table: Table) -> None:
    """Removes the files that no row names."""
    named = {_TABLE, _LOCK}.union(*(row.files for row in table.rows))
    for entry in os.scandir(folder):
        if entry.name not in named and entry.is_file(follow_symlinks=False):
            os.unlink(entry.path)


def of_last_commit(folder: Path, make: Callable[[Table], Made]) -> Made:
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
                raise IndexDamaged(str(folder), f"{Path(error.filename).name} is missing") from error


def opened(folder: Path, row: Row) -> ArrayFile:
    """The arrays of a segment; raises `IndexDamaged`, and `FileNotFoundError` where the file is gone."""
    file = ArrayFile(folder / row.file)
    if file.size != row.bytes:
        raise IndexDamaged(str(folder), f"{row.file} is not as long as it was written")
    return file


def check(folder: Path, table: Table) -> None:
    """Raises what `opened` and `removed` do for any segment, without a look at any array."""
    for row in table.rows:
        opened(folder, row)
        if row.removed_file:
            ArrayFile(folder / row.removed_file)


def removed(folder: Path, row: Row) -> Numbers:
    """The numbers of a segment's removed paragraphs, rising."""
    import numpy as np

    if row.removed_file is None:
        return np.empty(0, np.int64)
    return ArrayFile(folder / row.removed_file)[_REMOVED].astype(np.int64)


def with_removed(folder: Path, row: Row, numbers: Iterable[Numbers]) -> Row:
    """The row once these paragraphs are removed too; writes which ones are."""
    import numpy as np

    now = np.unique(np.concatenate([removed(folder, row), *numbers]))
    if len(now) == row.removed:
        return row
    row = replace(row, removed=len(now), removals=row.removals + 1)
    writer = ArrayWriter(folder / str(row.removed_file))
    writer.append(_REMOVED, now.astype("<u4"))
    writer.close()
    return row


def _digest(line: bytes) -> str:
    return blake2b(line, digest_size=16).hexdigest()
