"""Where and with what a run was made, and its figures as a table to be read."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Row = Sequence[str]
# Of what `machine` says, what a number alone would not tell.
NAMED = ("Python", "load")


def machine() -> dict[str, str]:
    """The day, the processor with its cores, the memory, the system, and how busy it was in the minute before."""
    cpu = _line("/proc/cpuinfo", "model name") or platform.machine()
    memory = int((_line("/proc/meminfo", "MemTotal") or "0").split()[0]) / 2**20
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": f"{os.cpu_count()} × {cpu}",
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def setting(run: dict[str, Any]) -> str:
    """Where a run was made, in a line."""
    return ", ".join(f"{name} {value}" if name in NAMED else value for name, value in run["machine"].items())


def keep(out: Path, run: dict[str, Any], written: str) -> None:
    """Puts a run beside its tables, as JSON and as text."""
    as_json = json.dumps(run, ensure_ascii=False, indent=1)
    out.with_suffix(".json").write_text(as_json + "\n", encoding="utf-8")
    out.with_suffix(".txt").write_text(written, encoding="utf-8")


def table(heads: Row, rows: Sequence[Row]) -> str:
    """Columns under their heads, the first to the left and the others to the right.

    >>> print(table(["name", "ms"], [["one", "1.5"], ["another", "10.0"]]))
    name       ms
    one       1.5
    another  10.0
    """
    widths = [max(len(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
    lines = []
    for first, *others in [heads, *rows]:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def number(value: float | None, form: str) -> str:
    """The number in such a form; a dash where there is none."""
    return "–" if value is None else format(value, form)


def figure(value: float) -> str:
    """In two digits, or as a whole number.

    >>> figure(0.123), figure(4.04), figure(9.99), figure(1356.3)
    ('0.12', '4', '10', '1,356')
    """
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _line(path: str, key: str) -> str:
    if not Path(path).exists():
        return ""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
