"""Text to paragraphs: joining what was wrapped, cutting what is too long, each with its lines and headings.

The pieces of a paragraph that was cut are all of its text, to the last space, so that joined they are the paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, pairwise
from unicodedata import category

from searchlib.headings import HeadingPath, is_title
from searchlib.model import Anchor, Block, BlockKind, Paragraph, Source
from searchlib.passages import Passage, join, of_block
from searchlib.text_lines import lines_of
from searchlib.wrapping import Ragged, Wrapping, glue, indent, margin, wrapping_of

# What no script with words is written in: Han, kana, symbols of full width.
_WIDE = "⺀-꓏\uf900-\ufaff︰-﹫＀-｠￠-￦\U00016fe0-\U0003ffff"
# Long enough for any paragraph that a person wrote as one, short enough to read as the answer to a search.
LONGEST = 1_000

# White space at a cut stays at the end of the piece before it.
_CUTS = (
    # Ends of sentences and lines.
    re.compile(r"(?:(?:[。！？；…!?;]|\.(?=\s))[。！？；…!?;]*[”’」』）》)\]\"']*|\n)\s*"),
    re.compile(r"[，、：,:—]\s*|\s+"),
)
# Where neither a word nor a number is cut, and where no word of a script with words is.
_BORDERS = (re.compile(r"(?<=[^\w.'-])(?=\S)"), re.compile(rf"(?<=[{_WIDE}])|(?=[{_WIDE}])"))
# A variation selector, a modifier and what follows a joiner belong to the character before; at most so many in a row.
_JOINER, _MODIFIERS, _FLAGS = "\u200d", ("\U0001f3fb", "\U0001f3ff"), ("\U0001f1e6", "\U0001f1ff")
_CLUSTER = 32
_PLAIN, _OPEN, _FLOW = BlockKind.PLAIN, BlockKind.OPEN, BlockKind.FLOW
# Blocks of a file whose headings can be its title: of more, the first ones.
_TELLING = 10_000
# What a `Passage` has, and the level of a heading: as many of them as of paragraphs, so a plain tuple.
_Levelled = tuple[str, tuple[Anchor, ...], int]
_OPENING, _CLOSING = "“「『《〈（【", "”」』》〉）】"


def split(source: Source) -> tuple[Paragraph, ...]:
    """The paragraphs of a source, in order."""
    return tuple(paragraphs_of(source))


def paragraphs_of(source: Source) -> Iterator[Paragraph]:
    """The same, each made when it is asked for."""
    path = source.path
    passages = _passages(source.blocks)
    if not (first := next(passages, None)):
        return
    title = (source.title or _title(source.blocks, first[0]))[:LONGEST]
    place = HeadingPath().place
    number = 0
    for whole, places, level in chain([first], passages):
        above = place(whole[:LONGEST], level)
        if len(whole) <= LONGEST:
            yield Paragraph(path, number, whole, places[0].line, places[-1].line, above, title, places)
            number += 1
            continue
        for at, piece in enumerate(cut(Passage(whole, places))):
            (text, anchors), last = piece, piece.strip().anchors[-1].line
            yield Paragraph(path, number, text, anchors[0].line, last, above, title, anchors, continues=at > 0)
            number += 1


def whole_paragraphs(source: Source) -> Iterator[Passage]:
    """The paragraphs of a source, in order, none of them cut."""
    return (Passage(text, anchors) for text, anchors, _ in _passages(source.blocks))


def cut(passage: Passage) -> Iterator[Passage]:
    """The passage in pieces; see `cuts`."""
    bounds = [0, *cuts(passage.text), len(passage.text)]
    return (passage.slice(start, end) for start, end in pairwise(bounds))


def cuts(text: str) -> list[int]:
    """Where to cut a text into pieces of at most `LONGEST` characters of about one size.

    They end with sentences, outside quotations where there is such an end; failing that inside one, failing that at a
    comma or a space; failing that where no word is cut, and only where there is nothing of all this at the limit.
    """
    found: list[int] = []
    start = 0
    while len(text) - start > LONGEST:
        start = _best_end(text, start)
        found.append(start)
    return found


def _best_end(text: str, start: int) -> int:
    rest = len(text) - start
    target = start + rest // -(-rest // LONGEST)
    limit = start + LONGEST
    for choice in _ends(text, start, limit):
        if choice:
            return min(choice, key=lambda end: abs(end - target))
    # Nothing but one word, or white space.
    back = range(limit, max(start, limit - _CLUSTER), -1)
    return next((end for end in back if not _is_inside_character(text, end)), limit)


def _is_inside_character(text: str, at: int) -> bool:
    """Return whether what is before and behind a place is shown as one character: 👩🏽‍🚀, é in two parts, a flag."""
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return False
    if category(after)[0] == "M" or _JOINER in (before, after) or _MODIFIERS[0] <= after <= _MODIFIERS[1]:
        return True
    return _FLAGS[0] <= before <= _FLAGS[1] and _FLAGS[0] <= after <= _FLAGS[1]


def _ends(text: str, start: int, limit: int) -> Iterator[list[int]]:
    """Places to cut at, the best kind first; a piece is not made shorter than an eighth of the limit."""
    soonest = start + max(LONGEST // 8, 1)

    def found(pattern: re.Pattern[str]) -> list[int]:
        ends = (match.end() for match in pattern.finditer(text, soonest, limit + 1))
        return [end for end in ends if end <= limit and not _is_inside_character(text, end)]

    sentences = found(_CUTS[0])
    quoted = _quoted(text, start, limit)
    yield [end for end in sentences if not quoted[end - start]]
    yield sentences
    yield found(_CUTS[1])
    yield from map(found, _BORDERS)


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


def _passages(blocks: Iterable[Block]) -> Iterator[_Levelled]:
    """What the author wrote as one, without white space around it, with the level of a heading."""
    wrapping, is_known = None, False
    rest = iter(blocks)
    for block in rest:
        text, anchors, kind, level = block
        if kind is _OPEN or (kind is _PLAIN and "\n" in text):
            if not is_known:
                wrapping, is_known = wrapping_of(_stretches(blocks)), True
            yield from ((*part, level) for part in _parts(_stretch(block, rest), text, wrapping) if part.text)
            continue
        passage = Passage(text, anchors)
        passage = _joined(passage.lines()) if kind is _FLOW and "\n" in text else passage.strip()
        if passage.text:
            yield (*passage, level)


def _stretches(blocks: Iterable[Block]) -> Iterator[Iterator[str]]:
    """The lines of each stretch of plain ones, for who goes through one before the next."""
    rest = iter(blocks)
    for block in rest:
        if block.kind in (_PLAIN, _OPEN):
            yield chain.from_iterable(lines_of(one.text) for one in _stretch(block, rest))


def _stretch(block: Block, rest: Iterator[Block]) -> Iterator[Block]:
    """The blocks of the stretch that begins with `block`; those behind it are the next ones of the rest."""
    yield block
    while block.kind is _OPEN:
        yield (block := next(rest))


def _parts(stretch: Iterator[Block], first: str, wrapping: Wrapping | Ragged | None) -> Iterator[Passage]:
    """A stretch of plain lines, put together where lines belong together; `first` is what tells its margin."""
    lines = chain.from_iterable(map(_lines, stretch))
    if wrapping is None:
        yield from (line.strip() for line in lines)
    else:
        yield from map(_joined, _groups(lines, margin(lines_of(first)), wrapping))


def _lines(block: Block) -> Iterator[Passage]:
    """The lines of a plain block: as its anchors say, or one below the other where there is one for all."""
    if len(block.anchors) > 1:
        yield from of_block(block).lines()
        return
    _, first, column = block.anchors[0]
    for number, text in enumerate(lines_of(block.text), start=first):
        yield Passage(text, (Anchor(0, number, column),))
        column = 1


def _groups(lines: Iterable[Passage], left: int, wrapping: Wrapping | Ragged) -> Iterator[list[Passage]]:
    """The lines that make a paragraph each: those that ran full and were followed by one without an indent."""
    group: list[Passage] = []
    for line in lines:
        if group and not (wrapping.joins(group[-1].text, line.text) and indent(line.text) == left):
            yield group
            group = []
        group.append(line)
    yield group


def _joined(lines: list[Passage]) -> Passage:
    stripped = [line for line in (line.strip() for line in lines) if line.text]
    return join(stripped, [glue(line.text, following.text) for line, following in pairwise(stripped)])


def _title(blocks: Iterable[Block], first: str) -> str:
    """The highest heading, or a first paragraph that is no sentence."""
    headings = [block for block in islice(blocks, _TELLING) if block.level] if _has_levels(blocks) else []
    highest = min(_passages(headings), key=lambda passage: passage[2], default=None)
    if highest:
        return highest[0]
    return first if is_title(first) else ""


def _has_levels(blocks: Iterable[Block]) -> bool:
    """Return whether a format may mark headings; plain text does not, and reading all of it would take time."""
    first = next(iter(blocks), None)
    return first is not None and first.kind not in (_PLAIN, _OPEN)
