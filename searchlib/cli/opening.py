"""The library that a command asks, with a warning where its index is not of one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.cli.messages import complain, note

if TYPE_CHECKING:
    from searchlib.library import Library


def open_library(folder: str, *, trust: bool) -> Library:
    """The library of an index; files of several commits in it are told about on standard error."""
    from searchlib.library import Library

    library = Library.open(folder, trust=trust)
    if library.inconsistency:
        complain(f"the index in {folder} is inconsistent: {library.inconsistency}")
        note("the answer may be out of date; searchlib index compares every source again and mends this")
    return library
