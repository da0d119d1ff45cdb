"""A paragraph that was cut into pieces is found by whatever stands in it, wherever the cuts are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchlib import Library, paragraphs
from searchlib.analysis import analyze, fold
from searchlib.answers import Hit
from searchlib.model import Paragraph, wholes

# Letters and digits, Han of both scripts and beyond the basic plane, marks, spaces, and characters of several code
# points; without what ends a quotation, and without white space that a reader takes away at the ends of lines.
HAN = "长江水人民大学研究生命起源臺灣茶館𠮷㐂的一是了"
MARKS = "，。！？；：、…—（）《》·"
OTHERS = "abcXYZ019 .-_é☕👩🏽‍🚀e\u0301"
EVEN = st.text(HAN + MARKS + OTHERS, min_size=1_001, max_size=6_000)
# Stretches of one kind, where there is nothing to cut at.
STRETCHES = st.lists(
    st.one_of(
        st.text(HAN, min_size=1, max_size=1_800),
        st.text("abcXYZ019", min_size=1, max_size=1_500),
        st.text(MARKS + " ", min_size=1, max_size=30),
    ),
    min_size=2,
    max_size=6,
).map("".join)
LINES = st.one_of(EVEN, STRETCHES).map(str.strip).filter(lambda line: len(line) > 1_000)
COSTLY = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@contextmanager
def library_of(*lines: str, longest: int | None = None) -> Iterator[Library]:
    """A library of one file with a paragraph a line, cut into pieces of at most `longest` characters."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if longest:
            patch.setattr(paragraphs, "LONGEST", longest)
        Path(folder, "长.txt").write_text("\n".join(["短。", *lines, "也短。"]), encoding="utf-8")
        with Library.create(Path(folder, "index")) as library:
            library.update([Path(folder, "长.txt")])
            yield library


def pieces(library: Library) -> list[list[Paragraph]]:
    return list(wholes(library.paragraphs("长.txt")))


def hits(library: Library, query: str) -> tuple[Hit, ...]:
    return library.search(query, limit=10_000, strict=True).hits


def numbers(library: Library, query: str) -> list[int]:
    """Which pieces of the long paragraph are hits, from 0."""
    return sorted(hit.paragraph.number - 1 for hit in hits(library, query))


@settings(COSTLY)
@given(LINES)
def test_the_pieces_joined_are_the_paragraph(line: str) -> None:
    """To the last space; none is longer than 1,000 characters, and each knows where it begins."""
    with library_of(line) as library:
        (first,), *middle, (last,) = pieces(library)
        (whole,) = middle

    assert ("短。", line, "也短。") == (first.text, "".join(piece.text for piece in whole), last.text)
    assert [False, *[True] * (len(whole) - 1)] == [piece.continues for piece in whole]
    assert max(len(piece.text) for piece in whole) <= 1_000
    starts = [sum(len(piece.text) for piece in whole[:at]) for at in range(len(whole))]
    assert [(2, start + 1) for start in starts] == [tuple(piece.place(0)) for piece in whole]


@settings(COSTLY)
@given(LINES, st.data())
def test_every_stretch_is_found_at_its_place(line: str, data: st.DataObject) -> None:
    """Quoted, of 1 to 40 characters and of 1,500, anywhere and across cuts: marked whole, at its line and column."""
    folded = fold(line)
    with library_of(line) as library:
        whole = pieces(library)[1]
        cuts = [sum(len(piece.text) for piece in whole[:at]) for at in range(1, len(whole))]
        for _ in range(12):
            length = data.draw(st.integers(1, 40) | st.just(1_500))
            around = st.tuples(st.sampled_from(cuts), st.integers(0, length)).map(lambda pair: pair[0] - pair[1])
            start = data.draw(around | st.integers(0, len(line) - 1))
            start = max(0, min(start, len(line) - length))
            stretch = line[start : start + length]
            if not stretch.strip():
                continue
            found = hits(library, f"“{stretch}”")
            own = [piece.number for piece in whole if fold(stretch) in fold(piece.text)]
            expected = own or [whole[piece_at(whole, folded.index(fold(stretch)))].number]

            assert expected == sorted(hit.paragraph.number for hit in found if hit.paragraph.first_line == 2)
            for hit in (hit for hit in found if hit.line == 2):
                begin, end = hit.snippet.spans[0]
                assert fold(stretch) == fold(hit.snippet.text[begin:end])
                assert folded.startswith(fold(stretch), hit.column - 1)


def piece_at(whole: list[Paragraph], start: int) -> int:
    """The piece in which a character of the paragraph is."""
    return next(at for at in range(len(whole)) if start < sum(len(piece.text) for piece in whole[: at + 1]))


@settings(COSTLY, max_examples=40)
@given(st.text(HAN + MARKS + OTHERS, min_size=30, max_size=150).map(str.strip), st.integers(8, 20), st.data())
def test_queries_of_every_kind_are_met_by_the_whole_paragraph(line: str, longest: int, data: st.DataObject) -> None:
    """All words, proximity, wildcards, fuzzy words, expressions, and NOT: as if it had not been cut."""
    kinds = (
        "“{0}” AND “{1}”",
        "“{0}” NOT “{1}”",
        "“{0}” OR “{1}”",
        "“{2} {3}”~150",
        "{2}*{3}",
        "{2}?{3}",
        "/{2}.*{3}/",
        "/^{2}|{3}$/",
        "{2}水{3}~1",
        "{2}{3} {3}",
    )
    with library_of(line, longest=longest) as cut, library_of(line, longest=10_000) as uncut:
        assert 1 < len(pieces(cut)[1])
        assert [1, 1, 1] == list(map(len, pieces(uncut)))
        for _ in range(12):
            starts = [data.draw(st.integers(0, len(line) - 1)) for _ in range(2)]
            texts = [line[start : start + data.draw(st.integers(1, 6))] for start in starts]
            bare = ["".join(char for char in text if char in HAN) or "水" for text in texts]
            if not all(text.strip() for text in texts):
                continue
            query = data.draw(st.sampled_from(kinds)).format(*texts, *bare)

            assert {hit.line for hit in hits(uncut, query)} <= {hit.paragraph.first_line for hit in hits(cut, query)}
            if not query.startswith(bare[0] + bare[1]):
                assert len({hit.paragraph.first_line for hit in hits(cut, query)}) == len(hits(uncut, query))


