"""`meta.json`: what an index was made with. Replacing it, in one step, is what makes a rebuilt index the valid one."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from searchlib.analysis import fingerprint
from searchlib.engines import DEFAULT
from searchlib.errors import IndexDamaged, NoIndex
from searchlib.lasting import sync
from searchlib.private import new_file

NAME = "meta.json"
# Counted up when an index written before could no longer be read.
FORMAT = 4


@dataclass(frozen=True, slots=True)
class Meta:
    """`generation` counts how often the index was made anew; the engine's folder carries it in its name."""

    format: int
    engine: str
    generation: int
    fingerprint: str

    @property
    def engine_folder(self) -> str:
        return f"{self.engine}-{self.generation}"


def read(folder: Path) -> Meta:
    """The meta data of the index in `folder`; raises `NoIndex` or `IndexDamaged`.

    That of another format has only its `format` for certain; the rest is filled up.
    """
    try:
        values = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Meta(
            format=int(values["format"]),
            engine=str(values.get("engine", "")),
            generation=int(values.get("generation", 0)),
            fingerprint=str(values.get("fingerprint", "")),
        )
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndex(str(folder)) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise IndexDamaged(str(folder), f"{NAME} can't be read ({error})") from error


def root_of(folder: Path) -> Path:
    """The folder that the paths of an index's sources are relative to: the one it lies in."""
    return Path(os.path.abspath(folder)).parent


def mismatch(made_with: Meta) -> tuple[str, str] | None:
    """What an index was made with and what this program needs instead, if these differ."""
    pairs = (
        (f"format {made_with.format}", f"format {FORMAT}"),
        (f"engine {made_with.engine}", f"engine {DEFAULT}"),
        (made_with.fingerprint, fingerprint()),
    )
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def write(folder: Path, meta: Meta) -> None:
    """Replaces the file in one step that survives a loss of power."""
    new = folder / f"{NAME}.new"
    with new_file(new) as file:
        file.write(json.dumps(asdict(meta), ensure_ascii=False, indent=1).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / NAME)
    sync(folder)
