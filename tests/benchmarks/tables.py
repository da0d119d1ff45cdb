"""Runs as tables of Markdown, for the documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from figures import overall
from report import figure, number

Figures = dict[str, Any]
Columns = dict[str, Callable[[Figures], str]]


def caption(run: Figures, written: str) -> str:
    """When and on what it was measured, how busy that was, and where all of it is written."""
    told = run["machine"]
    return f"{told['date']}, {told['processor']}, {told['memory']}, load {told['load']}; all of it: `{written}`"


def laws(run: Figures) -> str:
    columns: Columns = {
        "": lambda rival: rival["name"],
        "finds": lambda rival: f"{100 * overall(rival['recall']):.0f} %",
        "indexing": lambda rival: _with_unit(rival.get("index_mb_s"), "MB/s"),
        "peak memory": lambda rival: _with_unit(rival.get("index_peak_mb"), "MB"),
        "index ÷ text": lambda rival: number(rival.get("index_to_text"), ".1f"),
        "a query, the first time": lambda rival: _with_unit(_answers(rival, "query")["first_p50_ms"], "ms"),
        "again (95 %)": lambda rival: _again(_answers(rival, "query")),
        "20 characters, the first time": lambda rival: _with_unit(_answers(rival, "question")["first_p50_ms"], "ms"),
        "20 characters again (95 %)": lambda rival: _again(_answers(rival, "question")),
        "one file changed": lambda rival: _with_unit(rival.get("changed_s"), "s"),
    }
    return _table(columns, list(run["rivals"].values()))


def growth(run: Figures) -> str:
    columns: Columns = {
        "paragraphs": lambda size: f"{size['paragraphs']:,}",
        "text": lambda size: _with_unit(size["bytes"] / 1e6, "MB"),
        "indexing": lambda size: _with_unit(size["index_mb_s"], "MB/s"),
        "index ÷ text": lambda size: number(size["index_to_text"], ".1f"),
        "peak memory": lambda size: _with_unit(size["index_peak_mb"], "MB"),
        "a query, the first time": lambda size: _with_unit(size["query_some"]["first_p50_ms"], "ms"),
        "again (95 %)": lambda size: _again(size["query_some"]),
        "20 characters, the first time": lambda size: _with_unit(size["question_some"]["first_p50_ms"], "ms"),
        "20 characters again": lambda size: _with_unit(size["question_some"]["p50_ms"], "ms"),
        "one file changed": lambda size: _with_unit(size["changed_s"], "s"),
        "nothing changed": lambda size: _with_unit(size["unchanged_s"], "s"),
    }
    return _table(columns, run["sizes"])


def commands(run: Figures) -> str:
    columns: Columns = {
        "": lambda command: command["what"],
        "median": lambda command: _with_unit(command["median_s"], "s"),
        "fastest to slowest": lambda command: f"{command['fastest_s']:.2f} to {command['slowest_s']:.2f} s",
        "should be": lambda command: f"≤ {command['at_most_s']:.2f} s",
    }
    return _table(columns, run["commands"])


def kinds(run: Figures) -> str:
    """Of each folder and rival, its slowest kind of question beside the one that all are good at."""
    columns: Columns = {
        "": lambda row: f"{row['folder']}, {row['name']}",
        "4 Han characters, quoted: first (95 %)": lambda row: _first(row["usual"]),
        "again (95 %) ": lambda row: _again_of(row["usual"]),
        "the slowest kind": lambda row: row["worst"],
        "first (95 %)": lambda row: _first(row["kinds"][row["worst"]]),
        "again (95 %)": lambda row: _again_of(row["kinds"][row["worst"]]),
        "the slowest of all, again": lambda row: _with_unit(
            max(figures["again_max_ms"] for figures in row["kinds"].values()), "ms"
        ),
    }
    rows = [
        rival
        | {"folder": name, "usual": rival["kinds"]["“Han, 4”"], "worst": max(rival["kinds"], key=_slowness(rival))}
        for name, folder in run["folders"].items()
        for rival in folder["rivals"].values()
    ]
    return _table(columns, rows)


def _slowness(rival: Figures) -> Callable[[str], float]:
    return lambda kind: float(rival["kinds"][kind]["first_p95_ms"])


def _first(figures: Figures) -> str:
    return f"{_with_unit(figures['first_p50_ms'], 'ms')} ({_with_unit(figures['first_p95_ms'], 'ms')})"


def _again_of(figures: Figures) -> str:
    return f"{_with_unit(figures['again_p50_ms'], 'ms')} ({_with_unit(figures['again_p95_ms'], 'ms')})"


TABLES: dict[str, Callable[[Figures], str]] = {"laws": laws, "growth": growth, "commands": commands, "kinds": kinds}


def _table(columns: Columns, rows: Sequence[Figures]) -> str:
    lines = [list(columns), ["---"] * len(columns), *([cell(row) for cell in columns.values()] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _answers(rival: Figures, kind: str) -> Figures:
    """To any of the words, or to all where a rival can only that."""
    answers: Figures = rival.get(f"{kind}_some") or rival[f"{kind}_every"]
    return answers


def _again(answers: Figures) -> str:
    return f"{_with_unit(answers['p50_ms'], 'ms')} ({_with_unit(answers['p95_ms'], 'ms')})"


def _with_unit(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{figure(value)} {unit}"
