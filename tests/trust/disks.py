"""A disk that loses power: what may be left of a folder of which some changes were told to last and others were not."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .syscalls import Call

_BLOCK = 4096


class Write(NamedTuple):
    """`data` from a place on; None cuts the file there."""

    at: int
    data: bytes | None


class _File:
    """What of it lasts, and what was written since it was last told to."""

    def __init__(self, content: bytes = b"") -> None:
        self._lasting = content
        self.since: list[Write] = []

    def after(self, writes: Sequence[Write]) -> bytes:
        found = bytearray(self._lasting)
        for at, data in writes:
            if data is None:
                del found[at:]
            found += bytes(max(0, at - len(found)))
            found[at : at + len(data or b"")] = data or b""
        return bytes(found)

    def sync(self) -> None:
        self._lasting, self.since = self.after(self.since), []


class _Folder:
    """Which of its names last, and how these changed since it was last told to, sometimes two of them at once."""

    def __init__(self) -> None:
        self._lasting: dict[str, _Entry] = {}
        self.since: list[Mapping[str, _Entry | None]] = []

    def after(self, changes: Sequence[Mapping[str, _Entry | None]]) -> dict[str, _Entry]:
        found: dict[str, _Entry | None] = dict(self._lasting)
        for change in changes:
            found |= change
        return {name: entry for name, entry in found.items() if entry is not None}

    @property
    def now(self) -> dict[str, _Entry]:
        return self.after(self.since)

    def sync(self) -> None:
        self._lasting, self.since = self.now, []


_Entry = _File | _Folder


class Way(NamedTuple):
    """How the power goes: how many of the changes of a folder are left, and what of the writes to a file."""

    names: Callable[[random.Random, int], int]
    writes: Callable[[random.Random, list[Write]], list[Write]]


def _cut(chance: random.Random, writes: list[Write]) -> list[Write]:
    """The first of them, the last of which is not whole."""
    some = writes[: chance.randint(0, len(writes))]
    if some and (data := some[-1].data):
        some[-1] = Write(some[-1].at, data[: chance.randrange(len(data))])
    return some


def _scattered(chance: random.Random, writes: list[Write]) -> list[Write]:
    """Some blocks of them."""
    blocks = []
    for at, data in writes:
        if data is None:
            blocks.append(Write(at, None))
        else:
            blocks += (Write(at + first, data[first : first + _BLOCK]) for first in range(0, len(data), _BLOCK))
    return [block for block in blocks if chance.random() < 0.5]


LOST = "all that was not synced is lost"
WAYS = {
    "nothing is lost": Way(lambda _, count: count, lambda _, writes: writes),
    LOST: Way(lambda _, __: 0, lambda _, __: []),
    "contents are lost": Way(lambda _, count: count, lambda _, __: []),
    "names are lost": Way(lambda _, __: 0, lambda _, writes: writes),
    "contents are cut": Way(lambda _, count: count, _cut),
    "some of both is lost": Way(lambda chance, count: chance.randint(0, count), _scattered),
}


class Disk:
    """Folder `name` of `root`, with what lies in it; what there is now lasts."""

    def __init__(self, root: Path, name: str) -> None:
        self._root = _Folder()
        if (root / name).exists():
            self._root.since = [{name: _read(root / name)}]
            self._root.sync()

    def do(self, call: Call) -> None:
        folder, name = self._entry(os.path.dirname(call.path)), os.path.basename(call.path)
        if call.kind in ("write", "cut", "sync"):
            entry = self._entry(call.path)
            if call.kind == "sync":
                entry.sync()
            else:
                assert isinstance(entry, _File)
                entry.since.append(Write(call.at, call.data if call.kind == "write" else None))
            return
        assert isinstance(folder, _Folder)
        match call.kind:
            case "create":
                folder.since += [] if name in folder.now else [{name: _File()}]
            case "mkdir":
                folder.since.append({name: _Folder()})
            case "remove":
                folder.since.append({name: None})
            case "rename":
                assert os.path.dirname(call.to) == os.path.dirname(call.path)
                folder.since.append({name: None, os.path.basename(call.to): folder.now[name]})
            case other:
                raise NotImplementedError(other)

    def left(self, way: Way, chance: random.Random) -> dict[str, bytes | None]:
        """What is there when the power comes back: by path, the contents of files and None for folders."""
        return dict(_left(self._root, "", way, chance))

    def _entry(self, path: str) -> _Entry:
        entry: _Entry = self._root
        for name in filter(None, path.split("/")):
            if name != ".":
                assert isinstance(entry, _Folder)
                entry = entry.now[name]
        return entry


def _left(folder: _Folder, path: str, way: Way, chance: random.Random) -> list[tuple[str, bytes | None]]:
    found: list[tuple[str, bytes | None]] = []
    for name, entry in folder.after(folder.since[: way.names(chance, len(folder.since))]).items():
        below = os.path.join(path, name)
        if isinstance(entry, _File):
            found.append((below, entry.after(way.writes(chance, entry.since))))
        else:
            found += [(below, None), *_left(entry, below, way, chance)]
    return found


def _read(path: Path) -> _Entry:
    if path.is_file():
        return _File(path.read_bytes())
    folder = _Folder()
    folder.since = [{entry.name: _read(entry)} for entry in path.iterdir()]
    folder.sync()
    return folder


def write(root: Path, left: Mapping[str, bytes | None]) -> None:
    """Puts what is left of a disk below `root`."""
    for path, content in left.items():
        if content is None:
            (root / path).mkdir(mode=0o700)
        else:
            (root / path).write_bytes(content)
