"""What has become better and worse since an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from searchlib.evaluation import metrics
from searchlib.evaluation.chance import p_value
from searchlib.evaluation.measure import Measurement
from searchlib.evaluation.runs import Run

_MOVED = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric before and now.

    For `wins` questions it is higher now, for `losses` lower; `p` is how probable a mean difference as large as this
    is by chance alone.
    """

    metric: str
    before: float
    now: float
    wins: int
    losses: int
    ties: int
    p: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A question with the rank, from 1, of the first text that answers it; None where it is not among the first 100."""

    question: str
    text: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`moved` are the questions whose reciprocal rank changed most, the greatest change first.

    `unknown` counts questions that the earlier run has no answer to; they count as 0 there.
    """

    differences: tuple[Difference, ...]
    moved: tuple[Moved, ...]
    unknown: int


def compare(measurement: Measurement, earlier: Run) -> Comparison:
    """A measurement beside an earlier run of the same questions."""
    judged = measurement.judged
    before, now = metrics.values(judged.judgements, earlier), metrics.values(judged.judgements, measurement.run)
    moved = [
        Moved(
            question,
            text,
            _first(earlier.get(question, []), judged.judgements[question]),
            _first(measurement.run.get(question, []), judged.judgements[question]),
        )
        for question, text in judged.questions.items()
    ]
    moved = sorted((one for one in moved if one.before != one.now), key=_change, reverse=True)
    return Comparison(
        differences=tuple(_difference(metric, before[metric], now[metric]) for metric in metrics.METRICS),
        moved=tuple(moved[:_MOVED]),
        unknown=sum(question not in earlier for question in judged.questions),
    )


def _difference(metric: str, before: Mapping[str, float], now: Mapping[str, float]) -> Difference:
    differences = [now[question] - before[question] for question in now]
    wins, losses = sum(one > 0 for one in differences), sum(one < 0 for one in differences)
    return Difference(
        metric=metric,
        before=fmean(before.values()),
        now=fmean(now.values()),
        wins=wins,
        losses=losses,
        ties=len(differences) - wins - losses,
        p=p_value(differences),
    )


def _first(texts: list[str], judgements: Mapping[str, int]) -> int | None:
    ranks = (rank for rank, text in enumerate(texts[: metrics.DEPTH], start=1) if judgements.get(text, 0) > 0)
    return next(ranks, None)


def _change(moved: Moved) -> float:
    return abs((1 / moved.now if moved.now else 0) - (1 / moved.before if moved.before else 0))
