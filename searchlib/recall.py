"""An index asked about itself: does the search find what stands in the paragraphs, all of it and nothing else?

Samples are drawn from the paragraphs of the files, read again and not cut (`sampling.py` says how), each is asked of
`Library.search`, strict, and the answer is compared with a plain scan: the paragraphs whose folded text has the
sample's in it. A hit that is a piece counts for the paragraph it is of. Where a file has changed or gone since it was
indexed, there is nothing to compare with, and its hits count for nothing.

A quoted sample has to find just these. A bare one also finds paragraphs that have all of its words somewhere else, so
the scan says what it must find at least, which is its recall; a paragraph beyond that is wrong if its terms lack one of
the words, which is its precision. What such a sample misses by its words alone is not noticed: that would take cutting
every paragraph of the library into words anew.

The files are read twice, once to draw and once to scan, one at a time. What is kept is four bytes for each paragraph
that has a sample and for each of a source in which some were cut, and while a sample is asked, its hits: a character
that is everywhere brings every paragraph into memory at once, as `searchlib search -c` does.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from searchlib.analysis import analyze, analyze_pieces, fold
from searchlib.defaults import SAMPLES
from searchlib.errors import LibraryIndexError
from searchlib.library import Library
from searchlib.model import Paragraph, Step, wholes
from searchlib.originals import Originals
from searchlib.passages import Passage
from searchlib.plain_scan import PlainScan
from searchlib.sampling import Kind, Sample, draw

# The lengths that are counted together, in characters.
_LENGTHS = {1: "1", 2: "2", 3: "3-4", 5: "5-8", 9: "9+"}
# Questions with a fault that are named.
_NAMED = 10
# More hits than there can be.
_ALL = 1 << 40
# A seed that nobody chose is short enough to be typed.
_SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Tally:
    """Samples, and paragraphs: `expected` by the scan, `found` by the search, and those of them it `missed` and those
    that are `wrong`. A paragraph counts once for each sample, whichever of its pieces are hits; one that is found twice
    is wrong the second time, and so is a piece without the sample, unless it stands for the paragraph alone.
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
    """Result of a check. `rows` are those that have samples; `faults` the first few of `faulty` questions.

    `changed` are sources that were not looked at, because their files have changed or gone since they were indexed.
    """

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    faulty: int
    seed: int
    paragraphs: int
    changed: tuple[str, ...]
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
    originals = Originals(library)
    read = _sources(originals, "drawing samples", on_change)
    drawn = draw((paragraph.text for _, found in read for paragraph in found), samples, seed)
    if not drawn:
        raise _nothing_to_draw_from(library, originals)
    scan = PlainScan(drawn)
    for path, paragraphs in _sources(originals, "scanning", on_change):
        scan.look(path, paragraphs)
    tallies: dict[tuple[Kind, bool, int], Tally] = defaultdict(Tally)
    faults = []
    for done, (sample, having) in enumerate(zip(drawn, scan.having, strict=True), start=1):
        tally, fault = _asked(sample, frozenset(having), originals, library, scan)
        tallies[sample.kind, sample.is_quoted, _shortest(sample.text)] += tally
        faults += [fault] if fault else []
        on_change(Step("asking", done, len(drawn)))
    return RecallReport(
        rows=_rows(tallies),
        faults=tuple(faults[:_NAMED]),
        faulty=len(faults),
        seed=seed,
        paragraphs=scan.paragraphs,
        changed=tuple(sorted(originals.changed)),
        seconds=time.monotonic() - began,
    )


def _nothing_to_draw_from(library: Library, originals: Originals) -> LibraryIndexError:
    if originals.changed:
        hint = "searchlib index PATH brings the index up to date"
        return LibraryIndexError(f"all files in {library.folder} have changed since indexed, or are gone", hint=hint)
    hint = "take documents in with: searchlib index PATH"
    return LibraryIndexError(f"there is no text to draw samples from in {library.folder}", hint=hint)


def _sources(
    originals: Originals, doing: str, on_change: Callable[[Step], None]
) -> Iterator[tuple[str, list[Passage]]]:
    sources = originals.sources()
    for done, path in enumerate(sources, start=1):
        yield path, originals.paragraphs(path)
        on_change(Step(doing, done, len(sources)))


def _asked(
    sample: Sample, expected: frozenset[int], originals: Originals, library: Library, scan: PlainScan
) -> tuple[Tally, Fault | None]:
    """What the search makes of a sample, and where to look if that is not as it should be."""
    results = library.search(sample.query, limit=_ALL, strict=True, timeout=None)
    found: dict[int, list[Paragraph]] = {}
    wrong: list[Paragraph] = []
    for paragraph in (hit.paragraph for hit in results if hit.path not in originals.changed):
        if (number := scan.number(paragraph)) is None:
            wrong.append(paragraph)
        else:
            found.setdefault(number, []).append(paragraph)
    right = 0
    for number, pieces in found.items():
        bad = _wrong_pieces(sample, pieces, library, is_expected=number in expected)
        right += len(bad) < len(pieces)
        wrong += bad
    missed = expected - found.keys()
    tally = Tally(1, len(expected), right + len(wrong), len(missed), len(wrong))
    if tally.is_sound:
        return tally, None
    path, line = _place(sample, min(missed), originals, scan) if missed else (wrong[0].path, wrong[0].first_line)
    return tally, Fault(sample.query, path, line, len(missed), len(wrong))


def _wrong_pieces(
    sample: Sample, pieces: Sequence[Paragraph], library: Library, *, is_expected: bool
) -> list[Paragraph]:
    """Those of the hits of one paragraph that should not be there."""
    if not is_expected and not _has_words(sample, _whole(pieces[0], library)):
        return list(pieces)
    having = [piece for piece in pieces if sample.text in fold(piece.text) or _has_words(sample, [piece.text])]
    right: set[int] = set()
    wrong = []
    for piece in pieces:
        if piece.number in right or (piece not in having and (having or right)):
            wrong.append(piece)
        right.add(piece.number)
    return wrong


def _whole(piece: Paragraph, library: Library) -> list[str]:
    """The texts of all pieces of a paragraph."""
    stored = library.paragraphs(piece.path)
    whole = next((whole for whole in wholes(stored) if piece.number <= whole[-1].number), [piece])
    return [piece.text for piece in whole]


def _has_words(sample: Sample, pieces: Sequence[str]) -> bool:
    """Return whether the pieces have all the words of a bare sample; a quoted one asks for more than words."""
    if sample.is_quoted:
        return False
    return {word for terms in analyze_pieces(pieces) for word in terms.words}.issuperset(analyze(sample.text).words)


def _place(sample: Sample, number: int, originals: Originals, scan: PlainScan) -> tuple[str, int]:
    """Where a paragraph has the sample, as its path and line."""
    path, in_source = scan.place(number)
    # The file may have changed just now.
    paragraphs = originals.paragraphs(path)[in_source : in_source + 1]
    return path, next((one.place(max(0, fold(one.text).find(sample.text))).line for one in paragraphs), 1)


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
