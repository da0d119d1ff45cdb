"""What ignore files and globs say about a path, in git's pattern language.

`globs` says what one line matches, and this module when and where it counts. A scan asks of each file and folder for
itself, from the outermost folder down: only so do `!` lines of one file and lines of a deeper file meet in the order
that git gives them. A path is relative to the folder that holds the ignore file, and a folder's path ends in `/`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from searchlib import globs
from searchlib.errors import PathError

Complain = Callable[[str, OSError], None]

GIT = ".git"
_IGNORE = ".ignore"
_GITIGNORE = ".gitignore"
_MARKS = (GIT, _IGNORE, _GITIGNORE)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that can match: `plain` unless it began with `!`."""

    glob: globs.Glob
    plain: bool


class Patterns:
    """The lines of an ignore file, or the globs of an option, in their order; a later line beats an earlier one."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._latest_first = tuple(reversed([line for line in map(_parse, lines) if line]))

    def verdict(self, path: str) -> bool | None:
        """Whether the line that counts is one without `!`; None where no line matches."""
        for line in self._latest_first:
            if line.glob.matches(path):
                return line.plain
        return None


def patterns_of_globs(lines: Iterable[str]) -> Patterns:
    """Globs that a user gave; raises PathError for one that could never match."""
    lines = tuple(lines)
    for glob in lines:
        if _parse(glob) is None:
            raise PathError(
                f"the pattern {glob!r} matches nothing", hint="write it as in a .gitignore, for example *.txt or old/"
            )
    return Patterns(lines)


def _parse(line: str) -> _Line | None:
    """None for a comment, a blank line, and a line that git can't read either."""
    text = _without_trailing_spaces(line)
    if text.startswith("#"):
        return None
    glob = globs.parse(text.removeprefix("!"))
    return _Line(glob, plain=not text.startswith("!")) if glob else None


def _without_trailing_spaces(line: str) -> str:
    """As git has it: a space after a backslash stays. Only U+0020 counts, so `　` and a tab are part of the name."""
    text = line.rstrip(" ")
    backslashes = len(text) - len(text.rstrip("\\"))
    return text + " " if text != line and backslashes % 2 else text


@dataclass(frozen=True, slots=True)
class Layer:
    """Patterns and how to make a path of theirs from one of the scan: `prefix + path[start:]`."""

    patterns: Patterns
    start: int
    prefix: str = ""

    def verdict(self, path: str) -> bool | None:
        return self.patterns.verdict(self.prefix + path[self.start :])


@dataclass(frozen=True, slots=True)
class Heeded:
    """The ignore files that have a say in a folder, nearest first: every `.ignore` beats every `.gitignore`."""

    ignore: tuple[Layer, ...] = ()
    git: tuple[Layer, ...] = ()
    in_repository: bool = False

    def verdict(self, path: str) -> bool | None:
        """True: leave it out; False: a `!` line asks for it; None: no line is about it."""
        for layers in (self.ignore, self.git):
            for layer in layers:
                verdict = layer.verdict(path)
                if verdict is not None:
                    return verdict
        return None

    def within(self, folder: str, names: Container[str], complain: Complain) -> Heeded:
        """What is heeded in a folder below this one, given as `path/`, that contains files of these names."""
        if not any(mark in names for mark in _MARKS):
            return self
        ignore, git, in_repository = self.ignore, self.git, self.in_repository
        if GIT in names:
            # A repository stands for itself, also inside another one.
            git, in_repository = _layer(folder, f"{GIT}/info/exclude", complain), True
        if in_repository and _GITIGNORE in names:
            git = (*_layer(folder, _GITIGNORE, complain), *git)
        if _IGNORE in names:
            ignore = (*_layer(folder, _IGNORE, complain), *ignore)
        return Heeded(ignore, git, in_repository)


def heeded_above(folder: str, start: int, complain: Complain) -> Heeded:
    """What the folders above `folder`, a real path, have to say about paths of which `start` characters lead to it."""
    heeded = Heeded()
    for parent in reversed(Path(folder).parents):
        above = _with_slash(str(parent))
        heeded = heeded.within(above, {mark for mark in _MARKS if os.path.lexists(above + mark)}, complain)

    def moved(layer: Layer) -> Layer:
        return Layer(layer.patterns, start, _with_slash(folder)[layer.start :])

    return Heeded(tuple(map(moved, heeded.ignore)), tuple(map(moved, heeded.git)), heeded.in_repository)


def _with_slash(folder: str) -> str:
    return folder.rstrip("/") + "/"


def _layer(folder: str, name: str, complain: Complain) -> tuple[Layer, ...]:
    """One layer, or none where there is no such file."""
    try:
        lines = _lines(folder + name)
    except (FileNotFoundError, NotADirectoryError):
        # `.git` may have no `info/exclude`, or be a file that points elsewhere.
        return ()
    except OSError as error:
        complain(folder + name, error)
        return ()
    return (Layer(Patterns(lines), start=len(folder)),)


def _lines(path: str) -> list[str]:
    """Read as names are read, byte for byte: an ignore file in GB18030 matches names in GB18030."""
    file = Path(path)
    if not stat.S_ISREG(file.stat().st_mode):
        # A fifo would keep the scan waiting for ever.
        return []
    content = file.read_bytes().removeprefix(_BOM)
    return [os.fsdecode(line.removesuffix(b"\r")) for line in content.split(b"\n")]
