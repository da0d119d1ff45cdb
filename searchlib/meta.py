"""`meta.json`: what an index was made with, and which folder is its engine's.

Replacing it, in one step, is what makes a rebuilt index the valid one. It names everything that a writer may leave
behind in the folder of the index, so that nothing else is ever removed there.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from searchlib.analysis import fingerprint
from searchlib.directory import Directory
from searchlib.engines import DEFAULT, engine
from searchlib.errors import IndexDamaged, NoIndex, UntrustedIndex

NAME = "meta.json"
# Counted up when an index written before could no longer be read.
FORMAT = 6
# Before it, folders of engines were numbered, and the catalog was a file that SQLite wrote to.
_NUMBERED = 4
_ENGINE_FOLDER = re.compile(r"[a-z]+-(?:[0-9a-f]{16}|\d{1,15})")
_TEXTS = ("engine", "folder", "next", "obsolete", "fingerprint")
# What is in the file, each with what it looks like as text; and the same of the formats before.
_FIELDS_BEFORE = {
    "format": r"\d+",
    "engine": "whoosh",
    "generation": r"\d{1,15}",
    "fingerprint": "analysis .+",
}
_FIELDS = {
    "format": r"\d+",
    "engine": "[a-z]+",
    "folder": "[a-z]+-[0-9a-f]{16}",
    "next": "[0-9a-f]{16}",
    "obsolete": rf"|{_ENGINE_FOLDER.pattern}",
    "fingerprint": "analysis .+",
    "complete": "True|False",
}


@dataclass(frozen=True, slots=True)
class Meta:
    """The metadata of an index.

    `folder` is the engine's. A rebuild makes its new one as `next_folder`, and leaves the old one as `obsolete` until
    it is removed. An index whose first commit is still to come is not `complete`.
    """

    format: int
    engine: str
    folder: str
    next: str
    obsolete: str
    fingerprint: str
    complete: bool = True

    @property
    def next_folder(self) -> str:
        return f"{self.engine}-{self.next}"

    @property
    def note(self) -> str:
        """The file that says which process is writing."""
        return f"writer.{self.next}.json"


def new() -> Meta:
    """The metadata of an index to be created."""
    return Meta(FORMAT, DEFAULT, f"{DEFAULT}-{new_id()}", new_id(), "", fingerprint(), complete=False)


def new_id() -> str:
    """16 hexadecimal digits that have never been used."""
    return os.urandom(8).hex()


def read(directory: Directory) -> Meta:
    """The metadata of an index; raises `NoIndex` or `IndexDamaged`.

    It is an index that is damaged if the folder of an engine lies there, and none if there is only a file of this name.
    Of another format only `format`, `engine` and `folder` are certain.
    """
    try:
        content = (directory / NAME).read()
    except FileNotFoundError:
        content = b""
    except IndexDamaged as error:
        return _lost(directory, error.what, f"its {NAME} is not one of searchlib's")
    try:
        # Without content, its creation was interrupted before anything was written.
        return _of(_values(content)) if content else _lost(directory, f"{NAME} is missing", "")
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        return _lost(directory, f"{NAME} can't be read ({error})", f"its {NAME} is not one of searchlib's")


def _values(content: bytes) -> dict[str, object]:
    """The fields of a file that searchlib has written; raises `ValueError` for any other.

    Many programs call a file `meta.json`, and what it names is removed one day: each field has to be as it is written.
    """
    values = json.loads(content)
    if not isinstance(values, dict) or type(values.get("format")) is not int:
        raise ValueError("it does not say what an index was made with")
    number, fields = int(values["format"]), _FIELDS_BEFORE if values["format"] <= _NUMBERED else _FIELDS
    if number < 1 or not set(fields) <= set(values) or (number <= FORMAT and set(fields) != set(values)):
        raise ValueError("it does not say what an index was made with")
    if not all(re.fullmatch(pattern, str(values[name])) for name, pattern in fields.items()):
        raise ValueError("it names something that can't be there")
    return values


def _lost(directory: Directory, what: str, instead: str) -> Meta:
    if engine_folders(directory):
        raise IndexDamaged(str(directory.path), what)
    raise NoIndex(str(directory.path), instead)


def engine_folders(directory: Directory) -> list[str]:
    """The folders in the folder of an index that engines have committed to."""
    return [name for name in directory.names() if _ENGINE_FOLDER.fullmatch(name) and _is_engine(directory, name)]


def _is_engine(directory: Directory, name: str) -> bool:
    try:
        with directory.open_folder(name) as folder:
            return bool(engine(DEFAULT).suspected(folder).last_commit())
    except (FileNotFoundError, NotADirectoryError, UntrustedIndex, IndexDamaged):
        return False


def _of(values: dict[str, object]) -> Meta:
    number = int(str(values["format"]))
    texts = {name: str(values.get(name, "")) for name in _TEXTS}
    if number <= _NUMBERED and not texts["folder"]:
        texts["folder"] = f"{texts['engine']}-{int(str(values.get('generation', 0)))}"
        texts["next"] = new_id()
    return Meta(number, **texts, complete=values.get("complete") is not False)


def root_of(folder: Path) -> Path:
    """The folder that the paths of an index's sources are relative to: the one it lies in, by its real path."""
    return Path(os.path.realpath(folder)).parent


def mismatch(metadata: Meta) -> tuple[str, str] | None:
    """What an index was made with and what this program needs instead, if these differ."""
    pairs = (
        (f"format {metadata.format}", f"format {FORMAT}"),
        (f"engine {metadata.engine}", f"engine {DEFAULT}"),
        (metadata.fingerprint, fingerprint()),
    )
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def create(directory: Directory, metadata: Meta) -> None:
    """Write the first `meta.json`, which marks the folder as that of an index; raise `FileExistsError`."""
    with directory.create_file(NAME) as file:
        file.write(_content(metadata))
        file.flush()
        os.fsync(file.fileno())
    directory.sync()


def write(directory: Directory, metadata: Meta, temporary: str) -> None:
    """Replace the file in one step; until then it is called `temporary`."""
    directory.replace_file(NAME, _content(metadata), temporary)


def _content(metadata: Meta) -> bytes:
    return json.dumps(asdict(metadata), ensure_ascii=False, indent=1).encode() + b"\n"
