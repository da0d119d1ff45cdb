"""A text is cut into runs of Han, words of other scripts, and pictures, with nothing of them left out."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.runs import is_han, parts, runs

HAN_NAMES = (
    "CJK UNIFIED IDEOGRAPH",
    "CJK COMPATIBILITY IDEOGRAPH",
    "CJK RADICAL",
    "CJK STROKE",
    "KANGXI RADICAL",
    "HANGZHOU NUMERAL",
    "IDEOGRAPHIC ITERATION MARK",
    "IDEOGRAPHIC NUMBER ZERO",
)


def named(char: str) -> bool:
    return unicodedata.name(char, "").startswith(HAN_NAMES)


def test_every_character_that_unicode_calls_han_is_han() -> None:
    """Of all code points, radicals, strokes, numerals, 々, 〇 and compatibility ideographs included."""
    assert [] == [char for code in range(sys.maxunicode + 1) if named(char := chr(code)) and not is_han(char)]


@pytest.mark.parametrize(
    "char",
    [*"〇々㐀䶿一鿿⺀⼀〡㇀𠀀𪛟𪜀𫝀𫠠𬺰𰀀𱍐𲎰", "\uf900", "\ufa11", "\ufad9", "\U00032400", "\U000323b0", "\U00033479"],
)
def test_every_extension_is_han_whether_python_knows_it_or_not(char: str) -> None:
    """Extensions A to J, as they stand in planes 0, 2 and 3; this Python may be older than some of them."""
    assert is_han(char)


@pytest.mark.parametrize("char", ["\ue000", "\uf8ff", "\U000f0000", "\U0010fffd"])
def test_private_use_is_han(char: str) -> None:
    """Old encodings and editions of the classics put rare characters there, and nobody much else."""
    assert is_han(char)


@pytest.mark.parametrize("char", list("aé1あアー말Ω，。「　☕½\u200b"))
def test_what_is_no_han_is_none(char: str) -> None:
    """Letters, kana, Hangul, punctuation, pictures and spaces do not go to jieba."""
    assert not is_han(char)


@pytest.mark.parametrize(
    ("found", "folded"),
    [
        (["我", "love", "北京", "2024"], "我 love 北京 2024"),
        (["iphone15", "手机"], "iphone15手机"),
        (["52.7", "秒"], "52.7秒"),
        (["tidb_mem_quota"], "`tidb_mem_quota`"),
        (["e-mail", "covid-19", "don't"], "e-mail, covid-19. don't"),
        (["c++", "c#", ".net"], "c++ c# .net"),
        (["lin.yu", "example.com"], "lin.yu@example.com"),
        (["お", "茶", "の", "水"], "お茶の水"),
        (["コーヒー", "말차", "матча", "μάτσα"], "コーヒー 말차 матча μάτσα"),
        (["☕", "🍵", "茶"], "☕️🍵茶"),
        (["👍", "🏽"], "👍🏽"),
        (["𠮷野家"], "𠮷野家"),
        (["𠮷野", "家"], "𠮷野，家"),
        ([], "，。 \n…"),
    ],
)
def test_a_run_is_of_one_kind(found: list[str], folded: str) -> None:
    """Scripts part from each other and from punctuation; dots, hyphens and apostrophes inside a word do not part it."""
    assert found == [run.text for run in runs(folded)]


@given(st.text())
def test_runs_stand_in_the_text_where_they_say(text: str) -> None:
    """They come in order without overlap, read back from their start, and hold all Han and all letters and digits."""
    found = list(runs(text))
    ends = [run.start + len(run.text) for run in found]
    covered = {at for run, end in zip(found, ends, strict=True) for at in range(run.start, end)}

    assert [run.text for run in found] == [text[run.start : end] for run, end in zip(found, ends, strict=True)]
    assert all(end <= run.start for end, run in zip(ends, found[1:], strict=False))
    assert set() == {at for at, char in enumerate(text) if is_han(char) or char.isalnum()} - covered


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (["iphone15", "iphone", "15"], "iphone15"),
        (["tidb_mem_quota", "tidb", "mem", "quota"], "tidb_mem_quota"),
        (["52.7", "52", "7"], "52.7"),
        (["c"], "c"),
        (["e-mail", "e", "mail"], "e-mail"),
        (["covid-19", "covid", "19"], "covid-19"),
        (["mysql-v8.0", "mysql", "v8", "0", "v", "8"], "mysql-v8.0"),
        (["don't", "don", "t"], "don't"),
        (["a1-a1", "a1", "a1", "a", "1", "a", "1"], "a1-a1"),
    ],
)
def test_a_word_is_found_by_its_parts(found: list[str], word: str) -> None:
    """The whole first, then what marks divide, then letters and digits apart, a part for every place it stands at."""
    assert found == [part for part, _ in parts(word)]


@given(st.from_regex(r"[a-z0-9]+([._'-][a-z0-9]+)*", fullmatch=True))
def test_parts_stand_in_the_word_where_they_say(word: str) -> None:
    """Each reads back from its start, and none is given twice."""
    found = parts(word)

    assert [part for part, _ in found] == [word[start : start + len(part)] for part, start in found]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        (["c++", "c"], "用c++写"),
        (["c++", "c"], "(c++)."),
        (["c++17", "c", "17"], "c++17标准"),
        (["notepad++", "notepad"], "notepad++"),
        (["f#", "f"], "f#。"),
        ([".net", "net"], "，.net的"),
        (["node.js", "node", "js"], "node.js"),
        (["r&d", "r", "d"], "r&d"),
        (["at&t", "at", "t"], "at&t公司"),
        (["a/b", "a", "b"], "a/b"),
        (["tcp/ip", "tcp", "ip"], "tcp/ip协议"),
        (["c/c++", "c", "c++", "c"], "c/c++"),
        (["5%", "5"], "占5%。"),
        (["3.5‰", "3.5", "3", "5"], "3.5‰"),
        (["-5℃", "5"], "气温-5℃"),
        (["+86", "86"], "+86"),
        (["30°c", "30", "c"], "30°c"),
        (["$9.9", "9.9", "9", "9"], "$9.9"),
        (["#include", "include"], "#include"),
        (["@media", "media"], "@media"),
        (["v7.5.1", "v7", "5", "1", "v", "7"], "v7.5.1"),
    ],
)
def test_a_word_has_the_marks_that_belong_to_it(words: list[str], folded: str) -> None:
    """It is a word with them and without them."""
    (run,) = (run for run in runs(folded) if not run.is_han)

    assert words == [part for part, _ in parts(run.text)]


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        (["a", "b"], "a+b"),
        (["1", "1", "2"], "1+1=2"),
        (["a", "b"], "a--b"),
        (["docs", "foo", "bar.md"], "docs/foo/bar.md"),
        (["https", "x.com", "a"], "https://x.com/a"),
        (["2023", "08", "02"], "2023/08/02"),
        (["3-5℃"], "3-5℃"),
        (["5%", "10%"], "5%-10%"),
        (["net"], "...net"),
        (["end"], "end."),
        (["help", "v"], "--help -v"),
        (["x"], "$$x"),
        (["c"], "c+++"),
    ],
)
def test_a_mark_between_other_things_belongs_to_none(words: list[str], folded: str) -> None:
    """Sums, paths, ranges, the ends of sentences."""
    assert words == [run.text for run in runs(folded)]
