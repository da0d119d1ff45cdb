"""The measures of a ranking, from ir_measures, which takes nDCG and recall from NIST's own trec_eval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchlib.errors import NotInstalled
from searchlib.evaluation.runs import Run, scored

MRR = "MRR@10"
METRICS = (MRR, "nDCG@10", "recall@10", "recall@100", "hit@1")
# How many texts of a question's ranking are looked at.
DEPTH = 100

# What a metric is for each question.
Values = dict[str, dict[str, float]]


def values(judgements: Mapping[str, Mapping[str, int]], run: Run) -> Values:
    """Each metric of each judged question, between 0 and 1; a question that the run has not is 0.

    Raises `NotInstalled`.
    """
    measures = _measures()
    found = {metric: dict.fromkeys(judgements, 0.0) for metric in measures.values()}
    for value in _evaluator(measures, judgements).iter_calc(scored(run)):
        found[measures[value.measure]][value.query_id] = value.value
    return found


def _measures() -> dict[Any, str]:
    try:
        from ir_measures import RR, R, Success, nDCG
    except ImportError as error:
        raise NotInstalled("ir_measures") from error
    return dict(zip((RR @ 10, nDCG @ 10, R @ 10, R @ 100, Success @ 1), METRICS, strict=True))


def _evaluator(measures: Mapping[Any, str], judgements: Mapping[str, Mapping[str, int]]) -> Any:
    import ir_measures

    return ir_measures.evaluator(list(measures), {question: dict(texts) for question, texts in judgements.items()})
