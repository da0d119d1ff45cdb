"""Running a program at a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Sequence

# What would be believed before the terminal itself.
_SIZES = {"COLUMNS", "LINES"}


def run(words: Sequence[str], *, width: int) -> tuple[bytes, int]:
    """All that a program draws on a terminal of `width` columns, and its exit status."""
    # Given in any case: a library that pytest loads puts sizes into the environment behind Python's back.
    environment = {name: value for name, value in os.environ.items() if name not in _SIZES}
    outside, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    with subprocess.Popen(words, stdin=inside, stdout=inside, stderr=inside, env=environment) as process:
        os.close(inside)
        shown = b"".join(_pieces(outside))
        os.close(outside)
        return shown, process.wait(timeout=60)


def _pieces(terminal: int) -> list[bytes]:
    pieces: list[bytes] = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            # Linux says so when the last one at the other end has gone; others return nothing.
            return pieces
        if not piece:
            return pieces
        pieces.append(piece)
