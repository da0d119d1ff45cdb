"""What is made for its owner alone, and where nobody else can say what is written into.

A mode counts from the moment a file is there, whatever the umask; a link that lies where a file is to be is replaced
and never followed. What users ask for by name, such as a run of `searchlib eval`, is theirs to share and not made here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

FOLDER, _FILE = 0o700, 0o600


def new_file(path: Path) -> BinaryIO:
    """An empty file to write, in place of whatever was there."""
    path.unlink(missing_ok=True)
    return open(path, "xb", opener=_for_the_owner)


def touch(path: Path) -> None:
    """Makes an empty file where there is none; a link is an error."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), _FILE))


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, _FILE)
