"""Which paths an update is about: those that were named, with all that lies below them."""

from __future__ import annotations

from collections.abc import Iterable


class Scope:
    """Contains every path that is one of `tops` or lies below one.

    All are relative to one folder and as `os.path.relpath` has them, so that `..` stands in front or nowhere. A path
    costs a look-up for each folder above it, however many tops there are: a shell makes thousands of `*.txt`.

    >>> "卷/上/甲.txt" in Scope(["卷"]), "卷二/甲.txt" in Scope(["卷"])
    (True, False)
    >>> "甲.txt" in Scope([".."]), "../外/乙.txt" in Scope([".."]), "../外/乙.txt" in Scope(["."])
    (True, True, False)
    """

    def __init__(self, tops: Iterable[str]) -> None:
        self._tops = frozenset(tops)
        steps_up = [top.count("..") for top in self._tops if top.split("/")[-1] in (".", "..")]
        # Of a top that is nothing but steps up, all is below that does not begin with more of them.
        self._outside = "../" * (max(steps_up) + 1) if steps_up else ""

    def __contains__(self, path: str) -> bool:
        if self._outside and not path.startswith(self._outside):
            return True
        end = len(path)
        while end > 0:
            if path[:end] in self._tops:
                return True
            end = path.rfind("/", 0, end)
        return False
