"""Markdown that is read without a parser says what the parser would have said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchlib.reading import markdown
from searchlib.reading.pieces import Whole
from searchlib.reading.stretches import Stretch

HEADS = [
    "",
    "",
    "# ",
    "##  ",
    "###### ",
    "####### ",
    "#",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "12) ",
    "> ",
    ">",
    "    ",
    "  ",
    "\t",
    "\u3000",
    "```",
    "~~~~",
    "---",
    "+++",
    "===",
    "-",
    "=",
    ":",
    ": ",
    "| ",
    "|---|",
    "[甲]: ",
    "[^1]: ",
    "<div>",
    "<!-- ",
    "<b>",
    "</div>",
    "<?",
    "<!甲",
    "<![CDATA[",
    "<script>",
    "</script>",
    "<!---->",
    "<!-- 注 -->",
    "***",
    "___",
    "$$",
    "2016年",
]
MIDDLES = [
    "甲",
    "乙丙",
    "abc",
    " ",
    "  ",
    "\\",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    "[甲]",
    "[^1]",
    "](a.b)",
    "![",
    "<http://a.b>",
    "<br>",
    "&amp;",
    "&#26725;",
    "&",
    "<",
    ">",
    "|",
    "#",
    " #",
    ":",
    "！",
    "。",
    "\\|",
    "www.a.cn",
    "\u200b",
    "\xa0",
    "𠮷",
]
TAILS = ["", "", "", " ", "  ", "\\", "\t", "　", " ##", " -->", "```", "|", "\xa0"]
ENDS = ["\n", "\n", "\n\n", "\n\n", "\n\n", "\n\n\n", "\n \n", "\n\t\n", "\n　\n"]
ODD = ["\r", "\x0b", "\x0c", "\x85", "\u2028", "\x1c", "\x00", "\ufeff"]

LINES = st.tuples(
    st.sampled_from(HEADS), st.lists(st.sampled_from(MIDDLES), max_size=4).map("".join), st.sampled_from(TAILS)
).map("".join)
# A page of some lines that are plain, so that there is something to cut at, and of any lines.
PAGES = st.lists(
    st.tuples(st.sampled_from(["甲", "乙 c", "# 题"]) | LINES, st.sampled_from(ENDS) | st.sampled_from(ODD)).map(
        "".join
    )
    | st.tuples(st.sampled_from(["甲", "乙 c", "# 题"]) | LINES, st.sampled_from(ENDS)).map("".join),
    max_size=12,
).map("".join)


@given(PAGES)
def test_a_page_in_stretches_has_the_blocks_of_the_whole_page(text: str) -> None:
    """The same text, anchors, kinds and levels, whatever is next to what."""
    title, blocks = markdown.read(Whole(text))

    assert markdown.walk(Stretch(text, 1)) == (title, list(blocks))
