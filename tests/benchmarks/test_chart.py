"""The chart of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import chart

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


def test_every_rival_has_its_recall_beside_its_name_and_the_fastest_to_index_is_on_top() -> None:
    indexing, asking = chart.drawn(RUN).axes

    assert ["ripgrep\nfinds 100 %", "FTS5\nfinds 25 %", "searchlib\nfinds 100 %"] == [
        label.get_text() for label in indexing.get_yticklabels()
    ]
    assert [" no index", " 4", " 9"] == [text.get_text() for text in indexing.texts]
    assert ["  2 / 30"] * 3 == [text.get_text() for text in asking.texts]


def test_the_same_run_gives_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(RUN), encoding="utf-8")
    for name in ("one.svg", "two.svg"):
        chart.main(tmp_path / "run.json", tmp_path / name)

    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
