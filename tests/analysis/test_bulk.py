"""Terms gathered from many texts are those of each text."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from documents import ANY, SOME, TEXTS
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import Gathered, Gatherer, analyze, analyze_pieces
from searchlib.analysis.bulk import BEHIND, CODE
from searchlib.analysis.bulk import HAN as HAN_CODE
from searchlib.analysis.runs import is_han
from searchlib.engines.whoosh.gram_points import gram_numbers
from searchlib.engines.whoosh.terms import POINT_BITS, characters

# Of every block of Han, and of every script; `ANY` has them too, but seldom side by side.
HAN = st.characters(categories=["Lo", "Lm", "Nl", "So", "Co", "Cn"]).filter(is_han)
WESTERN = st.sampled_from("aBé1.'-_Ω👍🏽\u200dあ말\ud800")
TEXT = st.text(st.one_of(SOME, ANY, HAN, WESTERN))

Counts = tuple[Counter[str], Counter[str], set[str]]


def read_back(gathered: Gathered) -> list[Counts]:
    """The words, the characters and the grams of each text."""
    words = iter([gathered.vocabulary[number] for number in gathered.words.tolist()])
    found = [Counter(next(words) for _ in range(count)) for count in gathered.word_counts.tolist()]
    assert [] == list(words)
    ends = np.cumsum(gathered.code_counts, dtype=int) - 1
    assert not gathered.codes[ends].any()
    return list(zip(found, pairs_of(gathered), grams_of(gathered), strict=True))


def grams_of(gathered: Gathered) -> list[set[str]]:
    """The grams of each text, of which one may begin in it and end in the next."""
    found: list[set[str]] = [set() for _ in gathered.code_counts]
    owners = np.repeat(np.arange(len(found)), gathered.code_counts).tolist()
    codes = gathered.codes
    for numbers, places in gram_numbers(codes, len(codes), np.arange(0x110000), POINT_BITS):
        for number, place in zip(numbers.tolist(), places.tolist(), strict=True):
            found[owners[place]].add(characters(number))
    return found


def expected(texts: list[str]) -> list[Counts]:
    return [(Counter(terms.words), Counter(terms.chars), set(terms.grams)) for terms in map(analyze, texts)]


def taken(gatherer: Gatherer, texts: list[str]) -> Gathered:
    gatherer.extend(texts)
    return gatherer.take()


@given(st.lists(TEXT))
def test_gathered_terms_are_those_of_each_text(texts: list[str]) -> None:
    """As often as there, whatever stands before and after the text."""
    assert expected(texts) == read_back(taken(Gatherer(), texts))


@given(st.lists(st.lists(TEXT.filter(bool), min_size=1, max_size=4), max_size=5))
def test_gathered_pieces_have_the_terms_of_their_text(wholes: list[list[str]]) -> None:
    """Those of `analyze_pieces`, piece by piece, in batches of any size; together every term of the whole text."""
    gatherer = Gatherer()
    for pieces in wholes:
        gatherer.extend(pieces, [number > 0 for number in range(len(pieces))])
    gathered = gatherer.take()

    words = iter([gathered.vocabulary[number] for number in gathered.words.tolist()])
    found = [Counter(next(words) for _ in range(count)) for count in gathered.word_counts.tolist()]
    assert [Counter(terms.words) for pieces in wholes for terms in analyze_pieces(pieces)] == found
    assert pairs_of(gathered) == [Counter(terms.chars) for pieces in wholes for terms in analyze_pieces(pieces)]
    assert grams_of(gathered) == [set(terms.grams) for pieces in wholes for terms in analyze_pieces(pieces)]
    for pieces in wholes:
        whole, cut = analyze("".join(pieces)), analyze_pieces(pieces)
        assert set(whole.words) <= {word for terms in cut for word in terms.words}
        assert Counter(whole.chars) == Counter(char for terms in cut for char in terms.chars)


def pairs_of(gathered: Gathered) -> list[Counter[str]]:
    """The characters and pairs of each text, of which one may begin in it and end in the next."""
    found: list[Counter[str]] = [Counter() for _ in gathered.code_counts]
    owners = [number for number, count in enumerate(gathered.code_counts.tolist()) for _ in range(count)]
    codes = np.where((gathered.codes & (HAN_CODE | BEHIND)) == HAN_CODE, gathered.codes & CODE, 0).tolist()
    for owner, (code, following) in zip(owners, pairwise([*codes, 0]), strict=True):
        found[owner].update([chr(code)] if code else [])
        found[owner].update([chr(code) + chr(following)] if code and following else [])
    return found


@given(TEXT, TEXT.filter(lambda text: len(text) > 1))
def test_grams_go_on_in_what_is_gathered_elsewhere(text: str, following: str) -> None:
    """As if it were gathered here; and nothing else of it is there."""
    gatherer = Gatherer()
    gatherer.extend(["江", text], behind=following[:2])
    gatherer.extend(["水"])
    gathered = gatherer.take()

    assert [{"江"}, {*analyze(text).words}] == [set(words) for words, *_ in read_back(gathered)][:2]
    assert Counter(analyze(text).chars) == pairs_of(gathered)[1]
    assert (set(analyze_pieces([text, following])[0].grams) if text else set()) == grams_of(gathered)[1]
    assert Counter("水") == pairs_of(gathered)[2]


@given(st.lists(st.lists(TEXT)))
def test_taking_starts_anew(takings: list[list[str]]) -> None:
    """Nothing of what was taken before is in what is taken next, not even in its vocabulary."""
    gatherer = Gatherer()

    for texts in takings:
        gathered = taken(gatherer, texts)
        assert expected(texts) == read_back(gathered)
        assert {word for words, *_ in expected(texts) for word in words} == set(gathered.vocabulary)
        assert len(gathered.vocabulary) == len(set(gathered.vocabulary))


@given(st.lists(st.tuples(TEXT, st.integers(1, 3))), st.randoms())
def test_texts_that_come_again_are_gathered_once(texts: list[tuple[str, int]], random: Random) -> None:
    """In any order: their terms are those that would be gathered from all of them."""
    chosen = [number for number, (_, times) in enumerate(texts) for _ in range(times)]
    random.shuffle(chosen)
    gathered = taken(Gatherer(), [text for text, _ in texts])

    assert expected([texts[number][0] for number in chosen]) == read_back(gathered.of(np.array(chosen, np.int64)))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_gathered_terms_are_those_of_whole_texts(path: str) -> None:
    """Line by line, so often that several batches of them are cut; and each text in one piece."""
    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
    times = 2 + 40_000 // sum(map(len, lines))
    gatherer = Gatherer()

    assert expected(lines) * times == read_back(taken(gatherer, lines * times))
    assert expected(["".join(lines)]) == read_back(taken(gatherer, ["".join(lines)]))


def test_arrays_have_the_types_that_are_promised() -> None:
    """Of nothing, too."""
    for texts in ([], [""], ["枫桥 a"]):
        gathered = taken(Gatherer(), texts)
        kinds = [array.dtype.name for array in gathered[1:]]
        assert ["uint32"] * 4 == kinds


def test_whoever_only_asks_loads_no_numpy() -> None:
    """It costs every start 60 ms."""
    code = "import sys; from searchlib.analysis import analyze; analyze('枫桥'); print('numpy' in sys.modules)"

    assert "False\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
