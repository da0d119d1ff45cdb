"""Fuzzy words and regular expressions find what they describe, within bounds, and no term hides any of it."""

from __future__ import annotations

import re
import sys
import warnings

import pytest
from clocks import Clock
from hypothesis import assume, example, given
from hypothesis import strategies as st
from plainly import fuzzy_stretches, has, texts

from searchlib.analysis import analyze, fold
from searchlib.errors import QueryError, QueryTimeout
from searchlib.query import Deadline, Fuzzy, Regex
from searchlib.query.patterns import folded_pattern


@st.composite
def changed_words(draw: st.DrawFn) -> tuple[str, str]:
    """A word of one script, and a text with something like it between other words."""
    letters = draw(st.sampled_from(["ab", "abc1", "江水"]))
    word = draw(st.text(letters, min_size=2, max_size=6))
    changed = list(word)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(changed)))
        changed[at : at + draw(st.integers(0, 1))] = draw(st.text(letters + "x， ", max_size=1))
    around = st.text(letters + " ", max_size=3)
    return word, draw(around) + "".join(changed) + draw(around)


# What regular expressions are made of, in both widths, and letters that are related by case alone.
ATOMS = [
    *r"a b ab 江 長 水a é A Ｂ . \w \W \d \s \S \b \B ^ $ \A \Z [ab] [^a] [a-c] [臺-鿿] [一-龥]".split(),
    *r"[江水] [\w-] ［ab］ \x41 \u6C34 (?s:.) (?m:^) （a）".split(),
    *r"(a) (?:ab|a) (a|) (江|水b) (?=a) (?!a) (?<=a) (?<!ab) (?P<n>a) (?P=n) \1 (a)?(?(1)b|c) (?>ab?) a*+".split(),
    *r"(?i:I) (?i:σ) (?i:\x41) (?i:ab) (?i:[is]) (?-i:a) i σ ς ı".split(),
]
COUNTS = ["", "", "", "?", "*", "+", "??", "*?", "{2}", "{,2}", "{1,}", "{0}", "＊", "+?"]
expressions = st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(COUNTS)), min_size=1, max_size=5).map(
    lambda parts: "".join(atom + count for atom, count in parts)
)
expressions = st.one_of(
    expressions,
    st.tuples(st.sampled_from(["(?i)", "(?s)", "(?m)", "(?a)", "(?x)"]), expressions).map("".join),
    st.tuples(expressions, expressions).map("|".join),
)


def _tried(pattern: str) -> tuple[Regex | None, int]:
    """The expression, or where it is wrong."""
    try:
        return Regex(pattern), 0
    except QueryError as error:
        return None, error.at


