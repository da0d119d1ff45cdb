"""What is shown of a paragraph is its own text, cut where it can be read, with the right characters lit up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from searchlib.analysis import fold
from searchlib.errors import QueryError
from searchlib.highlight import Marks, find, snippet
from searchlib.model import Span, merge
from searchlib.punctuation import NO_START
from searchlib.query import Question, parse

ALPHABET = "长江水的臺台灣湾㐂𠮷〇aAbB1１Ａ_'-  　，。！“”「」…☕\n"
texts = st.one_of(st.text(ALPHABET, max_size=150), st.text(st.characters(exclude_categories=()), max_size=80))
questions = st.one_of(
    st.text("长江水的台臺a1 ，「」", min_size=1, max_size=12),
    st.text(st.characters(exclude_categories=()), max_size=12),
)
spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda pair: Span(pair[0], sum(pair)))).map(
    sorted
)


def asked(text: str) -> Question:
    try:
        return parse(text)
    except QueryError:
        assume(False)
        raise


def marks_of(question: Question) -> Marks:
    return Marks.of(question.literals, question.words, patterns=question.patterns)


def shown(text: str, query: str, width: int = 120) -> tuple[str, list[str]]:
    """The snippet's text and what is lit up in it."""
    found = snippet(text, marks_of(parse(query)), width)
    return found.text, [found.text[span.start : span.end] for span in found.spans]


@given(texts, questions, st.integers(1, 60))
@example("ab" * 40 + "长江" + "ab" * 40, "长江 ab", 10)
@settings(deadline=None, max_examples=200)
def test_every_span_reads_back_a_word_or_literal_or_is_that_of_a_pattern(text: str, query: str, width: int) -> None:
    """Taken from the paragraph's own text and folded, each is a literal or word of the question, or a pattern's."""
    question = asked(query)
    found = snippet(text, marks_of(question), width)
    wanted = {*question.literals, *question.words}
    alike = {span for pattern in question.patterns for span in pattern.spans(fold(text))}

    assert text[found.start : found.start + len(found.text)] == found.text
    for span in found.spans:
        assert 0 <= span.start < span.end <= len(found.text)
        place = Span(found.start + span.start, found.start + span.end)
        assert place in alike or fold(text[place.start : place.end]) in wanted
    assert list(found.spans) == sorted(found.spans)
    assert all(one.start < other.start and one.end < other.end for one, other in pairwise(found.spans))


@given(
    st.text(ALPHABET, max_size=100),
    st.sampled_from(["长?水", "a*b1", "“长 水”~3", "“a b b”~20", "长江水~1", "abb1~1", "/[长水].?/", "/a+|$/"]),
    st.integers(1, 60),
)
@settings(deadline=None)
def test_every_span_of_a_pattern_is_one_that_it_finds(text: str, query: str, width: int) -> None:
    """In the snippet as in the whole paragraph, and none is left dark but for a longer one around it."""
    (pattern,) = asked(query).patterns
    marks = Marks.of((), (), patterns=[pattern])
    wanted = [span for span in pattern.spans(fold(text)) if span.end > span.start]
    shown = snippet(text, marks, width)

    assert set(find(text, marks)) <= set(wanted)
    assert all(any(one.start <= span.start and span.end <= one.end for one in find(text, marks)) for span in wanted)
    assert {Span(shown.start + start, shown.start + end) for start, end in shown.spans} <= set(wanted)


@given(texts, questions)
@settings(deadline=None)
def test_no_literal_is_left_dark(text: str, query: str) -> None:
    """Wherever a literal of the question stands in the text, a span is over it."""
    question = asked(query)
    spans, folded = find(text, marks_of(question)), fold(text)
    for literal in question.literals:
        start = folded.find(literal)
        while start >= 0:
            end = start + len(literal)
            assert any(span.start <= start and end <= span.end for span in spans)
            start = folded.find(literal, end)


@given(
    st.text(ALPHABET, min_size=30, max_size=300), st.text("长江水台a1 ", min_size=1, max_size=12), st.integers(1, 50)
)
@settings(deadline=None, max_examples=200)
def test_no_other_window_has_more_of_the_question(text: str, query: str, width: int) -> None:
    """Counted in characters of different marks, the part that is shown is as good as any of its width."""
    marks = marks_of(asked(query))
    spans = find(text, marks)

    def worth(start: int, end: int) -> int:
        inside = {fold(text[span.start : span.end]) for span in spans if start <= span.start and span.end <= end}
        return sum(map(len, inside))

    found = snippet(text, marks, width)
    best = max((worth(span.start, span.start + width) for span in spans), default=0)
    assert best <= worth(found.start, found.start + len(found.text))


