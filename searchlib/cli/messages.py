"""What is said on standard error: complaints, and what to do about them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from click.core import ParameterSource

from searchlib.cli.formats.plain import one_line, path_word, visible
from searchlib.errors import QueryError, SearchlibError
from searchlib.units import seconds_of

# Cells of a question that are shown when something is wrong in it.
_SHOWN = 72
# Paths that a command is shown with.
_NAMED = 5


def complain(message: str) -> None:
    click.echo(f"searchlib: {visible(message)}", err=True)


def note(message: str) -> None:
    """Something worth knowing that is no complaint."""
    click.echo(visible(message), err=True)


def command(words: str, *paths: str) -> str:
    """A command about the index that the one running now is about, to be copied."""
    context = click.get_current_context()
    index: tuple[str, ...] = ()
    if context.get_parameter_source("folder") is ParameterSource.COMMANDLINE:
        index = ("--index", path_word(context.params["folder"]))
    return one_line(" ".join((f"searchlib {words}", *index, *map(path_word, paths))))


def tell_gone(paths: Sequence[str]) -> None:
    """Tell that files of hits are missing, and how to remove them from the index."""
    if paths:
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        verb, them = ("are", "them") if more else ("is", "it")
        out = command("forget", *paths[:_NAMED])
        note(f"{one_line(paths[0])}{more} {verb} gone since the last update; take {them} out of the index with: {out}")


def note_timeout(timeout: float) -> None:
    note(
        f"stopped after {seconds_of(timeout)}: this is the part of the answer that was known by then; "
        "--timeout SECONDS gives it more time, and 0 as much as it needs"
    )


def explain_error(error: SearchlibError) -> None:
    """What happened, where, and what to do."""
    complain(str(error))
    if isinstance(error, QueryError) and error.text:
        note(_pointed_at(error.text, error.at))
    if error.hint:
        note(error.hint)


def explain_usage(error: click.ClickException) -> None:
    """What is wrong with a command, and where to read how it is written."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # `searchlib` alone: the help is the answer, and no complaint.
        note(error.format_message())
        return
    complain(error.format_message())
    if isinstance(error, click.NoSuchOption) and error.ctx and error.ctx.command.name in ("search", "explain"):
        note("a word that a query is to leave out can be written NOT word")
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


def _pointed_at(text: str, at: int) -> str:
    """The question, or what there is room for, and a caret under the character in cells of the terminal."""
    from rich.cells import cell_len, set_cell_size

    line = "".join(" " if char.isspace() else char for char in visible(text))
    start = 0
    while cell_len(line[start:at]) > _SHOWN // 2:
        start += 1
    shown = set_cell_size(line[start:], min(_SHOWN, cell_len(line[start:])))
    return f"  {shown}\n  {' ' * cell_len(line[start:at])}^"
