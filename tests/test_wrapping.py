"""Lines that were broken for the width of the page are joined again, and those that the author ended are not."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import TEXTS, blackened, paragraphs_of

from searchlib.wrapping import glue, wrapping_of

WRAPPED = "旧报摘抄"
A_LINE_EACH = [path for path in TEXTS if path.suffix == ".txt" and path.stem != WRAPPED]
# A dialogue has one line or two that are long enough to be wrapped, and these say nothing about the file.
PROSE = [path for path in A_LINE_EACH if path.stem != "问答录"]
NOT_FIRST, NOT_LAST = "，。、；：！？）》」』”’…", "（《「『“‘"
# A word of another script, a dash or an ellipsis, or a character: what is not broken where breaking is done with care.
UNIT = re.compile(r"[!-~éα-ωА-я]+|——|……|.")


def careless(paragraph: str, width: int, indent: str) -> Iterator[str]:
    """As many characters a line, whatever they are."""
    text = indent + paragraph
    return (text[start : start + width] for start in range(0, len(text), width))


def hanging(paragraph: str, width: int, indent: str) -> Iterator[str]:
    """Stops that have no room hang over the edge."""
    line = indent
    for unit in UNIT.findall(paragraph):
        if cells(line + unit) > 2 * width and unit[0] not in NOT_FIRST:
            yield line
            line = ""
        line += unit
    yield line


def pushing(paragraph: str, width: int, indent: str) -> Iterator[str]:
    """Stops that have no room take the character before them along, and no bracket opens at a line's end."""
    line: list[str] = [indent]
    for unit in UNIT.findall(paragraph):
        if cells("".join(line) + unit) > 2 * width:
            at = len(line)
            while at > 2 and ((line[at] if at < len(line) else unit)[0] in NOT_FIRST or line[at - 1] in NOT_LAST):
                at -= 1
            yield "".join(line[:at])
            line = line[at:]
        line.append(unit)
    yield "".join(line)


def cells(text: str) -> int:
    return sum(1 if char < "\u2000" else 2 for char in text)


def wrapped(paragraphs: list[str], breaking: str, width: int, *, indented: bool) -> str:
    """The paragraphs as a file, each marked by an indent or by a blank line behind it."""
    how = {"careless": careless, "hanging": hanging, "pushing": pushing}[breaking]
    indent, end = ("　　", "\n") if indented else ("", "\n\n")
    return "".join("\n".join(how(paragraph, width, indent)) + end for paragraph in paragraphs)


