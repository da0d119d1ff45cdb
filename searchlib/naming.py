"""The path in a library of what a user names: one path for one document, whatever links it is reached through."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from searchlib.roots import Root, Roots
from searchlib.scope import Scope


def named_path(name: str, base: Path, roots: Roots, known: Iterable[str]) -> str:
    """The path of what is called `name` in the current folder; empty for an empty name, which is no path.

    Links to the folders above it are resolved, and one that is itself named is not. Where the index already has it by
    the way of a link, because that was named or is followed, it keeps that path.
    """
    ways = list(dict.fromkeys(ways_to(name, base)))
    if len(ways) < 2:
        return ways[0] if ways else ""
    sources = list(known)
    for path in ways:
        scope = Scope([path])
        if path in roots or any(source in scope for source in sources):
            return path
    return next((path for path in ways if (root := roots.owner(path)) and is_linked(root, base)), ways[0])


def known_path(name: str, base: Path, known: Container[str]) -> str | None:
    """The path of a source that is called `name` in the current folder; None where none is."""
    return next((path for path in ways_to(name, base) if path in known), None)


def ways_to(name: str, base: Path) -> Iterator[str]:
    """The paths that a name may have, relative to `base`: the links above it resolved, first all of them."""
    if not name:
        return
    names = os.path.join(os.getcwd(), name).rstrip(os.sep).split(os.sep)
    # What comes after a link to a folder can't go up: `..` is above the folder that the link leads to.
    up = max((at + 1 for at, part in enumerate(names) if part == os.pardir), default=0)
    names = [*names[:up], *(part for part in names[up:] if part not in ("", os.curdir))]
    for end in range(max(up, len(names) - 1), up - 1, -1):
        top = os.path.realpath(os.sep + os.sep.join(names[:end]))
        yield os.path.relpath(os.path.join(top, *names[end:]), base).replace(os.sep, "/")


def is_linked(root: Root, base: Path) -> bool:
    """Return whether links lead to files of a root: others may have these too, and only a look at all of them tells."""
    path = os.path.normpath(base / root.path)
    return root.filters.follow or os.path.realpath(path) != path
