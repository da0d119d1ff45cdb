"""A question is read as its writer meant it, in Western marks and in those of a Chinese input method alike."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from whoosh.query import And, Every, Not, Or, Query

from searchlib.errors import QueryError
from searchlib.model import HEADING, TITLE
from searchlib.query import Bare, Fuzzy, Literal, Near, PathHas, Paths, Regex, Wildcard
from searchlib.query.parser import LONGEST, read
from searchlib.query.tree import Boosted, Clauses, Must

DOUBLE = '"“”„‟〝〞〟＂'
PAIRS = ["「」", "『』", "｢｣", "﹁﹂", "﹃﹄", *(one + other for one in DOUBLE for other in DOUBLE)]
A, B, C, D = (Bare(letter) for letter in "abcd")
北京, 上海, 大学 = Bare("北京"), Bare("上海"), Bare("大学")

# All of Unicode, with the surrogates that a terminal makes of bytes that are not UTF-8, and much of what has a meaning.
hostile = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\"“”「」'‘’ 　\n长江水aA1\ud800\udcff*＊?？[]{}!！()（）-－+＋:：^＾~～/\\|&.,。"),
    )
)
pieces = st.lists(
    st.sampled_from(
        [
            *"( ) （ ） AND OR NOT + - ! | & ^2 ~1 ~20 \" “ ” 「 」 ' * ? / , 。 a 水".split(),
            *"title: 标题： path: date: size: foo: 枫桥 2024 R&D ^ 1M /a+/ “a b”~3 ab~1 枫* ?桥 --x".split(),
            " ",
            " ",
            "　",
        ]
    ),
    max_size=25,
).map("".join)


def tree(question: str) -> Query | None:
    return read(question).tree


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("枫桥经验", Bare("枫桥经验")),
        ("a b", Clauses([A, B])),
        ("楓橋ＡＢ", Bare("枫桥ab")),
        ("枫桥“经验”人才", Clauses([Bare("枫桥"), Literal("经验"), Bare("人才")])),
        ("“经”“验”", Clauses([Literal("经"), Literal("验")])),
        ("「他说“好”」", Literal('他说"好"')),
        ("“他说「好』”", Literal("他说\"好'")),
        ("“ 水”", Literal(" 水")),
        ("'a b'", Literal("a b")),
        ("‘a b’", Literal("a b")),
        ("，枫。.NET C++ 3.14.", Clauses([Bare("枫。.net"), Bare("c++"), Bare("3.14")])),
        ("a AND b", And([A, B])),
        ("a & b && c", And([A, B, C])),
        ("a OR b", Or([A, B])),
        ("a|b || c", Or([A, B, C])),
        ("NOT a", Not(A)),
        ("-a", Not(A)),
        ("!a", Not(A)),
        ("+a", Must([A])),
        ("a -b +c", Clauses([A, Not(B), Must([C])])),
        ("(a b)", Clauses([A, B])),
        ("((a))", A),
        ("a^2.5", Boosted([A], boost=2.5)),
        ("a^1", A),
        ("“a”^2", Boosted([Literal("a")], boost=2)),
        ("(a b)^2", Clauses([A, B], boost=2)),
        ("(a OR b)^2", Boosted([Or([A, B])], boost=2)),
        ("/a+/^2", Boosted([Regex("a+")], boost=2)),
        ("-a^2", Not(Boosted([A], boost=2))),
        ("+a^2", Must([Boosted([A], boost=2)])),
        ("(-a)^2", Boosted([Not(A)], boost=2)),
        ("title:a", Bare("a", TITLE)),
        ("heading:“a”", Literal("a", HEADING)),
        ("text:a", A),
        ("title:(a OR b) c", Clauses([Or([Bare("a", TITLE), Bare("b", TITLE)]), C])),
        ("title:(heading:a b)", Clauses([Bare("a", HEADING), Bare("b", TITLE)])),
        ("-title:a", Not(Bare("a", TITLE))),
        ("title:a^2", Boosted([Bare("a", TITLE)], boost=2)),
        ("title:/a+/", Regex("a+", TITLE)),
        ("path:*.md", Paths("*.md")),
        ("path:notes", PathHas("notes")),
        ("path:/notes/", Paths("/notes/")),
        ("path:“a b”", PathHas("a b")),
        ("path:枫桥？", Paths("枫桥?")),
        ("path:(a OR b)", Or([PathHas("a"), PathHas("b")])),
        ("北?大学", Wildcard("北?大学")),
        ("智能*", Wildcard("智能*")),
        ("?桥", Wildcard("?桥")),
        ("枫桥？", Bare("枫桥")),
        ("枫*桥？！", Wildcard("枫*桥")),
        ("*", Every()),
        ("**", Every()),
        ("“a*b”", Literal("a*b")),
        ("/a b/", Regex("a b")),
        ("/a\\/b/", Regex("a\\/b")),
        ("词语~1", Fuzzy("词语", 1)),
        ("“枫桥 经济”~20", Near(("枫桥", "经济"), 20)),
        ("title:“a b c”~3", Near(("a", "b", "c"), 3, TITLE)),
    ],
)
def test_every_construct_has_its_tree(question: str, expected: Query) -> None:
    """The table of the language."""
    assert expected == tree(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("a OR b AND c", Or([A, And([B, C])])),
        ("a AND b OR c AND d", Or([And([A, B]), And([C, D])])),
        ("a b OR c d", Clauses([A, Or([B, C]), D])),
        ("a b AND c d", Clauses([A, And([B, C]), D])),
        ("NOT a AND b", And([Not(A), B])),
        ("a AND NOT b", And([A, Not(B)])),
        ("a OR -b c", Clauses([Or([A, Not(B)]), C])),
        ("NOT NOT a", Not(Not(A))),
        ("NOT +a", Not(Must([A]))),
        ("(a OR b) AND c", And([Or([A, B]), C])),
        ("a AND (b c)", And([A, Clauses([B, C])])),
        ("NOT (a OR b) c", Clauses([Not(Or([A, B])), C])),
        ("(a AND b) AND c", And([And([A, B]), C])),
        ("((a OR b) c)^2 AND d", And([Clauses([Or([A, B]), C], boost=2), D])),
    ],
)
def test_not_binds_closest_then_and_then_or_then_spaces(question: str, expected: Query) -> None:
    """Brackets say otherwise."""
    assert expected == tree(question)


@pytest.mark.parametrize(
    ("ascii_form", "input_method_form"),
    [
        ("(北京 OR 上海) AND 大学", "（北京 OR 上海） AND 大学"),
        ("(北京 OR 上海) AND 大学", "（北京　ＯＲ　上海）ＡＮＤ　大学"),
        ("北京 | 上海 & 大学", "北京｜上海＆大学"),
        ("-北京 +上海", "－北京　＋上海"),
        ("!北京", "！北京"),
        ("NOT 北京", "ＮＯＴ 北京"),
        ('"枫桥 经济"~20', "“枫桥 经济”～２０"),
        ('"枫桥 经济"~20', "「枫桥　经济」～20"),
        ("'a b'", "‘ａ　ｂ’"),
        ("title:枫桥", "标题：枫桥"),
        ("title:枫桥", "標題：楓橋"),
        ("title:枫桥", "ＴＩＴＬＥ：枫桥"),
        ("heading:枫桥", "小標題：枫桥"),
        ("path:*.md", "路徑：＊.md"),
        ("text:枫桥", "正文：枫桥"),
        ("date:>=2024-03", "日期：＞＝２０２４－０３"),
        ("date:<=2024", "日期：≤2024年"),
        ("date:2024-03..2024-06", "日期：２０２４年３月．．２０２４年６月"),
        ("size:>1M", "大小：＞１Ｍ"),
        ("encoding:gbk", "編碼：ＧＢＫ"),
        ("北?大学 智能*", "北？大学　智能＊"),
        ("词语~1", "词语～１"),
        ("a^2.5", "ａ＾２．５"),
        ("R&D", "Ｒ＆Ｄ"),
        ("(a b)* -c", "﹙a b﹚﹡ ﹣c"),
        ("枫桥.", "枫桥．"),
    ],
)
def test_an_input_method_changes_nothing(ascii_form: str, input_method_form: str) -> None:
    """Full-width signs, letters, digits and spaces, traditional names of fields, small forms."""
    assert tree(ascii_form) is not None
    assert tree(ascii_form) == tree(input_method_form)


@pytest.mark.parametrize("marks", PAIRS)
def test_each_pair_of_marks_quotes(marks: str) -> None:
    """Chinese and Western double marks end one another whichever way round they stand; corner brackets go in pairs."""
    assert Literal("长江 大桥") == tree(f"{marks[0]}长江 大桥{marks[1]}")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("a(b)c", Clauses([A, B, C])),
        ("a（b）“c”d", Clauses([A, B, Literal("c"), D])),
        ("“a”AND“b”", And([Literal("a"), Literal("b")])),
        ("(a)OR(b)", Or([A, B])),
        ("(a)NOT b", Clauses([A, Not(B)])),
        ("a|title:b", Or([A, Bare("b", TITLE)])),
        ("a|-b", Or([A, Not(B)])),
        ("a^2|b", Or([Boosted([A], boost=2), B])),
        ("/a/|b", Or([Regex("a"), B])),
        ("'a b'&c", And([Literal("a b"), C])),
        ("“a”title:b", Clauses([Literal("a"), Bare("b", TITLE)])),
        ("(a)/b/", Clauses([A, Regex("b")])),
        ("a&&b", And([A, B])),
        ("枫桥&经济", And([Bare("枫桥"), Bare("经济")])),
        ("(^2 a)", Clauses([Bare("^2"), A])),
        ("-^2", Not(Bare("^2"))),
        ("title:^2", Bare("^2", TITLE)),
        ("a ^2", Clauses([A, Bare("^2")])),
    ],
)
def test_what_is_glued_together_is_read_apart(question: str, expected: Query) -> None:
    """Brackets, quotations and signs need no spaces."""
    assert expected == tree(question)


@pytest.mark.parametrize(
    "word",
    [
        *"R&D it's 1990~2000年 3~5 http://x /etc/passwd 1998/7/18 C++ --x -+a a-b a+b".split(),
        *"and or not aANDb 1:2 a:b a^x a^ abc~12 .NET ^2&5 a^2&5".split(),
    ],
)
def test_what_is_no_operator_is_text(word: str) -> None:
    """Signs inside words, ranges, addresses, paths, and operators in lower case."""
    assert Bare(word.lower()) == tree(word)


@pytest.mark.parametrize(
    ("question", "expected", "ignored"),
    [
        ("- 枫桥", Bare("枫桥"), ("-",)),
        ("Wow! a", Clauses([Bare("wow"), A]), ()),
        ("a !", A, ("!",)),
        ("枫桥 “经验", Clauses([Bare("枫桥"), Bare("经验")]), ("“",)),
        ("“水” 「江", Clauses([Literal("水"), Bare("江")]), ("「",)),
        ("『江」", Bare("江"), ("『", "」")),
        ("什么是枫桥经验”？", Bare("什么是枫桥经验"), ("”", "？")),
        ("(a", A, ("(",)),
        ("a）", A, ("）",)),
        ("“^2 a", Clauses([Bare("^2"), A]), ("“",)),
        ("a ()", A, ("()",)),
        ("a ( ) b", Clauses([A, B]), ("( )",)),
        ("a (。)", A, ("。",)),
        ("（！） a", A, ("！",)),
        ("“北京”-上海", Clauses([Literal("北京"), Bare("上海")]), ("-",)),
        ("a “” “ ”", A, ("“”", "“ ”")),
        ("a AND …… OR 。", A, ("……", "。")),
        ("a NOT 。", A, ("。",)),
        ("a title:。", A, ("。",)),
        ("a path:“”", A, ("“”",)),
        ("/a\n/", Bare("/a"), ("/",)),
        ("，", None, ("，",)),
        ("", None, ()),
    ],
)
def test_what_has_nothing_to_look_for_is_ignored_and_told(
    question: str, expected: Query | None, ignored: tuple[str, ...]
) -> None:
    """Marks without a partner too: pasted questions have them."""
    parsed = read(question)

    assert (expected, ignored) == (parsed.tree, parsed.ignored)


@pytest.mark.parametrize(
    ("question", "expected", "unknown"),
    [
        ("foo:bar", Bare("foo:bar"), ("foo",)),
        ("答：枫桥", Bare("答:枫桥"), ("答",)),
        ("foo:“bar”", Clauses([Bare("foo"), Literal("bar")]), ("foo",)),
        ("title:foo:bar", Bare("foo:bar", TITLE), ("foo",)),
        ("http://x 12:30", Clauses([Bare("http://x"), Bare("12:30")]), ()),
    ],
)
def test_an_unknown_field_is_text_and_told(question: str, expected: Query, unknown: tuple[str, ...]) -> None:
    """It could be a field mistyped."""
    parsed = read(question)

    assert (expected, unknown) == (parsed.tree, parsed.unknown)


AMOUNT = "write for example date:2024, date:2024-03..2024-06 or date:>=2024-03"
BEHIND = "write what to look for right behind it, without a space; quote it to look for the word: “title:”"
FEW = "a word of two or three characters takes ~1, longer ones more"


@pytest.mark.parametrize(
    ("question", "message", "at", "hint"),
    [
        ("a AND", "there is nothing behind AND", 2, "quote it to look for it as a word: “AND”"),
        ("OR a", "there is nothing before OR", 0, "quote it to look for it as a word: “OR”"),
        ("a OR | b", "there is nothing behind OR", 2, "quote it to look for it as a word: “OR”"),
        ("（a AND b", "this bracket has no partner", 0, ""),
        ("a｜b）", "this bracket has no partner", 3, ""),
        ("(" * 21 + "a", "there are more than 20 brackets in one another", 20, ""),
        ("NOT " * 21 + "a", "there are more than 20 operators before one another", 80, ""),
        ("a title:", "there is nothing behind title:", 2, BEHIND),
        ("title: a", "there is nothing behind title:", 0, BEHIND),
        ("title:“a", "there is nothing behind title:", 0, BEHIND),
        ("title:(a", "there is nothing behind title:", 0, BEHIND),
        ("title:-a", "there is nothing behind title:", 0, "write the operator first: -title:"),
        ("a^0", "a clause counts more than 0 and at most 1,000 times", 1, ""),
        ("a^1001", "a clause counts more than 0 and at most 1,000 times", 1, ""),
        ("a^" + "9" * 3000, "a clause counts more than 0 and at most 1,000 times", 1, ""),
        ("a^2^3", "a clause is boosted once", 3, ""),
        ("b “a”~20", "a distance needs two parts with a space between them", 5, 'write for example "枫桥 经济"~20'),
        ("“a b”～１００１", "a distance may be 1,000 characters at most", 5, ""),
        ("b 词~1", "词 is too short", 3, FEW),
        ("ab~2", "of the 2 characters of ab at most 1 may differ", 2, FEW),
        ("abcd~0", "of the 4 characters of abcd at most 2 may differ", 4, FEW),
        ("b /a(/", "the regular expression can't be read: missing ), unterminated subpattern", 4, ""),
        ("b date:abc", "abc can't be read", 7, AMOUNT),
        ("date:2024..2020", "2024..2020 ends before it begins", 5, AMOUNT),
        ("encoding:xx", "no encoding is called xx", 9, "try gb18030, big5, utf-8 or utf-16-le"),
        ("encoding:\ud800", "no encoding is called \ud800", 9, "try gb18030, big5, utf-8 or utf-16-le"),
        ("encoding:\0", "no encoding is called \0", 9, "try gb18030, big5, utf-8 or utf-16-le"),
        (
            "path:[z-a]*",
            "[z-a]* is no pattern for paths",
            5,
            "write one as in a .gitignore, for example '*.md' or notes/",
        ),
        ("a" * 4001, "a question may have 4,000 characters, and this has 4,001", 0, "ask for what matters in it"),
    ],
)
def test_a_fault_is_told_with_its_place(question: str, message: str, at: int, hint: str) -> None:
    """The message, the character, and a hint where there is one; the question goes with it."""
    with pytest.raises(QueryError) as raised:
        read(question)

    assert (message, at, hint, question) == (str(raised.value), raised.value.at, raised.value.hint, raised.value.text)


@given(st.one_of(hostile, pieces))
@example("NOT " * 999 + "a")
@example("-(" * 2000)
@example("(" * 20 + "a OR b AND c " * 100 + ")" * 20)
@example("「" * LONGEST)
@example("/a " * 1300)
@example("encoding:\0")
@example("/(?a)(?u)/")
def test_no_text_is_worse_than_a_query_error(text: str) -> None:
    """Every question is read or refused, with a place in it, and no more is ignored than there is."""
    try:
        parsed = read(text)
    except QueryError as error:
        place, ignored = error.at, 0
    else:
        place, ignored = 0, sum(map(len, parsed.ignored))

    assert 0 <= place <= len(text)
    assert ignored <= len(text)


def test_slashes_of_full_width_hold_an_expression_too() -> None:
    """Where an input method is on, they are what comes."""
    assert read("/第.章/").tree == read("／第.章／").tree
