"""`searchlib roots`: what the index is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FOUND, NOTHING_FOUND
from searchlib.cli.formats.plain import counted, one_line, word
from searchlib.cli.messages import note
from searchlib.cli.options import index_option, json_option, trust_option

if TYPE_CHECKING:
    from searchlib.model import RootStatus


@click.command(short_help="List what was named to be indexed, with its options.")
@index_option
@trust_option
@json_option
def roots(*, folder: str, trust: bool, as_json: bool) -> int:
    """List the files and folders that were named to searchlib index: whether they are there, what the index has of
    them, and the options that are remembered.
    """
    from searchlib.library import Library

    with Library.open(folder, trust=trust) as library:
        found = library.roots()
    for root in found:
        if as_json:
            from searchlib.cli.formats import json

            click.echo(json.line(json.root(root)))
        else:
            click.echo(_line(root, library.shown(root.path)))
            for path in root.forgotten:
                click.echo(f"  left out: {one_line(library.shown(path))}")
    if not found:
        note("no roots are recorded; searchlib index PATH records one")
    return FOUND if found else NOTHING_FOUND


def _line(root: RootStatus, path: str) -> str:
    parts = [
        *([] if root.is_there else ["missing"]),
        counted(root.sources, "file"),
        counted(root.paragraphs, "paragraph"),
        *([" ".join(map(word, root.options))] if root.options else []),
    ]
    return f"{one_line(path)}: {one_line(', '.join(parts))}"
