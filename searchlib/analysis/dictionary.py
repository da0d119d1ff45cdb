"""jieba's dictionary and model in one file, of which a few characters can be read without the rest.

    head      magic, key, bytes of the file, sum of all frequencies, the model's probabilities, CRC of the head
    rows      for each character that jieba knows: where its entry begins, and its CRC; then where the last one ends
    entries   how many words begin with the character, its emissions, the words' frequencies, the words

Numbers are little-endian, words UTF-16 with line ends between them. What is read is checked before it is used.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from mmap import mmap
from typing import NamedTuple
from zlib import crc32

# The characters that jieba knows.
FIRST_KNOWN, LAST_KNOWN = "一鿕"
_FIRST, _CHARACTERS = ord(FIRST_KNOWN), ord(LAST_KNOWN) - ord(FIRST_KNOWN) + 1


_MAGIC = b"searchlib words 1"
_HEAD = struct.Struct("<17s63sQQ4d8dI")
_ROW = struct.Struct("<QI")
_ENTRY = struct.Struct("<I4d")
_CRC = 4
_BODY = _HEAD.size + (_CHARACTERS + 1) * _ROW.size

# The places that a character can have in a word, in jieba's letters: begin, end, middle, single.
STATES = "BEMS"
# Which place can follow which, in the order of `Model.moves`.
MOVES = ("BE", "BM", "EB", "ES", "ME", "MM", "SB", "SS")


Content = bytes | mmap


class Damaged(Exception):
    """The content is not what was written, or was made from something else."""


class Model(NamedTuple):
    """The hidden Markov model that guesses words: logarithms of probabilities.

    `starts` has those of where a text begins, by `STATES`; `moves` those of what follows what, by `MOVES`; `emissions`
    those of a character, by `STATES`, for each that has any, and `unknown` those of the others.
    """

    starts: tuple[float, ...]
    moves: tuple[float, ...]
    emissions: Mapping[str, tuple[float, ...]]
    unknown: tuple[float, ...]


class Character(NamedTuple):
    """The words that begin with a character, and its place in words that are guessed.

    `words` has their frequencies, and 0 for what only begins a word; `emissions` are those of the `Model`.
    """

    words: dict[str, int]
    emissions: tuple[float, ...]


def is_known(char: str) -> bool:
    """Whether it is a character that jieba knows."""
    return FIRST_KNOWN <= char <= LAST_KNOWN


def packed(key: str, frequencies: Mapping[str, int], total: int, model: Model) -> bytes:
    """The content of the file; `key` says what it was made from, in 63 bytes at most."""
    are_known = re.compile(f"[{FIRST_KNOWN}-{LAST_KNOWN}]+").fullmatch
    words: defaultdict[str, list[str]] = defaultdict(list)
    for word in frequencies:
        words[word[0]].append(word)
    rows, entries, end = [], [], _BODY
    for char in map(chr, range(_FIRST, _FIRST + _CHARACTERS)):
        # Words with other scripts in them count for the total alone: what is cut has no other characters.
        found = list(filter(are_known, words[char]))
        entry = _ENTRY.pack(len(found), *model.emissions.get(char, model.unknown))
        entry += struct.pack(f"<{len(found)}I", *map(frequencies.__getitem__, found))
        entry += "\n".join(found).encode("utf-16-le")
        # The checksum starts from the character, so that neither no entry nor that of another will do.
        rows.append(_ROW.pack(end, crc32(entry, ord(char))))
        entries.append(entry)
        end += len(entry)
    head = _HEAD.pack(_MAGIC, key.encode(), end, total, *model.starts, *model.moves, 0)[:-_CRC]
    return b"".join((head, struct.pack("<I", crc32(head)), *rows, _ROW.pack(end, 0), *entries))


class Dictionary(dict[str, Character]):
    """The characters that were asked for, read from the content of a file.

    Raises `Damaged` where the content was not made with the `key`. Damage that is met later is healed by `renewed`
    content.
    """

    def __init__(self, content: Content, key: str, renewed: Callable[[], Content]) -> None:
        super().__init__()
        self._content, self._renewed = content, renewed
        head = bytes(content[: _HEAD.size])
        if len(head) < _HEAD.size or crc32(head[:-_CRC]) != int.from_bytes(head[-_CRC:], "little"):
            raise Damaged
        magic, written, size, self.total, *model, _ = _HEAD.unpack(head)
        if (magic, written.rstrip(b"\0"), size) != (_MAGIC, key.encode(), len(content)):
            raise Damaged
        self.starts, self.moves = tuple(model[: len(STATES)]), tuple(model[len(STATES) :])

    def __missing__(self, char: str) -> Character:
        entry = self._entry(char)
        _, *emissions = _ENTRY.unpack_from(entry)
        found = self[char] = Character(dict(_words(entry)), tuple(emissions))
        return found

    def frequencies(self) -> dict[str, int]:
        """All words of characters that jieba knows, and their beginnings (0), each with its frequency."""
        found: dict[str, int] = {}
        for char in map(chr, range(_FIRST, _FIRST + _CHARACTERS)):
            found.update(_words(self._entry(char)))
        return found

    def _entry(self, char: str) -> bytes:
        try:
            return self._checked(char)
        except Damaged:
            self._content = self._renewed()
            return self._checked(char)

    def _checked(self, char: str) -> bytes:
        at = _HEAD.size + (ord(char) - _FIRST) * _ROW.size
        (start, checksum), (end, _) = _ROW.iter_unpack(self._content[at : at + 2 * _ROW.size])
        entry = bytes(self._content[start:end])
        if crc32(entry, ord(char)) != checksum:
            raise Damaged
        return entry


def _words(entry: bytes) -> Iterator[tuple[str, int]]:
    """The words of an entry with their frequencies."""
    count = int.from_bytes(entry[:4], "little")
    frequencies = struct.unpack_from(f"<{count}I", entry, _ENTRY.size)
    words = entry[_ENTRY.size + struct.calcsize(f"<{count}I") :].decode("utf-16-le").split("\n")
    return zip(words, frequencies, strict=False)
