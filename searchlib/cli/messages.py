"""What is said on standard error: complaints, and what to do about them."""

from __future__ import annotations

import sys

import click

from searchlib.cli.formats.plain import visible
from searchlib.errors import SearchlibError


def complain(message: str) -> None:
    click.echo(f"searchlib: {visible(message)}", err=True)


def note(message: str) -> None:
    """Something worth knowing that is no complaint."""
    click.echo(visible(message), err=True)


def explain(error: SearchlibError) -> None:
    """What happened, and what to do."""
    complain(str(error))
    if error.hint:
        note(error.hint)


def explain_usage(error: click.ClickException) -> None:
    """What is wrong with a command, and where to read how it is written."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # `searchlib` alone: the help is the answer, and no complaint.
        note(error.format_message())
        return
    complain(error.format_message())
    if isinstance(error, click.UsageError) and error.ctx:
        note(f"{error.ctx.command_path} --help shows what can be written here")


class Interrupted(click.Abort):
    """Ctrl-C, with what should be known about the work that it ended."""

    def __init__(self, known: str) -> None:
        super().__init__()
        self.known = known


def explain_interruption(interruption: BaseException) -> None:
    if sys.stderr.isatty():
        # Ends the line on which the terminal wrote ^C.
        click.echo(err=True)
    complain("interrupted")
    if isinstance(interruption, Interrupted):
        note(interruption.known)
