"""A limit of time for patterns: `regex` can be told when to give up, and `re` can't."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from searchlib.errors import QueryError

if TYPE_CHECKING:
    import regex

# Seconds of computing for all patterns of one question, in all texts of one search. Ordinary ones take microseconds.
TIME_LIMIT_S = 5.0


class Budget:
    """What is left of the time that the patterns of a question have together."""

    def __init__(self) -> None:
        self._spent_s = 0.0

    def search(self, pattern: regex.Pattern[str], text: str, written: str, at: int = 0) -> regex.Match[str] | None:
        """What a pattern, `written` so in the question, finds from `at` on; raises `QueryError` when time is over."""
        # The limit of `regex` counts as this clock does: a busy machine takes no time away.
        began = time.thread_time()
        try:
            return pattern.search(text, at, timeout=max(0.001, TIME_LIMIT_S - self._spent_s))
        except TimeoutError:
            raise QueryError(
                f"{written} takes too long: more than {TIME_LIMIT_S:g} seconds",
                hint="make it narrower, or have it look at fewer paragraphs with a second clause",
            ) from None
        finally:
            self._spent_s += time.thread_time() - began
