"""Time limit of one query: wall time, shared by everything that the query does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from searchlib.errors import QueryTimeout

if TYPE_CHECKING:
    import regex

Clock = Callable[[], float]

# `regex` takes a limit of 0 for none.
_LEAST_S = 0.001
# And more than it can count for a time that is over; who has more asks again.
_MOST_S = 1_000_000.0
# Wall time after which the share of the processor that the query gets is known well enough.
_KNOWN_S = 0.1


class Deadline:
    """Wall time that a query has from now on, in seconds; None is no limit.

    `ran_out` says whether something was left undone because the time was over.
    """

    def __init__(
        self, seconds: float | None = None, *, clock: Clock = time.monotonic, processor: Clock = time.process_time
    ) -> None:
        self.seconds = seconds
        self.ran_out = False
        self._clock, self._processor = clock, processor
        self._began_s = clock()
        self._computed_s = processor()

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, 0 or less if it is over; None without a limit."""
        return None if self.seconds is None else self._began_s + self.seconds - self._clock()

    def is_over(self) -> bool:
        """Return True if the caller has to leave the rest of its work undone, which is remembered."""
        left_s = self.left_s
        # Of what is no number of seconds nothing is left.
        if left_s is not None and not left_s > 0:
            self.ran_out = True
        return self.ran_out

    def extend(self) -> None:
        """A tenth of the time more, to show what is known; from here on `ran_out` is about that."""
        if self.seconds is not None and self.ran_out:
            self._began_s = self._clock() - self.seconds * 0.9
            self._computed_s = self._processor() - self.seconds * 0.9
            self.ran_out = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave out the time in which others work, for example while a hit is written to a slow pipe."""
        clock_s, processor_s = self._clock(), self._processor()
        try:
            yield
        finally:
            self._began_s += self._clock() - clock_s
            self._computed_s += self._processor() - processor_s

    def search(
        self, pattern: regex.Pattern[str], text: str, at: int = 0, end: int | None = None
    ) -> regex.Match[str] | None:
        """The first match from `at` on; raises `QueryTimeout` when the time is over."""
        while not self.is_over():
            limit_s = self._processor_limit_s()
            try:
                return pattern.search(text, at, end, timeout=limit_s)
            except TimeoutError:
                # Other threads of this process used a part of the processor time, or the machine is less busy now.
                if limit_s == _LEAST_S:
                    self.ran_out = True
        raise QueryTimeout(self.seconds or 0)

    def _processor_limit_s(self) -> float | None:
        """Processor time, which is what `regex` counts, that ends about when the wall time that is left does."""
        left_s = self.left_s
        if left_s is None:
            return None
        elapsed_s = self._clock() - self._began_s
        share = (self._processor() - self._computed_s) / elapsed_s if elapsed_s > _KNOWN_S else 1.0
        return min(max(_LEAST_S, left_s * min(share, 1.0)), _MOST_S)
