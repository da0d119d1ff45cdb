"""Globs as git reads a line of a `.gitignore`, matched in time linear in the glob and linear in the path.

A regular expression of many stars tries all ways to share a name out among them. But what stands between two stars has
a fixed length, so the nearest place for it is as good as any other: whatever comes after has the most room then. The
same holds for the folders between two `**`. So nothing is tried twice.

`?` and `[…]` stand for characters, so that `第?章.txt` means what it says; git and ripgrep take them for single bytes
there. Classes such as `[[:digit:]]` are not known, as in ripgrep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# `**`: any number of folders.
_ANY = None


class _Never(ValueError):
    """A glob that git can't read either, or that can match nothing."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part between two stars: of a fixed length, so that it is searched for in linear time."""

    size: int
    literal: str
    pattern: re.Pattern[str] | None

    def stands_at(self, name: str, at: int) -> bool:
        return self.pattern.match(name, at) is not None if self.pattern else name.startswith(self.literal, at)

    def find(self, name: str, start: int, end: int) -> int:
        """Its first place between two others; -1 where there is none."""
        if not self.pattern:
            return name.find(self.literal, start, end)
        found = self.pattern.search(name, start, end)
        return found.start() if found else -1


@dataclass(frozen=True, slots=True)
class _Segment:
    """A pattern for one name of a path: parts with a star between each two of them."""

    pieces: tuple[_Piece, ...]

    def matches(self, name: str) -> bool:
        first, last = self.pieces[0], self.pieces[-1]
        if len(self.pieces) == 1:
            return len(name) == first.size and first.stands_at(name, 0)
        at, end = first.size, len(name) - last.size
        if at > end or not first.stands_at(name, 0) or not last.stands_at(name, end):
            return False
        for piece in self.pieces[1:-1]:
            found = piece.find(name, at, end)
            if found < 0:
                return False
            at = found + piece.size
        return True


@dataclass(frozen=True, slots=True)
class Glob:
    """One glob. `groups` are the segments between each two `**`; `by_name` if it is about base names only."""

    groups: tuple[tuple[_Segment, ...], ...]
    by_name: bool
    folders_only: bool

    def matches(self, path: str) -> bool:
        """Return whether it names just this file, or this folder, whose path ends in `/`."""
        if self.folders_only and not path.endswith("/"):
            return False
        names = path.removesuffix("/").split("/")
        return self._match(names[-1:] if self.by_name else names)

    def holds(self, path: str) -> bool:
        """Return whether it names this file or a folder above it."""
        ends = [at for at, char in enumerate(path) if char == "/"]
        return any(self.matches(path[: end + 1]) for end in ends) or self.matches(path)

    def _match(self, names: Sequence[str]) -> bool:
        first, *middle, last = self.groups if len(self.groups) > 1 else (*self.groups, ())
        if len(self.groups) == 1:
            return len(names) == len(first) and _match_at(first, names, 0)
        # A last `**` stands for something.
        at, end = len(first), len(names) - max(len(last), 1 if not last else 0)
        if at > end or not _match_at(first, names, 0) or not _match_at(last, names, end):
            return False
        for group in middle:
            while at + len(group) <= end and not _match_at(group, names, at):
                at += 1
            at += len(group)
            if at > end:
                return False
        return True


def _match_at(group: Sequence[_Segment], names: Sequence[str], at: int) -> bool:
    return all(segment.matches(names[at + offset]) for offset, segment in enumerate(group))


def parse(line: str, *, strict: bool = False) -> Glob | None:
    """The glob of a line, without a `!` before it; None where it can match nothing.

    Of `[z-a]` git takes the z alone; `strict` has None of that.
    """
    folders_only = line.endswith("/")
    body = line.removesuffix("/")
    by_name = "/" not in body
    try:
        segments = [
            _ANY if _is_any(text, by_name) else _segment(text) for text in _texts(body.removeprefix("/"), strict)
        ]
    except _Never:
        return None
    groups: list[list[_Segment]] = [[]]
    for segment in segments:
        if segment is not _ANY:
            groups[-1].append(segment)
        elif groups[-1] or len(groups) == 1:
            groups.append([])
    return Glob(tuple(map(tuple, groups)), by_name, folders_only)


def _is_any(text: str, by_name: bool) -> bool:
    return not by_name and len(text) > 1 and not text.strip("*")


def _texts(body: str, strict: bool) -> Iterator[str]:
    """The parts between slashes; one within square brackets does not count. Raises `_Never` for an empty part."""
    start = at = 0
    while at <= len(body):
        if at == len(body) or body.startswith(("/", "\\/"), at):
            if start == at:
                raise _Never
            yield body[start:at]
            at = start = at + (2 if body.startswith("\\", at) else 1)
        elif body[at] == "[":
            _, at = _class(body, at + 1, strict=strict)
        else:
            at = min(at + (2 if body[at] == "\\" else 1), len(body))


def _segment(text: str) -> _Segment:
    pieces: list[list[str]] = [[]]
    is_literal = [True]
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            pieces.append([])
            is_literal.append(True)
            continue
        if char == "[":
            sign, at = _class(text, at)
        elif char == "?":
            sign = "."
        elif char == "\\" and at == len(text):
            raise _Never
        else:
            sign, at = (text[at], at + 1) if char == "\\" else (char, at)
            pieces[-1].append(sign)
            continue
        is_literal[-1] = False
        pieces[-1].append(f"\0{sign}")
    return _Segment(tuple(_piece(signs, plain) for signs, plain in zip(pieces, is_literal, strict=True)))


def _piece(signs: list[str], is_literal: bool) -> _Piece:
    """Of single characters, and of what stands for one of several, which begins with a zero."""
    if is_literal:
        return _Piece(len(signs), "".join(signs), None)
    regex = "".join(sign[1:] if len(sign) > 1 else re.escape(sign) for sign in signs)
    return _Piece(len(signs), "", re.compile(regex, re.DOTALL))


def _class(text: str, at: int, *, strict: bool = False) -> tuple[str, int]:
    """Return a bracket expression, from after its `[`, as a regular expression, and where it ends."""
    is_negated = text.startswith(("!", "^"), at)
    at += is_negated
    members: list[tuple[str, str]] = []
    before, is_first = "", True
    while is_first or not text.startswith("]", at):
        is_first = False
        is_range = bool(before) and text.startswith("-", at) and at + 1 < len(text) and text[at + 1] != "]"
        char, at = _member(text, at + is_range)
        members.append((before if is_range else char, char))
        before = "" if is_range else char
    if strict and any(first > last for first, last in members):
        raise _Never
    members = [(first, last) for first, last in members if first <= last]
    ranges = "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in members)
    return f"[{'^' if is_negated else ''}{ranges}]", at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    at += text.startswith("\\", at)
    if at >= len(text):
        raise _Never
    return text[at], at + 1
