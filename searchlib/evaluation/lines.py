"""Lines of the files that an evaluation reads, each with its number, so that a fault can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from searchlib.errors import Malformed, PathError


def read_text(file: Path, hint: str) -> str:
    """The whole file, which is UTF-8; raises `PathError` with the `hint` where it is not there."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise PathError(f"there is no {file}", hint=hint) from None
    except IsADirectoryError:
        raise PathError(f"{file} is a folder, and a file is needed", hint=hint) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n")
        raise Malformed(str(file), before + 1, "these bytes are not UTF-8") from error


def lines(file: Path, hint: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(read_text(file, hint).split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")