@given(changed_words(), st.integers(1, 3))
@example(("ba", "ab"), 1)
@example(("ab", "xaby"), 1)
@example(("aba", "xaba"), 1)
@example(("quota", "aquotas"), 2)
def test_a_fuzzy_word_finds_what_so_many_changes_make(word: tuple[str, str], distance: int) -> None:
    """Every stretch is compared by counting the fewest changes, letter by letter."""
    wanted, text = word
    assume(distance <= len(wanted) // 2)
    folded, node = fold(text), Fuzzy(wanted, distance)
    expected = set(fuzzy_stretches(wanted, distance, folded))
    spans = list(node.spans(folded))

    assert bool(expected) == node.matches(folded) == bool(spans)
    assert {(span.start, span.end) for span in spans} <= expected
    assert sorted(spans) == spans
    assert has(node.needed, analyze(text)) or not expected


@pytest.mark.parametrize(
    ("wanted", "distance", "found", "missed"),
    [
        ("枫桥经验", 1, ["枫桥经验", "枫桥的经验", "枫桥经", "风桥经验"], ["枫桥，经验", "枫经"]),
        ("枫桥", 1, ["枫林", "断桥"], ["枫", "桥", "林"]),
        ("quota", 1, ["quota", "qota", "quotas", "水quuta"], ["quotation", "quo", "aquotas"]),
        ("quota", 2, ["quote", "aquotas"], ["equation"]),
    ],
)
def test_a_change_is_one_character_more_or_less_or_another(
    wanted: str, distance: int, found: list[str], missed: list[str]
) -> None:
    """Of two characters none is left out; marks never come between; words of other scripts are whole."""
    node = Fuzzy(wanted, distance)

    assert found == [text for text in (*found, *missed) if node.matches(text)]


def test_a_fuzzy_word_of_many_errors_ends_in_a_long_text() -> None:
    """Every paragraph is answered in the time that one search has."""
    texts = ["ab" * 500, "枫桥" * 500, "bcaad" * 200]

    assert [False, False, False] == [Fuzzy("bcaadbcaadbcaadbcaad", 9).matches(text) for text in texts]


@given(texts, expressions)
@example("長江", "長-?江")
@example("ς", "(?i)σ")
@example("İ", "(?i)i")
@example("a", "(?i)\\x41")
@example("台湾", "[臺-鿿]湾")
@example("a（", "a\\（")
@example("(", "\\［?\\（")
def test_a_regular_expression_finds_what_pythons_own_finds(text: str, pattern: str) -> None:
    """On the folded text, whether it is narrowed by terms or not."""
    node, _ = _tried(pattern)
    # No paragraph is empty, and what Python's own finds in nothing depends on its version.
    assume(node is not None and text)
    assert node is not None
    folded = fold(text)
    spans = list(node.spans(folded))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = re.search(folded_pattern(pattern), folded) is not None
    except re.error:
        # Only when it makes a machine of it `re` finds that it can't look behind so; `regex` can.
        assume(False)

    assert expected == node.matches(folded)
    assert expected or not spans
    assert sorted(spans) == spans
    assert all(0 <= span.start < span.end <= len(folded) for span in spans)
    assert has(node.needed, analyze(text)) or not expected


@given(st.lists(st.sampled_from([*ATOMS, *COUNTS, *"()[]{}\\?*+|^$-#&~ "]), max_size=14).map("".join))
@example("(?t)a")
@example("(?a)(?u)")
@example("[a&&b]")
@example("[a~~b]")
@example("(((a{999}){999}){999}){999}")
@example("[)](" * 100 + ")" * 100)
@example("(?P<\ud800>a)")
@example("a{99999999999}")
@example("(?<=a{9999}{9})")
def test_what_is_no_regular_expression_is_refused_at_once(pattern: str) -> None:
    """With a place in it; what is accepted here can be searched for."""
    node, at = _tried(pattern)

    assert 0 <= at <= len(pattern)
    assert node is None or node.matches("ab江 1") in (True, False)


@pytest.mark.parametrize(
    ("pattern", "message", "at", "hint"),
    [
        ("(", "the regular expression can't be read: missing ), unterminated subpattern", 0, ""),
        ("ab[", "the regular expression can't be read: unterminated character set", 2, ""),
        ("a{2,1}", "the regular expression can't be read: min repeat greater than max repeat", 2, ""),
        ("*a", "the regular expression can't be read: nothing to repeat", 0, ""),
        ("\\p{L}", "this bracket counts nothing", 2, "write \\{ for the character"),
        ("a{x}", "this bracket counts nothing", 1, "write \\{ for the character"),
        ("a{٣}", "this bracket counts nothing", 1, "write \\{ for the character"),
        ("a[[b]", "between square brackets [ is no clear character", 2, "write \\[ for the character"),
        ("[a&&b]", "between square brackets & is no clear character", 2, "write \\& for the character"),
        (
            "((a{99}){99}){99}",
            "the regular expression counts too far",
            3,
            "with all counts written out it may have 10,000 characters",
        ),
        (
            "a{99999999999}",
            "the regular expression counts too far",
            1,
            "with all counts written out it may have 10,000 characters",
        ),
        ("(" * 21 + ")" * 21, "the regular expression has more than 20 brackets in one another", 20, ""),
        ("a" * 501, "a regular expression may have 500 characters, and this has 501", 0, ""),
    ],
)
def test_a_fault_of_a_regular_expression_has_a_place(pattern: str, message: str, at: int, hint: str) -> None:
    """And a hint where the character itself may have been meant."""
    with pytest.raises(QueryError) as raised:
        Regex(pattern)

    assert (message, at, hint) == (str(raised.value), raised.value.at, raised.value.hint)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("臺灣Ａ", "台湾a"),
        ("（甲｜乙）＊？", "(甲|乙)*?"),
        ("\\S\\W\\B", "\\S\\W\\B"),
        ("(?P<N>a)", "(?P<n>a)"),
        ("[臺-鿿]臺-鿿", "[臺-鿿]台-鿿"),
        ("[^A-Z臺]", "[^a-z台]"),
        ("\\（\\［A］", "\\(\\[a]"),
        ("［一－龥］", "[一－龥]"),
    ],
)
def test_a_pattern_is_folded_where_it_is_text(written: str, folded: str) -> None:
    """What a backslash makes of a letter stays, and so do ranges of Han characters."""
    assert folded == folded_pattern(written)


def test_a_pattern_is_stopped_when_the_time_of_its_query_is_over() -> None:
    """The first text takes all of the time, so that nothing is known of any."""
    clock = Clock()
    node = Regex("a|江", deadline=Deadline(10.0, clock=clock, processor=Clock()))

    assert node.matches("长江")
    clock.now_s = 10.0
    with pytest.raises(QueryTimeout, match="nothing of the answer was known after 10 s"):
        node.matches("长江")
    assert node.deadline.ran_out
    assert [] == list(node.spans("长江"))


@pytest.mark.parametrize(
    ("left_s", "processor_s", "limit_s"), [(8.0, 2.0, 8.0), (8.0, 0.5, 2.0), (8.0, 9.0, 8.0), (0.0001, 2.0, 0.001)]
)
def test_on_a_busy_machine_a_pattern_gets_less_of_the_processor(
    left_s: float, processor_s: float, limit_s: float
) -> None:
    """`regex` counts processor time, and the query has wall time: a share of a quarter makes four seconds of one."""
    clock, processor = Clock(), Clock()
    deadline = Deadline(2.0 + left_s, clock=clock, processor=processor)
    clock.now_s, processor.now_s = 2.0, processor_s
    given: list[float] = []

    class Pattern:
        def search(self, _text: str, _at: int, _end: int | None, *, timeout: float) -> None:
            given.append(timeout)

    deadline.search(Pattern(), "江")  # type: ignore[arg-type]

    assert [pytest.approx(limit_s)] == given


def test_a_pattern_that_no_room_is_left_to_read_is_refused_as_too_deep() -> None:
    """Also where Python's own stack is nearly full, which is then no fault of the program."""

    def read(pattern: str, below: int) -> Regex:
        return read(pattern, below - 1) if below else Regex(pattern)

    told = set()
    for below in range(sys.getrecursionlimit()):
        try:
            read("(((((((水)))))))", below)
        except QueryError as error:
            told.add(str(error))
        except RecursionError:
            continue

    assert "the regular expression has too many brackets in one another" in told
    assert all("the regular expression" in error for error in told)
