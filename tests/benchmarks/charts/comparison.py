"""searchlib and its rivals beside each other: how fast each indexes and answers, and how much it finds."""

from __future__ import annotations

from typing import Any

from figures import overall
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from report import figure

from charts.style import GREY, OTHERS, OURS, caption, plain


def drawn(run: dict[str, Any]) -> Figure:
    """Indexing and asking side by side, the fastest to index on top; how much each finds stands beside its name."""
    rivals = sorted(run["rivals"].items(), key=lambda item: item[1].get("index_mb_s", 0))
    chart = Figure(figsize=(10.5, 1.9 + 0.48 * len(rivals)), layout="constrained")
    indexing, asking = chart.subplots(1, 2, sharey=True)
    names = [f"{rival['name']}\nfinds {100 * overall(rival['recall']):.0f} %" for _, rival in rivals]
    colours = [OURS if key.startswith("searchlib") else OTHERS for key, _ in rivals]
    _indexing(indexing, [rival.get("index_mb_s") for _, rival in rivals], colours)
    _asking(asking, [rival.get("query_some") or rival["query_every"] for _, rival in rivals], colours)
    indexing.set_yticks(range(len(rivals)), names)
    for label, colour in zip(indexing.get_yticklabels(), colours, strict=True):
        label.set_color(OURS if colour == OURS else "black")
    corpus = run["corpus"]
    chart.suptitle(f"{corpus['bytes'] / 1e6:.0f} MB of Chinese text in {corpus['files']:,} files")
    said = "“finds”: of the files in which a string of 1 to 6 characters stands, those that are named, on average"
    caption(chart, said, run["machine"])
    return chart


def _indexing(axes: Axes, speeds: list[float | None], colours: list[str]) -> None:
    axes.barh(range(len(speeds)), [speed or 0 for speed in speeds], color=colours)
    for at, speed in enumerate(speeds):
        text = " no index" if speed is None else f" {figure(speed)}"
        axes.annotate(text, (speed or 0, at), va="center", color=GREY)
    axes.margins(x=0.12)
    axes.set_title("Indexing, MB a second (longer is faster)", fontsize="medium")
    plain(axes, "x")


def _asking(axes: Axes, answers: list[dict[str, float]], colours: list[str]) -> None:
    """From half of the answers to 95 in 100 of them, on a scale of powers of ten."""
    for at, (told, colour) in enumerate(zip(answers, colours, strict=True)):
        axes.plot([told["p50_ms"], told["p95_ms"]], [at, at], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(told["p50_ms"], at, "o", color=colour, markersize=8)
        axes.plot(told["p95_ms"], at, "|", color=colour, markersize=12, markeredgewidth=3)
        text = f"  {figure(told['p50_ms'])} / {figure(told['p95_ms'])}"
        axes.annotate(text, (told["p95_ms"], at), va="center", color=GREY)
    axes.set_xscale("log")
    axes.margins(x=0.25)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_title(
        "A query, milliseconds (further left is faster)\n● half of all answers   ┃ 95 in 100", fontsize="medium"
    )
    plain(axes, "x")
