"""Names that survive a loss of power: that of a file that is new, moved or gone is only sure once its folder is."""

from __future__ import annotations

import os
from pathlib import Path


def sync(folder: Path) -> None:
    """Makes the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int) -> None:
    """Makes a folder, and those it lies in, where they are missing, so that they last."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode, parents=True, exist_ok=True)
    for one in missing:
        sync(one.parent)
