"""An index asked about itself: does the search find what stands in the paragraphs, all of it and nothing else?

Samples are drawn from the stored paragraphs (`sampling.py` says how), each is asked of `Library.search`, strict, and
the answer is compared with a plain scan: the paragraphs whose folded text has the sample's in it.

A quoted sample has to find just these. A bare one also finds paragraphs that have all of its words somewhere else, so
the scan says what it must find at least, which is its recall; a paragraph beyond that is wrong if its terms lack one of
the words, which is its precision. What such a sample misses by its words alone is not noticed: that would take cutting
every paragraph of the library into words anew.

The stored paragraphs are gone through twice, once to draw and once to scan, a source at a time. What is kept is four
bytes for each paragraph that has a sample, and while a sample is asked, its hits: a character that is everywhere brings
every paragraph into memory at once, as `searchlib search -c` does.
"""

from __future__ import annotations

import random
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from searchlib.analysis import analyze, fold
from searchlib.defaults import SAMPLES
from searchlib.errors import LibraryIndexError
from searchlib.library import Library
from searchlib.model import Paragraph, Step
from searchlib.sampling import Kind, Sample, draw

# The lengths that are counted together, in characters.
_LENGTHS = {1: "1", 2: "2", 3: "3-4", 5: "5-8", 9: "9+"}
# Questions with a fault that are named.
_NAMED = 10
# A seed that nobody chose is short enough to be typed.
_SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Tally:
    """Samples, and paragraphs: `expected` by the scan, `found` by the search, and those of them it `missed` and those
    that are `wrong`. A paragraph counts once for each sample; one that is found twice is wrong the second time.
    """

    samples: int = 0
    expected: int = 0
    found: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        """The share of the expected paragraphs that was found; 1 where none was expected."""
        return (self.expected - self.missed) / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """The share of the found paragraphs that is right; 1 where none was found."""
        return (self.found - self.wrong) / self.found if self.found else 1.0

    @property
    def is_sound(self) -> bool:
        return not self.missed and not self.wrong

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.samples + other.samples,
            self.expected + other.expected,
            self.found + other.found,
            self.missed + other.missed,
            self.wrong + other.wrong,
        )


class Row(NamedTuple):
    """What became of the samples of a kind, quoted or bare, of a range of lengths in characters: `2`, `5-8`, `9+`."""

    kind: Kind
    is_quoted: bool
    length: str
    tally: Tally


class Fault(NamedTuple):
    """A question that was not answered rightly, and where to look: the place of the first paragraph that it missed, or
    of the first that is wrong if it missed none.
    """

    query: str
    path: str
    line: int
    missed: int
    wrong: int


