"""The nouns of searchlib: frozen records that pass between its parts.

Most are named tuples: one is made in a fifth of the time of a frozen dataclass, and its class, at every start, in a
tenth.

Lines and columns count from 1, lines are inclusive; every other number that points into a text counts characters
(code points) from 0. Paths are relative to the library's root, the folder that holds the index, and use `/`; bytes
of a name that are not UTF-8 stand in them as surrogates, as `os.fsdecode` gives them.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same characters as non-overlapping, non-touching spans: what to draw."""
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


class Anchor(NamedTuple):
    """From character `start` of a text to the next anchor, the text stands in its file from `line` and `column` on."""

    start: int
    line: int
    column: int


class Place(NamedTuple):
    """A character of a file."""

    line: int
    column: int


class Token(NamedTuple):
    """A term with the characters it was made from; `field` is the index field it goes to."""

    field: str
    term: str
    span: Span


class BlockKind(StrEnum):
    """How the line ends inside a block's text are meant."""

    PLAIN = "plain"  # as the author typed them, none blank: wrapped, or a paragraph each
    OPEN = "open"  # the same, and the stretch of lines goes on in the next block
    FLOW = "flow"  # only for the width of the page: lines belong together
    VERBATIM = "verbatim"  # part of the text: code, tables, verse


class Block(NamedTuple):
    """What a reader takes to be one piece of a file: a paragraph, a heading, a cell, a stretch of plain lines.

    `text` keeps the line ends of the file as newlines; `anchors` has at least one entry, the first at 0, and one more
    wherever the text stops standing in the file as it stands here. `level` is 1 to 6 for a heading and 0 for the rest.

    A plain block of several lines that has one anchor is of lines that follow one another in the file, whole.
    """

    text: str
    anchors: tuple[Anchor, ...]
    kind: BlockKind = BlockKind.PLAIN
    level: int = 0


class Source(NamedTuple):
    """A file's text with its encoding and reader. `title` is empty where the format has no place for one.

    The blocks can be asked for more than once; those of plain text are made each time, and none of them is kept.
    """

    path: str
    encoding: str
    reader: str
    title: str
    blocks: Iterable[Block]


class Text(NamedTuple):
    """A source that is in no file: `path` is its name in the library, `title` may be empty."""

    path: str
    title: str
    content: str


class Paragraph(NamedTuple):
    """The unit that is indexed and shown.

    `number` counts the paragraphs of a source from 0. `heading` is the path of headings above the paragraph, outermost
    first; a heading stands in that of what it is above and not in its own. `title` is empty where its source has none.
    `anchors` are those of a `Block`, for this text.

    A paragraph that is too long to show is cut into pieces, each of which is one of these. A piece that `continues`
    goes on where the one before it ended; the texts of all pieces, joined, are the text of the whole paragraph.
    """

    path: str
    number: int
    text: str
    first_line: int
    last_line: int
    heading: tuple[str, ...]
    title: str
    anchors: tuple[Anchor, ...]
    continues: bool = False

    def place(self, start: int) -> Place:
        """Where the character at `start` stands in the file."""
        at = bisect_right(self.anchors, start, key=lambda anchor: anchor.start) - 1
        anchor = self.anchors[at]
        return Place(anchor.line, anchor.column + start - anchor.start)

    @property
    def named(self) -> str:
        """What its source is called: by its title, or else by the name of its file without the suffix."""
        return self.title or PurePosixPath(self.path).stem


# The parts of a paragraph that can be searched; `field_text` has what each of them says.
TEXT, TITLE, HEADING = "text", "title", "heading"


def field_text(paragraph: Paragraph, field: str) -> str:
    """What a paragraph says in one of its fields, not folded; headings are lines of it, outermost first."""
    if field == TEXT:
        return paragraph.text
    if field == TITLE:
        return paragraph.named
    if field == HEADING:
        return "\n".join(paragraph.heading)
    raise ValueError(f"a paragraph has no field {field!r}")


def wholes(paragraphs: Iterable[Paragraph]) -> Iterator[list[Paragraph]]:
    """The paragraphs of a source as they were before they were cut: the pieces of each."""
    pieces: list[Paragraph] = []
    for paragraph in paragraphs:
        if pieces and not paragraph.continues:
            yield pieces
            pieces = []
        pieces.append(paragraph)
    if pieces:
        yield pieces


# The largest number that SQLite stores.
_MOST = (1 << 63) - 1


