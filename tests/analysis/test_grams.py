"""Every string is found by its characters, of whatever scripts."""

from __future__ import annotations

import sys
from itertools import product

import pytest
from documents import ANY, SOME, TEXTS
from hypothesis import example, given
from hypothesis import strategies as st

from searchlib.analysis import analyze, analyze_pieces, fold
from searchlib.analysis.grams import covering, grams, is_gram, is_indexed
from searchlib.analysis.runs import is_han

TEXT = st.text(st.one_of(SOME, ANY, st.sampled_from("8月2日年c+#.n “。，ab１\ud800\u200b\ue000")))


def plainly(folded: str) -> set[str]:
    """The grams by their definition."""
    pieces = (folded[at : at + size] for at, size in product(range(len(folded)), (1, 2, 3)) if at + size <= len(folded))
    return {piece for piece in pieces if is_one(piece)}


def is_one(piece: str) -> bool:
    if len(piece) == 2 and " " in piece:
        return any((char.isalnum() or char == "_") and not is_han(char) for char in piece)
    if not all(map(is_indexed, piece)):
        return False
    return is_of_numbers(piece) if len(piece) == 3 else not all(map(is_han, piece))


def is_of_numbers(piece: str) -> bool:
    letters = [char for char in piece if (char.isalnum() or char == "_") and not is_han(char)]
    return bool(letters) and all(char.isdecimal() for char in letters)


@given(TEXT)
def test_the_grams_of_a_text_are_its_short_stretches(text: str) -> None:
    """Each once, and none of Han characters alone, which are terms of another field."""
    found = grams(fold(text))

    assert sorted(plainly(fold(text))) == sorted(found)
    assert found == analyze(text).grams


@given(TEXT, st.integers(0, 40), st.integers(1, 12))
@example("用C++写", 1, 3)
@example("8月2日。", 0, 4)
def test_whatever_stands_in_a_text_is_covered_by_its_terms(text: str, start: int, length: int) -> None:
    """Each term of a stretch is one of the text; together they have every character of the stretch that is indexed."""
    terms = analyze(text)
    stretch = fold(text)[start : start + length]
    found = covering(stretch)

    assert all(term in (terms.grams if is_gram(term) else terms.chars) for term in found)
    assert set(filter(is_indexed, stretch)) == set("".join(found)) - {" "}


@given(st.lists(TEXT.filter(bool), min_size=1, max_size=5))
def test_pieces_of_a_text_have_its_grams(pieces: list[str]) -> None:
    """A gram across a cut belongs to the piece in which it begins."""
    whole, starts = "".join(pieces), [sum(map(len, pieces[:at])) for at in range(len(pieces))]
    folded = fold(whole)
    expected = [
        {
            gram
            for gram in plainly(folded[start:])
            if any(folded.startswith(gram, at) for at in range(start, start + len(piece)))
        }
        for start, piece in zip(starts, pieces, strict=True)
    ]

    assert expected == [set(terms.grams) for terms in analyze_pieces(pieces)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("8月2日", ["8月2", "月2日"]),
        ("2023年", ["202", "023", "23年"]),
        ("C++", ["c+", "++"]),
        ("v7.5", ["v7", "7.5"]),
        ("a1b", ["a1", "1b"]),
        ("，记者", [",记", "记者"]),
        ("。”", ['。"']),
        ("iPhone 15", ["ip", "ph", "ho", "on", "ne", "e ", " 1", "15"]),
        ("，　记", [",", "记"]),
        ("５％", ["5%"]),
        ("江", ["江"]),
        (" 　\n", []),
    ],
)
def test_the_terms_of_a_string_are_as_few_as_can_be(text: str, terms: list[str]) -> None:
    assert terms == covering(fold(text))


def test_all_but_white_space_is_indexed() -> None:
    """Of all code points; halves of surrogate pairs are no characters, and NUL stands for none in an index."""
    left_out = {char for char in map(chr, range(sys.maxunicode + 1)) if not is_indexed(char)}

    assert left_out == {char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()} | {
        "\0",
        *map(chr, range(0xD800, 0xE000)),
    }


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_grams_of_whole_texts_are_its_short_stretches(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        folded = fold(file.read())

    assert plainly(folded) == set(grams(folded))