@dataclass(frozen=True, slots=True)
class RecallReport:
    """What a check found. `rows` are those that have samples; `faults` the first few of `faulty` questions."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    faulty: int
    seed: int
    paragraphs: int
    seconds: float

    @property
    def total(self) -> Tally:
        return sum((row.tally for row in self.rows), Tally())


def check(
    library: Library,
    *,
    samples: int = SAMPLES,
    seed: int | None = None,
    on_change: Callable[[Step], None] = lambda _: None,
) -> RecallReport:
    """Draws at most so many samples, asks for each, and compares; without a `seed`, with one by chance.

    `on_change` is called after every source and every question. Raises `LibraryIndexError` where there is nothing to
    draw from, and what `Library.open` does.
    """
    began = time.monotonic()
    seed = random.SystemRandom().randrange(_SEEDS) if seed is None else seed
    drawn = draw((paragraph.text for paragraph in _paragraphs(library, "drawing samples", on_change)), samples, seed)
    if not drawn:
        hint = "take documents in with: searchlib index PATH"
        raise LibraryIndexError(f"there is no text to draw samples from in {library.folder}", hint=hint)
    scan = _Scan(drawn)
    for paragraph in _paragraphs(library, "scanning", on_change):
        scan.look(paragraph)
    tallies: dict[tuple[Kind, bool, int], Tally] = defaultdict(Tally)
    faults = []
    for done, (sample, having) in enumerate(zip(drawn, scan.having, strict=True), start=1):
        tally, fault = _asked(sample, frozenset(having), library, scan)
        tallies[sample.kind, sample.is_quoted, _shortest(sample.text)] += tally
        faults += [fault] if fault else []
        on_change(Step("asking", done, len(drawn)))
    return RecallReport(
        _rows(tallies), tuple(faults[:_NAMED]), len(faults), seed, scan.paragraphs, time.monotonic() - began
    )


class _Scan:
    """Which paragraphs have which samples in them, by the number of the paragraph among all of the library."""

    def __init__(self, samples: list[Sample]) -> None:
        self.having = [array("I") for _ in samples]
        self.paragraphs = 0
        # A sample can only stand where its first two characters do, so that few need to be looked for in a paragraph.
        self._by_head: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, sample in enumerate(samples):
            self._by_head[sample.text[:2]].append((number, sample.text))
        self._heads = frozenset(self._by_head)
        # The numbers of each source's paragraphs.
        self._sources: dict[str, range] = {}
        self._next = 0

    def look(self, paragraph: Paragraph) -> None:
        first = self._sources[paragraph.path].start if paragraph.path in self._sources else self._next
        number = first + paragraph.number
        self._next = number + 1
        self._sources[paragraph.path] = range(first, self._next)
        self.paragraphs += 1
        folded = fold(paragraph.text)
        for head in self._heads.intersection({*folded, *map(str.__add__, folded, folded[1:])}):
            for sample, text in self._by_head[head]:
                if text in folded:
                    self.having[sample].append(number)

    def number(self, paragraph: Paragraph) -> int | None:
        """The number of a paragraph among all; None where it is not one of those that were looked at."""
        numbers = self._sources.get(paragraph.path, range(0))
        return numbers[paragraph.number] if paragraph.number < len(numbers) else None

    def place(self, number: int) -> tuple[str, int]:
        """The source of a paragraph, and its number in it."""
        return next((path, numbers.index(number)) for path, numbers in self._sources.items() if number in numbers)


def _paragraphs(library: Library, doing: str, on_change: Callable[[Step], None]) -> Iterator[Paragraph]:
    sources = library.sources()
    for done, path in enumerate(sources, start=1):
        yield from library.paragraphs(path)
        on_change(Step(doing, done, len(sources)))


def _asked(sample: Sample, expected: frozenset[int], library: Library, scan: _Scan) -> tuple[Tally, Fault | None]:
    """What the search makes of a sample, and where to look if that is not as it should be."""
    results = library.search(sample.query, limit=scan.paragraphs, strict=True, timeout=None)
    found: set[int | None] = {None}
    wrong = []
    for hit in results:
        number = scan.number(hit.paragraph)
        if number in found or (number not in expected and not _has_words(sample, hit.paragraph)):
            wrong.append(hit.paragraph)
        found.add(number)
    missed = expected - found
    tally = Tally(1, len(expected), len(results), len(missed), len(wrong))
    if tally.is_sound:
        return tally, None
    path, line = _place(sample, min(missed), library, scan) if missed else (wrong[0].path, wrong[0].first_line)
    return tally, Fault(sample.query, path, line, len(missed), len(wrong))


def _has_words(sample: Sample, paragraph: Paragraph) -> bool:
    """Whether a paragraph has all the words of a bare sample; a quoted one asks for more than words."""
    return not sample.is_quoted and set(analyze(sample.text).words) <= set(analyze(paragraph.text).words)


def _place(sample: Sample, number: int, library: Library, scan: _Scan) -> tuple[str, int]:
    """Where a paragraph has the sample, as its path and line."""
    path, in_source = scan.place(number)
    paragraph = next(paragraph for paragraph in library.paragraphs(path) if paragraph.number == in_source)
    return path, paragraph.place(fold(paragraph.text).index(sample.text)).line


def _shortest(text: str) -> int:
    """The shortest of the lengths that a sample's is counted with."""
    return max(length for length in _LENGTHS if length <= len(text))


def _rows(tallies: Mapping[tuple[Kind, bool, int], Tally]) -> tuple[Row, ...]:
    return tuple(
        Row(kind, is_quoted, _LENGTHS[length], tallies[kind, is_quoted, length])
        for kind in Kind
        for is_quoted in (True, False)
        for length in _LENGTHS
        if (kind, is_quoted, length) in tallies
    )
