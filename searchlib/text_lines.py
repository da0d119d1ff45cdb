"""The lines of a text one after the other, without a list of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# Characters that are looked at at once: enough for Python's own `split`, few enough to be no matter.
_AT_ONCE = 1 << 16


def lines_of(text: str) -> Iterator[str]:
    """Return what `text.split("\\n")` gives.

    >>> list(lines_of("甲\\n\\n乙\\n"))
    ['甲', '', '乙', '']
    """
    start = 0
    # A stretch ends with the last line end in it, or where it has none with the next one.
    while len(text) - start > _AT_ONCE:
        end = text.rfind("\n", start, start + _AT_ONCE)
        if end < 0 and (end := text.find("\n", start + _AT_ONCE)) < 0:
            break
        yield from text[start:end].split("\n")
        start = end + 1
    yield from (text[start:] if start else text).split("\n")


def lines_in(pieces: Iterable[str]) -> Iterator[str]:
    """Return the lines of a text that comes in pieces.

    >>> list(lines_in(["甲\\n乙", "丙", "\\n"]))
    ['甲', '乙丙', '']
    """
    begun: list[str] = []
    for piece in pieces:
        lines = lines_of(piece)
        begun.append(next(lines))
        for line in lines:
            yield begun[0] if len(begun) == 1 else "".join(begun)
            begun = [line]
    yield "".join(begun)
