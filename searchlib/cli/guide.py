"""`searchlib help`: the help of a command, or of the query language."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap

import click

from searchlib.cli.exits import FOUND

# Cells of a line, and where in it the meanings begin.
_WIDTH, _INDENT = 80, 28


@click.command("help", short_help="Show the help of a command, or the query language.")
@click.argument("topic", required=False)
@click.pass_context
def guide(context: click.Context, *, topic: str | None) -> int:
    """Show the help of the command TOPIC. The TOPIC query is what a query can say."""
    parent = context.find_root()
    if topic == "query":
        click.echo("\n".join(_language()))
    elif not topic:
        click.echo(parent.get_help())
    elif isinstance(parent.command, click.Group) and (command := parent.command.get_command(parent, topic)):
        click.echo(command.get_help(click.Context(command, parent, topic)))
    else:
        raise click.UsageError(f"there is no help on {topic}; there is on query and on every command", context)
    return FOUND


def _language() -> list[str]:
    from rich.cells import cell_len

    from searchlib.library import language

    forms, notes = language()
    lines = []
    for examples, meaning in forms:
        for example, part in zip_longest(examples, wrap(meaning, _WIDTH - _INDENT), fillvalue=""):
            lines += [f"{example}{' ' * (_INDENT - cell_len(example))}{part}".rstrip()]
    return [*lines, "", *(line for text in notes for line in wrap(text, _WIDTH))]
