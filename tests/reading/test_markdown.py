"""Markdown: what a reader of the page sees is searched, and pointed at where it stands in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import TEXTS, paragraphs_of, strays
from hypothesis import given
from hypothesis import strategies as st

from searchlib.model import Place
from searchlib.reading import read

# Marks and text in any order, most of it broken markup.
MARKS = "** ``` >  |---|---| <b> </b> <div> </div> <br> &amp; [^1] [^1]:".split(" ")
PIECES = [*"甲乙丙丁己𠮷a1 \t\n*_`#->|[]()!~:\\&;.+<>=", *MARKS, "- ", "1. ", "    ", "\n\n", "\r\n", "---\n", "+++\n"]


def shown(text: str) -> list[str]:
    return [paragraph.text for paragraph in paragraphs_of("a.md", text)]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (["枫桥经验"], "**枫**桥*经*~~验~~"),
        (["枫桥经验"], "枫<b>桥</b>经<!-- 注 -->验"),
        (["他说“好。”然后走了"], "他说**“好。”**然后走了"),
        (["2 ** 3 与 a*b 不变"], "2 ** 3 与 a*b 不变"),
        (["**原样**，**和"], r"\*\*原样\*\*，\**和"),
        (["中文与English混排，two words"], "中文\n与English\n混排，two\nwords"),
        (["甲", "乙", "丙"], "甲  \n乙\\\n丙"),
        (["甲", "乙"], "甲<br/>乙"),
        (["标题", "文"], "# 标题 #\n文"),
        (["一", "二", "文"], "一\n===\n二\n---\n文"),
        (["一二", "三", "四"], "- 一\n  二\n- 三\n  1. 四"),
        (["做完", "没做"], "- [x] 做完\n- [ ] 没做"),
        (["甲乙", "丙"], "> 甲\n> 乙\n>\n> > 丙"),
        (["甲 = 1\n\n  乙"], "```py\n甲 = 1\n\n  乙\n```"),
        (["甲\n乙"], "> ```\n> 甲\n> 乙\n> ```"),
        (["代码"], "    代码"),
        (["接口 方法\n/v2 甲|乙\n丙 丁 戊"], "| 接口 | 方法 |\n|---|---|\n| `/v2` | `甲\\|乙` |\n| 丙 | 丁<br>戊 |"),
        (["读 a|b c`d 了"], "读 `a|b` `` c`d `` 了"),
        (["一段 代码"], "`一段\n代码`"),
        (["甲 乙", "丙"], "<table><tr><td>甲</td>\n<td>乙</td></tr></table>\n\n丙"),
        (["中文"], "> <div>\n> 中文\n> </div>"),
        (["枫桥经验", "出处"], "枫桥[^1]经验\n\n[^1]: 出处"),
        (["图片说明和链接"], '![图片**说明**](a.png "标")和[链接](http://a.b)'),
        (["http://a.cn"], "<http://a.cn>"),
        (["& <枫桥> © &未知;"], "&amp; &lt;枫&#26725;&gt; &copy; &未知;"),
        (["title: 题\n标签: 甲", "文"], "---\ntitle: 题\n标签: 甲\n---\n文"),
        (["甲", "乙"], "甲\n\n* * *\n\n乙"),
        ([], "<script>\n不看\n</script>\n\n<!-- 也不看 -->"),
    ],
)
def test_the_text_of_the_page_is_what_is_searched(found: list[str], text: str) -> None:
    """Marks are no part of it; lines that flow are one paragraph, lines that count stay lines."""
    assert found == shown(text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end: str) -> None:
    """Paragraphs and code behind any kind of line end keep their line numbers."""
    found = paragraphs_of("a.md", end.join(["# 题", "", "甲", "乙", "", "```", "丙", "丁", "```", "戊"]))

    assert [("题", 1, 1), ("甲乙", 3, 4), ("丙\n丁", 7, 8), ("戊", 10, 10)] == [
        (paragraph.text, paragraph.first_line, paragraph.last_line) for paragraph in found
    ]


@pytest.mark.parametrize(
    ("place", "char", "text"),
    [
        (Place(1, 6), "桥", "**枫**桥"),
        (Place(1, 3), "枫", "# 枫桥"),
        (Place(2, 1), "乙", "`甲\n乙`"),
        (Place(2, 3), "乙", "> `甲\n> 乙`"),
        (Place(1, 4), "甲", "`` 甲`乙 ``"),
        (Place(1, 4), "`", "`` ` ``"),
        (Place(3, 5), "乙", "|甲|\n|---|\n|`\\|乙`|"),
        (Place(1, 8), "甲", "- <div>甲</div>"),
        (Place(2, 3), "甲", "> <div>\n> 甲</div>"),
        (Place(1, 7), "甲", r"&lt;\*甲\*"),
        (Place(1, 6), "甲", "🍵é **甲**"),
    ],
)
def test_a_character_is_pointed_at_behind_any_mark(place: Place, char: str, text: str) -> None:
    """Lines and columns are the file's, counted in characters."""
    found = {
        symbol: paragraph.place(at)
        for paragraph in paragraphs_of("a.md", text)
        for at, symbol in enumerate(paragraph.text)
    }

    assert place == found[char]


def test_headings_lie_above_what_follows_them() -> None:
    """Levels make the path, also through emphasis and line breaks in a heading."""
    found = paragraphs_of("a.md", "# 一\n甲\n## 二<br>**三** `c`\n乙\n# 四\n丙")

    assert [(), ("一",), ("一",), ("一", "二三 c"), (), ("四",)] == [paragraph.heading for paragraph in found]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("题 目", "---\ntitle: 题 目\n---\n# 头"),
        ("题目", "---\ntags: []\ntitle: '题目'\n---\n# 头"),
        ("题目", '+++\ntitle = "题目"\n+++\n# 头'),
        ("", "# 头\n\n---\ntitle: 不是\n---\n"),
        ("", "文"),
    ],
)
def test_the_title_is_that_of_the_front_matter(title: str, text: str) -> None:
    """YAML or TOML, quoted or not, and only at the head of the file."""
    assert title == read("a.md", text.encode()).title


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_every_place_is_right(text: str) -> None:
    """Whatever the markup, line and column of each character are those of that character in the file."""
    assert [] == strays("a.md", text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_place_is_right_in_whole_texts(path: Path) -> None:
    """Prose read as Markdown included."""
    assert [] == strays("a.md", path.read_text(encoding="utf-8"))
