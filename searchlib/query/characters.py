"""Classes of characters: those that a wildcard can stand for, and those of scripts that part words with spaces."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from searchlib.analysis.runs import HAN, PICTURES, is_han

# Letters of any script, digits, pictures. Spaces and punctuation end what a wildcard can reach.
INSIDE = rf"[\w{HAN}{PICTURES}]"
_OUTSIDE = rf"[^\w{HAN}{PICTURES}]"
# A letter or digit of a script with words: a pattern that begins or ends with one begins or ends with a word.
_LETTER = rf"[^\W{HAN}{PICTURES}]"
NOT_AFTER_LETTER, NOT_BEFORE_LETTER = rf"(?<!{_LETTER})", rf"(?!{_LETTER})"


@lru_cache(maxsize=4_096)
def is_inside(char: str) -> bool:
    """Return whether a wildcard can stand for a character."""
    return re.match(INSIDE, char) is not None


def inside_until(text: str, at: int) -> int:
    """Return where from a place on the first character is that no wildcard stands for, or the end of the text."""
    found = _outside().search(text, at)
    return found.start() if found else len(text)


@lru_cache(maxsize=4_096)
def is_letter(char: str) -> bool:
    return not is_han(char) and re.match(_LETTER, char) is not None


def is_of_spaced_word(char: str) -> bool:
    """Return whether a folded character is a digit, or a letter of a script with spaces between words: not of kana."""
    return is_letter(char) and (char < "\u0e00" or "\u1e00" <= char <= "\u1fff")


@cache
def _outside() -> re.Pattern[str]:
    # It takes 3 ms to compile, for which no other question should wait.
    return re.compile(_OUTSIDE)
