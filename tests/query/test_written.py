"""How a question was read can be written as a question, which is read the same way."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_parser import hostile, pieces

from searchlib.errors import QueryError
from searchlib.query.parser import LONGEST, read
from searchlib.query.written import written


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("标题：（北京 ｜ 上海） －「大學」", 'title:北京 OR title:上海 NOT "大学"'),
        ("（北京 OR 上海） AND 大学", "(北京 OR 上海) AND 大学"),
        ("a OR (b AND c)", "a OR b AND c"),
        ("(a b) AND ＋ｃ！", "(a b) AND +c"),
        ("(a b)^2.50 (c)^3", "(a b)^2.5 c^3"),
        ("+(a b) -(c OR d)", "+(a b) NOT (c OR d)"),
        ("“枫桥 经济”～２０ 词语～1 北？大学 智能＊", '"枫桥 经济"~20 词语~1 北?大学 智能*'),
        ("小标题：/第[一二]条/", "heading:/第[一二]条/"),
        ("「a“b」", '「a"b」'),
        ("路径：卷/*.md path:“a b” path:枫桥", 'path:卷/*.md path:"a b" path:枫桥'),
        ("日期：2024年3月 date:>=2024 date:<2024-3", "date:2024-03-01..2024-03-31 date:>=2024-01-01 date:<2024-03-01"),
        ("size:>1M size:10k..20k size:<5", "size:>=1000001 size:10000..20000 size:<5"),
        ("编码：ＧＢＫ", "encoding:gb18030"),
        ("＊", "*"),
        ("--x", "--x"),
        ("+,--x", "+,--x"),
        (",title:a ,-b c^2,", ",title:a, ,-b, ,c^2,"),
    ],
)
def test_a_tree_is_written_in_plain_marks(question: str, expected: str) -> None:
    """Brackets only where they are needed; stops keep text from being an operator."""
    assert expected == written(read(question).tree)


@given(st.one_of(hostile, pieces))
@example("-((a b))^2")
@example("/第[[一二]条 a/")
@example("'a b'c")
@example("((a)^2)^3")
@example("path:/a b/")
@example("path:'「』｣”'")
@example("path:［a")
@example("a^0.000001")
@example("+(-a) +(+b)")
@example("date:>2024-02-28 -size:<=0")
def test_what_is_written_reads_back(text: str) -> None:
    """The same tree, for whatever can be asked."""
    try:
        tree = read(text).tree
    except QueryError:
        return
    if tree is not None and len(again := written(tree)) <= LONGEST:
        assert tree == read(again).tree
