"""Taking the paths of a request into the roots that are recorded."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from searchlib.model import RootNote
from searchlib.roots import Given, Root, Roots, depth, describe, is_missing, options_of
from searchlib.scope import Scope


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
        paths = sorted(dict.fromkeys(paths), key=depth)
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
            if {*describe(before)} - {*describe(now)}:
                self.notes.append(RootNote("changed", path, before=describe(before), now=describe(now)))
            self.roots.add(now)
        elif around is None:
            self.roots.add(self.given.applied(Root(path)))
        elif self.given:
            is_part = path not in Scope(around.forgotten) and self.reaches(around, path)
            self.roots.add(self.given.applied(self._inherited(around, path) if is_part else Root(path)))
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
            if around == root and not self._merged(inner, root) and is_new and options_of(inner) != options_of(root):
                self.notes.append(RootNote("kept", inner.path, now=describe(inner)))
        if around := self.roots.around(root.path):
            self._merged(root, around)

    def _merged(self, inner: Root, around: Root) -> bool:
        is_one = (
            not inner.forgotten
            and inner.encoding == around.encoding
            and inner.path not in Scope(around.forgotten)
            and (self._is_gone(inner, around) or self.reaches(around, inner.path))
            and (self._is_file(inner) or self._filters_alike(inner, around))
        )
        if is_one:
            self.roots.drop(inner.path)
            self.notes.append(RootNote("merged", inner.path, into=around.path))
        return is_one

    def _is_gone(self, inner: Root, around: Root) -> bool:
        """Return whether a root is gone from one that is there, which was named: then it is gone for good."""
        paths = (os.path.join(self.base, root.path) for root in (inner, around))
        return [is_missing(path) for path in paths] == [True, False]

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
