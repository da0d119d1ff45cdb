"""Folding: full and half width, case, traditional to simplified, quotation marks. One character in, one out.

Because the length never changes, an offset in the folded text is an offset in the original, and a highlight found in
one can be drawn in the other.
"""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

_QUOTES = {**dict.fromkeys("“”„‟「」〝〞〟", '"'), **dict.fromkeys("‘’‚‛『』", "'")}


def fold(text: str) -> str:
    """The text with every character in its plainest form, as long as the text itself.

    A character whose compatibility or lower-case form is longer stays as it is: `㎏`, `ﬁ`, `İ`. Folding what is
    folded changes nothing.

    >>> fold("臺灣「ＡＰＰＬＥ」")
    '台湾"apple"'
    """
    return text.translate(_table)


class _Folded(dict[int, str]):
    """Code point to folded character, worked out when a character is first met."""

    def __init__(self) -> None:
        super().__init__()
        self._simplified: dict[str, str] = {}

    def __missing__(self, code: int) -> str:
        if not self._simplified:
            self._simplified = _read_simplified()
        # A step can make room for an earlier one (a compatibility ideograph is a traditional character), so they are
        # repeated until nothing changes; the tables have no circles, which the tests go through in full.
        char, before = chr(code), ""
        while char != before:
            before, char = char, self._step(char)
        self[code] = char
        return char

    def _step(self, char: str) -> str:
        for form in (normalize("NFKC", char), char.lower()):
            if len(form) == 1 and form != char:
                return form
        return _QUOTES.get(char) or self._simplified.get(char, char)


def _read_simplified() -> dict[str, str]:
    # `importlib.resources` costs every start what reading the table costs, twice.
    lines = Path(__file__).with_name("data").joinpath("simplified.txt").read_text(encoding="utf-8").split()
    return {line[0]: line[1] for line in lines}


_table = _Folded()
