"""The command line. Each command parses, calls one function of `Library` and renders; all errors end here.

Nothing that costs time is imported before a command runs: `--help` loads click and no more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from searchlib.cli.analyze import analyze
from searchlib.cli.index import index
from searchlib.cli.messages import complain, explain, explain_usage
from searchlib.cli.search import search
from searchlib.cli.show import show
from searchlib.cli.status import status
from searchlib.errors import SearchlibError

FOUND, NOTHING_FOUND, WENT_WRONG, INTERRUPTED = 0, 1, 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="searchlib", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.")
def searchlib(*, debug: bool) -> None:
    """Full-text search for folders of Chinese documents.

    \b
    searchlib index              take the documents in seeds/ into the index
    searchlib search 枫桥经验    find the paragraphs that have it, the best first

    Exit status: 0 found, 1 nothing found, 2 something went wrong, 130 interrupted.
    """


for _command in (index, search, show, status, analyze):
    searchlib.add_command(_command)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # Names of files that are not UTF-8 go out as the bytes that they are.
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status; says on standard error what went wrong."""
    is_debug = "--debug" in arguments[:1]
    try:
        exit_status = searchlib.main(list(arguments), prog_name="searchlib", standalone_mode=False)
        sys.stdout.flush()
        return exit_status or FOUND
    except BrokenPipeError:
        # Whoever read this has seen enough. What is still in the buffer must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        return INTERRUPTED
    except click.ClickException as error:
        explain_usage(error)
        return WENT_WRONG
    except SearchlibError as error:
        if is_debug:
            raise
        explain(error)
        return WENT_WRONG
    except Exception as error:
        if is_debug:
            raise
        complain(f"this should not have happened: {type(error).__name__}: {error}")
        complain("searchlib --debug COMMAND … shows where; please report it")
        return WENT_WRONG
