"""Files made to exhaust whoever reads them, at full size: `python -m tests.trust files`.

Each is indexed by a process of its own that may read files of `--count` MB (64 where nothing is said, as it is for
users), once as large as that and once a quarter as large. Whatever is in it, the process takes no more than `BYTES` of
memory for each byte that it may read, and for four times the size no more than `STEEPEST` times the processor time. A
file is indexed or refused with a sentence; nothing else is right.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from searchlib.defaults import MAX_BYTES

from .bounds import Bound

# Of memory for each byte of --max-size, or of what that is where nobody says it, on top of what a small file takes.
BYTES = 100
# Sixteen would be a step for each pair; processor time is as steady as the machine. Short runs tell nothing.
STEEPEST, TELLING_S = 8.0, 2.0
_SKIPPED = "searchlib: skipped"


class Pattern(NamedTuple):
    """What a file is full of, behind a `head`."""

    name: str
    suffix: str
    piece: bytes
    head: bytes = b""


_WORD, _UNIQUE = b"a" * 1_000_000 + b" ", b""
PATTERNS = (
    Pattern("one Han character", "txt", "枫".encode()),
    Pattern("one letter", "txt", b"a"),
    Pattern("words of a million letters", "txt", _WORD),
    Pattern("words that are all different", "txt", _UNIQUE),
    Pattern("empty lines", "txt", b"\n"),
    Pattern("lines of one letter", "txt", b"a\n"),
    Pattern("as many lines as may be", "txt", b"a" * 15 + b"\n"),
    Pattern("NUL bytes", "txt", b"\0"),
    Pattern("UTF-16 without a mark", "txt", "枫桥经验".encode("utf-16-le")),
    Pattern("four bytes of GB18030", "txt", "𠀀".encode("gb18030")),
    Pattern("invalid bytes", "txt", b"\xff"),
    Pattern("halves of characters", "txt", b"\xed\xa0\x80"),
    Pattern("combining marks", "txt", "\u0301".encode(), b"e"),
    Pattern("overrides", "txt", "\u202e".encode()),
    Pattern("elements in one another", "html", b"<div>" + b"a" * 11),
    Pattern("as many references as may be", "html", b"&amp;" + b"a" * 11),
    Pattern("tags without an end", "html", b"<p" + b" " * 14),
    Pattern("one attribute", "html", b"b", b"<p a='"),
    Pattern("nothing but #", "md", b"#"),
    Pattern("nothing but `", "md", b"`"),
    Pattern("links without an end", "md", b"[a](" + b"b" * 12),
    Pattern("lines of a quotation", "md", b"> " + b"a" * 29 + b"\n"),
    Pattern("a title of spaces", "md", b" ", b"---\ntitle: a"),
    Pattern("headings below a long one", "md", b"## a" + b"b" * 12 + b"\n\n", b"# " + b"a" * 100_000 + b"\n\n"),
)


class Run(NamedTuple):
    """What a process took: seconds of processor time and MB of memory; what it said, and its exit status."""

    seconds: float
    peak_mb: float
    said: str
    status: int


@dataclass
class Figures:
    """How many kinds of files there were; what was wrong with some, which should be none."""

    files: int = 0
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [f"{self.files} of {len(PATTERNS)} kinds of files, {len(self.losses)} losses", *self.losses]


def run(count: int | None, scratch: Path, *, seconds: float | None = None) -> Figures:
    """Indexes files of so many megabytes (64), one kind after the other."""
    most = (count or 64) * 1_000_000
    figures, bound = Figures(), Bound(seconds)
    least = _run(scratch, Pattern("nothing", "txt", b"\n"), 1, most)
    print(f"{f'files of {most // 1_000_000} MB':36} {'a quarter':>10} {'whole':>10} {'peak':>10}", flush=True)
    for pattern in PATTERNS:
        if bound.is_over():
            break
        quarter, whole = (_run(scratch, pattern, size, most) for size in (most // 4, most))
        seconds, before = whole.seconds - least.seconds, quarter.seconds - least.seconds
        name = f"{pattern.name} (.{pattern.suffix})"
        print(f"{name:36} {before:8.1f} s {seconds:8.1f} s {whole.peak_mb:7.0f} MB  {whole.said}", flush=True)
        figures.files += 1
        if whole.peak_mb > least.peak_mb + BYTES * max(most, MAX_BYTES) / 1e6:
            figures.losses.append(f"{name} took {whole.peak_mb:.0f} MB")
        if before > TELLING_S and seconds > STEEPEST * before:
            figures.losses.append(f"{name} took {before:.1f} s and {seconds:.1f} s")
        if whole.status not in (0, 2) or (whole.status == 2 and _SKIPPED not in whole.said):
            figures.losses.append(f"{name} ended with {whole.status}: {whole.said}")
    return figures


def _run(scratch: Path, pattern: Pattern, size: int, most: int) -> Run:
    """Indexes a file by itself; the memory is that of the process alone, which is larger than this one."""
    folder = scratch / "a"
    folder.mkdir()
    file = folder / f"a.{pattern.suffix}"
    with file.open("wb") as out:
        for piece in _pieces(pattern, size):
            out.write(piece)
    words = [sys.executable, "-m", "searchlib", "index", "-j", "1", "--max-size", str(most), file.name]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        # Both are a few lines, which a pipe has room for.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        lines = (process.stderr.read() or process.stdout.read()).decode(errors="replace").splitlines()
    shutil.rmtree(folder)
    said = next((line for line in lines if _SKIPPED in line), lines[-1] if process.returncode else "indexed")
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, said, process.returncode)


def _pieces(pattern: Pattern, size: int) -> Iterator[bytes]:
    yield pattern.head
    left = size - len(pattern.head)
    number = 0
    while left > 0:
        if pattern.piece == _UNIQUE:
            piece = b"".join(b"%x " % at for at in range(number, number + 8192))
            number += 8192
        else:
            piece = pattern.piece * (65536 // len(pattern.piece) + 1)
        # Whole characters, so that an encoding has no damaged end.
        yield piece[: max(left - left % (len(pattern.piece) or 1), 1)]
        left -= len(piece)
