"""Whether segments are as they were written, and whether what they say holds together.

Checksums find what has changed on the disk. Beyond that the terms of every stored text are computed anew and compared
with the postings, all of them, without turning either around: a posting adds a number that its term has by chance to
its paragraph's sum, as often as the paragraph has the term, and so does every term of a text. Sums of 64 bits that are
equal on both sides are of the same terms, but for a chance of one in 2⁶⁴ a paragraph.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from searchlib.directory import Directory
from searchlib.engines.interface import Flaw
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import Array, column
from searchlib.engines.whoosh.build import edge
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask, Segment
from searchlib.engines.whoosh.schema import (
    COLUMNS,
    CONTINUED,
    CONTINUES,
    HEADING_BACK,
    LENGTH,
    PATH,
    TERM_FIELDS,
    TITLE_BACK,
    TITLE_LENGTH,
)
from searchlib.engines.whoosh.table import Row, Table
from searchlib.engines.whoosh.term_sums import GatheredTexts, sums_of_points, sums_of_words
from searchlib.engines.whoosh.terms import Points, Terms
from searchlib.errors import IndexDamaged
from searchlib.model import HEADING, TEXT, TITLE, Paragraph, Step, field_text
from searchlib.query import fields as text_fields

# Postings, and characters of text, that are looked at at once.
_POSTINGS, _CHARACTERS = 2_000_000, 1_000_000
# The texts of a paragraph, and the column that says where else the terms are.
_TEXTS = {TEXT: None, TITLE: TITLE_BACK, HEADING: HEADING_BACK}
_LENGTHS = {TEXT: LENGTH, TITLE: TITLE_LENGTH}
# What an array with right checksums and wrong values can make of reading it.
_ILL_FORMED = (ValueError, IndexError, OverflowError, UnicodeError, struct.error)

OnChange = Callable[[Step], None]
_DOING = "checking postings"


def flaws(folder: Directory, last: Table, *, texts: bool, on_change: OnChange) -> Iterator[Flaw]:
    """All that is wrong in the segments of a table; without `texts`, postings are not compared with them."""
    done, total = 0, sum(row.paragraphs for row in last.rows)
    owners: dict[str, str] = {}
    for row in last.rows:
        try:
            segment = _opened(folder, row)
            yield from _structure(segment, row)
            if texts:
                yield from _Comparison(segment, partial(_tell, on_change, done, total)).flaws(row)
            yield from _doubled(segment, row, owners)
        except FileNotFoundError as error:
            yield Flaw(row.name, f"{Path(error.filename).name} is missing")
        except IndexDamaged as error:
            yield Flaw(row.name, error.what)
        except _ILL_FORMED as error:
            yield Flaw(row.name, f"{row.file} can't be decoded ({error})")
        _tell(on_change, done, total, row.paragraphs)
        done += row.paragraphs


def _tell(on_change: OnChange, done: int, total: int, more: int) -> None:
    on_change(Step(_DOING, done + more, total))


def salvaged(folder: Directory, row: Row) -> Iterator[tuple[str, list[Paragraph]]]:
    """The sources of a segment with all their paragraphs, of which every byte that is read is as it was written."""
    try:
        segment = Segment(table.opened(folder, row), table.removed(folder, row))
        sources = list(zip(segment.paths, pairwise(segment.starts.tolist()), strict=True))
    except (IndexDamaged, FileNotFoundError, *_ILL_FORMED):
        return
    for path, (start, end) in sources:
        with suppress(IndexDamaged, *_ILL_FORMED):
            if segment.live[start]:
                yield path, [segment.paragraph(number) for number in range(start, end)]


def _opened(folder: Directory, row: Row) -> Segment:
    """A segment all of whose bytes are as they were written; raises `IndexDamaged` and `FileNotFoundError`."""
    file = table.opened(folder, row)
    file.check()
    return Segment(file, table.removed(folder, row))


def _structure(segment: Segment, row: Row) -> Iterator[Flaw]:
    """What is in contradiction to something else in the segment."""
    wrong = []
    if segment.size != row.paragraphs or len(segment.removed) != row.removed:
        wrong.append("another number of paragraphs than the table of contents has")
    if not _is_rising(segment.removed) or not _is_below(segment.removed, segment.size):
        wrong.append("removed paragraphs that there are not")
    for name in COLUMNS:
        values = segment.file[column(name)]
        if len(values) != segment.size:
            wrong.append(f"a column of another length: {name}")
        elif name in (TITLE_BACK, HEADING_BACK) and (values > np.arange(segment.size)).any():
            wrong.append(f"a column that points outside: {name}")
        elif name == CONTINUES and int(np.count_nonzero(values)) != segment.file.facts.get(CONTINUED, 0):
            wrong.append("another number of paragraphs that go on than it says")
    wrong += [f"postings that are none: {field}" for field in TERM_FIELDS if not _are_postings(segment, field)]
    if not wrong and not _are_sources(segment):
        wrong.append("paragraphs that are of no source, or of two")
    elif not wrong and segment.continues is not None and segment.continues[segment.starts[:-1]].any():
        wrong.append("paragraphs that go on from those of another source")
    yield from (Flaw(row.name, f"{row.file} has {what}") for what in wrong)


def _are_postings(segment: Segment, field: str) -> bool:
    """Whether terms are in order, each with rising numbers of paragraphs that there are."""
    terms = segment.terms(field)
    if len(terms.dictionary) != len(terms) or not all(one < other for one, other in pairwise(terms.dictionary)):
        return False
    for counts, numbers, frequencies in (postings for _, postings in _stretches(terms)):
        starts = np.cumsum(counts) - counts
        steps = np.diff(numbers, prepend=-1)
        steps[starts] = 1
        if not (counts.all() and (steps > 0).all() and (frequencies > 0).all() and _is_below(numbers, segment.size)):
            return False
    return True


def _are_sources(segment: Segment) -> bool:
    """Whether every paragraph is of one source, and those of a source are neighbours."""
    terms = segment.terms(PATH)
    numbers = [postings[1] for _, postings in _stretches(terms)]
    is_each_once = np.array_equal(np.sort(np.concatenate(numbers)), np.arange(segment.size))
    in_order = np.sort(terms.paragraphs.firsts())
    return is_each_once and np.array_equal(np.diff(in_order, append=segment.size), _counts_by_first(terms))


def _counts_by_first(terms: Terms) -> Numbers:
    counts: Numbers = terms.paragraphs.counts[np.argsort(terms.paragraphs.firsts())].astype(np.int64)
    return counts


def _doubled(segment: Segment, row: Row, owners: dict[str, str]) -> Iterator[Flaw]:
    """Sources that an earlier segment has too."""
    for path, first in zip(segment.paths, segment.starts[:-1].tolist(), strict=True):
        if segment.live[first] and owners.setdefault(path, row.name) != row.name:
            yield Flaw(row.name, "its paragraphs are there twice", path, is_doubled=True)


def _is_rising(numbers: Numbers) -> bool:
    return bool((np.diff(numbers) > 0).all())


def _is_below(numbers: Numbers, bound: int) -> bool:
    return not len(numbers) or (int(numbers.min()) >= 0 and int(numbers.max()) < bound)


def _stretches(terms: Terms) -> Iterator[tuple[int, tuple[Numbers, Numbers, Array]]]:
    """All postings, some at a time, each time with the number of the first term."""
    ends = np.cumsum(terms.paragraphs.counts, dtype=np.int64)
    first = 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + _POSTINGS, "right")))
        yield first, terms.stretch(first, end)
        first = end


class _Comparison:
    """The stored texts of a segment beside its postings."""

    def __init__(self, segment: Segment, on_paragraph: Callable[[int], None]) -> None:
        self._segment, self._on_paragraph = segment, on_paragraph
        self._sums = {text: np.zeros(segment.size, np.uint64) for text in _TEXTS}
        self._words = {text: np.zeros(segment.size, np.int64) for text in _TEXTS}
        self._is_piece = np.zeros(segment.size, np.bool_)
        self._edges: list[int] = []

    def flaws(self, row: Row) -> Iterator[Flaw]:
        self._add_texts()
        wrong: dict[str, set[str]] = {}
        for text, back in _TEXTS.items():
            for field in text_fields.TERM_FIELDS[text]:
                self._take_postings(text, field)
            differs = self._sums[text] != 0
            if text in _LENGTHS:
                differs |= self._word_counts(text, back) != self._segment.file[column(_LENGTHS[text])]
            if text == TEXT:
                differs |= self._wrong_cuts()
            self._sums[text] = self._sums[text][:0]
            for number in np.flatnonzero(differs & self._segment.live).tolist():
                wrong.setdefault(self._path(number), set()).add(text)
        for path, texts in wrong.items():
            yield Flaw(row.name, f"its postings do not fit its {' and '.join(sorted(texts))}", path)

    def _wrong_cuts(self) -> Mask:
        """Return which paragraphs go on and should not, or the other way round, or have other characters at the cut."""
        continues = self._segment.continues
        wrong: Mask = self._is_piece if continues is None else self._is_piece != continues
        if continues is not None and not wrong.any():
            wrong[continues] = np.array(self._edges, np.uint64) != self._segment.edges
        return wrong

    def _path(self, number: int) -> str:
        return self._segment.paths[int(self._segment.starts.searchsorted(number, "right")) - 1]

    def _word_counts(self, text: str, back: str | None) -> Numbers:
        """How many words each paragraph has in a text, which may be another's."""
        counts = self._words[text]
        return counts if back is None else counts[np.arange(len(counts)) - self._segment.file[column(back)]]

    def _add_texts(self) -> None:
        gathered = {text: GatheredTexts() for text in _TEXTS}
        firsts = {text: back and self._segment.file[column(back)] == 0 for text, back in _TEXTS.items()}
        before = ""
        for number in range(self._segment.size):
            paragraph = self._segment.paragraph(number)
            # The pieces of one paragraph have terms together.
            if gathered[TEXT].characters >= _CHARACTERS and not paragraph.continues:
                self._add(gathered)
                gathered = {text: GatheredTexts() for text in _TEXTS}
                self._on_paragraph(number)
            self._is_piece[number] = paragraph.continues
            if paragraph.continues:
                self._edges.append(edge(before, paragraph.text))
            before = paragraph.text
            for text, own in firsts.items():
                if own is None or own[number]:
                    is_going_on = paragraph.continues and text == TEXT
                    gathered[text].add(number, field_text(paragraph, text), continues=is_going_on)
        self._add(gathered)

    def _add(self, gathered: dict[str, GatheredTexts]) -> None:
        for text, some in gathered.items():
            numbers, sums, words = some.take()
            self._sums[text][numbers] = sums
            self._words[text][numbers] = words

    def _take_postings(self, text: str, field: str) -> None:
        terms = self._segment.terms(field)
        numbers = sums_of_points(terms.dictionary.points) if isinstance(terms.dictionary, Points) else None
        for first, (counts, paragraphs, frequencies) in _stretches(terms):
            if numbers is None:
                words = [terms.dictionary[at] for at in range(first, first + len(counts))]
                of_terms = sums_of_words(words)
            else:
                of_terms = numbers[first : first + len(counts)]
            np.subtract.at(self._sums[text], paragraphs, np.repeat(of_terms, counts) * frequencies.astype(np.uint64))
