"""How far long work is, on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from searchlib.cli.messages import note

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from searchlib.model import Progress, Step

# Where there is no bar, a line for every so many bytes of source.
_STEP_BYTES = 5_000_000
# The same where things are counted.
_STEP = 1_000


class Lines:
    """Called with each step of an update; now and then writes a line."""

    def __init__(self, sources: str) -> None:
        self._sources = sources
        self.last: Progress | None = None

    def __call__(self, now: Progress) -> None:
        before = self.last.bytes_done if self.last else 0
        self.last = now
        if now.bytes_done // _STEP_BYTES > before // _STEP_BYTES:
            done, total = now.bytes_done / 1e6, now.bytes_total / 1e6
            note(f"{now.files_done:,} of {now.files_total:,} {self._sources}, {done:.1f} of {total:.1f} MB")

    def close(self) -> None:
        """There is nothing to take away."""


class Drawn:
    """Called with each step of an update; draws a bar from the first of them on."""

    def __init__(self, sources: str) -> None:
        self._sources = sources
        self.last: Progress | None = None
        self._drawing: tuple[Bar, TaskID] | None = None

    def __call__(self, now: Progress) -> None:
        self.last = now
        if self._drawing is None:
            bar = _bar(with_speed=True)
            self._drawing = bar, bar.add_task("", total=now.bytes_total, count="")
            bar.start()
        bar, task = self._drawing
        files = f"{now.files_done:,}/{now.files_total:,} {self._sources}"
        bar.update(task, completed=now.bytes_done, count=files, description="reading" if now.path else "committing")

    def close(self) -> None:
        """Takes the bar away."""
        if self._drawing:
            self._drawing[0].stop()


@contextmanager
def progress(sources: str = "files") -> Iterator[Lines | Drawn]:
    """Shows an update; `sources` is what to call them."""
    shown = Drawn(sources) if sys.stderr.isatty() else Lines(sources)
    try:
        yield shown
    finally:
        shown.close()


@contextmanager
def counting(total: int, noun: str) -> Iterator[Callable[[int], None]]:
    """Shows how many of `total` things are done; gives what is to be called with their number after each."""
    if sys.stderr.isatty():
        with _counter() as bar:
            task = bar.add_task("", total=total, noun=noun)
            yield lambda done: bar.update(task, completed=done)
    else:
        yield lambda done: None if done % _STEP else note(f"{done:,} of {total:,} {noun}")


@contextmanager
def checking() -> Iterator[Callable[[Step], None]]:
    """A bar for each part of a check, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with _bar() as bar:
        task = bar.add_task("", total=None, count="")

        def show(now: Step) -> None:
            count = f"{now.done:,}/{now.total:,}"
            bar.update(task, description=now.doing, completed=now.done, total=now.total, count=count)

        yield show


def committed(shown: Lines | Drawn) -> str:
    """How much of an update is safe."""
    if not shown.last:
        return "nothing was changed"
    return f"{shown.last.files_committed:,} of {shown.last.files_total:,} files were committed"


def _bar(*, with_speed: bool = False) -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        *([TransferSpeedColumn()] if with_speed else []),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _counter() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[noun]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
