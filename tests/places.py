"""Paths as the engine takes them: open directories, and names in these."""

from __future__ import annotations

from pathlib import Path

from searchlib.directory import Directory, File


def made(path: Path) -> Directory:
    """A folder that is made where it is missing."""
    path.mkdir(parents=True, exist_ok=True)
    return Directory.open(path)


def file_at(path: Path) -> File:
    """A file in a folder that is there."""
    return Directory.open(path.parent) / path.name