@settings(COSTLY)
@given(st.text(HAN, min_size=60, max_size=200), st.integers(8, 30), st.data())
def test_words_are_those_of_the_whole_paragraph(line: str, longest: int, data: st.DataObject) -> None:
    """Where there is nothing but Han to cut at, a word that was cut is still one of all words."""
    words = sorted(set(analyze(line).words))
    with library_of(line, longest=longest) as library:
        for _ in range(8):
            clause = "".join(data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=3)))
            if set(analyze(clause).words) <= set(words):
                assert 2 in {hit.paragraph.first_line for hit in hits(library, clause)}


CUT = "甲" * 10 + "长江。" + "乙" * 9 + "人民" + "丙" * 9 + "。茶" + "丁" * 9


@pytest.fixture
def small() -> Iterator[Library]:
    """A paragraph in four pieces: 甲…长江。 乙…人 民丙…。 茶丁…"""
    with library_of(CUT, longest=14) as library:
        assert ["甲" * 10 + "长江。", "乙" * 9 + "人", "民" + "丙" * 9 + "。", "茶" + "丁" * 9] == [
            piece.text for piece in pieces(library)[1]
        ]
        yield library


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("“长江”", [0]),
        ("“江。乙”", [0]),
        ("“民丙”", [2]),
        ("“人民”", [1]),
        ("“长江。乙乙乙乙乙乙乙乙乙人民丙”", [0]),
        ("“甲” “丁”", [0]),
        ("甲长江 茶", [0]),
        ("“茶” “长” “江”", [0]),
        ("“茶丁” “人” “丁丁”", [3]),
        ("“茶” NOT “长江”", []),
        ("“茶” NOT “民丙”", []),
        ("“茶” NOT “民丁”", [3]),
        ("NOT “人民”", []),
        ("NOT “戊”", [0, 1, 2, 3]),
        ("“长江 人民”~10", [0]),
        ("“长江 人民”~9", []),
        ("江*人", []),
        ("民?丙", [2]),
        ("/江.*茶/", [0]),
        ("/^茶/", []),
        ("/茶丁+$/", [3]),
        ("/民丙{9}。茶/", [2]),
        ("人民丙水~1", [1]),
        ("“乙” “民丙”", [1]),
    ],
)
def test_the_hits_are_the_pieces_that_match_or_the_one_that_has_the_most(
    small: Library, query: str, expected: list[int]
) -> None:
    """A paragraph that matches across its cuts is one hit, and what must not be there may be in no piece."""
    assert expected == [number for number in numbers(small, query) if 0 <= number < 4]


def test_a_hit_across_a_cut_counts_once_everywhere(small: Library) -> None:
    """In the answer, strict or not, in the counts, and as one of its source."""
    results = small.search("“江。乙”")

    assert (1, 0, 1) == (results.complete, results.partial, len(results))
    assert {"长.txt": 1} == small.counts("“江。乙”")
    assert 1 == small.explain("“江。乙”").complete
    assert [(0, 1)] == [(hit.more, hit.paragraph.number) for hit in small.search("“江。乙”", group=True)]


def test_what_is_across_a_cut_is_shown_whole(small: Library) -> None:
    """Though the piece ends in the middle of it; the place is where it begins."""
    (hit,) = small.search("“江。乙乙”", width=10)

    assert (2, 12) == (hit.line, hit.column)
    assert ["江。乙乙"] == [hit.snippet.text[start:end] for start, end in hit.snippet.spans]
    assert (CUT + "。")[hit.snippet.start :].startswith(hit.snippet.text)


def test_the_pieces_of_a_hit_are_judged_together(small: Library) -> None:
    """The one that is the hit, those that are not though their paragraph matches, and what it lacks as a whole."""
    first, second, *_ = pieces(small)[1]

    assert (1, True) == small.judge("“江。乙”", first)[1:3]
    other = small.judge("“江。乙”", second)
    assert (0, False, ("another piece of the same paragraph is the hit: piece 1 of 4",)) == (
        other.rank,
        other.complete,
        other.unmet,
    )
    assert ("it has 茶, which was not to be there",) == small.judge("“长江” NOT 茶", first).unmet
    assert ('"茶戊": the most of it that stands there is 茶',) == small.judge("“长江” “茶戊”", first).unmet


def test_a_character_of_several_code_points_is_not_cut() -> None:
    """Nor a word that fits into a piece, where there is nothing better to cut at."""
    for text in ("👩🏽\u200d🚀", "e\u0301", "🇨🇳", "☕\ufe0f", "！\ufe0f", "word/", "don't/", "3.14/", "水"):
        whole = text * 2_000
        bounds = [0, *paragraphs.cuts(whole), len(whole)]

        assert 1 < len(bounds) - 1
        assert {0} == {bound % len(text) for bound in bounds}
