"""Asking a library judged questions, through the call that the command line makes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, quantiles

from searchlib.defaults import LIMIT
from searchlib.errors import QueryError
from searchlib.evaluation import metrics
from searchlib.evaluation.chance import interval
from searchlib.evaluation.judgements import Judged
from searchlib.evaluation.runs import Run
from searchlib.library import Library
from searchlib.model import IndexReport, Progress

# Hits asked for at a time behind the first ten: in most sets nearly every hit is of another text.
_PAGE = metrics.DEPTH - LIMIT


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean of a metric over all questions, and the bounds of its 95 % confidence interval."""

    metric: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """What came of the questions.

    `refused` could not be read as questions, `unanswered` found nothing: both count as 0 in every figure. Times are for
    the first ten hits of a question, in seconds; 95 % of the questions took at most `slow_s`.
    """

    judged: Judged
    run: Run
    figures: tuple[Figure, ...]
    refused: tuple[str, ...]
    unanswered: tuple[str, ...]
    median_s: float
    slow_s: float


@contextmanager
def library_of(
    judged: Judged, folder: Path | None, on_change: Callable[[Progress], None], *, trust: bool = False
) -> Iterator[tuple[Library, IndexReport]]:
    """A library of the judged texts, whose index is in `folder` and stays there, or in a folder for the while."""
    with (
        tempfile.TemporaryDirectory(prefix="searchlib-") as temporary,
        Library.create(folder or Path(temporary, "index"), trust=trust) as library,
    ):
        yield library, library.update_texts(judged.texts, on_change=on_change)


def measure(library: Library, judged: Judged, on_question: Callable[[int], None] = lambda _: None) -> Measurement:
    """Asks every question; `on_question` gets how many have been asked. Raises `NotInstalled` before the first."""
    metrics.values({}, {})
    run: Run = {}
    refused, seconds = [], []
    for number, (question, text) in enumerate(judged.questions.items(), start=1):
        try:
            texts, took_s = _ranked(library, text)
            seconds.append(took_s)
            if texts:
                run[question] = texts
        except QueryError:
            refused.append(question)
        on_question(number)
    values = metrics.values(judged.judgements, run)
    return Measurement(
        judged=judged,
        run=run,
        figures=tuple(_figure(metric, list(values[metric].values())) for metric in metrics.METRICS),
        refused=tuple(refused),
        unanswered=tuple(one for one in judged.questions if one not in run and one not in set(refused)),
        median_s=median(seconds or [0.0]),
        slow_s=quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else sum(seconds),
    )


def _ranked(library: Library, question: str) -> tuple[list[str], float]:
    """The first 100 texts, each where its best paragraph is, and how long the first ten hits took."""
    results = library.search(question, timeout=None)
    took_s = results.seconds
    texts = {hit.path: None for hit in results}
    while len(texts) < metrics.DEPTH and results.offset + len(results) < results.complete + results.partial:
        results = library.search(question, limit=_PAGE, offset=results.offset + len(results), timeout=None)
        texts.update((hit.path, None) for hit in results)
    return list(texts)[: metrics.DEPTH], took_s


def _figure(metric: str, values: list[float]) -> Figure:
    return Figure(metric, fmean(values), *interval(values))
