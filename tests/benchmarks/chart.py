"""Draws a run of `compare.py`: `python tests/benchmarks/chart.py RUN.json CHART.svg`, or .png; needs matplotlib."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

OURS, OTHERS, SLOW, GREY = "#b5432f", "#6f8fae", "#3f3f3f", "#6a6a6a"


def main(run: Path, chart: Path) -> None:
    # The same run gives the same file, whatever the day and the machine.
    matplotlib.rcParams["svg.hashsalt"] = "searchlib"
    figure = drawn(json.loads(run.read_text(encoding="utf-8")))
    figure.savefig(chart, dpi=110, metadata={"Date": None} if chart.suffix == ".svg" else None)


def drawn(run: dict[str, Any]) -> Figure:
    """Indexing and asking side by side, the fastest to index on top; how much each finds stands beside its name."""
    rivals = sorted(run["rivals"].items(), key=lambda item: item[1].get("index_mb_s", 0))
    figure = Figure(figsize=(10.5, 1.9 + 0.48 * len(rivals)), layout="constrained")
    indexing, asking = figure.subplots(1, 2, sharey=True)
    names = [f"{rival['name']}\nfinds {100 * found(rival):.0f} %" for _, rival in rivals]
    colours = [OURS if key == "searchlib" else OTHERS for key, _ in rivals]
    _indexing(indexing, [rival.get("index_mb_s") for _, rival in rivals], colours)
    _asking(asking, [rival.get("query_some") or rival["query_every"] for _, rival in rivals], colours)
    indexing.set_yticks(range(len(rivals)), names)
    for label, colour in zip(indexing.get_yticklabels(), colours, strict=True):
        label.set_color(OURS if colour == OURS else "black")
    corpus, machine = run["corpus"], run["machine"]
    figure.suptitle(f"{corpus['bytes'] / 1e6:.0f} MB of Chinese text in {corpus['files']:,} files")
    figure.supxlabel(
        "“finds”: of the files in which a string of 1 to 6 characters stands, those that are named, on average\n"
        f"{machine['date']}, {machine['processor']}",
        fontsize="small",
        color=GREY,
    )
    return figure


def found(rival: dict[str, Any]) -> float:
    """The average over all lengths of literals."""
    shares: list[float] = list(rival["recall"].values())
    return sum(shares) / len(shares)


def _indexing(axes: Axes, speeds: list[float | None], colours: list[str]) -> None:
    axes.barh(range(len(speeds)), [speed or 0 for speed in speeds], color=colours)
    for at, speed in enumerate(speeds):
        text = " no index" if speed is None else f" {_figure(speed)}"
        axes.annotate(text, (speed or 0, at), va="center", color=GREY)
    axes.margins(x=0.12)
    axes.set_title("Indexing, MB a second (longer is faster)", fontsize="medium")
    _plain(axes)


def _asking(axes: Axes, answers: list[dict[str, float]], colours: list[str]) -> None:
    """From half of the answers to 95 in 100 of them, on a scale of powers of ten."""
    for at, (told, colour) in enumerate(zip(answers, colours, strict=True)):
        axes.plot([told["p50_ms"], told["p95_ms"]], [at, at], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(told["p50_ms"], at, "o", color=colour, markersize=8)
        axes.plot(told["p95_ms"], at, "|", color=colour, markersize=12, markeredgewidth=3)
        text = f"  {_figure(told['p50_ms'])} / {_figure(told['p95_ms'])}"
        axes.annotate(text, (told["p95_ms"], at), va="center", color=GREY)
    axes.set_xscale("log")
    axes.margins(x=0.25)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_title(
        "A query, milliseconds (further left is faster)\n● half of all answers   ┃ 95 in 100", fontsize="medium"
    )
    _plain(axes)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
