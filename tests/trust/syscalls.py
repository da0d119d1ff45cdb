"""What a command does to the files below a folder, call by call of the operating system, as `strace` tells it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

_TRACED = (
    "open,creat,openat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,lseek,rename,renameat,renameat2,link,"
    "linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,fallocate,copy_file_range,sendfile,"
    "sync_file_range,mmap"
)
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)(.*)")
_RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)")
_UNFINISHED = " <unfinished ...>"
# Text is written as `"\x61"`, and the file behind a number as `3<\x61>`; one that has no name any more is `(deleted)`.
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"(\w+)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")
_KINDS = {
    **dict.fromkeys(("mkdir", "mkdirat"), "mkdir"),
    **dict.fromkeys(("rmdir", "unlink", "unlinkat"), "remove"),
    **dict.fromkeys(("rename", "renameat", "renameat2"), "rename"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A change of a file or a folder, or the word that it is to last (`sync`); `to` is the new name of one that moves.

    Of a `write`, `data` stands from `at` on; a file that is cut ends `at`.
    """

    kind: str
    path: str
    to: str = ""
    data: bytes = b""
    at: int = 0


def recorded(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[Call]:
    """Runs a command in `folder`, to its end; the calls that are about what lies below."""
    with NamedTemporaryFile("r", encoding="ascii") as log:
        strace = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", str(1 << 24), "-e", f"trace={_TRACED}"]
        ended = subprocess.run([*strace, "-o", log.name, *command], cwd=folder, env=environment, capture_output=True)
        assert ended.returncode in (0, 2), ended.stderr
        return list(_Reading(folder.resolve()).calls(log))


class _Reading:
    def __init__(self, folder: Path) -> None:
        self._below = f"{folder}/"
        # Where the next write goes, by process and number of the open file.
        self._places: dict[tuple[str, str], int] = {}

    def calls(self, lines: Iterator[str]) -> Iterator[Call]:
        for process, name, given, answer, rest in _whole(lines):
            if int(answer) >= 0:
                yield from self._call(process, name, given, int(answer), rest)

    def _call(self, process: str, name: str, given: str, answer: int, rest: str) -> Iterator[Call]:
        files = [(number, _text(path)) for number, path, is_gone in _FILE.findall(given) if not is_gone]
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(given)]
        match name:
            case "openat":
                yield from self._opened(process, given, answer, rest)
            case _ if name in _KINDS:
                paths = [os.path.join(self._below, os.fsdecode(text)) for text in texts]
                folders = [path for number, path in files if number != "AT_FDCWD"]
                if folders:
                    paths = [os.path.join(folders[0], os.fsdecode(text)) for text in texts]
                yield from self._below_it(Call(_KINDS[name], paths[0], paths[1] if paths[1:] else ""))
            case _ if files and f"{files[0][1]}/".startswith(self._below):
                (number, path), *_ = files
                yield from self._written(name, (process, number), path, given, texts, answer)

    def _opened(self, process: str, given: str, answer: int, rest: str) -> Iterator[Call]:
        found = _FILE.search(f"{answer}{rest}")
        if found and not found[3]:
            self._places[process, str(answer)] = 0
            if "O_CREAT" in given:
                yield from self._below_it(Call("create", _text(found[2])))
            if "O_TRUNC" in given:
                yield from self._below_it(Call("cut", _text(found[2])))

    def _written(
        self, name: str, file: tuple[str, str], path: str, given: str, texts: list[bytes], answer: int
    ) -> Iterator[Call]:
        match name:
            case "lseek":
                self._places[file] = answer
            case "write":
                yield from self._below_it(Call("write", path, data=texts[0][:answer], at=self._places[file]))
                self._places[file] += answer
            case "pwrite64":
                at = int(given.rpartition(", ")[2])
                yield from self._below_it(Call("write", path, data=texts[0][:answer], at=at))
            case "ftruncate":
                yield from self._below_it(Call("cut", path, at=int(given.rpartition(", ")[2])))
            case "fsync" | "fdatasync":
                yield from self._below_it(Call("sync", path))
            case "mmap" if "PROT_WRITE" not in given or "MAP_SHARED" not in given:
                pass
            case _:
                raise NotImplementedError(f"{name}: what it does to {path} is not known")

    def _below_it(self, call: Call) -> Iterator[Call]:
        if f"{call.path}/".startswith(self._below):
            yield replace(call, path=self._relative(call.path), to=call.to and self._relative(call.to))

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self._below)


def _whole(lines: Iterator[str]) -> Iterator[tuple[str, ...]]:
    """Calls in the order of their ends; one that another process came in between of stands in two lines."""
    begun: dict[str, str] = {}
    for line in map(str.rstrip, lines):
        process = line.partition(" ")[0]
        if line.endswith(_UNFINISHED):
            begun[process] = line.removesuffix(_UNFINISHED)
            continue
        if resumed := _RESUMED.fullmatch(line):
            line = begun.pop(process) + resumed[2]
        if found := _LINE.fullmatch(line):
            yield found.groups()


def _text(escaped: str) -> str:
    return os.fsdecode(bytes.fromhex(escaped.replace("\\x", "")))