@given(st.text(ALPHABET, min_size=1, max_size=300), st.text("长江水台a1", min_size=1, max_size=12), st.integers(1, 50))
@settings(deadline=None)
def test_the_width_is_kept_but_for_a_better_edge(text: str, query: str, width: int) -> None:
    """A snippet is longer only by the little that brings it to punctuation, or by one literal longer than the width."""
    marks = marks_of(asked(query))
    longest = max((span.end - span.start for span in find(text, marks)), default=0)

    assert len(snippet(text, marks, width).text) <= max(width, longest) + 2 * 24


@given(spans)
def test_merged_spans_cover_the_same_characters_once(found: list[Span]) -> None:
    """Disjoint, apart from one another, in order, and of the same characters."""
    merged = merge(found)

    assert sorted({at for span in found for at in range(*span)}) == [at for span in merged for at in range(*span)]
    assert all(one.end < other.start for one, other in pairwise(merged))


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("山中的茶要等霜降以後才好。", "“霜降以后”", ["霜降以後"]),
        ("臺灣的茶，台湾的茶", "台灣", ["臺灣", "台湾"]),
        ("買ｉＰｈｏｎｅ１５和IPHONE 15", "iphone15", ["ｉＰｈｏｎｅ１５", "IPHONE", "15"]),
        ("买iPhone15", "“Phone1”", ["Phone1"]),
        ("phones and phone", "phone", ["phone"]),
        ("2018年8月8日", "8", ["8", "8"]),
        ("2018年8月8日", "“8”", ["8", "8", "8"]),
        ("18月2日和8月2日", "8月2日", ["2", "8月2日"]),
        ("tidb_mem_quota", "tidb", ["tidb"]),
        ("用C++写C", "c++", ["C++", "C"]),
        ("telephone", "“phone” one", ["phone"]),
        ("京城的的城", "的", ["的", "的"]),
        ("人民的名义", "人民的", ["人民的"]),
        ("名义的人民", "人民的", ["人民"]),
        ("土地承包经营权", "土地承包经营权", ["土地承包经营权"]),
        ("他说“好”。", "「“好”」", ["“好”"]),
        ("没有的", "长江", []),
        ("水水水", "“水水”", ["水水"]),
        ("𠮷来宝，𠮷", "𠮷", ["𠮷", "𠮷"]),
        # Wildcards: the stretch, of which a star takes the least there is, and the words that stand in the pattern.
        ("北京大學和北方", "北?大学", ["北京大學"]),
        ("北方的大學", "北?大学", ["大學"]),
        ("智能手機、智慧", "智能*", ["智能"]),
        ("枫桥镇经验和枫桥的经验", "枫桥*经验", ["枫桥镇经验", "枫桥的经验"]),
        ("ＡＰＰＬＥ and happy apps", "ap?*", ["ＡＰＰ", "app"]),
        # A distance: each part by itself, and only where they are near.
        ("枫桥的經濟。很久以后，枫桥。", "“经济 枫桥”~1", ["枫桥", "經濟"]),
        ("枫桥离经济很远", "“枫桥 经济”~0", []),
        # Fuzzy words: as they stand in the text.
        ("登陆、登錄、登山", "“无” OR 登录~1", ["登陆", "登錄", "登山"]),
        ("colour and Color, colonel", "color~1", ["colour", "Color"]),
        # Expressions: all that they find, empty finds apart; and all clauses side by side.
        ("第三章，第十二章", "/第[^章]*章/", ["第三章", "第十二章"]),
        ("水a水", "/a*/", ["a"]),
        ("北京大学第三章的水", "北?大学 /第.章/ 水", ["北京大学", "第三章", "水"]),
        # What is left out, and what other fields are asked for, is not lit up.
        ("长江的水", "水 -长江 title:长江", ["水"]),
    ],
)
def test_what_was_asked_for_lights_up_as_it_is_written(text: str, query: str, expected: list[str]) -> None:
    """In the script and width of the paragraph; longer ones in place of those inside; no lone 的 beside a word."""
    assert (text, expected) == shown(text, query)


def test_overlapping_spans_are_both_there_and_merge_into_one() -> None:
    """Two literals that overlap in part are kept apart for the caller and drawn as one."""
    found = snippet("长江大桥", marks_of(parse("“长江大” “江大桥”")))

    assert (Span(0, 3), Span(1, 4)) == found.spans
    assert [Span(0, 4)] == merge(found.spans)


