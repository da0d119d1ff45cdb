"""The files of the engine: Whoosh's own storage, with a seal on its table of contents.

Whoosh reads the table with pickle, and damaged pickles raise whatever they like, if they do not run it. So a digest
of the table stands behind its last byte, where Whoosh does not look, and is checked before Whoosh reads a byte. With
it stand the sizes of the segments, so that one that is missing or was cut short is noticed before it is used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, TOC
from whoosh.index import IndexError as WhooshError

from searchlib.errors import IndexDamaged

_TABLE, _SEGMENT = ".toc", ".seg"
_DIGEST_BYTES = 16
# In front of the sizes, which are one line of JSON. The pickle before it may have these bytes too, so the last counts.
_SEAL = b"\nseal "

Made = TypeVar("Made")


class SealedStorage(FileStorage):  # type: ignore[misc]  # Whoosh's classes are not typed
    """A folder whose tables of contents are sealed as the last step of a commit, and checked whenever one is read."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        if newname.endswith(_TABLE):
            self._seal(Path(self.folder, oldname))
        super().rename_file(oldname, newname, safe)

    def open_file(self, name: str, **options: Any) -> Any:
        if name.endswith(_TABLE):
            self._unsealed(name)
        return super().open_file(name, **options)

    def of_last_commit(self, make: Callable[[], Made]) -> Made:
        """What `make` makes from the files of the last commit; raises `IndexDamaged` where they are not all there.

        A writer that commits deletes what its table no longer names, so a file may be gone between its name being read
        and its being opened. Then there is a newer table, and all is well on the second try.
        """
        while True:
            generation = self._generation()
            try:
                self._check(generation)
                return make()
            except (OSError, WhooshError) as error:
                if self._generation() == generation:
                    raise IndexDamaged(str(self.folder), str(error)) from error

    def _generation(self) -> int:
        generation: int = TOC._latest_generation(self, _DEF_INDEX_NAME)
        return generation

    def _check(self, generation: int) -> None:
        if generation < 0:
            raise IndexDamaged(str(self.folder), "there is no table of contents")
        table = TOC.read(self, _DEF_INDEX_NAME, gen=generation)
        sizes = self._unsealed(TOC._filename(_DEF_INDEX_NAME, generation))
        for segment in table.segments:
            name = segment.make_filename(_SEGMENT)
            if self.file_length(name) != sizes[name]:
                raise IndexDamaged(str(self.folder), f"{name} is not as long as it was written")

    def _seal(self, table: Path) -> None:
        # A commit deletes what it no longer needs after this; sizes of segments too many do no harm.
        sizes = {name: self.file_length(name) for name in self.list() if name.endswith(_SEGMENT)}
        content = table.read_bytes() + _SEAL + json.dumps(sizes).encode()
        table.write_bytes(content + _digest(content))

    def _unsealed(self, name: str) -> dict[str, int]:
        """The sizes that a table was sealed with; raises `IndexDamaged` if it is not as it was then."""
        content = Path(self.folder, name).read_bytes()
        content, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
        if _digest(content) != digest:
            raise IndexDamaged(str(self.folder), f"{name} is not as it was written")
        sizes: dict[str, int] = json.loads(content[content.rindex(_SEAL) + len(_SEAL) :])
        return sizes


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_DIGEST_BYTES).digest()