def prose_of(path: Path) -> list[str]:
    """The paragraphs of a text, without the spaces that no unwrapping could give back."""
    return [blackened(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def texts_of(text: str) -> list[str]:
    return [paragraph.text for paragraph in paragraphs_of("a.txt", text)]


@pytest.mark.parametrize("indented", [True, False], ids=["indents", "blank lines"])
@pytest.mark.parametrize("breaking", ["careless", "hanging", "pushing"])
@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_wrapped_prose_is_unwrapped_to_the_same_paragraphs(path: Path, breaking: str, indented: bool) -> None:
    """At every width from 28 to 40 characters, with stops hanging, pushed or left at a line's start."""
    paragraphs = prose_of(path)
    wrong = [
        width
        for width in range(28, 41)
        if texts_of(wrapped(paragraphs, breaking, width, indented=indented)) != paragraphs
    ]

    assert [] == wrong


@pytest.mark.parametrize("indented", [True, False], ids=["indents", "blank lines"])
@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_lines_of_about_one_width_are_joined_too(path: Path, indented: bool) -> None:
    """Broken by hand, each line somewhere between 30 and 40 characters, in paragraphs that end with a sentence."""
    chance = random.Random(path.stem)  # noqa: S311 — samples, not secrets
    paragraphs = [paragraph for paragraph in prose_of(path) if paragraph[-1] in "。！？”」…"]
    indent, end = ("　　", "\n") if indented else ("", "\n\n")
    text = "".join("\n".join(by_hand(paragraph, chance, indent)) + end for paragraph in paragraphs)

    assert paragraphs == texts_of(text)


def by_hand(paragraph: str, chance: random.Random, indent: str) -> Iterator[str]:
    rest = indent + paragraph
    while rest:
        width = chance.randint(30, 40)
        yield rest[:width]
        rest = rest[width:]


def test_short_files_are_unwrapped_too() -> None:
    """Of stretches of six paragraphs, wrapped any way at any width, 97 in 100 come back exactly."""
    chance = random.Random("河边的书店")  # noqa: S311 — samples, not secrets
    right = []
    for _ in range(300):
        paragraphs = prose_of(chance.choice(PROSE))
        start = chance.randrange(len(paragraphs) - 6)
        stretch = [paragraph for paragraph in paragraphs[start : start + 6] if len(paragraph) > 60]
        width, indented = chance.randint(28, 40), chance.random() < 0.5
        if len(stretch) > 1:
            text = wrapped(stretch, chance.choice(["careless", "hanging", "pushing"]), width, indented=indented)
            right.append(texts_of(text) == stretch)

    assert len(right) > 50
    assert sum(right) >= 0.97 * len(right)


@pytest.mark.parametrize("width", range(60, 91))
def test_english_is_unwrapped_with_spaces_between_its_words(width: int) -> None:
    """Hyphens at a line's end take none, in text broken at any of the usual widths."""
    chance = random.Random(width)  # noqa: S311
    words = "the of river a well-known bookshop library tea I and by under paper, word. long extraordinarily".split()
    paragraphs = [" ".join(chance.choices(words, k=chance.randint(60, 90))) for _ in range(6)]
    text = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs)

    assert paragraphs == texts_of(text)


def test_a_paragraph_begins_where_the_text_is_indented_deeper() -> None:
    """A file that is indented as a whole is unwrapped like any other."""
    paragraphs = prose_of(PROSE[0])
    text = textwrap.indent(wrapped(paragraphs, "pushing", 30, indented=False), "    ")

    assert paragraphs == texts_of(text)


def test_the_wrapped_text_of_the_corpus_is_joined() -> None:
    """Its title stays a line, and its paragraphs begin at the indents."""
    path = next(path for path in TEXTS if path.stem == WRAPPED)
    lines = path.read_text(encoding="utf-8").splitlines()
    found = paragraphs_of(path.name, "\n".join(lines))
    indented = [number for number, line in enumerate(lines, start=1) if line.startswith("　")]

    assert [1, *indented] == [paragraph.first_line for paragraph in found]
    assert blackened("".join(lines)) == blackened("".join(paragraph.text for paragraph in found))


@pytest.mark.parametrize("path", A_LINE_EACH, ids=lambda path: path.stem)
def test_a_file_with_a_paragraph_a_line_stays_so(path: Path) -> None:
    """Dialogue, statutes, letters and prose: no two lines become one."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]

    assert lines == texts_of("\n".join(lines))


LINES = {
    "names": ["赵一鸣", "钱二宝", "孙三元", "李四光", "欧阳五福"] * 5,
    "song": ["风从海上吹过来", "吹过山岗和楼台", "我在窗前等你回", "等到桂花又重开", "啊"],
    "verse": ["春眠不觉晓，处处闻啼鸟。", "夜来风雨声，花落知多少。"] * 4,
    "couplets": ["两个黄鹂鸣翠柳，一行白鹭上青天。", "窗含西岭千秋雪，门泊东吴万里船。"] * 4,
    "long verse": ["两个黄鹂鸣翠柳一行白鹭上青天窗含西岭千秋雪", "门泊东吴万里船两个黄鹂鸣翠柳一行白鹭上青天"] * 4,
    "sentences": [*["这一行到这里正好是三十六个字的样子，每行都是完整的一句话，不用接到下行去。"] * 8, "完了。"],
    "log": [
        f"2024-03-{day:02} 10:15:00 INFO searchd[1024] request finished in 12 ms, status ok" for day in range(1, 31)
    ],
    "checksums": [f"{number * 7919 % 1000003:064x}  ./{number}.txt" for number in range(20)],
    "addresses": [*[f"https://example.com/branch/{'shelf/' * (n % 5)}{n}" for n in range(20)], "https://a.cn"],
    "table": [f"编号{number:03}　借出日期二〇二四年三月　归还日期二〇二四年四月　经手人林晚" for number in range(20)],
    "dialogue": ["甲：地图怎么卖？", "乙：大的十块，小的五块。", "甲：手机上有地图，不要钱。"] * 10,
    "one line": ["只有一行"],
    "two lines": ["一行", "两行"],
}


@pytest.mark.parametrize("lines", LINES.values(), ids=LINES)
def test_lines_of_one_length_are_not_taken_for_wrapped_ones(lines: list[str]) -> None:
    """Lists, verse, logs and tables keep their lines."""
    assert lines == texts_of("\n".join(lines))
    assert wrapping_of([lines]) is None


@pytest.mark.parametrize(
    ("between", "line", "following"),
    [
        ("", "枫桥", "经验"),
        ("", "用", "Python"),
        ("", "iPhone15", "的"),
        ("", "说，", "then"),
        (" ", "two", "words"),
        (" ", "서울의", "밤"),
        ("", "well-", "known"),
        (" ", "this -", "or that"),
        ("", "𠮷", "a"),
    ],
)
def test_a_line_end_stands_for_a_space_between_words_that_have_spaces(between: str, line: str, following: str) -> None:
    """Chinese has none, and a hyphen holds what is on both sides of it."""
    assert between == glue(line, following)
