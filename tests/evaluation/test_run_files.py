"""Runs go through files unharmed, and order is what counts in them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from searchlib.evaluation import read_run, runs, write_run

IDS = st.text(st.characters(exclude_categories=["Cs", "C", "Z"]), min_size=1, max_size=5)
RUNS = st.dictionaries(IDS, st.lists(IDS, min_size=1, max_size=20, unique=True), max_size=5)


@given(RUNS)
def test_what_was_written_reads_back(tmp_path_factory: object, run: runs.Run) -> None:
    file = Path(tmp_path_factory.mktemp("runs"), "a.run")  # type: ignore[attr-defined]
    write_run(run, file)

    assert run == read_run(file)


def test_a_line_is_of_the_form_of_trec(tmp_path: Path) -> None:
    write_run({"问": ["甲", "乙"]}, tmp_path / "a.run")

    assert "问 Q0 甲 1 2 searchlib\n问 Q0 乙 2 1 searchlib\n" == (tmp_path / "a.run").read_text(encoding="utf-8")


def test_scores_order_a_run_of_another_program_and_ranks_decide_ties(tmp_path: Path) -> None:
    lines = ("1 Q0 丙 3 -1e-3 x", "1 Q0 乙 2 7.5 x", "2 Q0 甲 1 1 x", "1 Q0 甲 1 7.5 x", "1 Q0 丁 4 12 x")
    (tmp_path / "a.run").write_text("\n".join(lines), encoding="utf-8")

    assert {"1": ["丁", "甲", "乙", "丙"], "2": ["甲"]} == read_run(tmp_path / "a.run")
