"""`searchlib show`: read a source, or the paragraphs around a line of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FOUND, NOTHING_FOUND
from searchlib.cli.formats.plain import one_line
from searchlib.cli.messages import note, tell_gone
from searchlib.cli.options import color_option, in_colour, index_option, json_option, trust_option
from searchlib.cli.places import PLACE
from searchlib.errors import PathError

if TYPE_CHECKING:
    from searchlib.library import Library
    from searchlib.model import Paragraph


@click.command(short_help="Show the paragraphs around a line.")
@click.argument("place", metavar="PATH[:LINE]")
@index_option
@trust_option
@click.option("-C", "--context", type=click.IntRange(min=0), default=2, show_default=True, help="Paragraphs around.")
@json_option
@color_option
def show(*, place: str, folder: str, trust: bool, context: int, as_json: bool, color: str) -> int:
    """Show the paragraphs around LINE of an indexed file, or the whole file. What search prints can be given as it
    stands, column and all; a path may be shortened from the left.
    """
    from searchlib.cli.opening import open_library

    with open_library(folder, trust=trust) as library:
        path, line = _split(place, library)
        paragraphs = library.around(path, line, context) if line else library.paragraphs(path)
        shown = library.shown(path)
        gone = library.gone([path])
    _write(paragraphs, line, shown, as_json=as_json, color=in_colour(color))
    if not paragraphs:
        note(f"there is no text in {one_line(shown)}")
    elif paragraphs[-1].last_line < line:
        note(f"{one_line(shown)} has no text at line {line:,} or below; this is its end")
    tell_gone([shown] if gone else [])
    return FOUND if paragraphs else NOTHING_FOUND


def _split(place: str, library: Library) -> tuple[str, int]:
    """The path in the library and the line, 0 for none; a name that has a colon and a number in it wins."""
    match = PLACE.fullmatch(place)
    if not match:
        return library.find(place), 0
    try:
        return library.find(place), 0
    except PathError:
        return library.find(match["path"]), int(match["line"])


def _write(paragraphs: list[Paragraph], line: int, path: str, *, as_json: bool, color: bool) -> None:
    if as_json:
        from searchlib.cli.formats import json

        for paragraph in paragraphs:
            click.echo(json.line(json.paragraph(paragraph)))
    elif sys.stdout.isatty():
        from searchlib.cli.formats.drawn import draw_paragraphs

        draw_paragraphs(paragraphs, line, path, color=color)
    else:
        from searchlib.cli.formats import text

        for paragraph in paragraphs:
            click.echo(text.paragraph(paragraph, line, path, color=color), color=True)
