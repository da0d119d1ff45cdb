"""The terms of many texts at once, as arrays of numbers: what an index is written from.

The same terms as those of `analyze`, without a Python step for each character: folding and telling Han from other
scripts is one look into a table of all code points, and characters and pairs are numbered by arithmetic.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import compress, count, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from searchlib.analysis.dictionary import is_known
from searchlib.analysis.fold import fold
from searchlib.analysis.grams import SPACE, is_digit, is_indexed, is_letter
from searchlib.analysis.runs import MARKS, is_han, runs
from searchlib.analysis.segment import Segmenter, inner_words, segmenter
from searchlib.analysis.terms import words_across, words_of

# So many characters are cut at a time: enough for NumPy, and few enough for the arrays to stay in a processor's cache.
_BATCH = 1 << 15
# A Gatherer starts its memory of words anew, between two takings, when it has so many.
_REMEMBERED = 1 << 18

# An entry of the table: the folded code point, and what kind of character it is. 0 is one not looked up yet.
CODE = np.uint32((1 << 21) - 1)
HAN, DIGIT, LETTER, BEHIND, _CODED, _KNOWN, _OTHER, _LOOKED_UP = (np.uint32(1 << bit) for bit in range(21, 29))
_KEPT = CODE | HAN | DIGIT | LETTER
# What stands between stretches of characters, and between the numbers of their words.
_END, _END_NUMBER = np.uint32(ord("\n")), np.uint32(0xFFFFFFFF)


class Gathered(NamedTuple):
    """The terms of many texts, which are numbered in the order in which they were added."""

    vocabulary: list[str]
    """Word number → word, each once."""
    words: NDArray[np.uint32]
    """Word numbers, text after text."""
    word_counts: NDArray[np.uint32]
    """How many words each text has."""
    codes: NDArray[np.uint32]
    """Text after text, a code for each character that is indexed and each space, else 0; and one 0 behind each
    text that does not go on in the next.

    A code is the folded code point (`CODE`) and what the character is: `HAN`, `DIGIT`, `LETTER`, and `BEHIND` where it
    is the next text's, and here only because a gram that begins before it goes on with it.
    """
    code_counts: NDArray[np.uint32]
    """Number of codes of each text, including the 0 that ends it where there is one."""

    def of(self, texts: NDArray[np.int64]) -> Gathered:
        """The terms of these texts, each of which may come several times; none of them may be left out."""
        words = _chosen(self.words, self.word_counts, texts)
        codes = _chosen(self.codes, self.code_counts, texts)
        return Gathered(self.vocabulary, words, self.word_counts[texts], codes, self.code_counts[texts])


class Gatherer:
    """Takes texts and gives the terms of all of them.

    Until they are taken it holds 4 bytes for each character of the texts, 4 for each word, and the words themselves.

    >>> gatherer = Gatherer()
    >>> gatherer.extend(["土地", "地"])
    >>> gathered = gatherer.take()
    >>> [gathered.vocabulary[number] for number in gathered.words], gathered.word_counts.tolist()
    (['土地', '地'], [1, 1])
    """

    def __init__(self) -> None:
        self._forms = _Forms()
        self._start()

    @property
    def forms(self) -> int:
        """Number of different words that texts were cut into so far."""
        return len(self._forms)

    def _start(self) -> None:
        self._waiting: list[str] = []
        self._waiting_characters = 0
        self._codes: list[NDArray[np.uint32]] = []
        self._lengths: list[NDArray[np.uint32]] = []
        self._words: list[NDArray[np.uint32]] = []
        self._word_counts: list[NDArray[np.uint32]] = []
        self._size = 0
        # The places of waiting texts that go on from the text before; and the pieces so far of the last text.
        self._going_on: list[int] = []
        # What stands behind waiting texts that go on in a text that is not gathered here, by their places.
        self._behind: dict[int, str] = {}
        self._pieces: list[str] = []
        # Words across the cuts between pieces, and the numbers of the texts that they are given to.
        self._across: list[tuple[int, str]] = []

    def extend(self, texts: Iterable[str], continues: Iterable[bool] = repeat(False), behind: str = "") -> None:
        """More texts, as they stand: they are folded here.

        One that `continues` is a piece of the same text as the one before; see `analyze_pieces`. `behind` are the first
        characters of the text that the last one goes on in, if that is gathered elsewhere.
        """
        for text, is_going_on in zip(texts, continues, strict=False):
            if is_going_on:
                self._going_on.append(len(self._waiting))
            else:
                self._end_pieces()
            self._pieces.append(text)
            self._waiting.append(text)
            self._waiting_characters += len(text) + 1
            self._size += 1
            if self._waiting_characters >= _BATCH and not behind:
                self._gather()
        if behind:
            self._behind[len(self._waiting) - 1] = behind

    def _end_pieces(self) -> None:
        if len(self._pieces) > 1:
            first = self._size - len(self._pieces)
            across = words_across(self._pieces)
            self._across += ((first + at, word) for at, words in sorted(across.items()) for word in words)
        self._pieces.clear()

    def take(self) -> Gathered:
        """The terms of all texts since the last taking; the next text is number 0 again."""
        self._gather()
        self._end_pieces()
        words, word_counts = _joined(self._words), _joined(self._word_counts)
        if self._across:
            words, word_counts = self._forms.inserted(words, word_counts, self._across)
        vocabulary, words = self._forms.renumbered(words)
        taken = Gathered(vocabulary, words, word_counts, *map(_joined, (self._codes, self._lengths)))
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
        codes = np.where(entries & _CODED, entries & _KEPT, np.uint32(0))
        if self._behind:
            codes, lengths = self._with_behind(codes, lengths)
        if self._going_on:
            codes, lengths = self._joined_up(codes, lengths)
        self._codes.append(codes)
        self._lengths.append(lengths)
        self._words.append(words)
        self._word_counts.append(word_counts)

    def _with_behind(
        self, codes: NDArray[np.uint32], lengths: NDArray[np.uint32]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """With what stands behind some of the texts, before the 0 that ends them."""
        behind, self._behind = self._behind, {}
        ends = np.cumsum(lengths, dtype=np.intp) - 1
        for at, text in reversed(behind.items()):
            entries = _looked_up(text)
            added = np.where(entries & _CODED, entries & _KEPT | BEHIND, np.uint32(0))
            codes = np.insert(codes, ends[at], added)
            lengths[at] += np.uint32(len(text))
        return codes, lengths

    def _joined_up(
        self, codes: NDArray[np.uint32], lengths: NDArray[np.uint32]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Without the 0 behind texts that go on, so that their last character and the next one are a pair."""
        going_on, self._going_on = self._going_on, []
        if going_on[0] == 0:
            self._codes[-1], self._lengths[-1][-1] = self._codes[-1][:-1], self._lengths[-1][-1] - 1
            going_on = going_on[1:]
        before = np.array(going_on, np.intp) - 1
        codes = np.delete(codes, np.cumsum(lengths, dtype=np.intp)[before] - 1)
        lengths[before] -= 1
        return codes, lengths


