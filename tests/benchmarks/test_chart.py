"""The chart of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import chart
import numpy as np
import pytest
from charts import comparison, growth

ANSWERS = {"p50_ms": 2.0, "p95_ms": 30.0, "answered": 12, "asked": 12}
RUN: dict[str, Any] = {
    "machine": {"date": "2026-11-26", "processor": "2 × Abacus"},
    "corpus": {"bytes": 58_100_000, "files": 3503},
    "rivals": {
        "searchlib": {"name": "searchlib", "index_mb_s": 9.0, "query_some": ANSWERS, "recall": {"1": 1.0, "2": 1.0}},
        "ripgrep": {"name": "ripgrep", "query_every": ANSWERS, "recall": {"1": 1.0, "2": 1.0}},
        "fts5": {"name": "FTS5", "index_mb_s": 4.04, "query_some": ANSWERS, "recall": {"1": 0.0, "2": 0.5}},
    },
}

SIZE: dict[str, Any] = {
    "paragraphs": 10_000,
    "bytes": 2_700_000,
    "index_s": 1.9,
    "index_bytes": 7_000_000,
    "index_peak_mb": 143.0,
    "ask_peak_mb": 89.0,
    "query_some": ANSWERS | {"first_p50_ms": 9.0},
    "question_some": ANSWERS | {"first_p50_ms": 12.0},
    "changed_s": 0.58,
    "cold_s": 0.54,
    "unchanged_s": 0.17,
}
GROWTH: dict[str, Any] = {
    "machine": RUN["machine"],
    "sizes": [SIZE, SIZE | {"paragraphs": 5_000_000, "index_s": 217.7, "unchanged_s": 0.38}],
}


def test_every_rival_has_its_recall_beside_its_name_and_the_fastest_to_index_is_on_top() -> None:
    indexing, asking = comparison.drawn(RUN).axes

    assert ["ripgrep\nfinds 100 %", "FTS5\nfinds 25 %", "searchlib\nfinds 100 %"] == [
        label.get_text() for label in indexing.get_yticklabels()
    ]
    assert [" no index", " 4", " 9"] == [text.get_text() for text in indexing.texts]
    assert ["  2 / 30"] * 3 == [text.get_text() for text in asking.texts]


def test_every_kind_of_cost_has_its_curves_over_the_number_of_paragraphs() -> None:
    chart = growth.drawn(GROWTH)
    titles = {axes.get_title(): [text.get_text() for text in axes.texts] for axes in chart.axes}

    assert {
        "Indexing, seconds": ["218"],
        "Size, MB": ["7", "2.7"],
        "Peak memory, MB": ["143", "89"],
        "A query of any of its words, ms": ["2", "9", "30"],
        "A question of 20 characters, ms": ["2", "12", "30"],
        "Whole commands, seconds": ["0.58", "0.54", "0.38"],
    } == titles
    assert {"log"} == {axes.get_xscale() for axes in chart.axes}
    assert [[10_000, 1.9], [5_000_000, 217.7]] == np.asarray(chart.axes[0].lines[0].get_xydata()).tolist()


@pytest.mark.parametrize("run", [RUN, GROWTH], ids=["comparison", "growth"])
def test_the_same_run_gives_the_same_file(run: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
    for name in ("one.svg", "two.svg"):
        chart.main(tmp_path / "run.json", tmp_path / name)

    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
