"""What all charts share: colours, how figures are written, and axes without what tells nothing."""

from __future__ import annotations

from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

OURS, OTHERS, THIRD, GREY = "#b5432f", "#6f8fae", "#3f3f3f", "#6a6a6a"


def plain(axes: Axes, grid: Literal["x", "both"]) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    axes.grid(axis=grid, alpha=0.3)
    axes.set_axisbelow(True)


def caption(drawn: Figure, said: str, machine: dict[str, Any]) -> None:
    """What the figures are, and where they were measured, below all axes."""
    drawn.supxlabel(f"{said}\n{machine['date']}, {machine['processor']}", fontsize="small", color=GREY)
