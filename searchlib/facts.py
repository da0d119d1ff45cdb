"""What the files of sources are like: what hits can be ordered and chosen by besides their text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from searchlib.answers import Sort
from searchlib.catalog import Known
from searchlib.model import Facts


def facts_of(sources: Iterable[Known]) -> dict[str, Facts]:
    """Those of every source that is in the index, by path."""
    indexed = (source for source in sources if not source.reason)
    return {source.path: Facts(source.path, source.size, source.modified_ns, source.encoding) for source in indexed}


# Lower is earlier. A float has the time to a quarter of a microsecond.
_KEYS: dict[Sort, Callable[[Facts], float]] = {
    Sort.DATE: lambda facts: -facts.modified_ns / 1e9,
    Sort.SIZE: lambda facts: -float(facts.size),
}


def keys_of(sort: Sort, facts: Callable[[], Mapping[str, Facts]]) -> dict[str, float] | None:
    """What sources are ordered by, lowest first, by path; None for the score. `facts` is asked only where it counts."""
    if sort is Sort.SCORE:
        return None
    if sort not in _KEYS:
        return {}
    return {path: _KEYS[sort](known) for path, known in facts().items()}
