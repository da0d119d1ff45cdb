"""What a library keeps with each commit of its engine: which catalog belongs to it, and facts about the index."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple, Self

# The year 9999 begins.
_LATEST_S = 253_370_764_800
_NAME = re.compile(r"catalog-[0-9a-z]+\.db")


class CatalogFile(NamedTuple):
    """The file of a catalog, as a commit keeps it: what it must be to be that of this commit.

    `facts` are in it too. `replaced` is the catalog of the commit before, to be removed once this one is there.
    """

    name: str
    bytes: int
    digest: str
    facts: dict[str, str]
    replaced: str = ""

    @property
    def data(self) -> str:
        """The text that the engine stores with the commit."""
        return json.dumps(self._asdict(), ensure_ascii=False)

    @classmethod
    def of_commit(cls, data: str) -> Self:
        """Raise `ValueError` for data that no library has written."""
        try:
            values = json.loads(data)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict) or not isinstance(values.get("facts"), dict):
            raise ValueError("its commit names no catalog")
        name, size, replaced = str(values.get("name")), values.get("bytes"), str(values.get("replaced", ""))
        if not _NAME.fullmatch(name) or type(size) is not int or (replaced and not _NAME.fullmatch(replaced)):
            raise ValueError("its commit names a catalog that can't be one")
        facts = {str(name): str(value) for name, value in values["facts"].items()}
        return cls(name, size, str(values.get("digest")), facts, replaced)


def updated_at(facts: Mapping[str, str]) -> float:
    """When an index was last updated, in seconds since 1970; 0 where that is not known."""
    try:
        found = float(facts.get("updated", 0))
    except ValueError:
        return 0.0
    # Later than all years of the calendar, and not a number, are no times.
    return found if 0 <= found < _LATEST_S else 0.0


def file_name(commit_id: str) -> str:
    """The name of the catalog that the commit of an id writes."""
    return f"catalog-{commit_id}.db"


def named_in(data: str) -> CatalogFile | None:
    """The catalog that a commit names, if it names one."""
    try:
        return CatalogFile.of_commit(data)
    except ValueError:
        return None
