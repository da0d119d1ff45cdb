"""An update that repairs a damaged index first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from searchlib.errors import IndexDamaged
from searchlib.indexing import Request, update
from searchlib.model import IndexReport


def update_repaired(folder: Path, request: Request) -> IndexReport:
    """Carry out a request; an index with files missing, or of several commits, is repaired first, but in a dry run.

    If no record of the sources is left, the index is rebuilt from the paths that the request names.
    """
    try:
        return update(folder, request)
    except IndexDamaged as damage:
        if request.dry_run:
            raise
        # Few updates need it, and it takes time to import.
        from searchlib.repairing import UnknownSources, verify

        try:
            verify(folder, quick=False, repair=True, wait_s=0, trusted=request.trusted, on_change=lambda _: None)
        except UnknownSources:
            if not request.wanted.names:
                raise
            rebuilt = update(folder, replace(request, rebuild=True))
            return replace(rebuilt, repaired=f"{damage.what}; what was not named now is no longer in it")
        return replace(update(folder, request), repaired=damage.what)
