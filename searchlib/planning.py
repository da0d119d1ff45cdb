"""What an update has to do: which roots it is about, what is there of them, and how that differs from the index."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from searchlib.catalog import Known, Plan, diff
from searchlib.errors import NoRoots, PathError
from searchlib.merging import Merge
from searchlib.model import Found, RootNote, Skipped
from searchlib.naming import is_linked, named_path
from searchlib.reading import reader_versions
from searchlib.roots import Given, Root, Roots, deepest_first, is_missing
from searchlib.scan import Rules, Scan, nothing_there, reaches, scan_each
from searchlib.scope import Scope

# The reason of a root that is not there.
MISSING = "it is missing, and the index keeps what it has of it"


@dataclass(frozen=True, slots=True)
class Before:
    """The index before an update: what is `known` of its sources, and its roots, if any were `recorded`.

    `anew` says that the index has to be made anew. `base` is the folder that paths are relative to.
    """

    base: Path
    known: dict[str, Known]
    recorded: Roots | None
    anew: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Request for an update: `names` relative to the current folder, and the options given for them.

    Without names it is about all roots, and where none are recorded about `default`. `rules` has what holds for all
    roots: suffixes, and what is never entered. With `checksum` every file is read and compared by its content.
    """

    names: Sequence[str]
    given: Given
    rules: Rules
    default: Sequence[str] = ()
    checksum: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Steps of an update.

    `files` are those found, `known` the sources as far as they can be relied on, both by path. `kept` are sources whose
    files can't be looked at now; an index made anew takes their paragraphs from the old one. `forced` are the files
    that are to be read in the encoding just given.
    """

    roots: Roots
    notes: tuple[RootNote, ...]
    seen: Scan
    files: dict[str, Found]
    known: dict[str, Known]
    plan: Plan
    kept: tuple[str, ...]
    missing: tuple[str, ...]
    forced: Collection[str]


def work(wanted: Wanted, before: Before) -> Work:
    """Compares the roots with the index; raises `PathError` for a name that is neither there nor recorded."""
    if not wanted.names and not before.recorded:
        wanted = replace(wanted, names=wanted.default)
    named = _paths(wanted.names, before)
    roots = _adopted(before, Scope(named))
    if not named and not roots:
        raise NoRoots
    if gone := [name for name, path in zip(wanted.names, named, strict=True) if path not in roots and is_missing(name)]:
        raise _gone(gone, before)
    merge = Merge(roots, wanted.given, lambda root, path: _reaches(wanted, before.base, root, path), str(before.base))
    merge.run(named)
    return _Planning(wanted, before, named, roots).work(tuple(merge.notes))


def _gone(names: Sequence[str], before: Before) -> PathError:
    error = nothing_there(names)
    scope = Scope(_paths(names, before))
    if any(path in scope for path in before.known):
        error.hint = "searchlib forget PATH takes what is gone out of the index"
    return error


def _paths(names: Iterable[str], before: Before) -> list[str]:
    return [named_path(name, before.base, before.recorded or Roots(), before.known) for name in names]


def _relative(path: str, base: Path) -> str:
    """A path as a scan has it, as the library has it; links stay, for a root may be one."""
    return os.path.relpath(path, base).replace(os.sep, "/")


def reached(path: str, base: Path) -> str:
    """A path of the library as the current folder has it."""
    return os.path.relpath(base / path)


def _adopted(before: Before, named: Scope) -> Roots:
    """The recorded roots; of an index that never recorded any, every source that was not named: none gets lost.

    Where roots are recorded, a source outside of them was never indexed: whoever wrote the index made it up, so that
    its file be read. Files whose encoding the user gave are roots of their own in what is named too.
    """
    if before.recorded is not None:
        return Roots(before.recorded)
    found = []
    for path, source in before.known.items():
        if path in named and not source.told:
            continue
        # What is gone can be kept only of an index that stays; and of what was skipped there is nothing to keep.
        is_lost = before.anew or bool(source.reason) or path in named
        if not (is_lost and is_missing(reached(path, before.base))):
            found.append(Root(path, encoding=source.encoding if source.told else ""))
    return Roots(found)


def _reaches(wanted: Wanted, base: Path, root: Root, path: str) -> bool:
    """Return whether a root would have a path inside of it if that were not named."""
    top, below = reached(root.path, base), reached(path, base)
    names = os.path.relpath(below, top).split(os.sep)
    return os.path.isdir(top) and os.path.lexists(below) and reaches(top, names, _rules(wanted.rules, root))


def is_reached(path: str, roots: Roots, base: Path, rules: Rules) -> bool:
    """Return whether a scan of the roots would come to the file of a source, whatever an index says of it."""
    root = roots.owner(path)
    if root is None or os.path.normpath(path) != path or path in Scope(root.forgotten):
        return False
    return root.path == path or _reaches(Wanted((), Given(), rules), base, root, path)


def _rules(rules: Rules, root: Root) -> Rules:
    filters = root.filters
    return replace(
        rules,
        include=filters.include,
        exclude=filters.exclude,
        hidden=filters.hidden,
        ignore_files=filters.ignore_files,
        follow=filters.follow,
        below=filters.below,
    )


class _Planning:
    """The roots as they are from now on, compared with the files and with the index."""

    def __init__(self, wanted: Wanted, before: Before, named: list[str], roots: Roots) -> None:
        self._wanted, self._before, self._named, self._roots = wanted, before, named, roots
        self._base = before.base
        self._scope = Scope(named)
        self._is_about_all = before.anew or not named
        owners = {root.path for root in map(roots.owner, named) if root}
        self._covered = [root for root in roots if self._covers(root.path) or root.path in owners]
        self._missing = {root.path for root in self._covered if is_missing(reached(root.path, self._base))}

    def work(self, notes: tuple[RootNote, ...]) -> Work:
        seen, files = self._scanned()
        known = self._before.known
        if not self._is_about_all:
            known = {path: source for path, source in known.items() if path in self._scope}
        candidates = {**files, **known} if self._wanted.given.encoding else ()
        forced = frozenset(path for path in candidates if self._is_forced(path))
        known = {path: self._believed(source, path in forced) for path, source in known.items()}
        plan, kept = self._plan(files, known, seen)
        return Work(self._roots, notes, seen, files, known, plan, kept, tuple(sorted(self._missing)), forced)

    def _covers(self, path: str) -> bool:
        """Return whether the update is about a path; a rebuild is about every path."""
        return self._is_about_all or path in self._scope

    def _is_forced(self, path: str) -> bool:
        root = self._roots.owner(path)
        return path in self._scope and root is not None and root.encoding == self._wanted.given.encoding

    def _scanned(self) -> tuple[Scan, dict[str, Found]]:
        """Return what is there of the roots, and the files by path; each file belongs to the root that owns it."""
        seen = scan_each(self._tops())
        prefixes: dict[str, str] = {}
        files: dict[str, Found] = {}
        for file in seen.found:
            path = _relative_file(file.path, self._base, prefixes)
            if self._is_wanted(path):
                files[path] = file
        paths = ((_relative(skipped.path, self._base), skipped.reason) for skipped in seen.skipped)
        skipped = [Skipped(path, reason) for path, reason in paths if self._is_wanted(path)]
        return replace(seen, skipped=(*skipped, *(Skipped(path, MISSING) for path in self._missing))), files

    def _is_wanted(self, path: str) -> bool:
        root = self._roots.owner(path)
        is_owned = root is not None and not (root.forgotten and path in Scope(root.forgotten))
        return is_owned and self._covers(path)

    def _tops(self) -> Iterator[tuple[str, Rules]]:
        """Return what to scan, the deepest first, so that a root comes to its files before those around it do."""
        any_is_linked = any(is_linked(root, self._base) for root in self._roots)
        for root in deepest_first(self._roots if any_is_linked else self._covered):
            top = reached(root.path, self._base)
            if is_missing(top):
                continue
            rules = self._rules(root, top)
            if any_is_linked or self._covers(root.path):
                yield top, rules
            else:
                yield from (self._part(path, root, rules) for path in self._named if self._roots.owner(path) == root)

    def _rules(self, root: Root, top: str) -> Rules:
        rules = _rules(self._wanted.rules, root)
        if not os.path.isdir(top):
            return rules
        real = os.path.realpath(top)
        inside = {os.path.realpath(reached(one.path, self._base)) for one in self._roots.inside(root.path)}
        # Never a folder that the root itself lies in, to which a link may lead.
        apart = {path for path in inside if not f"{real}/".startswith(f"{path.rstrip('/')}/")}
        return replace(rules, apart=rules.apart | apart)

    def _part(self, path: str, root: Root, rules: Rules) -> tuple[str, Rules]:
        """A path inside of a root, to which the globs of the root are relative too."""
        top, part = reached(root.path, self._base), reached(path, self._base)
        return part, replace(rules, below=f"{rules.below}{os.path.relpath(part, top).replace(os.sep, '/')}/")

    def _believed(self, source: Known, is_forced: bool) -> Known:
        """Return what is known of a source, as far as the encoding that its root has now does not speak against it.

        One that has to be read in the encoding just given is taken for changed; one that was read in an encoding that
        is no longer recorded, for one of which nothing is known.
        """
        if not source.told and not is_forced:
            return source
        root = self._roots.owner(source.path)
        if root and source.told and source.encoding == root.encoding:
            return source
        return replace(source, mtime_ns=-1) if is_forced else replace(source, mtime_ns=-1, digest=b"", told=False)

    def _plan(self, files: Mapping[str, Found], known: Mapping[str, Known], seen: Scan) -> tuple[Plan, tuple[str, ...]]:
        """Return what to do, and the sources that can't be looked at now and stay as they are."""
        unseen = Scope(skipped.path for skipped in seen.skipped if skipped.path not in self._missing)
        kept = [path for path in known if path not in files and (path in unseen or self._is_missing(path))]
        versions = reader_versions()
        if not self._before.anew:
            return diff(files, known, versions=versions, kept=kept, checksum=self._wanted.checksum), tuple(kept)
        plan = diff(files, {}, versions=versions)
        kept = [path for path in kept if not known[path].reason]
        staying = {*kept, *files}
        gone = (path for path, source in known.items() if not source.reason and path not in staying)
        return replace(plan, removed=tuple(gone), unchanged=tuple(kept)), tuple(kept)

    def _is_missing(self, path: str) -> bool:
        root = self._roots.owner(path)
        return root is not None and root.path in self._missing


def _relative_file(path: str, base: Path, prefixes: dict[str, str]) -> str:
    """The path of a file; a folder has many, and is placed once."""
    folder, name = os.path.split(path)
    if folder not in prefixes:
        found = _relative(folder or os.curdir, base)
        prefixes[folder] = "" if found == os.curdir else f"{found}/"
    return prefixes[folder] + name
