"""Draws a run of `compare.py` or of `growth.py`: `python tests/benchmarks/chart.py RUN.json CHART.svg`, or .png."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib
from charts import comparison, growth


def main(run: Path, chart: Path) -> None:
    # The same run gives the same file, whatever the day and the machine.
    matplotlib.rcParams["svg.hashsalt"] = "searchlib"
    told = json.loads(run.read_text(encoding="utf-8"))
    drawn = growth.drawn(told) if "sizes" in told else comparison.drawn(told)
    drawn.savefig(chart, dpi=110, metadata={"Date": None} if chart.suffix == ".svg" else None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
