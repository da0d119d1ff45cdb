"""What is measured is what `Library.search` answers, every question of it."""

from __future__ import annotations

from math import log2
from pathlib import Path

import pytest
from sets import JUDGED, plant

from searchlib import Library
from searchlib.evaluation import Judged, Measurement, compare, library_of, measure, read_judged

SENTENCE = "山中的茶要等霜降以后才好。"


def measured(judged: Judged, folder: Path | None = None) -> Measurement:
    with library_of(judged, folder, lambda _: None) as (library, _):
        return measure(library, judged)


def test_the_figures_of_a_small_set_are_those_worked_out_by_hand() -> None:
    """Three questions are answered first, one second, one not at all."""
    figures = {figure.metric: figure.mean for figure in measured(read_judged(JUDGED)).figures}

    expected = {
        "MRR@10": (1 + 1 + 1 + 1 / 2 + 0) / 5,
        "nDCG@10": (1 + 1 + 1 + 1 / log2(3) + 0) / 5,
        "recall@10": 4 / 5,
        "recall@100": 4 / 5,
        "hit@1": 3 / 5,
    }
    assert pytest.approx(expected) == figures


def test_a_run_has_the_order_of_a_search(tmp_path: Path) -> None:
    judged = read_judged(JUDGED)
    with library_of(judged, tmp_path / "存", lambda _: None) as (library, _):
        run = measure(library, judged).run
        hits = library.search("古籍")

    assert ["古籍", "备份"] == [hit.path for hit in hits] == run["4"]


def test_a_text_ranks_where_its_best_paragraph_does(tmp_path: Path) -> None:
    """The long one is cut into many paragraphs, nearly all of which match and only the last of which is about tea."""
    long = "长江上有一条渡船，船上有一盏灯。" * 400
    texts = {"长": long + "明前龙井。", "短": "龙井村有一条渡船。", "别": "船。"}
    plant(tmp_path, texts, {"1": "明前龙井"}, {"1": {"长": 1}})

    measurement = measured(read_judged(tmp_path))

    assert ["长", "短"] == measurement.run["1"]


def test_a_hundred_texts_are_looked_at_however_many_paragraphs_they_have(tmp_path: Path) -> None:
    """The text that answers comes behind 300 paragraphs of three others, and behind 96 texts of one paragraph."""
    texts = {f"长{number}": "茶" * 99_000 for number in range(3)}
    texts |= {f"短{number:03}": f"茶，{'水' * 300}" for number in range(97)}
    plant(tmp_path, texts, {"1": "“茶”"}, {"1": {"短096": 1}})

    measurement = measured(read_judged(tmp_path))
    figures = {figure.metric: figure.mean for figure in measurement.figures}

    assert [*sorted(texts)] == sorted(measurement.run["1"])
    assert (0.0, 1.0) == (figures["recall@10"], figures["recall@100"])


def test_what_is_refused_or_finds_nothing_is_counted_and_is_0(tmp_path: Path) -> None:
    texts, answer = {"甲": SENTENCE}, {"甲": 1}
    questions = {"1": "霜降", "2": "，。", "3": "zebra", "4": "“”"}
    plant(tmp_path, texts, questions, dict.fromkeys(questions, answer))

    measurement = measured(read_judged(tmp_path))

    assert (("2", "4"), ("3",)) == (measurement.refused, measurement.unanswered)
    assert [0.25] * 5 == [figure.mean for figure in measurement.figures]


def test_an_index_that_was_kept_is_used_again(tmp_path: Path) -> None:
    judged = read_judged(JUDGED)
    for expected in (6, 0):
        with library_of(judged, tmp_path / "存", lambda _: None) as (_, report):
            assert expected == len(report.changes)

    with Library.open(tmp_path / "存") as library:
        assert 6 == library.status().sources


def test_a_comparison_names_wins_losses_and_what_moved_most() -> None:
    measurement = measured(read_judged(JUDGED))
    earlier = {"1": ["借期"], "2": ["押金", "古籍", "逾期"], "4": ["备份"], "5": ["茶座", "押金"]}

    comparison = compare(measurement, earlier)

    mrr = comparison.differences[0]
    assert ("MRR@10", 2, 2, 1) == (mrr.metric, mrr.wins, mrr.losses, mrr.ties)
    assert pytest.approx(((1 + 1 / 3 + 0 + 1 + 1 / 2) / 5, 0.7)) == (mrr.before, mrr.now)
    moved = [(one.question, one.before, one.now) for one in comparison.moved]
    assert [("3", None, 1), ("2", 3, 1), ("4", 1, 2), ("5", 2, None)] == moved
    assert "逾期要罚款吗" == comparison.moved[1].text
    assert 1 == comparison.unknown
    assert 0.05 < mrr.p <= 1


def test_nothing_moves_between_two_equal_runs() -> None:
    measurement = measured(read_judged(JUDGED))
    comparison = compare(measurement, measurement.run)

    assert ((), {1.0}) == (comparison.moved, {one.p for one in comparison.differences})
    assert {(0, 0, 5)} == {(one.wins, one.losses, one.ties) for one in comparison.differences}
