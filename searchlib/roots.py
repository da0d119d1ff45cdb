"""Roots: the files and folders that a user named to be indexed, with the options each is read under.

An index is what its roots yield: after an update of all of them it equals a fresh index of the same roots. Roots may
lie inside one another. The deepest root that a path lies in owns it, and only that root's options are about it.

A root inside another one stays a root of its own as long as it has other options than the one around it, or as long as
the one around it would pass it over. Otherwise it says nothing, and is merged into the one around it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from searchlib.model import RootNote
from searchlib.scope import Scope, upwards

# The name of the fact in the catalog.
FACT = "roots"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which files of a root count; see `scan.Rules`.

    Globs with a slash are anchored to the root, or, where the filters are those of a root around it, to that one:
    `below` is then the path from there to this root, with a slash at its end.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hidden: bool = False
    ignore_files: bool = True
    follow: bool = False
    below: str = ""

    @property
    def is_anchored(self) -> bool:
        """Whether it matters which folder the globs are relative to."""
        return any("/" in glob.rstrip("/") for glob in (*self.include, *self.exclude))


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder with its options.

    `path` is relative to the library's root, as all paths are. `encoding` is empty where it is to be found out.
    `forgotten` are paths below it that are left out although they may be there; see `Library.forget`.
    """

    path: str
    filters: Filters = Filters()
    encoding: str = ""
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What a request says about the options of the paths it names.

    Filters count together: whoever gives any of them replaces all. The encoding is replaced by itself. With `reset`
    what was recorded before does not count.
    """

    filters: Filters = Filters()
    encoding: str = ""
    reset: bool = False

    def __bool__(self) -> bool:
        return self != Given()

    def applied(self, root: Root) -> Root:
        """A root with what was given in place of what it had."""
        if self.reset:
            root = Root(root.path)
        filters = self.filters if self.filters != Filters() else root.filters
        return replace(root, filters=filters, encoding=self.encoding or root.encoding)


class Roots:
    """The roots of a library, none of them twice, in order of path."""

    def __init__(self, roots: Iterable[Root] = ()) -> None:
        self._by_path: dict[str, Root] = {}
        # The owner of what lies in a folder: files by the thousand have one.
        self._owners: dict[str, Root | None] = {}
        self._steps_up = 0
        for root in roots:
            self.add(root)

    def __iter__(self) -> Iterator[Root]:
        return iter(sorted(self._by_path.values(), key=lambda root: root.path))

    def __len__(self) -> int:
        return len(self._by_path)

    def __contains__(self, path: str) -> bool:
        return path in self._by_path

    def at(self, path: str) -> Root | None:
        return self._by_path.get(path)

    def owner(self, path: str) -> Root | None:
        """The deepest root that a path is, or lies in."""
        return self._by_path.get(path) or self.around(path)

    def around(self, path: str) -> Root | None:
        """The deepest root that a path lies in, and is not."""
        folder = _folder_of(path)
        if folder not in self._owners:
            tops = upwards(folder, self._steps_up)
            self._owners[folder] = next((self._by_path[top] for top in tops if top in self._by_path), None)
        return self._owners[folder]

    def inside(self, path: str) -> list[Root]:
        """The roots that lie in a path."""
        scope = Scope([path])
        return [root for root in self if root.path in scope and root.path != path]

    def add(self, root: Root) -> None:
        """Adds a root, in place of the one of the same path."""
        self._by_path[root.path] = root
        self._owners.clear()
        if _is_above(root.path):
            self._steps_up = max(self._steps_up, root.path.count(".."))

    def drop(self, path: str) -> None:
        self._by_path.pop(path, None)
        self._owners.clear()

    def to_json(self) -> str:
        # Names that are not UTF-8 have surrogates in them, which only escapes bring through.
        return json.dumps([asdict(root) for root in self])


def read(text: str) -> Roots | None:
    """The roots from their JSON; None where none were ever recorded. Raises `ValueError` for what is no such JSON."""
    if not text:
        return None
    try:
        return Roots(_root(value) for value in json.loads(text))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"no roots: {error}") from error


def _root(value: Mapping[str, Any]) -> Root:
    filters = value["filters"]
    return Root(
        path=str(value["path"]),
        filters=Filters(
            include=tuple(map(str, filters["include"])),
            exclude=tuple(map(str, filters["exclude"])),
            hidden=bool(filters["hidden"]),
            ignore_files=bool(filters["ignore_files"]),
            follow=bool(filters["follow"]),
            below=str(filters["below"]),
        ),
        encoding=str(value["encoding"]),
        forgotten=tuple(map(str, value["forgotten"])),
    )


@dataclass(slots=True)
class Merge:
    """Merging the paths of a request into the recorded roots.

    `reaches` says whether a scan of a root comes to a path inside of it. `base` is the folder paths are relative to.
    """

    roots: Roots
    given: Given
    reaches: Callable[[Root, str], bool]
    base: str
    notes: list[RootNote] = field(default_factory=list)

    def run(self, paths: Sequence[str]) -> Roots:
        """The roots with `paths` taken in, those further out first."""
        paths = sorted(dict.fromkeys(paths), key=_depth)
        new = {path for path in paths if self.given or path not in self.roots}
        for path in paths:
            self._take(path)
        for path in paths:
            if root := self.roots.at(path):
                self._settle(root, is_new=path in new)
        return self.roots

    def _take(self, path: str) -> None:
        before, around = self.roots.at(path), self.roots.around(path)
        if before:
            now = self.given.applied(before)
            if _options(now) != _options(before):
                self.notes.append(RootNote("changed", path, before=describe(before), now=describe(now)))
            self.roots.add(now)
        elif around is None:
            self.roots.add(self.given.applied(Root(path)))
        elif self.given:
            self.roots.add(self.given.applied(self._inherited(around, path)))
        else:
            self._take_back(around, path)

    def _inherited(self, around: Root, path: str) -> Root:
        below = around.filters.below + self._relative(path, around.path) + "/"
        return Root(path, replace(around.filters, below=below), around.encoding)

    def _take_back(self, around: Root, path: str) -> None:
        """Leaves a path to the root around it where that comes to it, though it may have been forgotten."""
        left = tuple(other for other in around.forgotten if other != path)
        if path not in Scope(left) and self.reaches(around, path):
            self.roots.add(replace(around, forgotten=left))
        else:
            self.roots.add(Root(path))

    def _settle(self, root: Root, *, is_new: bool) -> None:
        """Merges a root that was named with those around and inside of it where these say the same."""
        for inner in [] if self._is_file(root) else self.roots.inside(root.path):
            around = self.roots.around(inner.path)
            if around == root and not self._merged(inner, root) and is_new and _options(inner) != _options(root):
                self.notes.append(RootNote("kept", inner.path, now=describe(inner)))
        if around := self.roots.around(root.path):
            self._merged(root, around)

    def _merged(self, inner: Root, around: Root) -> bool:
        is_one = (
            not inner.forgotten
            and inner.encoding == around.encoding
            and inner.path not in Scope(around.forgotten)
            and self.reaches(around, inner.path)
            and (self._is_file(inner) or self._filters_alike(inner, around))
        )
        if is_one:
            self.roots.drop(inner.path)
            self.notes.append(RootNote("merged", inner.path, into=around.path))
        return is_one

    def _is_file(self, root: Root) -> bool:
        return os.path.isfile(os.path.join(self.base, root.path))

    def _filters_alike(self, inner: Root, around: Root) -> bool:
        one, other = inner.filters, around.filters
        below = other.below + self._relative(inner.path, around.path) + "/"
        is_placed_alike = one.below == below or not other.is_anchored
        return is_placed_alike and replace(one, below="") == replace(other, below="")

    def _relative(self, path: str, around: str) -> str:
        paths = (os.path.normpath(os.path.join(self.base, one)) for one in (path, around))
        return os.path.relpath(*paths).replace(os.sep, "/")


def describe(root: Root) -> tuple[str, ...]:
    """The options of a root as they are written on the command line."""
    filters = root.filters
    return (
        *(word for glob in filters.include for word in ("--include", glob)),
        *(word for glob in filters.exclude for word in ("--exclude", glob)),
        *(["--hidden"] if filters.hidden else []),
        *([] if filters.ignore_files else ["--no-ignore"]),
        *(["--follow"] if filters.follow else []),
        *(["--encoding", root.encoding] if root.encoding else []),
    )


def _options(root: Root) -> tuple[Filters, str]:
    return root.filters, root.encoding


def _folder_of(path: str) -> str:
    if path in ("", "."):
        return ".."
    return f"../{path}" if _is_above(path) else path.rpartition("/")[0]


def _is_above(path: str) -> bool:
    return path.split("/")[-1] in (".", "..")


def _depth(path: str) -> int:
    """Of two paths of which one lies in the other, that one has more."""
    names = [name for name in path.split("/") if name not in ("", ".")]
    ups = names.count("..")
    return len(names) - 2 * ups


def deepest_first(roots: Iterable[Root]) -> list[Root]:
    return sorted(roots, key=lambda root: (-_depth(root.path), root.path))
