"""Where a folder is that was named once and is used again and again, whatever the current folder is meanwhile."""

from __future__ import annotations

import os
from pathlib import Path


class Place:
    """The folder called `given` in the current folder of now; called later, it returns a path that leads to the same.

    That is the path as it was given for as long as it leads there, so that messages have it as the user does.
    """

    def __init__(self, given: str | os.PathLike[str]) -> None:
        self.given = Path(given)
        self.absolute = Path(os.path.abspath(given))

    def __call__(self) -> Path:
        try:
            is_here = self.given.is_absolute() or os.path.abspath(self.given) == str(self.absolute)
        except FileNotFoundError:
            # The current folder is gone by now.
            is_here = False
        return self.given if is_here else self.absolute
