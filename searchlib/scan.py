"""Which files there are below the roots that a user named.

The rules are ripgrep's, because they are the ones people know:

- Hidden files and folders (a leading dot) are left out, unless an ignore file has a `!` line for them.
- `.ignore` is heeded everywhere, `.gitignore` and `.git/info/exclude` inside a git repository; those of the folders
  above a root count too. `.ignore` beats `.gitignore`, deeper beats shallower, a later line beats an earlier one.
- `include` and `exclude` beat all of these. A file that is itself a root is always taken.
- A hidden or ignored folder that is itself a root is entered.

What differs from ripgrep:

- `.git` is not entered, even with `hidden`, as long as ignore files are heeded: it is git's store and no one's text.
- A pattern with `/` in `include` and `exclude` is anchored to the root it is used in, not to the working directory.
- git's global excludes are not heeded, nor `info/exclude` of a worktree whose `.git` is a file: what an index holds
  should not hang on whose account made it.
- A link to a folder that was walked already is not walked again.

A file with two names (a hard link) is two files; one real path reached in two ways is one, under the way by which the
first root came to it, and below a root rather by folders than by links.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from searchlib.errors import PathError
from searchlib.ignore import GIT, Heeded, Layer, heeded_above, patterns_of_globs
from searchlib.model import Found, Skipped
from searchlib.roots import is_missing

# Characters of where a link leads that are told.
_TARGET = 200
_NOTHING_THERE = (FileNotFoundError, NotADirectoryError)


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a file to take.

    `suffixes` are in lower case with their dot. `include` and `exclude` are globs in the language of `.gitignore`: a
    file that matches `include` is taken whatever its suffix, and where there is any only those are; what matches
    `exclude`, file or folder, is not looked at. `apart` are real paths of folders that are never entered. Globs with a
    slash are anchored to the root of the scan, or to a folder above it, from which `below` leads to the root.
    """

    suffixes: frozenset[str]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hidden: bool = False
    ignore_files: bool = True
    follow: bool = False
    apart: frozenset[str] = frozenset()
    below: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan came upon; `found` and `skipped` in order of path.

    `links` counts symbolic links that were not followed, `others` files whose suffix was not asked for.
    """

    found: tuple[Found, ...]
    skipped: tuple[Skipped, ...]
    links: int
    others: int


def scan(roots: Sequence[str], rules: Rules) -> Scan:
    """All files below `roots`; raises PathError, before anything is read, if a root does not exist."""
    if missing := [root for root in roots if is_missing(root)]:
        raise nothing_there(missing)
    return scan_each((root, rules) for root in roots)


def scan_each(tops: Iterable[tuple[str, Rules]]) -> Scan:
    """All files below folders and files, each with rules of its own; the first that comes to a file has it."""
    tally = _Tally()
    for top, rules in tops:
        _walk_of(top, rules, tally).walk(top)
    return tally.scan()


def reaches(top: str, names: Sequence[str], rules: Rules) -> bool:
    """Return whether a scan of the folder `top` reaches the file or folder at `names`, one below the other."""
    return _walk_of(top, rules, _Tally()).reaches(top, names)


def _walk_of(top: str, rules: Rules, tally: _Tally) -> _RootWalk:
    start = len(_as_folder(top))
    include, exclude = (Layer(patterns_of_globs(globs), start, rules.below) for globs in (rules.include, rules.exclude))
    return _RootWalk(rules, include, exclude, tally)


def nothing_there(names: Sequence[str]) -> PathError:
    """The error for files or folders that were named and are not there."""
    return PathError(
        f"there is no file or folder {', '.join(name or repr(name) for name in names)}",
        hint="check the spelling, and the folder you are in",
    )


@dataclass(slots=True)
class _Tally:
    """What was come upon so far, by real path, so that no way to it counts twice."""

    found: dict[str, Found] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def take(self, path: str, real: str, status: Callable[[], os.stat_result]) -> None:
        """Add a file, unless it is gone by now or none that can be read to its end."""
        try:
            now = status()
        except FileNotFoundError:
            return
        except OSError as error:
            self.complain(path, error)
            return
        if stat.S_ISREG(now.st_mode):
            self.found.setdefault(real, Found.of(path, now))
        else:
            self.skip(path, "not a regular file")

    def complain(self, path: str, error: OSError) -> None:
        self.skip(path, "a loop of links" if error.errno == errno.ELOOP else (error.strerror or str(error)).lower())

    def skip(self, path: str, reason: str) -> None:
        folder, name = os.path.split(path)
        self.skipped.setdefault(_as_folder(os.path.realpath(folder)) + name, Skipped(path, reason))

    def scan(self) -> Scan:
        return Scan(
            found=tuple(sorted(self.found.values(), key=lambda found: found.path)),
            skipped=tuple(sorted(self.skipped.values(), key=lambda skipped: skipped.path)),
            links=len(self.links),
            # One root may name a file that another one passes over.
            others=len(self.others - self.found.keys()),
        )


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to list: its path as reached and its real path, both ending in `/`.

    `heeded` is what the folders above it say. `left` are the real paths of folders in which a link was followed to
    come here.
    """

    path: str
    real: str
    heeded: Heeded
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class _RootWalk:
    """The walk below one root: first all that folders lead to, then what links lead to, in order of path.

    A list of folders instead of recursion, so that no depth is too deep for Python. Each real folder is walked once:
    links may make exponentially many ways to it.
    """

    rules: Rules
    include: Layer
    exclude: Layer
    tally: _Tally
    folders: list[_Folder] = field(default_factory=list)
    links: list[tuple[str, _Folder]] = field(default_factory=list)
    walked: set[str] = field(default_factory=set)

    def walk(self, root: str) -> None:
        real = os.path.realpath(root)
        if not os.path.isdir(root):
            self.tally.take(root, real, lambda: _status(root))
        elif self._is_apart(real):
            self.tally.skip(root, "the index is kept there")
        else:
            path = _as_folder(root)
            heeded = heeded_above(real, len(path), self.tally.complain) if self.rules.ignore_files else Heeded()
            self._descend(_Folder(path, _as_folder(real), heeded))
            while self.links:
                links, self.links = sorted(self.links, key=lambda link: link[0]), []
                for path, folder in links:
                    self._follow(path, folder)

    def reaches(self, root: str, names: Sequence[str]) -> bool:
        """See `reaches`: the same decisions as on a walk, for the folders on one way only."""
        path = _as_folder(root)
        rules = self.rules
        heeded = heeded_above(os.path.realpath(root), len(path), _unheard) if rules.ignore_files else Heeded()
        for name in names:
            if rules.ignore_files:
                heeded = heeded.within(path, _names_in(path), _unheard)
            child = path + name
            # Path's own methods raise where a folder above may not be entered, and for a name that is too long.
            is_folder = os.path.isdir(child)
            if os.path.islink(child) and not rules.follow:
                return False
            if not self._wants(f"{child}/" if is_folder else child, name, heeded):
                return False
            if is_folder and self._is_apart(os.path.realpath(child)):
                return False
            path = f"{child}/"
        return is_folder or bool(rules.include) or _suffix(child) in rules.suffixes

    def _descend(self, folder: _Folder) -> None:
        self.folders.append(folder)
        while self.folders:
            folder = self.folders.pop()
            if folder.real not in self.walked and not self._is_apart(folder.real):
                self.walked.add(folder.real)
                self._list(folder)

    def _list(self, folder: _Folder) -> None:
        try:
            with os.scandir(folder.path) as listing:
                entries = list(listing)
        except _NOTHING_THERE:
            return
        except OSError as error:
            self.tally.complain(folder.path.rstrip("/") or "/", error)
            return
        here = _Folder(folder.path, folder.real, self._heeded_in(folder, entries), folder.left)
        for entry in entries:
            try:
                self._come_upon(entry, here)
            except OSError as error:
                # Some file systems tell the kind of an entry only when they are asked for that entry.
                self.tally.complain(here.path + entry.name, error)

    def _heeded_in(self, folder: _Folder, entries: Iterable[os.DirEntry[str]]) -> Heeded:
        if not self.rules.ignore_files:
            return folder.heeded
        return folder.heeded.within(folder.path, {entry.name for entry in entries}, self.tally.complain)

    def _come_upon(self, entry: os.DirEntry[str], here: _Folder) -> None:
        path, real = here.path + entry.name, here.real + entry.name
        if entry.is_symlink():
            self._come_upon_link(path, entry.name, here)
        elif entry.is_dir(follow_symlinks=False):
            if self._wants(path + "/", entry.name, here.heeded):
                self.folders.append(_Folder(path + "/", real + "/", here.heeded, here.left))
        elif self._wants(path, entry.name, here.heeded):
            self._take(path, real, lambda: entry.stat(follow_symlinks=False))

    def _come_upon_link(self, path: str, name: str, here: _Folder) -> None:
        # A link is judged as what it leads to, so that its name may match patterns meant for folders.
        if not self._wants(path + "/" if os.path.isdir(path) else path, name, here.heeded):
            return
        if self.rules.follow:
            self.links.append((path, here))
        else:
            self.tally.links.add(here.real + name)

    def _wants(self, path: str, name: str, heeded: Heeded) -> bool:
        """Whether to look at a file, or at a folder, whose path ends in `/`."""
        if (name == GIT and self.rules.ignore_files) or (self.rules.exclude and self.exclude.verdict(path)):
            return False
        if self.rules.include:
            if self.include.verdict(path):
                return True
            if not path.endswith("/"):
                return False
        ignored = heeded.verdict(path)
        if ignored is None:
            return self.rules.hidden or not name.startswith(".")
        return not ignored

    def _take(self, path: str, real: str, status: Callable[[], os.stat_result]) -> None:
        # With `include`, a file that is not wanted does not come this far.
        if self.rules.include or _suffix(path) in self.rules.suffixes:
            self.tally.take(path, real, status)
        else:
            self.tally.others.add(real)

    def _follow(self, path: str, here: _Folder) -> None:
        try:
            now = _status(path)
        except _NOTHING_THERE:
            self._report_dangling(path)
            return
        except OSError as error:
            self.tally.complain(path, error)
            return
        real = os.path.realpath(path)
        if not stat.S_ISDIR(now.st_mode):
            if not self._is_apart(real):
                self._take(path, real, lambda: now)
        elif any(above.startswith(_as_folder(real)) for above in (here.real, *here.left)):
            self.tally.skip(path, "the link leads back to a folder above it")
        else:
            self._descend(_Folder(path + "/", _as_folder(real), here.heeded, (here.real, *here.left)))

    def _report_dangling(self, path: str) -> None:
        try:
            target = str(Path(path).readlink())
        except OSError:
            # The link itself is gone by now.
            return
        self.tally.skip(path, f"the link leads nowhere: {target if len(target) <= _TARGET else target[:_TARGET] + '…'}")

    def _is_apart(self, real: str) -> bool:
        return any(_as_folder(real).startswith(_as_folder(apart)) for apart in self.rules.apart)


def _unheard(_path: str, _error: OSError) -> None:
    """Return what a walk complains of is said by the walk itself."""


def _names_in(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def _status(path: str) -> os.stat_result:
    return os.stat(path)


def _suffix(path: str) -> str:
    """In lower case with its dot; empty where the only dot is the first character of the name."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".", 1)
    return name[dot:].lower() if dot > 0 else ""


def _as_folder(path: str) -> str:
    return path.rstrip("/") + "/"
