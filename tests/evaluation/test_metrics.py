"""Figures are those that one works out by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import log2

import pytest

from searchlib.errors import NotInstalled
from searchlib.evaluation import metrics
from searchlib.evaluation.chance import interval, p_value

RANKING = [f"文{rank}" for rank in range(1, 121)]


def value(judgements: dict[str, int]) -> dict[str, float]:
    """Each metric for one question, whose ranking is 文1, 文2, … 文120."""
    found = metrics.values({"问": judgements}, {"问": RANKING})
    return {metric: of_question["问"] for metric, of_question in found.items()}


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        ({"文1": 1}, (1, 1, 1, 1, 1)),
        ({"文3": 1}, (1 / 3, 1 / log2(4), 1, 1, 0)),
        ({"文10": 1}, (1 / 10, 1 / log2(11), 1, 1, 0)),
        ({"文11": 1}, (0, 0, 0, 1, 0)),
        ({"文100": 1}, (0, 0, 0, 1, 0)),
        ({"文101": 1}, (0, 0, 0, 0, 0)),
        ({"文1": 0, "文2": 1}, (1 / 2, 1 / log2(3), 1, 1, 0)),
        # Two of four among the first ten, three among the first hundred.
        (
            {"文2": 1, "文4": 1, "文50": 1, "别的": 1},
            (1 / 2, (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3) + 1 / log2(4) + 1 / log2(5)), 1 / 2, 3 / 4, 0),
        ),
        # The better answer second.
        ({"文1": 1, "文2": 2}, (1, (1 + 2 / log2(3)) / (2 + 1 / log2(3)), 1, 1, 1)),
    ],
)
def test_each_metric_is_what_its_definition_says(judgements: dict[str, int], expected: tuple[float, ...]) -> None:
    assert pytest.approx(dict(zip(metrics.METRICS, expected, strict=True))) == value(judgements)


def test_a_question_without_an_answer_counts_as_nothing() -> None:
    found = metrics.values({"1": {"甲": 1}, "2": {"甲": 1}}, {"1": ["甲"]})

    assert {metric: {"1": 1.0, "2": 0.0} for metric in metrics.METRICS} == found


def test_an_interval_is_the_same_in_every_run_and_has_the_mean_inside() -> None:
    values = [0.0] * 40 + [1.0] * 60
    low, high = interval(values)

    assert (low, high) == interval(values)
    # Of a share of 0.6 among 100, whose standard error is 0.049.
    assert pytest.approx((0.6 - 1.96 * 0.049, 0.6 + 1.96 * 0.049), abs=0.011) == (low, high)


def test_where_all_values_are_one_there_is_no_chance() -> None:
    assert (1.0, 1.0) == interval([1.0])
    assert (0.5, 0.5) == interval([0.5, 0.5])


def test_a_difference_is_as_probable_as_the_signs_that_make_it() -> None:
    """Of eight questions that all became better, one of 2⁸ ways to put the signs is as good, and one as bad."""
    assert pytest.approx(2 / 2**8) == p_value([0.5, 0.1, 0.3, 0.2, 0.9, 0.4, 0.7, 0.6])
    assert 1.0 == p_value([0.0, 0.0])
    assert 1.0 == p_value([0.5, -0.5, 0.0])


@pytest.mark.parametrize(
    ("library", "use"), [("ir_measures", lambda: value({"文1": 1})), ("scipy", lambda: interval([0.0, 1.0]))]
)
def test_what_is_not_installed_is_named_with_the_way_to_install_it(
    library: str, use: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(NotInstalled, match=f"^this needs {library}, which is not installed$") as raised:
        use()

    assert f"install it with: pip install {library}" == raised.value.hint
