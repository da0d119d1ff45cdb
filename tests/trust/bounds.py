"""A bound on the time that a part takes, so that all of them end on a busy machine too."""

from __future__ import annotations

import time
from collections.abc import Callable


class Bound:
    """So many seconds from now; without end where none are given."""

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = float("inf") if seconds is None else clock() + seconds

    def is_over(self) -> bool:
        return self._clock() >= self._end

    def share(self, of: float) -> Bound:
        """A bound for this share of the time that is left."""
        left = self._end - self._clock()
        return Bound(None if left == float("inf") else left * of, self._clock)
