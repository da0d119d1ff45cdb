"""Taking sources out of an index for good, whether their files are there or not."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchlib.catalog import Known, Plan
from searchlib.errors import LibraryIndexError, PathError
from searchlib.meta import root_of
from searchlib.model import ForgetReport
from searchlib.naming import named_path
from searchlib.planning import reached
from searchlib.roots import FACT, Root, Roots, is_missing, refuse_texts, roots_of
from searchlib.scope import Scope
from searchlib.snapshot import open_snapshot
from searchlib.writing import opened


def forget(folder: Path, names: Sequence[str], *, dry_run: bool, wait_s: float, trusted: bool) -> ForgetReport:
    """Forgets what `names` lead to; see `Library.forget`."""
    if "" in names:
        raise PathError("an empty path names nothing that could be forgotten", hint="searchlib roots lists what can be")
    if dry_run:
        snapshot = open_snapshot(folder, trusted=trusted)
        _refuse_inconsistent(folder, snapshot.inconsistency)
        return _planned(folder, names, snapshot.facts(), snapshot.sources()).report()
    with opened(folder, trusted=trusted, wait_s=wait_s) as index:
        if index.anew:
            raise LibraryIndexError(
                f"the index in {folder} has to be made anew before something can be forgotten",
                hint="bring it up to date with: searchlib index",
            )
        # The catalog that a commit would be made of is then a guess; that commit would hide what is wrong.
        _refuse_inconsistent(folder, index.inconsistency)
        planned = _planned(folder, names, index.catalog.facts(), index.sources())
        if planned.removed or planned.dropped or planned.left_out:
            sources = [source for source in index.sources().values() if source.path in planned.removed]
            plan = Plan(
                read=(),
                unchanged=(),
                removed=tuple(source.path for source in sources if not source.reason),
                passed=(),
                forgotten=tuple(source.path for source in sources if source.reason),
            )
            index.carry_out(plan, (), lambda _, __: iter(()), lambda _: None, {FACT: planned.roots.to_json()})
    return planned.report()


def _refuse_inconsistent(folder: Path, why: str) -> None:
    if why:
        raise LibraryIndexError(
            f"nothing can be forgotten of the index in {folder}, which is inconsistent: {why}",
            hint="mend it first with: searchlib index",
        )


@dataclass(slots=True)
class _Forgetting:
    """The sources and roots to remove from an index, name by name."""

    base: Path
    known: dict[str, Known]
    roots: Roots
    dropped: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    removed: dict[str, Known] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Forgets what a name leads to from the current folder, or else what has that path in the library."""
        here = named_path(name, self.base, self.roots, self.known)
        in_library = os.path.normpath(name).replace(os.sep, "/") if name else ""
        path = next((path for path in (here, in_library) if path and self._has(path)), None)
        if path is None:
            self.unknown.append(name)
        else:
            self._forget(path)

    def _has(self, path: str) -> bool:
        scope = Scope([path])
        return path in self.roots or bool(self.roots.inside(path)) or any(source in scope for source in self.known)

    def _forget(self, path: str) -> None:
        scope = Scope([path])
        for source in [source for source in self.known if source in scope]:
            self.removed[source] = self.known.pop(source)
        for root in [root for root in self.roots if root.path in scope]:
            self.roots.drop(root.path)
            self.dropped.append(root.path)
        around = self.roots.around(path)
        # What is gone from a root that is there stays away by itself, and a new file of its name is another one.
        if around and (self._is_missing(around.path) or not self._is_missing(path)):
            kept = (other for other in around.forgotten if other not in scope)
            self.roots.add(replace(around, forgotten=tuple(sorted((*kept, path)))))
            self.left_out.append(path)

    def _is_missing(self, path: str) -> bool:
        return is_missing(reached(path, self.base))

    def report(self) -> ForgetReport:
        sources = [source for source in self.removed.values() if not source.reason]
        return ForgetReport(
            roots=tuple(sorted(self.dropped)),
            left_out=tuple(sorted(self.left_out)),
            sources=tuple(sorted(source.path for source in sources)),
            paragraphs=sum(source.paragraphs for source in sources),
            unknown=tuple(self.unknown),
        )


def _planned(folder: Path, names: Sequence[str], facts: Mapping[str, str], known: dict[str, Known]) -> _Forgetting:
    refuse_texts(folder, known.values())
    roots = roots_of(facts, folder)
    if roots is None:
        # Of an index without recorded roots each source is one, as in an update.
        roots = Roots(Root(path, encoding=source.encoding if source.told else "") for path, source in known.items())
    planned = _Forgetting(root_of(folder), dict(known), roots)
    for name in names:
        planned.add(name)
    return planned