def test_the_edges_stand_at_punctuation() -> None:
    """A snippet of a long paragraph begins behind a mark and ends with one, closing quotation marks included."""
    sentences = [f"这是前面的第{number}句话，它说的不是那件事。" for number in range(10)]
    others = [f"后面的第{number}句话说：“也没有什么要紧。”" for number in range(10)]
    text = "".join([*sentences, "这里终于说到了长江大桥。", *others])

    assert (
        "它说的不是那件事。这里终于说到了长江大桥。后面的第0句话说：“也没有什么要紧。”",
        ["长江大桥"],
    ) == shown(text, "“长江大桥”", 40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Before a mark that opens, at either end.
        ("甲" * 60 + "“水边的长江大桥" + "乙" * 9 + "“丙" + "丙" * 60, "“水边的长江大桥" + "乙" * 9),
        # Behind all that closes with a stop, and not between them.
        ("甲" * 60 + "。”）水边的长江大桥" + "乙" * 9 + "，”。" + "丙" * 60, "水边的长江大桥" + "乙" * 9 + "，”。"),
        # Without a good place, at least not before what closes.
        ("甲" * 60 + "”" * 9 + "长江大桥" + "乙" * 60, "长江大桥" + "乙" * 8),
    ],
)
def test_the_edges_heed_quotation_marks(text: str, expected: str) -> None:
    """No snippet begins with a mark that closes what it does not show, or ends with one that opens."""
    assert (expected, ["长江大桥"]) == shown(text, "“长江大桥”", 20)


@given(st.text("长江水，。”」“—）", min_size=60, max_size=300), st.integers(1, 50))
@settings(deadline=None)
def test_no_snippet_begins_with_what_may_not_begin_a_line(text: str, width: int) -> None:
    """But for the beginning of a paragraph."""
    found = snippet(text, marks_of(parse("“长江”")), width)

    assert found.start == 0 or found.text[0] not in NO_START


def test_the_window_with_different_terms_beats_the_one_with_many() -> None:
    """Two terms once each are worth more than one of them five times over."""
    text = "长江" * 5 + "，" + "甲" * 200 + "，" + "长江与黄河，" + "乙" * 200

    assert ["长江", "黄河"] == shown(text, "长江 黄河", 40)[1]


@pytest.mark.parametrize("before", ["", "。" * 300, "甲" * 300])
@pytest.mark.parametrize("after", ["", "。" * 300, "乙" * 300])
def test_a_literal_longer_than_the_width_is_shown_whole(before: str, after: str) -> None:
    """A quotation of many lines is not cut, wherever in the paragraph it stands."""
    literal = "长江" * 100
    text, lit = shown(before + literal + after, f"“{literal}”")

    assert literal in text
    assert [literal] == lit


@pytest.mark.parametrize("at", [0, 1, 4_990, 9_996])
def test_in_a_paragraph_of_10000_characters_the_place_is_found(at: int) -> None:
    """From the first character to the last."""
    text = "".join(chr(0x4E00 + number % 5_000) for number in range(10_000))
    text = text[:at] + "🍵霜降" + text[at + 3 :]
    found = snippet(text, marks_of(parse("“🍵霜降”")))
    ((start, end),) = found.spans

    assert (at, at + 3) == (found.start + start, found.start + end)
    assert len(found.text) <= 120 + 2 * 24


def test_without_anything_found_the_beginning_is_shown() -> None:
    """A paragraph that only answers by pairs of characters is shown from its start."""
    text = "春眠不觉晓，处处闻啼鸟。" * 40

    assert ("春眠不觉晓，处处闻啼鸟。春眠不觉晓，处处闻啼鸟。春眠不觉晓，", []) == shown(text, "没有", 31)


def test_pairs_are_marked_where_no_word_is() -> None:
    """A paragraph that answered only by neighbouring characters shows which."""
    marks = Marks.of(("市长江",), ("市长", "江"), ("市长", "长江"))

    assert (Span(2, 4),) == find("过了长江", Marks.of(("市长江大",), ("市长",), ("市长", "长江")))
    assert (Span(0, 2),) == find("市长到了长安", marks)


def test_single_characters_are_marked_where_nothing_longer_is() -> None:
    """A paragraph that answered only by 的 shows where, and no other paragraph marks it."""
    marks = Marks.of(("大桥的",), ("大桥", "的"), ("大桥", "桥的"))

    assert (Span(1, 2),) == find("我的茶", marks)
    assert (Span(2, 4),) == find("我的大桥", marks)
