"""The likeliest way through a text, word by word: jieba's `get_DAG` and `calc` in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log


def fill(
    route: dict[int, tuple[float, int]], text: str, beginning_with: Callable[[str], Mapping[str, int]], total: int
) -> None:
    """From each character on: how likely the likeliest way is, and the last character of its first word.

    `beginning_with` gives the frequencies of all words that begin with a character, and 0 for the beginnings of words;
    `total` is the sum of all there are.
    """
    # The same sums in the same order as jieba's, because the last bit can decide; of ways that are equally likely it
    # takes the longest word too.
    log_total, size = log(total), len(text)
    route[size] = (0.0, 0)
    for start in range(size - 1, -1, -1):
        frequency = beginning_with(text[start]).get
        found = False
        best, best_last = 0.0 - log_total + route[start + 1][0], start
        for last in range(start, size):
            times = frequency(text[start : last + 1])
            if times is None:
                break
            if times:
                likely = log(times) - log_total + route[last + 1][0]
                if likely >= best or not found:
                    found, best, best_last = True, likely, last
        route[start] = best, best_last
