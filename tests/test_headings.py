"""Numbered headings of Chinese documents make a path, and sentences don't."""

from __future__ import annotations

import pytest
from documents import paragraphs_of

from searchlib.headings import HeadingPath, numbered

CHAPTER, SECTION, ARTICLE, ITEM, SUB_ITEM = 12, 13, 14, 15, 16


@pytest.mark.parametrize(
    ("rank", "label", "text"),
    [
        (10, "第一编　总则", "第一编　总则"),
        (10, "第二編 物權", "第二編 物權"),
        (10, "第三卷", "第三卷"),
        (10, "第一部分 综述", "第一部分 综述"),
        (11, "第二分编 典型合同", "第二分编 典型合同"),
        (CHAPTER, "第一章　总则", "第一章　总则"),
        (CHAPTER, "第十二章监督管理", "第十二章监督管理"),
        (CHAPTER, "第3章 数据", "第3章 数据"),
        (CHAPTER, "第３章：数据", "第３章：数据"),
        (CHAPTER, "第一回 甄士隐梦幻识通灵，贾雨村风尘怀闺秀", "第一回 甄士隐梦幻识通灵，贾雨村风尘怀闺秀"),
        (SECTION, "第二节 保证", "第二节 保证"),
        (SECTION, "第二節　保證", "第二節　保證"),
        (ARTICLE, "第一条", "第一条　本约由全体村民共同制定，共同遵守。"),
        (ARTICLE, "第十條", "第十條 為維護秩序，特制定本法。"),
        (ARTICLE, "第一百零二条之一", "第一百零二条之一　有下列情形之一的："),
        (ARTICLE, "第五条", "第五条：各方应当遵守下列约定。"),
        (ARTICLE, "第五条", "第五条【抵押权】抵押权人可以依法行使权利。"),
        (ARTICLE, "第五条（定义）", "第五条（定义）"),
        (ITEM, "一、开园", "一、开园"),
        (ITEM, "十二、附则", "十二、附则"),
        (SUB_ITEM, "（一）范围", "（一）范围"),
        (SUB_ITEM, "(二) 方法", "(二) 方法"),
        (0, "", "第三章讲到了枫桥经验的由来。"),
        (0, "", "第三章讲到……"),
        (0, "", "第三章讲到的内容，这里不再重复"),
        (0, "", "第一条所称的村民包括外出务工的村民。"),
        (0, "", "第一条规定了村民"),
        (0, "", "一、集体土地、山林、鱼塘的发包；"),
        (0, "", "四、本约的修改。"),
        (0, "", "（一）第一次，主人登门道歉；"),
        (0, "", "第一次见到他"),
        (0, "", "本法第一章 总则"),
        (0, "", "第一章" + "很" * 40),
        (0, "", ""),
    ],
)
def test_a_short_line_with_a_number_is_a_heading_and_a_sentence_is_not(rank: int, label: str, text: str) -> None:
    """In both scripts and any digits; an article is one even where its text follows in the same line."""
    assert (rank, label) == numbered(text)


def test_a_heading_closes_those_of_its_rank_and_below() -> None:
    """What stands above a paragraph is what a table of contents would say."""
    path = HeadingPath()
    lines = [
        ("第一编 总则", ()),
        ("第一章 通则", ("第一编 总则",)),
        ("第一节 范围", ("第一编 总则", "第一章 通则")),
        ("第一条 本法适用于下列情形：", ("第一编 总则", "第一章 通则", "第一节 范围")),
        ("一、买卖", ("第一编 总则", "第一章 通则", "第一节 范围", "第一条")),
        ("（一）动产", ("第一编 总则", "第一章 通则", "第一节 范围", "第一条", "一、买卖")),
        ("二、租赁", ("第一编 总则", "第一章 通则", "第一节 范围", "第一条")),
        ("第二条 本法自公布之日起施行。", ("第一编 总则", "第一章 通则", "第一节 范围")),
        ("第二章 附则", ("第一编 总则",)),
        ("说明。", ("第一编 总则", "第二章 附则")),
        ("第二编 物权", ()),
    ]

    assert [above for _, above in lines] == [path.place(text, 0) for text, _ in lines]


def test_levels_of_the_format_stand_above_numbers_in_the_text() -> None:
    """A Markdown heading closes all numbered ones; levels may be left out."""
    path = HeadingPath()
    steps = [("题", 1, ()), ("甲", 3, ("题",)), ("一、乙", 0, ("题", "甲")), ("丙", 0, ("题", "甲", "一、乙"))]
    steps += [("丁", 2, ("题",)), ("戊", 0, ("题", "丁")), ("己", 1, ()), ("庚", 0, ("己",))]

    assert [above for _, _, above in steps] == [path.place(text, level) for text, level, _ in steps]


def test_a_whole_document_has_its_path() -> None:
    """Rules with chapters, articles and items, read from a file."""
    text = (
        "村规\n第一章　总则\n第一条　本约由村民制定。\n第二条　下列事项必须表决：\n一、土地；\n第二章　邻里\n以礼相待。"
    )

    assert [(), (), ("第一章　总则",), ("第一章　总则",), ("第一章　总则", "第二条"), (), ("第二章　邻里",)] == [
        paragraph.heading for paragraph in paragraphs_of("a.txt", text)
    ]
