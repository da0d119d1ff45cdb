"""Text to paragraphs: joining what was wrapped, cutting what is too long, each with its lines and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from searchlib.headings import HeadingPath, is_title
from searchlib.model import Anchor, Block, BlockKind, Paragraph, Source
from searchlib.passages import Passage, join
from searchlib.wrapping import Ragged, Wrapping, glue, indent, margin, wrapping_of

# Long enough for any paragraph that a person wrote as one, short enough to read as the answer to a search.
LONGEST = 1_000

_CUTS = (
    re.compile(r"(?:[。！？；…!?;]|\.(?=\s))[。！？；…!?;]*[”’」』）》)\]\"']*|\n"),  # ends of sentences and lines
    re.compile(r"[，、：,:—]|\s+"),
)
_PLAIN, _VERBATIM = BlockKind.PLAIN, BlockKind.VERBATIM
# What a `Passage` has, and the level of a heading: as many of them as of paragraphs, so a plain tuple.
_Levelled = tuple[str, tuple[Anchor, ...], int]
_OPENING, _CLOSING = "“「『《〈（【", "”」』》〉）】"


def split(source: Source) -> tuple[Paragraph, ...]:
    """The paragraphs of a source, in order."""
    path = source.path
    passages = _passages(source.blocks)
    title = source.title or _title(passages)
    place = HeadingPath().place
    paragraphs: list[Paragraph] = []
    for whole, places, level in passages:
        above = place(whole, level)
        for text, anchors in ((whole, places),) if len(whole) <= LONGEST else cut(Passage(whole, places)):
            number, last = len(paragraphs), anchors[-1].line
            paragraphs.append(Paragraph(path, number, text, anchors[0].line, last, above, title, anchors))
    return tuple(paragraphs)


def cut(passage: Passage) -> list[Passage]:
    """The passage in pieces of at most `LONGEST` characters of about one size.

    They end with sentences, outside quotations where there is such an end; failing that inside one, failing that at a
    comma or a space, and only where there is nothing of all this at the limit.
    """
    pieces, start = [], 0
    while len(passage.text) - start > LONGEST:
        end = _best_end(passage.text, start)
        pieces.append(passage.slice(start, end).strip())
        start = end
    pieces.append(passage.slice(start, len(passage.text)).strip())
    return [piece for piece in pieces if piece.text]


def _best_end(text: str, start: int) -> int:
    rest = len(text) - start
    target = start + rest // -(-rest // LONGEST)
    limit = start + LONGEST
    for choice in _ends(text, start, limit):
        if choice:
            return min(choice, key=lambda end: abs(end - target))
    return limit


def _ends(text: str, start: int, limit: int) -> Iterator[list[int]]:
    """Places to cut at, the best kind first; a piece is not made shorter than an eighth of the limit."""
    soonest = start + LONGEST // 8
    sentences, clauses = (
        [match.end() for match in pattern.finditer(text, soonest, limit + 1) if match.end() <= limit]
        for pattern in _CUTS
    )
    quoted = _quoted(text, start, limit)
    yield [end for end in sentences if not quoted[end - start]]
    yield sentences
    yield clauses


def _quoted(text: str, start: int, limit: int) -> list[bool]:
    """For every place from `start` to `limit`, whether a quotation that began behind `start` is open there."""
    depth, is_open, found = 0, False, [False]
    for char in text[start:limit]:
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif char == '"':
            is_open = not is_open
        found.append(is_open or depth > 0)
    return found


def _passages(blocks: tuple[Block, ...]) -> list[_Levelled]:
    """What the author wrote as one, without white space around it, with the level of a heading."""
    found: list[_Levelled] = []
    plain = [text for text, _, kind, _ in blocks if kind is _PLAIN]
    is_in_question = any("\n" in text for text in plain)
    wrapping = wrapping_of(text.split("\n") for text in plain) if is_in_question else None
    for text, anchors, kind, level in blocks:
        if "\n" in text and kind is not _VERBATIM:
            found += [(*part, level) for part in _parts(Passage(text, anchors), kind, wrapping)]
        elif text.strip() == text:
            found.append((text, anchors, level))
        else:
            found.append((*Passage(text, anchors).strip(), level))
    return [passage for passage in found if passage[0]]


def _parts(passage: Passage, kind: BlockKind, wrapping: Wrapping | Ragged | None) -> list[Passage]:
    """A passage of several lines, put together where lines belong together."""
    lines = passage.lines()
    if kind is BlockKind.FLOW:
        return [_joined(lines)]
    if wrapping is None:
        return [line.strip() for line in lines]
    return [_joined(group) for group in _groups(lines, wrapping)]


def _groups(lines: list[Passage], wrapping: Wrapping | Ragged) -> Iterator[list[Passage]]:
    """The lines that make a paragraph each: those that ran full and were followed by one without an indent."""
    left = margin([line.text for line in lines])
    group = lines[:1]
    for line, following in pairwise(lines):
        if not (wrapping.joins(line.text, following.text) and indent(following.text) == left):
            yield group
            group = []
        group.append(following)
    yield group


def _joined(lines: list[Passage]) -> Passage:
    stripped = [line for line in (line.strip() for line in lines) if line.text]
    return join(stripped, [glue(line.text, following.text) for line, following in pairwise(stripped)])


def _title(passages: list[_Levelled]) -> str:
    """The highest heading, or a first line that is no sentence."""
    headings = [(level, at) for at, (_, _, level) in enumerate(passages) if level]
    if headings:
        return passages[min(headings)[1]][0]
    return passages[0][0] if passages and is_title(passages[0][0]) else ""
