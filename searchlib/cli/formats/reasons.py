"""Explanations for people: a few lines, and tables whose columns stand under one another in Chinese too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from searchlib.answers import ClauseReport, Explanation, Judgement, Share
from searchlib.cli.formats.plain import counted, one_line


def explanation(found: Explanation) -> Iterator[str]:
    yield f"query     {one_line(found.query)}"
    yield f"read as   {one_line(found.read_as)}"
    for marks in found.ignored:
        yield f"ignored   {one_line(marks)} (nothing to search for in it)"
    for name in found.unknown:
        yield f"no field  {one_line(name)} (searched for as text)"
    for clause in found.clauses:
        yield ""
        yield from _clause(clause, found.paragraphs)
    yield ""
    whole = f"{counted(found.complete, 'paragraph')} with the whole query"
    yield f"answer    {whole}, {found.partial:,} with part of it, of {found.paragraphs:,}"


def _clause(found: ClauseReport, paragraphs: int) -> Iterator[str]:
    yield f"clause    {one_line(found.written)}{'' if found.is_wanted else ' (is not to be there)'}"
    yield f"  met by  {found.met_by}"
    if found.words:
        yield f"  words   {' '.join(found.words)}"
    if found.words and found.pairs:
        yield f"  pairs   {' '.join(found.pairs)}"
    yield from (f"  {note}" for note in _strictness(found))
    looked = f", after a look at {_of_all(found.looked_at, paragraphs)}" if found.looked_at else ""
    yield f"  found   in {counted(found.paragraphs, 'paragraph')}{looked}"


def _strictness(found: ClauseReport) -> Iterator[str]:
    if found.is_demand:
        yield "demand  no hit is without it"
    elif found.is_relaxed:
        yield "relaxed to any of the words or pairs, for paragraphs with part of the query"


def _of_all(count: int, paragraphs: int) -> str:
    return f"every paragraph, all {count:,}" if count == paragraphs else f"{count:,} that may have it"


def judgement(found: Judgement) -> Iterator[str]:
    paragraph = found.paragraph
    yield f"paragraph {one_line(paragraph.path)}:{paragraph.first_line}"
    yield f"          {one_line(paragraph.text[:60])}{'…' if len(paragraph.text) > 60 else ''}"
    yield f"standing  {_standing(found)}"
    for sentence in found.unmet:
        yield f"not met   {one_line(sentence)}"
    yield ""
    yield f"score     {found.score:.3f}{'' if found.rank else ', which counts for nothing'}"
    rows = [_row(share) for share in sorted(found.shares, key=lambda share: -share.score)]
    if rows:
        yield from _table([("field", "term", "weight", "paragraphs", "occurrences", "adds"), *rows])


def _row(share: Share) -> tuple[str, ...]:
    counts = (f"{share.weight:g}", f"{share.paragraphs:,}", f"{share.occurrences:,}")
    return (share.field, one_line(share.term), *counts, f"{share.score:.3f}")


def _standing(found: Judgement) -> str:
    if not found.rank:
        return "no hit"
    return f"rank {found.rank:,}, with {'the whole query' if found.complete else 'part of the query'}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Two columns of words to the left, the rest, which are numbers, to the right."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - cell_len(cell))
            cells.append(f"{cell}{gap}" if place < 2 else f"{gap}{cell}")
        yield "  " + "  ".join(cells)
