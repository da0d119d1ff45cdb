"""As far as a page of HTML is markup, in pieces that a parser reads as it would read the whole.

A parser looks for the end of each tag and comment as far as the text goes; thousands without one would take it hours.
So what stands behind the last `>` is no markup whatever it looks like, and a comment behind the last `-->` is shown:
its opening mark is blanked. And Python's parser stops at `&#` without a number, and takes what is behind the second one
for text: such an ampersand is given to it as half a surrogate pair, which no decoded text has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchlib.reading.pieces import Pieces

_TAG = re.compile("<(?!!--)")
AMPERSAND, _NO_NUMBER = "\udc26", re.compile("&(?=#(?!(?:[0-9]+|[xX][0-9a-fA-F]+)(?![0-9a-fA-F])))")
_OPENING, _BLANK, _CLOSING = "<!--", "    ", "-->"


class Bounds(NamedTuple):
    """How many characters of a text may begin comments, how many are markup, and the rest, which is text."""

    comments: int
    end: int
    rest: str

    def markup(self, text: Pieces) -> Iterator[str]:
        """The markup in pieces; each but the first begins with `<`, so that no stretch of text is parted."""
        held, at = "", 0
        for piece in text:
            held += piece[: max(0, self.end - at - len(held))]
            if (cut := held.rfind("<")) > 0:
                yield self._shown(held[:cut], at)
                held, at = held[cut:], at + cut
        # At the very end of a text the parser loses the `&` of `a&b`.
        yield self._shown(held, at) + ("" if self.rest else "\n")

    def _shown(self, piece: str, at: int) -> str:
        """The piece that stands at a place, as the parser reads it."""
        first = max(0, self.comments - at)
        return _NO_NUMBER.sub(AMPERSAND, piece[:first] + piece[first:].replace(_OPENING, _BLANK))


def bounds_of(text: Pieces) -> Bounds:
    size, comments = 0, 0
    # What stands behind the last `>`, and the last two characters before the present piece.
    behind, before = list[str](), ""
    for piece in text:
        whole = before + piece
        if (closing := whole.rfind(_CLOSING)) >= 0:
            comments = size - len(before) + closing + 1
        end = piece.rfind(">") + 1
        behind = [piece[end:]] if end else [*behind, piece]
        size += len(piece)
        before = whole[-2:]
    last = "".join(behind)
    # All comments in it are without an end.
    if tag := _TAG.search(last):
        return Bounds(comments, size - len(last) + tag.start(), last[tag.start() :].replace(_OPENING, _BLANK))
    return Bounds(comments, size, "")
