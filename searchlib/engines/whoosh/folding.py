"""Folding of many texts at once, by looking characters up in an array: ten times as fast as `str.translate`."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import numpy.typing as npt

from searchlib.analysis import fold

# Stands between texts that are folded at once, and is nothing else when folded.
_BETWEEN = "\0"
# Shorter ones are not worth an array.
_FEW = 1_000


def folded(texts: list[str]) -> list[str]:
    """The texts, folded."""
    whole = _BETWEEN.join(texts)
    if len(whole) < _FEW:
        return list(map(fold, texts))
    found = _folded(whole).split(_BETWEEN)
    return found if len(found) == len(texts) else list(map(fold, texts))


def _folded(text: str) -> str:
    plain: bytes = folded_codes(text).tobytes()
    return plain.decode("utf-32-le", "surrogatepass")


def folded_codes(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text, folded."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    known = _known()
    # `take` needs a third of the time of an index in brackets, and half of that where nothing has to be converted.
    places = codes.astype(np.intp)
    found = known.take(places)
    if (unmet := found == 0).any():
        # `np.unique` would do, and import NumPy's masked arrays first.
        is_met = np.zeros(len(known), np.bool_)
        is_met[places[unmet]] = True
        for code in np.flatnonzero(is_met).tolist():
            known[code] = ord(fold(chr(code))) + 1
        found = known.take(places)
    found -= 1
    return found


@cache
def _known() -> npt.NDArray[np.uint32]:
    """For each code point that was met the folded one and 1; where none was met, the array takes no memory."""
    return np.zeros(sys.maxunicode + 1, np.uint32)
