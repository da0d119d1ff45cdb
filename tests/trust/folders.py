"""A folder of documents that changes, the index of it, and what that index answers."""

from __future__ import annotations

import os
import random
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from searchlib import Library
from searchlib.errors import NoIndex
from searchlib.model import Paragraph, Progress
from searchlib.updating import OnChange

from .moments import narrow_bounds

DOCUMENTS, INDEX = "文", "index"
_IN_MEMORY = "/dev/shm"  # noqa: S108 — only `tempfile` makes names in it
# Every paragraph has it.
MARK = "版"
_VERSION = re.compile(rf"(\d+)之(\d+){MARK}")
_WORDS = "长江 大桥 枫桥经验 土地承包 記憶體 上海大学 㐂 iPhone15 经济 人才 水 的 茶馆 龙门客栈".split()
# What there is of each source; None where there is no index.
State = dict[str, tuple[Paragraph, ...]] | None


class Folder:
    """Documents, each of whose paragraphs says of which version it is, and their index; both lie in `root`."""

    def __init__(self, root: Path, seed: int, size: int = 24) -> None:
        self.root = root
        self.documents, self.index = root / DOCUMENTS, root / INDEX
        self._random = random.Random(seed)
        self._size = size
        self._versions = 0
        self._past: list[tuple[Path, bytes, int]] = []
        self.documents.mkdir(parents=True)
        for _ in range(size):
            self._add()

    def change(self, times: int = 8) -> None:
        """Adds, changes, empties, removes and renames documents, and puts some back as they were, times and all."""
        deeds = (self._add, self._edit, self._edit, self._empty, self._remove, self._rename, self._put_back)
        for _ in range(times):
            self._random.choice(deeds)()
        while len(there := self._there()) != self._size:
            self._add() if len(there) < self._size else self._remove()

    def state(self) -> State:
        return state(self.index)

    def copy(self, to: Path) -> Path:
        """The root of a copy, in the place of an earlier one."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.root, to)
        return to

    def _there(self) -> list[Path]:
        return sorted(self.documents.rglob("*.*"))

    def _add(self) -> None:
        folder = self.documents / self._random.choice(["", "甲", "乙"])
        folder.mkdir(exist_ok=True)
        self._write(folder / f"{self._random.randrange(3 * self._size)}.{self._random.choice(['txt', 'md'])}")

    def _edit(self) -> None:
        self._write(self._remembered())

    def _empty(self) -> None:
        self._put(self._remembered(), self._random.choice([b"", b"\0" * 600]))

    def _remove(self) -> None:
        self._remembered().unlink()

    def _rename(self) -> None:
        path = self._remembered()
        path.rename(path.with_stem(f"{self._random.randrange(3 * self._size)}"))

    def _put_back(self) -> None:
        if self._past:
            path, content, changed_ns = self._random.choice(self._past)
            self._put(path, content, changed_ns)

    def _remembered(self) -> Path:
        path = self._random.choice(self._there())
        self._past = [*self._past[-9:], (path, path.read_bytes(), path.stat().st_mtime_ns)]
        return path

    def _write(self, path: Path) -> None:
        self._versions += 1
        self._put(path, document(self._random, self._versions).encode())

    def _put(self, path: Path, content: bytes, changed_ns: int | None = None) -> None:
        """In one step, so that nobody sees a part of it."""
        new = self.root / "new"
        new.write_bytes(content)
        if changed_ns is not None:
            os.utime(new, ns=(changed_ns, changed_ns))
        new.replace(path)


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder to work in, on no disk where there is such a place: a disk is slow to be told so often to last."""
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


def document(chance: random.Random, number: int) -> str:
    """A text of some paragraphs, each with their count and the number of the version in it."""
    count = chance.randrange(2, 8)
    version = f"{count}之{number}{MARK}"
    lines = (f"{version}：{'，'.join(chance.choices(_WORDS, k=chance.randrange(2, 12)))}。" for _ in range(count - 1))
    return "\n\n".join((f"# {version}的标题", *lines)) + "\n"


def state(index: Path) -> State:
    """What a search finds there, and what there is of each source; an `AssertionError` where the two are not the same.

    Raises what `Library.open` does, but for there being no index.
    """
    try:
        library = Library.open(index)
    except NoIndex:
        return None
    with library:
        return seen(library)


def seen(library: Library) -> dict[str, tuple[Paragraph, ...]]:
    there = {path: tuple(library.paragraphs(path)) for path in library.sources()}
    results = library.search(f"“{MARK}”", limit=10_000)
    library.status()
    found = {(hit.path, hit.paragraph.text) for hit in results}
    assert found == {(path, paragraph.text) for path, texts in there.items() for paragraph in texts}
    assert results.complete == sum(map(len, there.values()))
    return there


def is_whole(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether they are all those of one version of a document."""
    versions = {(int(found[1]), found[2]) for found in map(_VERSION.search, (one.text for one in paragraphs)) if found}
    return [len(paragraphs)] == [count for count, _ in versions]


def update(root: Path, *, rebuild: bool = False, on_change: OnChange = lambda _: None) -> None:
    with Library.create(root / INDEX) as library:
        library.update([root / DOCUMENTS], rebuild=rebuild, on_change=on_change)


class Ranked(NamedTuple):
    """A state, and in which order, with which scores, it answers a question."""

    state: State
    hits: Sequence[tuple[str, int, float]]


def ranked(index: Path) -> Ranked:
    with Library.open(index) as library:
        results = library.search("长江大桥 枫桥经验", limit=10_000)
        hits = [(hit.path, hit.line, hit.score) for hit in results]
    return Ranked(state(index), hits)


def fresh(root: Path, scratch: Path) -> Ranked:
    """What an index made of the documents as they are now, and of nothing before, answers."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(root / DOCUMENTS, scratch / DOCUMENTS)
    update(scratch)
    return ranked(scratch / INDEX)


def foreseen(folder: Folder, scratch: Path, *, rebuild: bool = False) -> list[State]:
    """The states that an update of the folder commits one after the other, from the one it begins with.

    It is tried in the folder itself, whose index is then put back: the files of a copy would all be read, as they have
    other inodes and times of change, and commits would lie between others of them.
    """
    before = folder.copy(scratch) / INDEX
    found = committed(folder.root, rebuild=rebuild)
    shutil.rmtree(folder.index)
    if before.exists():
        shutil.copytree(before, folder.index)
    return found


def committed(root: Path, *, rebuild: bool = False) -> list[State]:
    """The same, of an update that is carried out."""
    found = [state(root / INDEX)]
    # The first index is empty for a moment.
    found += [{}] if found[0] is None else []
    committed = 0

    def look(progress: Progress) -> None:
        nonlocal committed
        if progress.files_committed != committed:
            committed = progress.files_committed
            found.append(state(root / INDEX))

    with narrow_bounds():
        update(root, rebuild=rebuild, on_change=look)
    return [*found, state(root / INDEX)]
