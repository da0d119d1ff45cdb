"""Measurements to figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that so large a share of them, from 0 to 1, does not exceed.

    >>> percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 0.95)
    (2, 4)
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def size(folder: Path) -> int:
    """Bytes that the files below a folder take: their length, or less where a file has holes."""
    stats = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum(min(stat.st_size, 512 * stat.st_blocks) for stat in stats)


def recall(found: Mapping[str, int], stands_in: Mapping[str, Sequence[int]]) -> dict[int, float]:
    """By length of the literals: of the files in which one stands, the share in which it was found, on average."""
    shares: dict[int, list[float]] = {}
    for literal, files in stands_in.items():
        shares.setdefault(len(literal), []).append(found[literal] / len(files))
    return {length: sum(values) / len(values) for length, values in shares.items()}


def overall(shares: Mapping[str, float]) -> float:
    """The average over all lengths of literals."""
    return sum(shares.values()) / len(shares)
