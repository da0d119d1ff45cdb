"""The terms of many texts at once, as arrays of numbers: what an index is written from.

The same terms as those of `analyze`, without a Python step for each character: folding and telling Han from other
scripts is one look into a table of all code points, and characters and pairs are numbered by arithmetic.
"""

from __future__ import annotations

from array import array
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from searchlib.analysis.fold import fold
from searchlib.analysis.runs import is_han, runs
from searchlib.analysis.segment import inner_words, is_known, segmenter
from searchlib.analysis.terms import words_of

# So many characters are cut at a time: enough for NumPy, and few enough for the arrays to stay in a processor's cache.
_BATCH = 1 << 15
# A Gatherer starts its memory of words anew, between two takings, when it has so many.
_REMEMBERED = 1 << 18

# An entry of the table: the folded code point, and what kind of character it is. 0 is one not looked up yet.
_CODE = np.uint32((1 << 21) - 1)
_KNOWN, _RARE, _OTHER, _LOOKED_UP = (np.uint32(1 << bit) for bit in (21, 22, 23, 24))
_HAN = _KNOWN | _RARE
_CODE_BITS = np.uint64(21)
_END = np.uint32(ord("\n"))


class Gathered(NamedTuple):
    """The terms of many texts, which are numbered in the order in which they were added."""

    vocabulary: list[str]
    """Word number → word, each once."""
    words: NDArray[np.uint32]
    """Word numbers, text after text."""
    word_counts: NDArray[np.uint32]
    """How many words each text has."""
    chars: NDArray[np.uint64]
    """Characters and pairs: first code point << 21 | second code point, 0 for a single character."""
    char_texts: NDArray[np.uint32]
    """Which text each of `chars` is of, in no order."""


class Gatherer:
    """Takes texts one by one and gives the terms of all of them.

    Until they are taken it holds 4 bytes for each character of the texts, 4 for each word and the words' own.

    >>> gatherer = Gatherer()
    >>> gatherer.add("土地")
    >>> gatherer.add("地")
    >>> gathered = gatherer.take()
    >>> [gathered.vocabulary[number] for number in gathered.words], gathered.word_counts.tolist()
    (['土地', '地'], [1, 1])
    """

    def __init__(self) -> None:
        self._forms = _Forms()
        self._start()

    def _start(self) -> None:
        self.words_gathered = 0
        self.characters_gathered = 0
        self._waiting: list[str] = []
        self._waiting_characters = 0
        self._texts = 0
        self._entries: list[NDArray[np.uint32]] = []
        self._lengths: list[NDArray[np.uint32]] = []
        self._words: list[NDArray[np.uint32]] = []
        self._word_counts: list[NDArray[np.uint32]] = []

    def add(self, text: str) -> None:
        """One more text, as it stands: it is folded here."""
        self._waiting.append(text)
        self._waiting_characters += len(text)
        if self._waiting_characters >= _BATCH:
            self._gather()

    def take(self) -> Gathered:
        """The terms of all texts since the last taking; the next text is number 0 again."""
        self._gather()
        vocabulary, words = self._forms.renumbered(_joined(self._words))
        chars, char_texts = _chars(self._entries, self._lengths)
        taken = Gathered(vocabulary, words, _joined(self._word_counts), chars, char_texts)
        if len(self._forms) > _REMEMBERED:
            self._forms = _Forms()
        self._start()
        return taken

    def _gather(self) -> None:
        texts, self._waiting, self._waiting_characters = self._waiting, [], 0
        if not texts:
            return
        lengths = np.fromiter(map(len, texts), np.uint32, len(texts)) + np.uint32(1)
        entries = _looked_up("\n".join([*texts, ""]))
        words, word_counts = self._forms.words(entries, lengths)
        self._entries.append(entries)
        self._lengths.append(lengths)
        self._words.append(words)
        self._word_counts.append(word_counts)
        self.words_gathered += len(words)
        self.characters_gathered += len(entries)


