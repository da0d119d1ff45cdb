"""How cost grows: a small chart for each kind of cost, all over the number of paragraphs in powers of ten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from report import figure

from charts.style import OTHERS, OURS, THIRD, caption, plain

Sizes = Sequence[dict[str, Any]]
# From one size to its figure.
Cost = Callable[[dict[str, Any]], float]


def drawn(run: dict[str, Any]) -> Figure:
    sizes: Sizes = run["sizes"]
    chart = Figure(figsize=(10.5, 6.4), layout="constrained")
    (time, size, memory), (query, question, commands) = chart.subplots(2, 3, sharex=True)
    _proportional(time, "Indexing, seconds", sizes, {"": lambda size: size["index_s"]})
    _proportional(
        size,
        "Size, MB",
        sizes,
        {"index": lambda size: size["index_bytes"] / 1e6, "text": lambda size: size["bytes"] / 1e6},
    )
    _bounded(
        memory,
        "Peak memory, MB",
        sizes,
        {"indexing": lambda size: size["index_peak_mb"], "asking": lambda size: size["ask_peak_mb"]},
    )
    _proportional(query, "A query of any of its words, ms", sizes, _answers("query_some"))
    _proportional(question, "A question of 20 characters, ms", sizes, _answers("question_some"))
    _bounded(
        commands,
        "Whole commands, seconds",
        sizes,
        {
            "one file changed": lambda size: size["changed_s"],
            "cold search": lambda size: size["cold_s"],
            "nothing changed": lambda size: size["unchanged_s"],
        },
    )
    chart.suptitle(f"From {_short(sizes[0]['paragraphs'])} to {_short(sizes[-1]['paragraphs'])} paragraphs")
    caption(chart, "paragraphs of sentences of laws, repeated and shuffled: synthetic", run["machine"])
    return chart


def _answers(key: str) -> dict[str, Cost]:
    return {
        "half of all answers": lambda size: size[key]["p50_ms"],
        "half, asked for the first time": lambda size: size[key]["first_p50_ms"],
        "95 in 100": lambda size: size[key]["p95_ms"],
    }


def _proportional(axes: Axes, title: str, sizes: Sizes, curves: dict[str, Cost]) -> None:
    """On powers of ten both ways: what grows as the folder does is a straight line."""
    _curves(axes, title, sizes, curves)
    axes.set_yscale("log")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(lambda value, _: figure(value))
    axes.margins(y=0.25)


def _bounded(axes: Axes, title: str, sizes: Sizes, curves: dict[str, Cost]) -> None:
    """From nothing up: what does not grow is level."""
    _curves(axes, title, sizes, curves)
    axes.margins(y=0.45)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: figure(value))


def _curves(axes: Axes, title: str, sizes: Sizes, curves: dict[str, Cost]) -> None:
    paragraphs = [size["paragraphs"] for size in sizes]
    for (name, cost), colour in zip(curves.items(), (OURS, OTHERS, THIRD), strict=False):
        costs = [cost(size) for size in sizes]
        axes.plot(paragraphs, costs, "o-", color=colour, label=name, markersize=4)
        at = (paragraphs[-1], costs[-1])
        axes.annotate(
            figure(at[1]), at, (6, 0), textcoords="offset points", va="center", fontsize="small", color=colour
        )
    if len(curves) > 1:
        axes.legend(frameon=False, fontsize="small", loc="upper left")
    axes.margins(x=0.15)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: _short(value))
    axes.xaxis.set_tick_params(labelbottom=True)
    axes.set_title(title, fontsize="medium")
    plain(axes, "both")


def _short(count: float) -> str:
    """
    >>> _short(1000), _short(5_000_000)
    ('1k', '5M')
    """
    return f"{count / 1e6:g}M" if count >= 1e6 else f"{count / 1e3:g}k" if count >= 1e3 else f"{count:g}"
