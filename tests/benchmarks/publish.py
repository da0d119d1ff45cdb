"""Puts the newest runs into the documents: their tables, and the charts beside this.

    python tests/benchmarks/publish.py

A table stands in a document between `<!-- run: NAME -->` and `<!-- end of run -->`; the newest run of that name is the
last of `runs/DATE-NAME.json`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import chart
import tables

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
DOCUMENTS = [PROJECT / "README.md", PROJECT / "searchlib/ARCHITECTURE.md"]
CHARTS = ("laws", "growth")
_PLACE = re.compile(r"(<!-- run: (?P<name>\w+) -->\n).*?(<!-- end of run -->)", re.S)


def main() -> None:
    for document in DOCUMENTS:
        document.write_text(filled(document.read_text(encoding="utf-8")), encoding="utf-8")
    for name in CHARTS:
        chart.main(newest(name), HERE / f"{name}.svg")


def filled(text: str) -> str:
    """The document with what the newest runs say in all its places."""
    return _PLACE.sub(lambda place: f"{place[1]}{_said(place['name'])}\n{place[3]}", text)


def newest(name: str) -> Path:
    return max((HERE / "runs").glob(f"*-{name}.json"))


def _said(name: str) -> str:
    path = newest(name)
    run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    written = path.with_suffix(".txt").relative_to(PROJECT).as_posix()
    return f"{tables.TABLES[name](run)}\n\n{tables.caption(run, written)}"


if __name__ == "__main__":
    main()