class _Forms(dict[str, int]):
    """What texts are cut into, numbered, each with the words that it stands for: itself and what is in it.

    That is looked up once for each form, so that cutting need not give the words inside words.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by = segmenter()
        self._numbers: dict[str, int] = {}
        # The words of form f are _words[_starts[f] : _starts[f] + _counts[f]].
        self._words, self._starts, self._counts = array("I"), array("I"), array("I")
        self._end = self["\n"]

    def __missing__(self, form: str) -> int:
        if is_known(form):
            words = [form, *(word for word, _ in inner_words(self._by, form))]
        else:
            words = [word for run in runs(form) for word, _, _ in words_of(run)]
        number = self[form] = len(self)
        self._starts.append(len(self._words))
        self._counts.append(len(words))
        self._words.extend(self._numbers.setdefault(word, len(self._numbers)) for word in words)
        return number

    def words(
        self, entries: NDArray[np.uint32], lengths: NDArray[np.uint32]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """The numbers of the words of texts, and how many each text has."""
        owner = np.repeat(np.arange(len(lengths)), lengths)
        stretches, stretch_texts = _stretches(entries, _KNOWN, owner)
        forms = self._numbered(self._by.cut(stretches))
        form_texts = np.repeat(stretch_texts, np.diff(np.flatnonzero(forms == self._end), prepend=-1))
        forms, form_texts = self._with_others(forms, form_texts, entries, owner)
        starts = np.frombuffer(self._starts, np.uint32)[forms]
        counts = np.frombuffer(self._counts, np.uint32)[forms]
        ends = np.cumsum(counts, dtype=np.uint32)
        places = np.repeat(starts - ends + counts, counts) + np.arange(counts.sum(), dtype=np.uint32)
        word_counts = np.bincount(form_texts, counts, len(lengths)).astype(np.uint32)
        return np.frombuffer(self._words, np.uint32)[places], word_counts

    def _with_others(
        self,
        forms: NDArray[np.uint32],
        form_texts: NDArray[np.intp],
        entries: NDArray[np.uint32],
        owner: NDArray[np.intp],
    ) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """With the words of other scripts and the characters that jieba does not know, text after text."""
        others, other_texts = _stretches(entries, _OTHER, owner)
        rare = (entries & _RARE) != 0
        found = [*others.split("\n")[:-1], *_text(entries[rare] & _CODE)]
        if not found:
            return forms, form_texts
        texts = np.concatenate([form_texts, other_texts, owner[rare]])
        order = np.argsort(texts, kind="stable")
        return np.concatenate([forms, self._numbered(found)])[order], texts[order]

    def _numbered(self, forms: list[str]) -> NDArray[np.uint32]:
        return np.fromiter(map(self.__getitem__, forms), np.uint32, len(forms))

    def renumbered(self, words: NDArray[np.uint32]) -> tuple[list[str], NDArray[np.uint32]]:
        """The words that occur, and their numbers among those."""
        used = np.zeros(len(self._numbers), bool)
        used[words] = True
        vocabulary = [word for word, is_used in zip(self._numbers, used.tolist(), strict=True) if is_used]
        return vocabulary, (np.cumsum(used, dtype=np.uint32) - np.uint32(1))[words]


def _looked_up(text: str) -> NDArray[np.uint32]:
    """The table's entry for each character."""
    table = _table()
    # Half a surrogate pair can stand in what a program gives; it is of no kind.
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    entries = table[codes]
    if not entries.all():
        for code in np.unique(codes[entries == 0]).tolist():
            table[code] = _entry(chr(code))
        entries = table[codes]
    return entries


@cache
def _table() -> NDArray[np.uint32]:
    return np.zeros(0x110000, np.uint32)


def _entry(char: str) -> np.uint32:
    folded = fold(char)
    kind = np.uint32(0)
    if is_known(folded):
        kind = _KNOWN
    elif is_han(folded):
        kind = _RARE
    elif folded in ".'-" or any(runs(folded)):
        kind = _OTHER
    return np.uint32(ord(folded)) | kind | _LOOKED_UP


def _stretches(
    entries: NDArray[np.uint32], kind: np.uint32, owner: NDArray[np.intp]
) -> tuple[str, NDArray[np.intp]]:
    """All stretches of characters of a kind, each with a line end behind it, and which text each is of."""
    wanted = (entries & kind) != 0
    kept = wanted.copy()
    # The last character of all is a line end.
    kept[1:] |= wanted[:-1]
    codes = np.where(wanted, entries & _CODE, _END)[kept]
    return _text(codes), owner[kept & ~wanted]


def _text(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le")


def _chars(
    batches: list[NDArray[np.uint32]], lengths: list[NDArray[np.uint32]]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Characters and pairs, and which text each is of."""
    chars, texts = [], []
    first = 0
    for entries, sizes in zip(batches, lengths, strict=True):
        owner = np.repeat(np.arange(first, first + len(sizes), dtype=np.uint32), sizes)
        first += len(sizes)
        han = (entries & _HAN) != 0
        pairs = han[:-1] & han[1:]
        codes = (entries & _CODE).astype(np.uint64)
        firsts = codes << _CODE_BITS
        chars += [firsts[han], firsts[:-1][pairs] | codes[1:][pairs]]
        texts += [owner[han], owner[:-1][pairs]]
    return np.concatenate([np.empty(0, np.uint64), *chars]), np.concatenate([np.empty(0, np.uint32), *texts])


def _joined(arrays: list[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    return np.concatenate([np.empty(0, np.uint32), *arrays])
