"""Roots: the files and folders that a user named to be indexed, with the options each is read under.

An index is what its roots yield: after an update of all of them it equals a fresh index of the same roots. Roots may
lie inside one another. The deepest root that a path lies in owns it, and only that root's options are about it.

A root inside another one stays a root of its own as long as it has other options than the one around it, or as long as
the one around it would pass it over. Otherwise it says nothing, and is merged into the one around it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.errors import IndexDamaged, PathError
from searchlib.model import RootStatus
from searchlib.scope import Scope, upwards

if TYPE_CHECKING:
    from searchlib.catalog import Known

# The name of the fact that a commit remembers.
FACT = "roots"


@dataclass(frozen=True, slots=True)
class Filters:
    """Return which files of a root count; see `scan.Rules`.

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
        """True if it matters which folder the globs are relative to."""
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
    """Options that a request gives for the paths it names.

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


def roots_of(facts: Mapping[str, str], folder: Path) -> Roots | None:
    """The roots that are recorded among the facts of the index in `folder`; None where none ever were."""
    if not (text := facts.get(FACT)):
        return None
    try:
        return Roots(_root(value) for value in json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise IndexDamaged(str(folder), f"the roots can't be read ({error})") from error


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


def options_of(root: Root) -> tuple[Filters, str]:
    """Return what two roots have in common that differ in their paths only."""
    return root.filters, root.encoding


def _folder_of(path: str) -> str:
    if path in ("", "."):
        return ".."
    return f"../{path}" if _is_above(path) else path.rpartition("/")[0]


def _is_above(path: str) -> bool:
    return path.split("/")[-1] in (".", "..")


def depth(path: str) -> int:
    """Of two paths of which one lies in the other, that one has more."""
    names = [name for name in path.split("/") if name not in ("", ".")]
    ups = names.count("..")
    return len(names) - 2 * ups


def deepest_first(roots: Iterable[Root]) -> list[Root]:
    return sorted(roots, key=lambda root: (-depth(root.path), root.path))


def is_missing(path: str) -> bool:
    """Return whether nothing is there, as far as can be seen."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def status_of(roots: Roots, sources: Iterable[Known], base: Path) -> list[RootStatus]:
    """Each root with what the index has of it; `base` is the folder that paths are relative to."""
    counts: Counter[str] = Counter()
    paragraphs: Counter[str] = Counter()
    for source in sources:
        if not source.reason and (root := roots.owner(source.path)):
            counts[root.path] += 1
            paragraphs[root.path] += source.paragraphs
    return [
        RootStatus(
            path=root.path,
            options=describe(root),
            forgotten=root.forgotten,
            is_there=not is_missing(str(base / root.path)),
            sources=counts[root.path],
            paragraphs=paragraphs[root.path],
        )
        for root in roots
    ]


def are_texts(known: Iterable[Known]) -> bool:
    """Return whether an index is of texts that were given to it: none of them comes from a file."""
    from searchlib.reading import reader_versions

    # A source that only the engine knew of, because the catalog was damaged, has no reader.
    readers = ("", *reader_versions())
    return any(source.reader not in readers for source in known)


def refuse_texts(folder: Path, known: Iterable[Known]) -> None:
    """Raises `PathError` for an index of texts: it has no files that could be looked at."""
    if are_texts(known):
        raise PathError(
            f"the index in {folder} is of texts that are in no file, and has no roots",
            hint="--index FOLDER names another folder",
        )
