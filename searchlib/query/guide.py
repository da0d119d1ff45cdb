"""The language as users read of it: one table, which `searchlib help query` prints and the README has."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """How something is written, with an example for each way, and what it asks for."""

    examples: tuple[str, ...]
    meaning: str


FORMS = (
    Form(("枫桥 人才",), "two clauses: first the paragraphs that match both, then those that match some"),
    Form(("“枫桥经验”", "「枫桥经验」"), "just these characters"),
    Form(("北京 AND 大学", "北京 & 大学"), "both, nothing less"),
    Form(("北京 OR 上海", "北京 | 上海"), "one of them at least"),
    Form(("NOT 北京", "-北京"), "paragraphs without it"),
    Form(("+北京 大学",), "no hit without 北京; 大学 if it can be"),
    Form(("（北京 OR 上海） AND 大学",), "brackets bind closest, then NOT, then AND, then OR, then a space"),
    Form(("北京^2.5 大学",), "北京 counts 2.5 times as much for the ranking"),
    Form(("北?大学",), "? stands for one letter, digit or Chinese character"),
    Form(("智能*",), "* stands for any number of them, up to a space or a punctuation mark; alone: every paragraph"),
    Form(("登录~1",), "with 1 character more, less or another; ~2 and more for longer words"),
    Form(("“枫桥 经济”~20",), "both parts, in either order, with at most 20 characters between them"),
    Form(("/第.{1,3}章/",), "a regular expression of Python"),
    Form(("title:图书馆", "标题：图书馆"), "in the title, or the file's name where there is none"),
    Form(("heading:开放", "小标题：开放"), "in a heading above the paragraph"),
    Form(("text:图书馆", "正文：图书馆"), "in the paragraph itself, as without a field"),
    Form(
        ("path:*.md", "path:手册", "路径：笔记/"), "files that a line of .gitignore names, or with 手册 in their path"
    ),
    Form(
        ("date:2024", "date:2024-03..2024-06", "date:>=2024", "日期：<2024-03-05"),
        "files last changed then, by the clock of this place",
    ),
    Form(("size:>1M", "大小：10k..1M"), "files of such a size"),
    Form(("encoding:big5", "编码：gb18030"), "files in this encoding"),
)
NOTES = (
    "Full-width marks, letters and digits mean what the half-width ones mean.",
    "Fields can stand before quotation marks, brackets and regular expressions: title:(茶 OR 水).",
    "title, heading, path, date, size and encoding are demands: no hit is without them.",
    "A number or a word of letters is a word: 8 is not in 2018, and “8” is; C++, .NET, R&D and 5% are words, too.",
    "A sign is an operator right before a clause, AND OR NOT in capitals between spaces; quoted, all are text.",
    "A query has 10 seconds, whatever is in it (--timeout SECONDS); then the answer is what is known by then.",
    "Marks that end a sentence do not count at the end of a clause: 枫桥？ asks for 枫桥.",
)
