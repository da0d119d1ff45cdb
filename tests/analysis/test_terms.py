"""A text's terms are the same without and with their places, and no Chinese substring escapes them."""

from __future__ import annotations

import warnings
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from documents import ANY, SOME, TEXTS
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import analyze, fold, tokens
from searchlib.analysis.runs import is_han, runs
from searchlib.analysis.terms import CHARS, GRAMS, STRIDE, WINDOW, WORDS, outer_words
from searchlib.model import Span, Token

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba's own source
    import jieba

TEXT = st.text(st.one_of(SOME, ANY))


def counted(text: str) -> tuple[Counter[str], Counter[str], set[str]]:
    """The terms of the tokens of a text, field by field."""
    found = list(tokens(text))
    words, chars, grams = ([token.term for token in found if token.field == field] for field in (WORDS, CHARS, GRAMS))
    return Counter(words), Counter(chars), set(grams)


@given(TEXT)
def test_terms_and_tokens_agree(text: str) -> None:
    """What is indexed is what is highlighted: field by field the same terms, as often."""
    terms = analyze(text)

    assert (Counter(terms.words), Counter(terms.chars), set(terms.grams)) == counted(text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_terms_and_tokens_agree_on_whole_texts(path: Path) -> None:
    """Also where runs are as long as people write them."""
    text = path.read_text(encoding="utf-8")
    terms = analyze(text)

    assert (Counter(terms.words), Counter(terms.chars), set(terms.grams)) == counted(text)


@given(TEXT)
def test_tokens_read_back_their_terms(text: str) -> None:
    """Every span lies in the text, is not empty, and its characters fold to the term."""
    for token in tokens(text):
        assert 0 <= token.span.start < token.span.end <= len(text)
        assert token.term == fold(text[token.span.start : token.span.end])


@given(TEXT)
def test_tokens_come_in_order(text: str) -> None:
    """First all words, then all Han characters, then grams; each by start, longer ones first."""
    found = list(tokens(text))
    order = [((WORDS, CHARS, GRAMS).index(token.field), token.span.start, -token.span.end) for token in found]

    assert sorted(order) == order


@given(TEXT)
def test_every_character_and_pair_of_han_is_a_term(text: str) -> None:
    """In order: each Han character once, and each pair of Han neighbours once."""
    folded = fold(text)
    singles = [char for char in folded if is_han(char)]
    pairs = [left + right for left, right in pairwise(folded) if is_han(left) and is_han(right)]

    assert Counter(singles + pairs) == Counter(analyze(text).chars)


def test_a_text_has_the_terms_that_a_reader_expects() -> None:
    """Stop words and single characters are kept, other scripts are there whole and in parts, all folded."""
    terms = analyze("他買了iPhone15的殼")

    assert ["他", "买", "了", "iphone15", "iphone", "15", "的", "壳"] == terms.words
    assert ["他", "买", "了", "他买", "买了", "的", "壳", "的壳"] == terms.chars


def test_tokens_of_traditional_text_point_at_it() -> None:
    """Terms are simplified, spans are those of the text as it stands."""
    assert [
        Token(WORDS, "台湾", Span(1, 3)),
        Token(CHARS, "台湾", Span(1, 3)),
        Token(CHARS, "台", Span(1, 2)),
        Token(CHARS, "湾", Span(2, 3)),
        Token(GRAMS, '"台', Span(0, 2)),
        Token(GRAMS, '"', Span(0, 1)),
        Token(GRAMS, '湾"', Span(2, 4)),
        Token(GRAMS, '"', Span(3, 4)),
    ] == list(tokens("「臺灣」"))


@given(st.integers(WINDOW - 2, WINDOW * 4), st.integers(1, STRIDE), st.data())
def test_every_stretch_of_a_long_word_lies_in_one_term(length: int, size: int, data: st.DataObject) -> None:
    """Words longer than a window are indexed in windows; what is no longer than a stride is whole in one of them."""
    word = "".join(chr(ord("a") + (at * at // 7 + at // 26) % 26) for at in range(length))
    start = data.draw(st.integers(0, length - size))
    spans = [token.span for token in tokens(word)]

    assert any(span.start <= start and start + size <= span.end for span in spans)


@pytest.mark.parametrize(
    ("sizes", "length"),
    [([128], 128), ([128, 65], 129), ([128, 128], 192), ([128, 128, 65], 193)],
)
def test_a_long_word_is_cut_into_windows(sizes: list[int], length: int) -> None:
    """A window is 128 characters, the next begins 64 later, and none holds only what the last one held."""
    assert sizes == [len(word) for word in analyze("x" * length).words]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_outer_words_of_han_are_those_of_jiebas_default_mode(path: Path) -> None:
    """On each Han run of a text; what the search mode adds lies inside them."""
    found = [run.text for run in runs(fold(path.read_text(encoding="utf-8"))) if run.is_han]

    assert [jieba.lcut(run) for run in found] == [outer_words(run) for run in found]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_outer_words_make_up_the_text(path: Path) -> None:
    """Each character of a word is in one of them, and in one only."""
    folded = fold(path.read_text(encoding="utf-8"))

    assert "".join(run.text for run in runs(folded)) == "".join(outer_words(folded))


def test_of_another_script_the_whole_is_the_outer_word() -> None:
    """Its parts are in it, and a longer run of letters is one too."""
    assert ["买", "iphone15", "tidb_mem_quota"] == outer_words("买iPhone15，tidb_mem_quota")