class Found(NamedTuple):
    """A file that a scan came upon, with what tells a later change of it.

    `path` is what the operating system takes, `size` in bytes. `mtime_ns` is the time of the last change of its
    content, which anybody may set; `changed_ns` that of any change of it (ctime), which nobody can; `inode` is its
    number in the file system. The last two are 0 where there is no file.
    """

    path: str
    size: int
    mtime_ns: int
    changed_ns: int = 0
    inode: int = 0

    @classmethod
    def of(cls, path: str, status: os.stat_result) -> Found:
        """The file at `path`; its numbers are cut to what 64 bits hold, which those of some file systems exceed."""
        mtime_ns, changed_ns = (min(max(time, -_MOST - 1), _MOST) for time in (status.st_mtime_ns, status.st_ctime_ns))
        return cls(path, status.st_size, mtime_ns, changed_ns, status.st_ino & _MOST)


class Facts(NamedTuple):
    """What the file of a source was like when it was indexed: bytes, nanoseconds since 1970, Python's name."""

    path: str
    size: int
    modified_ns: int
    encoding: str


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


class Change(NamedTuple):
    """What became of one source since the last update, and in which encoding it was read, if it was."""

    path: str
    kind: ChangeKind
    encoding: str = ""


class Skipped(NamedTuple):
    """A file that was asked for and is not in the index, with the reason as a clause without a full stop."""

    path: str
    reason: str


class RootNote(NamedTuple):
    """Something that a request did to the roots, beyond adding those it named.

    `kind` is "changed" (`path` had the options `before`, of which not all are among those `now`), "merged" (`path` is
    no root of its own any more: the root `into` around it has the same options) or "kept" (`path` lies in a root that
    was named, and keeps its own options, those `now`). Options are as on the command line.
    """

    kind: str
    path: str
    before: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    into: str = ""


class RootStatus(NamedTuple):
    """A root of a library: its path, its options as on the command line, and what the index has of it.

    `forgotten` are paths below it that are left out. `is_there` is false while it is missing. `sources` and
    `paragraphs` are those that no root inside of it owns.
    """

    path: str
    options: tuple[str, ...]
    forgotten: tuple[str, ...]
    is_there: bool
    sources: int
    paragraphs: int


class ForgetReport(NamedTuple):
    """Report of `forget`: roots removed, paths excluded from now on, and sources with their paragraphs."""

    roots: tuple[str, ...]
    left_out: tuple[str, ...]
    sources: tuple[str, ...]
    paragraphs: int
    unknown: tuple[str, ...]


class Progress(NamedTuple):
    """How far an update is: `files_done` of `files_total`, `bytes_done` of `bytes_total`; `path` was done last.

    `files_committed` are safe from whatever may happen next.
    """

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    files_committed: int
    path: str


class Step(NamedTuple):
    """How far a check is: `doing` it, `done` of `total` sources, paragraphs or questions."""

    doing: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an update did.

    `changes` has added, changed and removed sources in order of path; `unchanged` is a number of files. `paragraphs`
    were written, `bytes_read` read. `links` counts symbolic links that were not followed, `others` files whose suffix
    no reader takes. `missing` are roots that are not there (each is also `skipped`) and keep what the index has of
    them; `notes` say what became of other roots. `repaired` is what was wrong with the index before, as a clause, where
    that was mended first.
    """

    changes: tuple[Change, ...]
    unchanged: int
    skipped: tuple[Skipped, ...]
    paragraphs: int
    bytes_read: int
    links: int
    others: int
    seconds: float
    missing: tuple[str, ...] = ()
    notes: tuple[RootNote, ...] = ()
    repaired: str = ""

    def count(self, kind: ChangeKind) -> int:
        return sum(change.kind is kind for change in self.changes)

    @property
    def encodings(self) -> dict[str, int]:
        """How many of the sources that were read had each encoding."""
        return dict(sorted(Counter(change.encoding for change in self.changes if change.encoding).items()))


@dataclass(frozen=True, slots=True)
class Status:
    """Contents of an index. Sizes in bytes, `updated` in seconds since 1970 (0: never), `encodings` name → sources.

    `missing` are those of its `roots` that are not there.
    """

    folder: str
    engine: str
    format_version: int
    fingerprint: str
    updated: float
    sources: int
    source_bytes: int
    paragraphs: int
    terms: dict[str, int]
    index_bytes: int
    encodings: dict[str, int] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    roots: int = 0
    missing: tuple[str, ...] = ()
