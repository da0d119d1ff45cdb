"""Clocks for tests of time limits: no test waits, and none depends on how busy the machine is."""

from __future__ import annotations


class Clock:
    """A clock that stands still, or goes on by `tick_s` seconds each time it is read."""

    def __init__(self, tick_s: float = 0.0) -> None:
        self.now_s = 0.0
        self.tick_s = tick_s

    def __call__(self) -> float:
        self.now_s += self.tick_s
        return self.now_s
