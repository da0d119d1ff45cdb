"""The user's folder for what can be made again, which nobody else may enter."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path | None:
    """The folder, made where it is not there; None where it can't be, or is another user's, as root may find it."""
    folder = _place()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "geteuid") and folder.stat().st_uid != os.geteuid():
            return None
        folder.chmod(0o700)
    except OSError:
        return None
    return folder


def _place() -> Path:
    """What platformdirs says, which takes every search 5 ms to import; on Linux it hardly ever has to be asked."""
    home = os.environ.get("HOME", "")
    base = os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    if sys.platform == "linux" and os.path.isabs(home) and os.path.isabs(base):
        return Path(base, "searchlib")
    from platformdirs import user_cache_path

    return user_cache_path("searchlib")
