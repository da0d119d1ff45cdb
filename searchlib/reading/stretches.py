"""A page of Markdown cut into stretches, and those read at once that need no parser.

A stretch begins and ends where a parser has nothing open, neither a list nor code nor HTML, so that it means by itself
what it means in the page. Most are plain: a heading, a paragraph or a comment whose lines hold no character that
Markdown gives a meaning. They are told by one regular expression, at a tenth of what the parser's events cost.

What reaches from one stretch into another is a definition that links and footnotes refer to, `[name]:`. A page with
one stays whole, and so does what follows a character that a parser may take for the end of a line or for a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple

from searchlib.model import Anchor, Block, BlockKind

# A byte order mark that is not the first of its file would be one for the parser at the head of a stretch.
_REACHING = ("]:", "\ufeff")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f]")

# With a meaning wherever they stand in a line; and what a line may not begin with if it is to go on a paragraph or to
# begin one, whatever stands before it. Digits can number a list.
_MARKS = r"\x00-\x1f\\*_~`\[\]<&|"
_FIRST = rf"(?![0-9]+[.)](?:[ \t\n]|\Z))[^{_MARKS} #>+=:-]"
_LINE = rf"{_FIRST}[^{_MARKS}]*(?<! )"
# Possessive, since Python remembers each line of a repetition that could be shorter, with more than 100 bytes for it.
_BLANK_LINES = r"(?:[ \t]*+\n)*+"
# Paragraphs of a line each, with a blank one behind each: what most pages are made of.
_LINES = re.compile(rf"(?:{_LINE}\n\n)++")
_COMMENT = rf"<!--[^{_MARKS}>-]*--> *(?:\n|\Z)"
_PLAIN = re.compile(
    rf"(?P<paragraph>{_LINE}(?:\n{_LINE})*) *(?:\n[ \t]*\n{_BLANK_LINES}|\n?\Z)"
    rf"|(?P<marks>(?P<level>#{{1,6}}) +)(?P<heading>[^{_MARKS} #][^{_MARKS}#]*(?<! )) *(?:\n{_BLANK_LINES}|\Z)"
    rf"|{_COMMENT}{_BLANK_LINES}"
    rf"|(?:[ \t]*+\n)++"
)

# Code between fences at the margin, from the first to the last.
_FENCED = re.compile(r"(?:(`{3,}+)[^`\n]*|(~{3,}+)[^\n]*)\n(?:.*\n)*? {0,3}(?:\1`*|\2~*) *(?:\n|\Z)")
# Lines that close whatever is open, unless it is one of the things that end with an end of their own; HTML of other
# kinds ends with a blank line.
_CLOSING, _BLANK_LINE = r"```[^`\n]*\n|~~~|#{1,6} ", rf"\n[ \t]*\n(?={_FIRST}|{_COMMENT}"
_CUT = re.compile(rf"\n(?={_CLOSING})|{_BLANK_LINE})")
_CUT_BEHIND_HTML = re.compile(rf"{_BLANK_LINE}|{_CLOSING})")
_HTML = re.compile(r"^[ \t]*<", re.MULTILINE)
_OPENING = re.compile(
    r"^[ \t]*(?:```|~~~|<(?:[!?]|pre|script|style|textarea))|^(?:---|\+\+\+)[ \t]*\n(?![ \t]*\n)",
    re.MULTILINE | re.IGNORECASE,
)

# Characters that are looked at behind a cut: a number of a list has nine digits at most, and more are no mark.
_LONGEST_MARK = 100

# What calling a named tuple does, in half the time: there are as many as lines.
_new = tuple.__new__


class Stretch(NamedTuple):
    """A part of a page that a parser has to read, and the line that it begins with."""

    text: str
    line: int


def stretches(pieces: Iterable[str]) -> Iterator[list[Block] | Stretch]:
    """Goes through the page in order; gives the blocks of what is plain, and the rest for the parser."""
    if _reaches(pieces):
        yield Stretch("".join(pieces), 1)
        return
    rest = iter(pieces)
    # What has been read and not gone through yet, and the number of its first line.
    text, at, line, is_last = "", 0, 1, False
    while True:
        found, end, is_certain = _step(text, at, line)
        if end == at or not (is_certain or is_last):
            if is_last:
                return
            # What is open is read in twice as much text each time, so that it is not gone through again and again.
            more = list(_at_least(len(text) - at, rest))
            text, at, is_last = "".join([text[at:], *more]), 0, not more
            continue
        if found:
            yield found
        line += text.count("\n", at, end)
        at = end


def _reaches(pieces: Iterable[str]) -> bool:
    before = ""
    for piece in pieces:
        if any(mark in before + piece for mark in _REACHING):
            return True
        before = piece[-1:]
    return False


def _at_least(count: int, pieces: Iterator[str]) -> Iterator[str]:
    """The next pieces with so many characters, one of them at least."""
    for piece in pieces:
        yield piece
        if piece and (count := count - len(piece)) <= 0:
            return


class _Step(NamedTuple):
    """What begins at a place, where it ends, and whether that is so however the text goes on."""

    found: list[Block] | Stretch
    end: int
    is_certain: bool


def _step(text: str, at: int, line: int) -> _Step:
    if lines := _LINES.match(text, at):
        return _Step(_paragraphs(lines[0].split("\n\n"), line), lines.end(), True)
    if plain := _PLAIN.match(text, at):
        block = _block(plain, line)
        return _Step([] if block is None else [block], plain.end(), plain.end() < len(text))
    end = _end(text, at)
    # A digit behind the cut may be the beginning of a list's mark.
    return _Step(Stretch(text[at:end], line), end, end < len(text) - _LONGEST_MARK)


def _paragraphs(texts: list[str], first: int) -> list[Block]:
    """Those that stand in every other line from `first` on."""
    return [
        _new(Block, (text, (_new(Anchor, (0, line, 1)),), BlockKind.FLOW, 0))
        for text, line in zip(texts, count(first, 2), strict=False)
        if text and not text.isspace()
    ]


def _block(plain: re.Match[str], line: int) -> Block | None:
    """What is plain as a block; nothing for comments, blank lines, and what is of spaces that are none to Markdown.

    A parser's paragraph and the one here have the same text and anchors.
    """
    paragraph, marks, level, heading = plain.groups()
    text = paragraph or heading
    if not text or text.isspace():
        return None
    if heading:
        return Block(text, (Anchor(0, line, len(marks) + 1),), BlockKind.FLOW, len(level))
    if "\n" not in text:
        return Block(text, (Anchor(0, line, 1),), BlockKind.FLOW)
    anchors, start = [], 0
    for number, content in enumerate(text.split("\n"), start=line):
        anchors.append(_new(Anchor, (start, number, 1)))
        start += len(content) + 1
    return Block(text, tuple(anchors), BlockKind.FLOW)


def _end(text: str, start: int) -> int:
    """Where the stretch ends that begins here and is not plain."""
    if fenced := _FENCED.match(text, start):
        end, is_open = fenced.end(), False
    else:
        cut = _CUT.search(text, start)
        if cut and _HTML.search(text, start, cut.end()):
            cut = _CUT_BEHIND_HTML.search(text, start)
        end = cut.end() if cut else len(text)
        is_open = _OPENING.search(text, start, end) is not None
    return len(text) if is_open or _CONTROLS.search(text, start, end) else end
