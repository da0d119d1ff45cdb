"""Floors: what a figure must not fall below, as a table of TOML for each set of judged questions."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchlib.errors import Malformed
from searchlib.evaluation.lines import read_text
from searchlib.evaluation.measure import Measurement
from searchlib.evaluation.metrics import METRICS


@dataclass(frozen=True, slots=True)
class Below:
    """A figure that is below its floor."""

    metric: str
    mean: float
    floor: float


def read(file: Path, name: str) -> dict[str, float]:
    """The floors of the set `name`, by metric; raises `PathError`, or `Malformed` where there are none.

    An evaluation that was to be held to floors and has none must not pass.
    """
    text = read_text(file, 'write floors as TOML: a table for each set, with lines such as "MRR@10" = 0.9')
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(str(file), 0, f"this is no TOML ({error})") from error
    except RecursionError:
        raise Malformed(str(file), 0, "there are too many brackets in one another") from None
    floors = tables.get(name)
    if not isinstance(floors, dict) or not floors:
        raise Malformed(str(file), 0, f"there are no floors for {name}", hint=f'write them below a line ["{name}"]')
    for metric, floor in floors.items():
        if metric not in METRICS or not isinstance(floor, int | float):
            what = f"“{metric} = {floor}” below {name} is no floor"
            raise Malformed(str(file), 0, what, hint=f"a number can stand for each of {', '.join(METRICS)}")
    return floors


def below(measurement: Measurement, floors: dict[str, float]) -> list[Below]:
    """The figures that are below their floors."""
    return [
        Below(figure.metric, figure.mean, floors[figure.metric])
        for figure in measurement.figures
        if figure.mean < floors.get(figure.metric, 0.0)
    ]
