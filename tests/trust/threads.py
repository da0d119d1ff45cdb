"""One library and many threads: `python -m tests.trust threads [--seconds S]`.

Eight threads ask one `Library`, each way of asking in turn, while others update it, close it and refresh it. The
documents change between a few states, each of which was answered once by a library of its own. Every answer must be
that of one of these states, and no call may raise anything.
"""

from __future__ import annotations

import shutil
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from searchlib import Library

from . import folders, rollback
from .folders import DOCUMENTS, INDEX, Folder

_ASKING = 8
_STATES = 4
_LASTS_S = 60
# Each is one call, so that it has to answer from one commit.
_WAYS = (*(way for way in rollback.WAYS if way not in rollback.NOT_OF_ONE_STATE), Library.sources)


@dataclass
class Figures:
    """How often what was called; `losses` says what was wrong, and should be empty."""

    calls: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        calls = [f"{count:6} {what}" for what, count in sorted(self.calls.items())]
        return [f"{_ASKING} threads asked, {len(self.losses)} wrong", *calls, *self.losses]


def run(count: int | None, scratch: Path, seed: int = 1, *, seconds: float | None = None) -> Figures:
    """Lets the threads run for so many seconds; `scratch` has nothing else in it."""
    lasts = min(count or _LASTS_S, seconds or float("inf"))
    crowd = _Crowd(scratch, seed)
    threads = [threading.Thread(target=crowd.repeat, args=("asked", crowd.ask, number)) for number in range(_ASKING)]
    threads += [
        threading.Thread(target=crowd.repeat, args=(what, call, 0))
        for what, call in (("updated", crowd.update), ("closed", crowd.close), ("refreshed", crowd.refresh))
    ]
    crowd.until = time.monotonic() + lasts
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    crowd.library.close()
    return crowd.figures


class _Crowd:
    def __init__(self, scratch: Path, seed: int) -> None:
        self._folder = Folder(scratch / "life", seed, size=8)
        self._root = self._folder.root
        self._states, self._expected = [], []
        for number in range(_STATES):
            self._folder.change(3)
            shutil.copytree(self._folder.documents, kept := scratch / f"state-{number}")
            folders.update(self._root)
            with Library.open(self._root / INDEX) as library:
                self._expected.append([way(library) for way in _WAYS])
            self._states.append(kept)
        self._lock = threading.Lock()
        self.library = Library.open(self._root / INDEX)
        self.figures = Figures()
        self.until = 0.0

    def repeat(self, what: str, call: object, number: int) -> None:
        """Calls until time is over, or something was wrong."""
        count = 0
        while time.monotonic() < self.until and not self.figures.losses:
            try:
                wrong = call(number + count)  # type: ignore[operator]
            except BaseException:  # noqa: BLE001 — whatever a thread raises is what is looked for
                wrong = traceback.format_exc()
            with self._lock:
                self.figures.calls[what] += 1
                self.figures.losses += [f"{what}: {wrong}"] if wrong else []
            count += 1

    def ask(self, count: int) -> str:
        at = count % len(_WAYS)
        found = _WAYS[at](self.library)
        return "" if any(found == expected[at] for expected in self._expected) else f"way {at} answers as no state"

    def update(self, count: int) -> str:
        shutil.rmtree(self._folder.documents)
        shutil.copytree(self._states[count % _STATES], self._folder.documents)
        self.library.update([self._root / DOCUMENTS], rebuild=count % 5 == 4)
        return ""

    def close(self, _: int) -> str:
        time.sleep(0.02)
        self.library.close()
        return ""

    def refresh(self, _: int) -> str:
        time.sleep(0.03)
        self.library.is_current()
        self.library.refresh()
        return ""
