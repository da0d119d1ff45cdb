"""`searchlib analyze`: how a text is cut."""

from __future__ import annotations

import sys

import click

from searchlib.cli.exits import FOUND, NOTHING_FOUND
from searchlib.cli.formats.plain import one_line
from searchlib.cli.messages import note
from searchlib.cli.options import json_option


@click.command(short_help="Show how a text is cut into terms.")
@click.argument("text", nargs=-1, required=True)
@json_option
def analyze(*, text: tuple[str, ...], as_json: bool) -> int:
    """Show the terms that TEXT is indexed and searched by: their field, the term, and its start and end in the text in
    characters from 0. A single - reads standard input.
    """
    from searchlib.library import tokens

    whole = sys.stdin.read() if text == ("-",) else " ".join(text)
    found = tokens(whole)
    for token in found:
        if as_json:
            from searchlib.cli.formats import json

            click.echo(json.line(json.token(token)))
        else:
            click.echo(f"{token.field}\t{one_line(token.term)}\t{token.span.start}\t{token.span.end}")
    if not found:
        note("there is nothing in it but space")
    return FOUND if found else NOTHING_FOUND
