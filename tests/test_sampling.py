"""Samples stand in the text, and everything in it has a chance to be one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from documents import PLAIN_TEXTS, TEXTS

from searchlib.analysis import analyze, fold
from searchlib.analysis.runs import is_han
from searchlib.paragraphs import cuts, whole_paragraphs
from searchlib.query import Bare, Literal
from searchlib.query.parser import read as read_question
from searchlib.reading import read
from searchlib.sampling import Kind, Sample, _Reservoir, draw


@pytest.fixture(scope="module")
def texts() -> list[str]:
    sources = [read(file.name, file.read_bytes()) for file in TEXTS if file.name != "README.md"]
    found = [passage.text for source in sources for passage in whole_paragraphs(source)]
    return [*found, "".join(found)]


@pytest.fixture(scope="module")
def samples(texts: list[str]) -> list[Sample]:
    return draw(texts, 2_000, seed=1)


def test_samples_stand_in_the_text_and_are_what_their_kind_says(texts: list[str], samples: list[Sample]) -> None:
    folded = [fold(text) for text in texts]
    words = {word for text in texts for word in analyze(text).words}

    assert set(Kind) == {sample.kind for sample in samples}
    for kind, is_quoted, text, _ in samples:
        han = [is_han(char) for char in text]

        assert any(text in other for other in folded)
        match kind:
            case Kind.SUBSTRING:
                assert (True, True, len(text)) == (is_quoted, all(han), min(len(text), 8))
            case Kind.MIXED:
                assert (True, True, False, True) == (is_quoted, any(han), all(han), 2 <= len(text) <= 8)
            case Kind.ACROSS:
                assert (True, True) == (is_quoted, 2 <= len(text) <= 24)
            case _:
                assert (kind is Kind.WORD, True) == (any(han), text in words)


def test_stretches_across_cuts_are_drawn_wherever_there_is_one(texts: list[str], samples: list[Sample]) -> None:
    """A twelfth of them quoted in each round, as long as there are cuts; most stand in no piece."""
    across = [sample.text for sample in samples if sample.kind is Kind.ACROSS]
    bounds = [0, *cuts(texts[-1]), len(texts[-1])]
    pieces = [fold(texts[-1][start:end]) for start, end in pairwise(bounds)]

    assert len(across) > 1.5 * (len(bounds) - 2) > 20
    assert [text for text in across if len(text) > 8 and any(text in piece for piece in pieces)] == []
    assert any(len(text) <= 4 for text in across)


def test_every_length_and_both_clauses_are_among_them(samples: list[Sample]) -> None:
    lengths = {kind: {len(sample.text) for sample in samples if sample.kind is kind} for kind in Kind}
    clauses = {(sample.kind, sample.is_quoted) for sample in samples}

    assert set(range(1, 9)) == lengths[Kind.SUBSTRING]
    assert set(range(2, 9)) == lengths[Kind.MIXED]
    assert {(Kind.WORD, True), (Kind.WORD, False), (Kind.OTHER, True), (Kind.OTHER, False)} < clauses


def test_a_question_asks_for_its_sample_and_nothing_else(samples: list[Sample]) -> None:
    """Whatever marks stand in a piece, and whatever they mean in a question."""
    marks = ['他说“走吧”，我说「不走」，信上写着『再等等』和"等等"。' + char for char in "“”„‟「」『』｢｣〝〞〟＂"]

    for sample in samples + draw(marks, 500, seed=1):
        asked = Literal(sample.text) if sample.is_quoted else Bare(sample.text)

        assert asked == read_question(sample.query).tree


def test_no_question_is_drawn_twice(samples: list[Sample]) -> None:
    assert 2_000 == len({(sample.text, sample.is_quoted) for sample in samples})


def test_a_small_text_is_drawn_dry() -> None:
    assert {("茶", "“茶”"), ("茶", "茶")} == {(sample.text, sample.query) for sample in draw(["茶"], 100, seed=1)}


def test_where_there_is_nothing_there_are_no_samples() -> None:
    assert [] == draw([], 10, seed=1)
    assert [] == draw(["——！？"], 10, seed=1)


def test_a_seed_gives_the_same_samples_in_every_process() -> None:
    """Python's order of sets is another in each."""
    code = (
        "import sys; from searchlib.sampling import draw;"
        "print(*draw(open(sys.argv[1], encoding='utf-8').read().splitlines(), 300, 7))"
    )

    def drawn(hashes: str) -> bytes:
        words = [sys.executable, "-c", code, str(PLAIN_TEXTS[0])]
        environment = {**os.environ, "PYTHONHASHSEED": hashes, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(words, capture_output=True, check=True, env=environment, timeout=60).stdout

    assert drawn("1") == drawn("2") != b""


def test_another_seed_gives_others(texts: list[str], samples: list[Sample]) -> None:
    others = draw(texts, 2_000, seed=2)

    assert 1_000 < len(set(others) - set(samples)) <= 2_000


def test_what_is_rare_is_drawn_too() -> None:
    """One character in a hundred thousand, and one word."""
    texts = ["山中的茶要等霜降以后才好。"] * 8_000
    texts[5_000] += "㐂字是café的招牌。"

    drawn = {sample.text for sample in draw(texts, 200, seed=1)}

    assert any("㐂" in text for text in drawn)
    assert "café" in drawn


def test_what_is_common_is_drawn_by_how_common_it_is() -> None:
    """A tenth of the text is a story, the rest one sentence; of single places a tenth are in the story."""
    story = Path(PLAIN_TEXTS[0]).read_text(encoding="utf-8").splitlines()
    sentence = "山中的茶要等霜降以后才好"
    reservoir = _Reservoir(2_000, Random(1))  # noqa: S311 — the same in every run
    for text in story + [sentence] * (9 * sum(map(len, story)) // len(sentence)):
        reservoir.offer(text, range(len(text)))

    assert 150 < sum(spot.paragraph != sentence for spot in reservoir.taken) < 250


@pytest.mark.parametrize("size", [1, 3, 10, 30])
def test_every_place_is_as_likely_as_any_other(size: int) -> None:
    """Thirty places in stretches of any length, 6,000 times."""
    stretches = [range(start, stop) for start, stop in ((0, 1), (1, 1), (1, 8), (8, 10), (10, 29), (29, 30))]
    counts: Counter[int] = Counter()
    for seed in range(6_000):
        reservoir = _Reservoir(size, Random(seed))  # noqa: S311 — the same in every run
        for stretch in stretches:
            reservoir.offer("", stretch)
        counts.update(spot.at for spot in reservoir.taken)
        assert size == len({spot.at for spot in reservoir.taken})

    expected = 6_000 * size / 30
    assert set(range(30)) == set(counts)
    # Five standard deviations.
    assert max(abs(count - expected) for count in counts.values()) <= 5 * (expected * (1 - size / 30)) ** 0.5