class _Forms(dict[str, bytes]):
    """What texts are cut into, each with the numbers of the words that it stands for: itself and what is in it.

    Those are looked up once for each form, so that cutting need not give the words inside words; and joining the bytes
    of forms gives the numbers of all their words at once.
    """

    def __init__(self) -> None:
        super().__init__({"\n": _END_NUMBER.tobytes()})
        self._by: Segmenter
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)

    def __missing__(self, form: str) -> bytes:
        if is_known(form[0]):
            words = [form, *(word for word, _ in inner_words(self._by, form))]
        else:
            words = [word for run in runs(form) for word, _, _ in words_of(run)]
        numbers = self[form] = array("I", [self._numbers[word] for word in words]).tobytes()
        return numbers

    def words(
        self, entries: NDArray[np.uint32], lengths: NDArray[np.uint32]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """The numbers of the words of texts, and how many each text has."""
        owner = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
        stretches, stretch_texts = _stretches(entries, _KNOWN, owner)
        self._by = segmenter(len(stretches))
        numbers = np.frombuffer(b"".join(map(self.__getitem__, self._by.cut(stretches))), np.uint32)
        is_end = numbers == _END_NUMBER
        sizes = np.diff(np.flatnonzero(is_end), prepend=-1) - 1
        counts = np.bincount(stretch_texts, sizes, len(lengths)).astype(np.uint32)
        return self._with_others(numbers[~is_end], counts, entries, owner)

    def _with_others(
        self,
        numbers: NDArray[np.uint32],
        counts: NDArray[np.uint32],
        entries: NDArray[np.uint32],
        owner: NDArray[np.uint32],
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """With the words of other scripts and the characters that jieba does not know, at the end of their texts."""
        others, texts = _stretches(entries, _OTHER, owner)
        found = [self[form] for form in others.split("\n")[:-1]]
        sizes = np.fromiter(map(len, found), np.intp, len(found)) // _END_NUMBER.nbytes
        places = np.repeat(np.cumsum(counts, dtype=np.intp)[texts], sizes)
        numbers = np.insert(numbers, places, np.frombuffer(b"".join(found), np.uint32))
        return numbers, counts + np.bincount(texts, sizes, len(counts)).astype(np.uint32)

    def inserted(
        self, numbers: NDArray[np.uint32], counts: NDArray[np.uint32], words: list[tuple[int, str]]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """With more words, each at the end of a text; these are rising."""
        texts = np.array([text for text, _ in words], np.intp)
        places = np.cumsum(counts, dtype=np.intp)[texts]
        numbers = np.insert(numbers, places, np.array([self._numbers[word] for _, word in words], np.uint32))
        return numbers, counts + np.bincount(texts, minlength=len(counts)).astype(np.uint32)

    def renumbered(self, words: NDArray[np.uint32]) -> tuple[list[str], NDArray[np.uint32]]:
        """The words that occur, and their numbers among those."""
        used = np.zeros(len(self._numbers), bool)
        used[words] = True
        return list(compress(self._numbers, used.tolist())), (np.cumsum(used, dtype=np.uint32) - np.uint32(1))[words]


def _looked_up(text: str) -> NDArray[np.uint32]:
    """The table's entry for each character."""
    table = _table()
    # Half a surrogate pair can stand in what a program gives; it is of no kind.
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    entries = table[codes]
    if not entries.all():
        # `np.unique` would do, and import NumPy's masked arrays first.
        for code in {*codes[entries == 0].tolist()}:
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
        kind = HAN | _KNOWN
    elif is_han(folded):
        kind = HAN | _OTHER
    elif folded in MARKS or any(runs(folded)):
        kind = _OTHER
    if is_indexed(folded) or folded == SPACE:
        kind |= _CODED | (DIGIT if is_digit(folded) else LETTER if is_letter(folded) else np.uint32(0))
    return np.uint32(ord(folded)) | kind | _LOOKED_UP


def _stretches(
    entries: NDArray[np.uint32], kind: np.uint32, owner: NDArray[np.uint32]
) -> tuple[str, NDArray[np.uint32]]:
    """All stretches of characters of a kind, each with a line end behind it, and which text each is of."""
    wanted = (entries & kind) != 0
    ends = np.zeros_like(wanted)
    # The last character of all is a line end.
    np.greater(wanted[:-1], wanted[1:], out=ends[1:])
    codes = np.where(wanted, entries & CODE, _END)[wanted | ends]
    return _text(codes), owner[ends]


def _text(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le")


def _chosen(values: NDArray[np.uint32], counts: NDArray[np.uint32], texts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The values of some texts, one after the other, from those of all, each of which has so many."""
    starts, sizes = np.cumsum(counts, dtype=np.int64) - counts, counts[texts].astype(np.int64)
    places = np.cumsum(sizes) - sizes
    chosen: NDArray[np.uint32] = values[np.arange(sizes.sum()) + np.repeat(starts[texts] - places, sizes)]
    return chosen


def _joined(arrays: list[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    return np.concatenate([np.empty(0, np.uint32), *arrays])
