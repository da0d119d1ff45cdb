"""What a snapshot holds: its sources by what people call them, and its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from searchlib import meta
from searchlib.catalog import Known
from searchlib.commit_data import updated_at
from searchlib.errors import PathError
from searchlib.model import Skipped, Status
from searchlib.naming import known_path
from searchlib.roots import Roots, is_missing, roots_of
from searchlib.snapshot import Snapshot

# How many sources are named where a name could be any of them.
_NAMED = 5


def path_of(name: str, sources: Mapping[str, Known], root: Path) -> str:
    """See `Library.find`."""
    here = known_path(name, root, sources)
    ends = [here] if here else [source for source in sources if f"/{source}".endswith(f"/{name}")]
    if len(ends) > 1:
        more = f" and {len(ends) - _NAMED:,} more" if len(ends) > _NAMED else ""
        raise PathError(f"{name} could be any of {', '.join(ends[:_NAMED])}{more}", hint="write more of the path")
    if not ends:
        raise PathError(f"{name} is not in the index", hint="searchlib index PATH takes a file in")
    if reason := sources[ends[0]].reason:
        raise PathError(f"{name} was skipped when it was to be indexed: {reason}")
    return ends[0]


def status_of(snapshot: Snapshot, folder: Path) -> Status:
    """See `Library.status`."""
    reader, made_with, sources = snapshot.reader, snapshot.metadata, snapshot.sources().values()
    roots = roots_of(snapshot.facts(), folder) or Roots()
    indexed = [source for source in sources if not source.reason]
    return Status(
        folder=str(folder),
        engine=made_with.engine,
        format_version=made_with.format,
        fingerprint=made_with.fingerprint,
        updated=updated_at(snapshot.facts()),
        sources=len(indexed),
        source_bytes=sum(source.size for source in indexed),
        paragraphs=reader.paragraph_count(),
        terms=reader.term_counts(),
        index_bytes=snapshot.size,
        encodings=dict(sorted(Counter(source.encoding for source in indexed).items())),
        skipped=tuple(Skipped(source.path, source.reason) for source in sources if source.reason),
        roots=len(roots),
        missing=tuple(root.path for root in roots if is_missing(str(meta.root_of(folder) / root.path))),
    )
