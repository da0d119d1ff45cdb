"""Letters that are quoted stand inside words of other scripts: found in one look at all of these."""

from __future__ import annotations

from pathlib import Path

import pytest
from clocks import Clock
from places import made

from searchlib import Library, searching
from searchlib.analysis.runs import is_han
from searchlib.analysis.terms import HEADING_WORDS, WORDS, analyze
from searchlib.engines.whoosh import inside_words, table
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.postings import Segment
from searchlib.engines.whoosh.terms import NOTHING
from searchlib.errors import QueryTimeout
from searchlib.query import Deadline

TEXT = "abc bcd cab a1b2 ab 长江 été ñandú Ωmega 日本 かな カナ 한글 abcabc x-ab don't 2026 ｶﾅ 𝔘ni 𐍈𐍈 😀"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of 40 paragraphs of these words, and a number each."""
    (tmp_path / "a.txt").write_text("\n\n".join(f"长江 w{n} {TEXT}" for n in range(40)), encoding="utf-8")
    with Library.create(tmp_path / "index") as library:
        library.update([tmp_path / "a.txt"])
    return tmp_path / "index"


def segment_of(folder: Path) -> Segment:
    (path,) = folder.glob("whoosh-*")
    engine = made(path)
    (row,) = table.read(engine).rows
    return Segment(table.opened(engine, row), NOTHING.paragraphs)


def test_every_word_that_has_a_piece_is_found_and_no_other(folder: Path) -> None:
    """Also one that is in a word twice, and none that two neighbours in the dictionary make up together."""
    segment = segment_of(folder)
    words = {word for n in range(40) for word in analyze(f"w{n} {TEXT}").words if not is_han(word[0])}
    pieces = {word[start:end] for word in words for start in range(5) for end in range(start + 1, 6)}
    pieces |= {"bca1", "cb", "cc", "w1w", "zzz", "bcab", "c2"}

    for piece in sorted(pieces):
        found = [segment.terms(WORDS).dictionary[at] for at in segment.words_with(piece, WORDS)]
        assert {word.encode() for word in words if piece in word} == set(found)
        assert len(found) == len(set(found))
    assert [] == list(segment.words_with("a", HEADING_WORDS))


def test_too_many_words_are_not_gone_through(folder: Path) -> None:
    """Beside w0 to w39 there is w, which is a part of each."""
    whole = Corpus([segment_of(folder)])
    mask = whole.clean_mask()

    assert not whole.mark_inside("w", WORDS, 40, mask)
    assert not mask.any()
    assert whole.mark_inside("w", WORDS, 41, mask)
    assert mask.all()


@pytest.mark.parametrize("query", ["“bc”", "“abc”", "“a1b”", "“mega”", "“w1”", "“anal”", "-“w1”", "“ab c”", "“rivier”"])
def test_letters_are_found_inside_words_without_a_look_into_texts(
    folder: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the vocabulary tells is what texts tell, in paragraphs that were cut too: a word goes on behind the cut."""
    (folder.parent / "b.txt").write_text(f"{'山' * 998}ri{'vier' * 3}。{'水' * 900}river anal", encoding="utf-8")
    with Library.create(folder) as library:
        library.update([folder.parent / "b.txt"])
    with Library.open(folder) as library:
        expected = [(hit.path, hit.paragraph.number) for hit in library.search(query, limit=100, strict=True).hits]
    monkeypatch.setattr(inside_words, "_FEW_TEXTS", 1)
    with Library.open(folder) as library:
        found = [(hit.path, hit.paragraph.number) for hit in library.search(query, limit=100, strict=True).hits]

    assert expected == found


@pytest.mark.parametrize("query", ["长江 -“w”", "“w”", "-“江 w1”", "长江 “w1”", "“w2 a”~90", "长江 -“b x-ab d”"])
def test_an_answer_in_part_has_nothing_that_is_no_answer(
    folder: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever the time ends: a word that was not looked at is neither in a paragraph nor not in it."""
    with Library.open(folder) as library:
        whole = {hit.paragraph.number for hit in library.search(query, limit=100, strict=True).hits}
        monkeypatch.setattr(inside_words, "_FEW_TEXTS", 1)
        monkeypatch.setattr(
            searching, "Deadline", lambda seconds: Deadline(seconds, clock=Clock(tick_s=1.0), processor=Clock())
        )
        for seconds in range(1, 60):
            try:
                some = library.search(query, limit=100, strict=True, timeout=seconds)
            except QueryTimeout:
                continue
            assert {hit.paragraph.number for hit in some.hits} <= whole
            assert some.timed_out or len(whole) == len(some.hits)
