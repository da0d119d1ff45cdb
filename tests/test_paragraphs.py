"""Paragraphs are what the author wrote as one, short enough to read, each with its lines and a title."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from documents import TEXTS, paragraphs_of
from hypothesis import given
from hypothesis import strategies as st

from searchlib.model import Anchor
from searchlib.paragraphs import LONGEST, cut
from searchlib.passages import Passage

SENTENCES = st.lists(
    st.sampled_from(
        [
            "他走了。",
            "“你好！”她说，",
            "「不。不要。」",
            "没有标点",
            " word ",
            "（注）",
            "\n",
            "真的？！",
            "……",
            "甲" * 300,
        ]
    ),
    max_size=400,
).map("".join)


def pieces_of(text: str) -> list[str]:
    return [piece.text for piece in cut(Passage(text, (Anchor(0, 1, 1),)))]


@given(SENTENCES.filter(bool))
def test_an_overlong_paragraph_is_cut_without_loss(text: str) -> None:
    """No piece is longer than 1,000 characters or empty, and one after the other they are the text."""
    pieces = pieces_of(text)

    assert text == "".join(pieces)
    assert [True] * len(pieces) == [0 < len(piece) <= LONGEST for piece in pieces]


def test_a_paragraph_at_the_limit_stays_whole() -> None:
    """1,000 characters are one paragraph, 1,001 are two."""
    assert [1000] == [len(piece) for piece in pieces_of("句子。" * 333 + "。")]
    assert [501, 500] == sorted((len(piece) for piece in pieces_of("句子。" * 333 + "。。")), reverse=True)


def test_pieces_end_with_sentences_and_are_of_about_one_size() -> None:
    """Stops go with the sentence that they end, and so do closing quotation marks."""
    sentence = "他在河边坐了很久，说：“水是会记得的！”"
    pieces = pieces_of(sentence * 150)
    sizes = [len(piece) for piece in pieces]

    assert [True] * len(pieces) == [piece.endswith("”") and piece.startswith("他") for piece in pieces]
    assert 3 == len(pieces)
    assert max(sizes) - min(sizes) <= 2 * len(sentence)


def test_a_quotation_is_not_cut_where_the_text_outside_has_an_end() -> None:
    """The end behind a long quotation is taken, or the one before it, though both are far from the middle."""
    before, quotation, after = "他站起来。" * 40, "“" + "我要说的还有很多。" * 70 + "”", "大家都没有作声。" * 40

    assert [before + quotation, after] == pieces_of(before + quotation + after)
    assert [after, quotation + before] == pieces_of(after + quotation + before)


def test_a_quotation_longer_than_the_limit_is_cut_at_its_sentences() -> None:
    """There is no end outside within reach."""
    pieces = pieces_of("「" + "我要說的還有很多。" * 300 + "」")

    assert [True] * len(pieces) == [bool(re.search("。」?$", piece)) for piece in pieces]


def test_without_sentences_the_cut_is_at_a_comma_and_without_any_mark_at_the_limit() -> None:
    """Lists go by their commas, English by its words, and a single endless word by force."""
    assert {"，"} == {piece[-1] for piece in pieces_of("一个名字，" * 500)}
    assert {"many", "words"} == set(" ".join(pieces_of("many words " * 300)).split())
    assert [1000, 1000, 500] == [len(piece) for piece in pieces_of("x" * 2500)]


def test_pieces_know_their_lines() -> None:
    """First and last line are those of the file, for joined lines, cut ones and code."""
    code = "".join(f"    行{number}\n" for number in range(400))
    found = paragraphs_of("a.md", f"# 题\n\n一\n二\n\n{code}")
    spans = [(paragraph.first_line, paragraph.last_line) for paragraph in found]

    assert [(1, 1), (3, 4)] == spans[:2]
    assert (6, 405) == (spans[2][0], spans[-1][1])
    assert all(last + 1 == first for (_, last), (first, _) in pairwise(spans[2:]))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_paragraphs_are_numbered_in_the_order_of_the_file(path: Path) -> None:
    """From 0 on, lines never going back, none longer than the limit, all under one title and path."""
    found = paragraphs_of(path.name, path.read_text(encoding="utf-8"))
    lines = [line for paragraph in found for line in (paragraph.first_line, paragraph.last_line)]

    assert list(range(len(found))) == [paragraph.number for paragraph in found]
    assert sorted(lines) == lines
    assert {(path.name, found[0].title)} == {(paragraph.path, paragraph.title) for paragraph in found}
    assert max(len(paragraph.text) for paragraph in found) <= LONGEST


@pytest.mark.parametrize(
    ("title", "name", "text"),
    [
        ("题", "a.md", "---\ntitle: 题\n---\n# 头\n文"),
        ("题", "a.html", "<title>题</title><h1>头</h1>"),
        ("头", "a.md", "短句\n\n## 次\n\n# 头\n\n# 又"),
        ("次", "a.md", "## 次\n\n### 再次"),
        ("头", "a.html", "<p>短句<h1>头</h1>"),
        ("河边的书店", "a.txt", "河边的书店\n林晚搬到这里来的第三年。"),
        ("甲", "a.txt", "\n\n　　甲　\n乙"),
        ("笔记", "卷/笔记.txt", "林晚搬到这里来的第三年，书店开张了。"),
        ("笔记.二", "笔记.二.txt", "很" * 41),
        ("笔记", "笔记.md", "有一天。\n\n短句"),
    ],
)
def test_the_title_is_the_best_there_is(title: str, name: str, text: str) -> None:
    """That of the format, its highest heading, a first line that is no sentence, or the file's name."""
    assert {title} == {paragraph.named for paragraph in paragraphs_of(name, text)}
