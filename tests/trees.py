"""Folders to scan, and what a scan took of them."""

from __future__ import annotations

from pathlib import Path

from searchlib.scan import Rules, Scan

TEXTS = Rules(suffixes=frozenset({".txt", ".md"}))


def plant(folder: Path, *files: str) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("长江", encoding="utf-8")


def taken(result: Scan) -> list[str]:
    return [found.path for found in result.found]
