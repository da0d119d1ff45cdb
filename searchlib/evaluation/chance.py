"""How much of a figure may be chance: SciPy's bootstrap and permutation test, the same answer in every run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from searchlib.errors import NotInstalled

_CONFIDENCE = 0.95
_SAMPLES = 9_999
# Samples drawn at a time, which bounds the memory: 200 of 10,000 questions are 16 MB.
_BATCH = 200
_SEED = 0


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Between which bounds the mean lies with 95 % confidence; where all values are one, there is nothing to draw.

    Raises `NotInstalled`.
    """
    if len(set(values)) == 1:
        return values[0], values[0]
    found = _stats().bootstrap(
        (values,),
        _mean,
        n_resamples=_SAMPLES,
        batch=_BATCH,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=_SEED,
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def p_value(differences: Sequence[float]) -> float:
    """How probable it is that chance alone makes a mean difference as large as this, either way.

    A paired permutation test: under it, each question might as well have had the two values the other way round.
    """
    if not any(differences):
        return 1.0
    found = _stats().permutation_test(
        (differences,),
        _mean,
        permutation_type="samples",
        n_resamples=_SAMPLES,
        batch=_BATCH,
        vectorized=True,
        rng=_SEED,
    )
    return float(found.pvalue)


def _mean(sample: Any, axis: int) -> Any:
    return sample.mean(axis=axis)


def _stats() -> Any:
    try:
        from scipy import stats
    except ImportError as error:
        raise NotInstalled("scipy") from error
    return stats
