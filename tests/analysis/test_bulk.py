"""Terms gathered from many texts are those of each text."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from documents import ANY, SOME, TEXTS
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import analyze
from searchlib.analysis.bulk import Gathered, Gatherer

TEXT = st.text(st.one_of(SOME, ANY))


def read_back(gathered: Gathered) -> list[tuple[Counter[str], Counter[str]]]:
    """The words and the characters of each text."""
    words = iter([gathered.vocabulary[number] for number in gathered.words.tolist()])
    found: list[tuple[Counter[str], Counter[str]]] = [
        (Counter(next(words) for _ in range(count)), Counter()) for count in gathered.word_counts.tolist()
    ]
    for char, text in zip(gathered.chars.tolist(), gathered.char_texts.tolist(), strict=True):
        first, second = divmod(char, 1 << 21)
        found[text][1][chr(first) + (chr(second) if second else "")] += 1
    assert [] == list(words)
    return found


def expected(texts: list[str]) -> list[tuple[Counter[str], Counter[str]]]:
    return [(Counter(terms.words), Counter(terms.chars)) for terms in map(analyze, texts)]


def gathered(gatherer: Gatherer, texts: list[str]) -> list[tuple[Counter[str], Counter[str]]]:
    for text in texts:
        gatherer.add(text)
    return read_back(gatherer.take())


@given(st.lists(TEXT))
def test_gathered_terms_are_those_of_each_text(texts: list[str]) -> None:
    assert expected(texts) == gathered(Gatherer(), texts)
