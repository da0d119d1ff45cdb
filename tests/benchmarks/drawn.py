"""Questions of every kind, drawn from the texts of a folder with a fixed seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

SEED = 8
# Characters of the stretches that are quoted.
LENGTHS = (1, 2, 3, 4, 6, 8, 12, 20)
_HAN = re.compile(r"[㐀-䶿一-鿿]+")
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d㐀-䶿一-鿿]")
_TRIES = 400
# What a rival or searchlib quotes with.
_QUOTING = set('"「」')

# What people ask for beside words of Chinese, each as it stands in texts.
_PATTERNS = {
    "dates": r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}-\d\d-\d\d",
    "numbers": r"(?<![\w.])\d+(?:\.\d+)?[%亿万元年人次]?(?![\w.])",
    "versions": r"\bv?\d+\.\d+\.\d+\b",
    "identifiers": r"\b[A-Za-z]+(?:_[A-Za-z0-9]+)+\b",
    "latin words": r"\b[A-Za-z]{2,}\b",
    "phrases": r"\b[A-Za-z]{2,}(?: [A-Za-z]{2,}){1,3}\b",
    "error messages": r"\b(?:[Ee]rror|ERROR|failed|invalid|cannot|unknown|[Ww]arning)\b[ \w:'.()-]{8,60}\w",
}


class Drawn(NamedTuple):
    """Stretches to be found as they stand, and questions to be asked for any of their words; by kind."""

    stretches: dict[str, list[str]]
    questions: dict[str, list[str]]


def drawn(texts: list[str], count: int, seed: int = SEED) -> Drawn:
    """So many questions of each kind, or fewer where the texts have fewer."""
    chosen = random.Random(seed)
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    stretches = {
        f"{kind}, {length}": _different(_stretches(chosen, lines, length, is_of_kind), count)
        for kind, is_of_kind in _KINDS.items()
        for length in LENGTHS
    }
    questions = {
        kind: _different(_matching(chosen, lines, re.compile(pattern)), count) for kind, pattern in _PATTERNS.items()
    }
    questions["Han"] = _different(_stretches(chosen, lines, 4, _KINDS["Han"]), count)
    return Drawn(stretches, questions)


def _different(found: Iterator[str], count: int) -> list[str]:
    return list(dict.fromkeys(islice(found, 2 * count)))[:count]


def _stretches(
    chosen: random.Random, lines: list[str], length: int, is_of_kind: Callable[[str], bool]
) -> Iterator[str]:
    for _ in range(_TRIES * 100):
        line = chosen.choice(lines)
        at = chosen.randrange(max(1, len(line) - length + 1))
        stretch = line[at : at + length]
        if len(stretch) == length and stretch.strip() and not set(stretch) & _QUOTING and is_of_kind(stretch):
            yield stretch


def _matching(chosen: random.Random, lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    for _ in range(_TRIES * 100):
        if found := pattern.findall(chosen.choice(lines)):
            yield chosen.choice(found)


def _is_of_marks(stretch: str) -> bool:
    return not (_DIGIT.search(stretch) or _LETTER.search(stretch) or _HAN.fullmatch(stretch)) and " " not in stretch


_KINDS: dict[str, Callable[[str], bool]] = {
    "Han": lambda stretch: bool(_HAN.fullmatch(stretch)),
    "with digits": lambda stretch: bool(_DIGIT.search(stretch)),
    "with letters": lambda stretch: bool(_LETTER.search(stretch)),
    "with marks": _is_of_marks,
    "with spaces": lambda stretch: " " in stretch.strip(),
}
