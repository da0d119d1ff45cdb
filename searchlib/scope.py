"""Which paths an update is about: those that were named, with all that lies below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Scope:
    """Contains every path that is one of `tops` or lies below one.

    All are relative to one folder and as `os.path.relpath` has them, so that `..` stands in front or nowhere. A path
    costs a look-up for each folder above it, however many tops there are: a shell makes thousands of `*.txt`.

    >>> "卷/上/甲.txt" in Scope(["卷"]), "卷二/甲.txt" in Scope(["卷"])
    (True, False)
    >>> "甲.txt" in Scope([".."]), "../外/乙.txt" in Scope([".."]), "../外/乙.txt" in Scope(["."])
    (True, True, False)
    >>> ".." in Scope(["."]), "../.." in Scope([".."]), ".." in Scope(["../.."])
    (False, False, True)
    """

    def __init__(self, tops: Iterable[str]) -> None:
        self._tops = frozenset(tops)
        steps_up = [top.count("..") for top in self._tops if top.split("/")[-1] in (".", "..")]
        # Of a top that is nothing but steps up, all is below that does not begin with more of them.
        self._outside = "../" * (max(steps_up) + 1) if steps_up else ""

    def __contains__(self, path: str) -> bool:
        if self._outside and not f"{path}/".startswith(self._outside):
            return True
        end = len(path)
        while end > 0:
            if path[:end] in self._tops:
                return True
            if _is_step_up(path[:end]):
                return False
            end = path.rfind("/", 0, end)
        return False


def upwards(path: str, most: int) -> Iterator[str]:
    """A path and every folder above it, up to the one that is `most` steps above the folder paths are relative to.

    >>> list(upwards("卷/甲.txt", 1)), list(upwards("../外", 2))
    (['卷/甲.txt', '卷', '.', '..'], ['../外', '..', '../..'])
    """
    while path not in ("", ".") and not _is_step_up(path):
        yield path
        path = path.rpartition("/")[0]
    steps = path.count("..")
    yield from ("/".join([".."] * count) or "." for count in range(steps, most + 1))


def _is_step_up(path: str) -> bool:
    return path == ".." or path.endswith("/..")
