"""Judged questions to figures: how good the ranking is, how sure that is, and what a change of it changed."""

from __future__ import annotations

from searchlib.evaluation.compare import Comparison, Difference, Moved, compare
from searchlib.evaluation.floors import Below, below
from searchlib.evaluation.floors import read as read_floors
from searchlib.evaluation.judgements import Judged
from searchlib.evaluation.judgements import read as read_judged
from searchlib.evaluation.measure import Figure, Measurement, library_of, measure
from searchlib.evaluation.runs import Run
from searchlib.evaluation.runs import read as read_run
from searchlib.evaluation.runs import write as write_run

__all__ = [
    "Below",
    "Comparison",
    "Difference",
    "Figure",
    "Judged",
    "Measurement",
    "Moved",
    "Run",
    "below",
    "compare",
    "library_of",
    "measure",
    "read_floors",
    "read_judged",
    "read_run",
    "write_run",
]
