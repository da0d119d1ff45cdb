"""`searchlib explain`: how a query is read, and why a paragraph answers it or does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FOUND, NOTHING_FOUND
from searchlib.cli.formats.plain import visible
from searchlib.cli.messages import note_timeout
from searchlib.cli.options import Asking, index_option, json_option, timeout_option, trust_option
from searchlib.cli.places import PLACE
from searchlib.errors import PathError

if TYPE_CHECKING:
    from searchlib.library import Library
    from searchlib.model import Paragraph


@click.command(cls=Asking, short_help="Say how a query is read, and why a paragraph answers it or not.")
@click.argument("query", nargs=-1, required=True, metavar="QUERY... [PATH:LINE]")
@index_option
@trust_option
@timeout_option
@json_option
def explain(*, query: tuple[str, ...], folder: str, trust: bool, timeout: float, as_json: bool) -> int:
    """Say how QUERY is read: its clauses, what they were cut into, how many paragraphs match each, and how many texts
    have to be looked at for that. With PATH:LINE, as search prints it, say how the paragraph there stands in the
    answer: its rank, what each term adds to its score, and what it lacks.

    Exit status: 0 if there is an answer, or the paragraph is in it, and 1 if not.
    """
    from searchlib.cli.opening import open_library

    with open_library(folder, trust=trust) as library:
        words, paragraph = _split(query, library)
        if paragraph is None:
            explanation = library.explain(words, timeout=timeout or None)
            _write("explanation", explanation, as_json=as_json)
            if explanation.timed_out:
                note_timeout(timeout)
            return FOUND if explanation.complete or explanation.partial else NOTHING_FOUND
        judgement = library.judge(words, paragraph, timeout=timeout or None)
        _write("judgement", judgement, as_json=as_json)
        if judgement.timed_out:
            note_timeout(timeout)
        return FOUND if judgement.rank else NOTHING_FOUND


def _split(query: tuple[str, ...], library: Library) -> tuple[str, Paragraph | None]:
    """The query, and the paragraph that is named behind it, if one is."""
    *words, last = query
    match = PLACE.fullmatch(last)
    if not words or not match:
        return " ".join(query), None
    try:
        path = library.find(match["path"])
    except PathError:
        # 10:30 is part of the query; a path that is misspelt is not.
        if "/" in match["path"] or re.search(r"\.\w+$", match["path"]):
            raise
        return " ".join(query), None
    if not (found := library.around(path, int(match["line"]))):
        raise PathError(f"there is no text in {match['path']}")
    return " ".join(words), found[0]


def _write(kind: str, found: object, *, as_json: bool) -> None:
    from searchlib.cli.formats import json, reasons

    if as_json:
        click.echo(json.line(getattr(json, kind)(found)))
    else:
        for line in getattr(reasons, kind)(found):
            click.echo(visible(line).rstrip())
