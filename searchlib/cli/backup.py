"""`searchlib backup`: copy the index while it is in use."""

from __future__ import annotations

import click

from searchlib.cli.exits import FOUND
from searchlib.cli.formats.plain import one_line
from searchlib.cli.opening import open_library
from searchlib.cli.options import index_option, trust_option
from searchlib.units import size


@click.command(short_help="Copy the index to another folder.")
@click.argument("target", metavar="FOLDER")
@index_option
@trust_option
def backup(*, target: str, folder: str, trust: bool) -> int:
    """Copy the index to FOLDER, which has to be new or empty. The copy is that of one commit, also while another
    process is writing the index; a plain copy of its files would not be.

    To restore it, remove the folder of the index, and copy FOLDER to where that was.
    """
    with open_library(folder, trust=trust) as library:
        copied = library.backup(target)
    click.echo(f"copied {size(copied)} to {one_line(target)}")
    return FOUND
