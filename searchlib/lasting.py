"""Names that survive a loss of power: that of a new folder is only sure once the folder above it is synced."""

from __future__ import annotations

import os
from pathlib import Path


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder and the missing ones above it, so that they last."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode, parents=True, exist_ok=True)
    for one in missing:
        _sync(one.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
