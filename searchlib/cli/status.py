"""`searchlib status`: what the index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FOUND
from searchlib.cli.formats.plain import one_line
from searchlib.cli.messages import command, note
from searchlib.cli.options import index_option, json_option, trust_option

if TYPE_CHECKING:
    from searchlib.model import Status


@click.command(short_help="Say what the index holds.")
@index_option
@trust_option
@json_option
def status(*, folder: str, trust: bool, as_json: bool) -> int:
    """Say what the index holds, what it was made with and when."""
    from searchlib.cli.opening import open_library

    with open_library(folder, trust=trust) as library:
        found = library.status()
        missing = [library.shown(path) for path in found.missing]
    if as_json:
        from searchlib.cli.formats import json

        click.echo(json.line(json.status(found)))
    else:
        for line in _lines(found):
            click.echo(line)
        for path in missing:
            note(f"{one_line(path)} is missing; take it out of the index with: {command('forget', path)}")
    return FOUND


def _lines(found: Status) -> list[str]:
    from datetime import datetime

    from searchlib.units import size

    updated = datetime.fromtimestamp(found.updated).astimezone() if found.updated else None
    rows = {
        "index": one_line(found.folder),
        "sources": f"{found.sources:,} ({size(found.source_bytes)})",
        "paragraphs": f"{found.paragraphs:,}",
        "roots": f"{found.roots:,}" + (f" ({len(found.missing):,} missing)" if found.missing else ""),
        "terms": ", ".join(f"{field} {count:,}" for field, count in found.terms.items()),
        "encodings": ", ".join(f"{name} {count:,}" for name, count in found.encodings.items()) or "none",
        "size": size(found.index_bytes),
        "engine": f"{found.engine}, format {found.format_version}",
        "fingerprint": found.fingerprint,
        "updated": updated.strftime("%Y-%m-%d %H:%M:%S %z") if updated else "never",
    }
    lines = [f"{name + ':':<13}{value}" for name, value in rows.items()]
    return lines + [
        f"{'skipped:':<13}{one_line(skipped.path)}: {one_line(skipped.reason)}" for skipped in found.skipped
    ]
