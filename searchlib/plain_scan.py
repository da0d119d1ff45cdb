"""A plain scan of whole paragraphs for samples: what a search for these has to find."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from searchlib.analysis import fold
from searchlib.model import Paragraph
from searchlib.paragraphs import cuts
from searchlib.passages import Passage
from searchlib.query import BoundedLiteral, Literal
from searchlib.sampling import Sample


class _Numbers(NamedTuple):
    """The numbers of a source's paragraphs among all, and where a paragraph was cut, the first piece of each."""

    paragraphs: range
    starts: array[int] | range

    def of_piece(self, piece: int) -> int | None:
        """The number of the paragraph that a piece is of; `starts` ends with how many pieces there are."""
        return self.paragraphs[bisect_right(self.starts, piece) - 1] if 0 <= piece < self.starts[-1] else None


class PlainScan:
    """A scan for the paragraphs that have each sample, by the number of the paragraph among all of the library.

    They have one that is quoted anywhere, and one that is not where it neither begins nor ends inside a word.
    """

    def __init__(self, samples: list[Sample]) -> None:
        self.having = [array("I") for _ in samples]
        self.paragraphs = 0
        # A sample can only stand where its first two characters do, so that few need to be looked for in a paragraph.
        self._by_head: dict[str, list[tuple[int, Literal | BoundedLiteral]]] = defaultdict(list)
        for number, sample in enumerate(samples):
            asked = Literal(sample.text) if sample.is_quoted else BoundedLiteral(sample.text)
            self._by_head[sample.text[:2]].append((number, asked))
        self._heads = frozenset(self._by_head)
        # The numbers of each source's paragraphs.
        self._sources: dict[str, _Numbers] = {}

    def look(self, path: str, paragraphs: Sequence[Passage]) -> None:
        numbers = range(self.paragraphs, self.paragraphs + len(paragraphs))
        self.paragraphs = numbers.stop
        starts = array("I", [0])
        for number, paragraph in zip(numbers, paragraphs, strict=True):
            starts.append(starts[-1] + 1 + len(cuts(paragraph.text)))
            self._look(number, fold(paragraph.text))
        is_cut = starts[-1] > len(numbers)
        self._sources[path] = _Numbers(numbers, starts if is_cut else range(len(starts)))

    def _look(self, number: int, folded: str) -> None:
        for head in self._heads.intersection({*folded, *map(str.__add__, folded, folded[1:])}):
            for sample, asked in self._by_head[head]:
                if asked.matches(folded):
                    self.having[sample].append(number)

    def number(self, paragraph: Paragraph) -> int | None:
        """The number, among all, of what a paragraph or a piece is; None where that was not looked at."""
        numbers = self._sources.get(paragraph.path)
        return numbers.of_piece(paragraph.number) if numbers else None

    def place(self, number: int) -> tuple[str, int]:
        """The source of a paragraph, and its number in it."""
        return next(
            (path, numbers.paragraphs.index(number))
            for path, numbers in self._sources.items()
            if number in numbers.paragraphs
        )
