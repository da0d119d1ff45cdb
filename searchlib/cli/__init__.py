"""The command line. Each command parses, calls one function of `Library` and renders; all errors end here.

Nothing that costs time is imported before a command runs: `--help` loads click and no more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import TracebackType

import click
from click.shell_completion import shell_complete

from searchlib.cli.exits import FOUND, INTERRUPTED, WENT_WRONG
from searchlib.cli.messages import complain, explain_error, explain_interruption, explain_usage, note
from searchlib.errors import SearchlibError

_DEBUG = "--debug"
_NAME, _COMPLETE = "searchlib", "_SEARCHLIB_COMPLETE"


# The module of each command, whose function has the module's name.
_COMMANDS = {
    "index": "index",
    "search": "search",
    "show": "show",
    "status": "status",
    "roots": "roots",
    "forget": "forget",
    "explain": "explain",
    "analyze": "analyze",
    "doctor": "doctor",
    "verify": "verify",
    "backup": "backup",
    "eval": "evaluate",
    "help": "guide",
}


class Commands(Mapping[str, click.Command]):
    """By name; each is imported when it is run, or when help lists it."""

    def __getitem__(self, name: str) -> click.Command:
        module = _COMMANDS[name]
        command: click.Command = getattr(import_module(f"searchlib.cli.{module}"), module)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="searchlib", message="%(prog)s %(version)s")
@click.option(_DEBUG, is_flag=True, help="Show a traceback when something goes wrong.")
def searchlib(*, debug: bool) -> None:
    """Full-text search for folders of Chinese documents.

    \b
    searchlib index              take the documents in seeds/ into the index
    searchlib search 枫桥经验    find the paragraphs that have it, the best first

    Exit status: 0 found, 1 nothing found, 2 something went wrong, 130 interrupted.
    """


searchlib.commands = Commands()  # type: ignore[assignment]  # click would add to it, if it were asked to


def main() -> None:
    """The console script."""
    # No matrix is multiplied here, and a core's thread each for it, which NumPy starts, costs as much as NumPy itself.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A stream that was closed before the start (`>&-`) is None; what is written there is lost, as it should be.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in filter(None, (sys.stdin, sys.stdout, sys.stderr)):
        # Names of files that are not UTF-8 go out as the bytes that they are; what comes in may be anything.
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    # On a full disk, Whoosh leaves files open that fail once more when Python closes them, which Python tells from 3.13
    # on. The failure itself has been told by then.
    if _DEBUG not in sys.argv[1:2]:
        sys.unraisablehook = lambda _: None
    sys.excepthook = _show_traceback
    if instruction := os.environ.get(_COMPLETE):
        sys.exit(shell_complete(searchlib, {}, _NAME, _COMPLETE, instruction))
    exit_status = run(sys.argv[1:])
    sys.stderr.flush()
    # Python would take all modules apart first, which takes a tenth of a search; everything is written and closed.
    os._exit(exit_status)


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status; says on standard error what went wrong."""
    is_debug = _DEBUG in arguments[:1]
    try:
        exit_status = _invoke(arguments)
        sys.stdout.flush()
        return exit_status
    except BrokenPipeError:
        # Whoever read this has seen enough.
        _give_up_output()
        return FOUND
    except (KeyboardInterrupt, click.Abort) as interruption:
        explain_interruption(interruption)
        return INTERRUPTED
    except click.ClickException as error:
        explain_usage(error)
        return WENT_WRONG
    except Exception as error:
        # The last handler there is: no traceback reaches a user who did not ask for one.
        if is_debug:
            raise
        _tell(error)
        return WENT_WRONG


def _show_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What Python does with an error that nobody handles, but for what a terminal would obey in its message."""
    from traceback import format_exception

    note("".join(format_exception(kind, error, trace)).rstrip())


def _tell(error: Exception) -> None:
    match error:
        case SearchlibError():
            explain_error(error)
        case OSError():
            complain(f"{error.filename or 'standard output'}: {(error.strerror or str(error)).lower()}")
            if not error.filename:
                _give_up_output()
        case MemoryError():
            complain("there was not enough memory for this; what was committed before is intact")
            note("searchlib index --jobs 1 needs the least")
        case _:
            complain(f"this should not have happened: {type(error).__name__}: {error}")
            complain("searchlib --debug COMMAND … shows where; please report it")


def _invoke(arguments: Sequence[str]) -> int:
    """What `click.Command.main` does, without its handling of errors, which takes a closed pipe for a failure."""
    try:
        with searchlib.make_context(_NAME, list(arguments)) as context:
            return searchlib.invoke(context) or FOUND
    except click.exceptions.Exit as ended:
        return ended.exit_code


def _give_up_output() -> None:
    """What is still in the buffer must not be tried again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
