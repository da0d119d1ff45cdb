"""The figures in the documents are those of the newest runs."""

from __future__ import annotations

import re
from pathlib import Path

import publish
import pytest
import tables


@pytest.mark.parametrize("document", publish.DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_says_what_the_newest_runs_say(document: Path) -> None:
    """Where this fails: `python tests/benchmarks/publish.py`."""
    text = document.read_text(encoding="utf-8")

    assert publish.filled(text) == text


def test_every_table_has_its_place_in_one_document() -> None:
    texts = [document.read_text(encoding="utf-8") for document in publish.DOCUMENTS]
    places = [name for text in texts for name in re.findall(r"^<!-- run: (\w+) -->$", text, re.M)]

    assert sorted(tables.TABLES) == sorted(places)


def test_what_stands_in_a_place_is_replaced_and_nothing_else() -> None:
    table = publish.filled("<!-- run: growth -->\n<!-- end of run -->")

    assert f"水\n{table}\n茶" == publish.filled("水\n<!-- run: growth -->\n| old |\n<!-- end of run -->\n茶")
    assert table.startswith("<!-- run: growth -->\n| paragraphs | text |")


def test_a_figure_that_was_not_measured_is_a_dash_and_no_number() -> None:
    answers = {"p50_ms": 123.4, "p95_ms": 456.7, "first_p50_ms": None}
    ripgrep = {"name": "rg", "recall": {"1": 1.0}, "query_every": answers, "question_every": answers}

    *_, row = tables.laws({"rivals": {"ripgrep": ripgrep}}).splitlines()

    assert "| rg | 100 % | – | – | – | – | 123 ms (457 ms) | – | 123 ms (457 ms) | – |" == row
