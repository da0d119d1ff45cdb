"""jieba's way of cutting, with its dictionary left on disk: for questions, which need a few words of it.

The words are those of `jieba.cut`, by the same sums in the same order. The dictionary is made for it once, in the
user's cache folder.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cache
from mmap import mmap

from searchlib.analysis import route
from searchlib.analysis.cache import is_writable, read, write
from searchlib.analysis.dictionary import Damaged, Dictionary, is_known, packed
from searchlib.analysis.installed import jieba_dictionary, jieba_version

_NAME = "jieba.words"
# Places of characters that make a word. One at the beginning may lack its B, where no place there is likely at all.
_WORD = re.compile("B?M*E|S")


class Cutter:
    """Cuts with a dictionary."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary

    def cut(self, stretches: str) -> list[str]:
        """The words of stretches that line ends keep apart, line ends included, without the words inside others."""
        words: list[str] = []
        for stretch in stretches.split("\n"):
            words += self._cut_one(stretch)
            words.append("\n")
        words.pop()
        return words

    def is_word(self, word: str) -> bool:
        """Whether the dictionary has it."""
        # The beginnings of words are in it too, with a frequency of 0.
        return is_known(word[:1]) and bool(self._words(word[0]).get(word))

    def _words(self, char: str) -> dict[str, int]:
        return self._dictionary[char].words

    def _cut_one(self, stretch: str) -> list[str]:
        ways: dict[int, tuple[float, int]] = {}
        route.fill(ways, stretch, self._words, self._dictionary.total)
        words: list[str] = []
        start = after_word = 0
        while start < len(stretch):
            end = ways[start][1] + 1
            if end - start > 1:
                words += self._regrouped(stretch[after_word:start])
                words.append(stretch[start:end])
                after_word = end
            start = end
        return words + self._regrouped(stretch[after_word:])

    def _regrouped(self, singles: str) -> list[str]:
        """Words that the model guesses where single characters follow one another, if they are not a known one."""
        if len(singles) < 2 or self.is_word(singles):
            return [*singles]
        return [singles[word.start() : word.end()] for word in _WORD.finditer(self._places(singles))]

    def _places(self, text: str) -> str:
        """The likeliest place of each character in its word, by Viterbi's algorithm; see `dictionary.STATES`."""
        be, bm, eb, es, me, mm, sb, ss = self._dictionary.moves
        first, *others = (self._dictionary[char].emissions for char in text)
        b, e, m, s = (start + here for start, here in zip(self._dictionary.starts, first, strict=True))
        came_from: list[dict[str, str]] = []
        for to_b, to_e, to_m, to_s in others:
            # Of ways that are equally likely jieba takes the one whose letter comes last, as `max` does here.
            (next_b, from_b), (next_e, from_e), (next_m, from_m), (next_s, from_s) = (
                max((e + eb + to_b, "E"), (s + sb + to_b, "S")),
                max((b + be + to_e, "B"), (m + me + to_e, "M")),
                max((b + bm + to_m, "B"), (m + mm + to_m, "M")),
                max((e + es + to_s, "E"), (s + ss + to_s, "S")),
            )
            b, e, m, s = next_b, next_e, next_m, next_s
            came_from.append({"B": from_b, "E": from_e, "M": from_m, "S": from_s})
        places = [max((e, "E"), (s, "S"))[1]]
        for before in reversed(came_from):
            places.append(before[places[-1]])
        return "".join(reversed(places))


@cache
def cutter() -> Cutter | None:
    """With the dictionary in the cache folder, which is made where it is missing, damaged or another jieba's.

    None where it can't be written: to make it takes longer than to load a segmenter.
    """
    found = kept() if is_writable() else None
    return None if found is None else Cutter(found)


def kept() -> Dictionary | None:
    """The dictionary in the cache folder, made where there is none that can be used; None where that fails."""
    key = f"jieba {jieba_version()}, {os.path.getsize(jieba_dictionary())} bytes"
    for content in (_mapped, _made):
        with suppress(OSError, Damaged):
            return Dictionary(content(key), key, lambda: _made(key))
    return None


def _mapped(_key: str) -> mmap:
    if content := read(_NAME):
        return content
    raise Damaged


def _made(key: str) -> bytes:
    """The content, which a file has from now on if the disk is willing."""
    from searchlib.analysis.loaded_jieba import dictionary

    content = packed(key, *dictionary())
    write(_NAME, content)
    return content
