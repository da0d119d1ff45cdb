"""A copy of an index as it was at one commit, taken while writers may be at work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from searchlib import meta
from searchlib.directory import FOLDER_MODE, Directory
from searchlib.lasting import make_folder
from searchlib.snapshot import Snapshot
from searchlib.writing import refuse_contents, writable


def backup(snapshot: Snapshot, folder: Path) -> int:
    """Copy what a snapshot has open to a new or empty folder; see `Library.backup`.

    `meta.json`, which makes an index of the folder, comes last: a copy that was interrupted is none.
    """
    with writable(folder):
        make_folder(folder, mode=FOLDER_MODE)
        with Directory.open(folder) as directory:
            refuse_contents(directory)
            with directory.create_folder(snapshot.metadata.folder) as of_engine:
                snapshot.reader.copy_to(of_engine)
            snapshot.copy_catalog_to(directory)
            meta.create(directory, replace(snapshot.metadata, obsolete=""))
    return snapshot.size
