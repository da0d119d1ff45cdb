"""`searchlib search`: ask the index."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import click
from click.core import ParameterSource

from searchlib.answers import Sort
from searchlib.cli.exits import FOUND, NOTHING_FOUND
from searchlib.cli.formats.plain import counted, one_line
from searchlib.cli.messages import note, note_timeout, tell_gone
from searchlib.cli.options import (
    Asking,
    Fields,
    color_option,
    in_colour,
    index_option,
    json_option,
    timeout_option,
    trust_option,
)
from searchlib.defaults import LIMIT

if TYPE_CHECKING:
    from searchlib.answers import Counts, HitStream
    from searchlib.library import Library

_WITHOUT_EFFECT = {
    "files": ("count", "limit", "offset", "group", "context", "no_snippet", "fields"),
    "count": ("limit", "offset", "group", "context", "no_snippet", "fields"),
    "no_snippet": ("context",),
    "as_json": ("no_snippet",),
}
_ONLY_WITH = {"fields": "as_json"}


class Asked(NamedTuple):
    """What the answer is about, and how it is to be written."""

    path: str | None
    as_json: bool
    color: bool
    snippets: bool
    fields: tuple[str, ...] | None
    timeout: float


@click.command(cls=Asking, short_help="Find paragraphs, the best first.")
@click.argument("query", nargs=-1, required=True)
@index_option
@trust_option
@click.option("-n", "--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="Show so many hits.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many hits before the first.")
@click.option("--strict", is_flag=True, help="Only paragraphs that match every clause.")
@click.option("--path", metavar="GLOB", help="Only sources whose path matches: '*.md', notes/")
@click.option(
    "--sort",
    type=click.Choice([sort.value for sort in Sort]),
    default=Sort.SCORE.value,
    show_default=True,
    help="Order hits by this: the best, the newest, the largest first.",
)
@click.option("--reverse", is_flag=True, help="Turn the order round.")
@click.option("--group", is_flag=True, help="One hit of each file, its first.")
@click.option("-C", "--context", type=click.IntRange(min=0), default=0, metavar="N", help="Show N paragraphs around.")
@click.option("-l", "--files", is_flag=True, help="Only the names of the files that match every clause.")
@click.option("-c", "--count", is_flag=True, help="Only how many paragraphs of each file match every clause.")
@click.option("--no-snippet", is_flag=True, help="Only the places, without text.")
@json_option
@click.option("--fields", type=Fields(), metavar="A,B,C", help="With --json: what each hit has, say path,line,text.")
@timeout_option
@color_option
def search(
    *,
    query: tuple[str, ...],
    folder: str,
    trust: bool,
    limit: int,
    offset: int,
    strict: bool,
    path: str | None,
    sort: str,
    reverse: bool,
    group: bool,
    context: int,
    files: bool,
    count: bool,
    no_snippet: bool,
    as_json: bool,
    fields: tuple[str, ...] | None,
    timeout: float,
    color: str,
) -> int:
    """Find the paragraphs that answer QUERY, the best first.

    \b
    枫桥经验            paragraphs that have it as it stands, or all of its words
    枫桥 人才           two clauses; first what matches both, then what matches some
    '"枫桥经验"'        quoted: just these characters; “ ” and 「 」 do as well
    枫桥 -人才          with 枫桥, without 人才; more: searchlib help query

    Simplified and traditional characters, full and half width are the same. Where standard output is a terminal the
    hits are drawn, in a pipe each is a line PATH:LINE:COLUMN:TEXT.
    """
    from searchlib.cli.opening import open_library

    _refuse_what_has_no_effect(click.get_current_context())
    text = " ".join(query)
    asked = Asked(path, as_json, in_colour(color), not no_snippet, fields, timeout)
    with open_library(folder, trust=trust) as library:
        if files or count:
            counts = library.counts(text, path=path, sort=sort, reverse=reverse, timeout=timeout or None)
            return _files(counts, text, asked, library, with_count=count)
        results = library.stream(
            text,
            limit=limit,
            offset=offset,
            strict=strict,
            path=path,
            context=context,
            sort=sort,
            reverse=reverse,
            group=group,
            timeout=timeout or None,
        )
        return _hits(results, asked, library)


def _refuse_what_has_no_effect(context: click.Context) -> None:
    """Options that the user wrote and that others would leave without effect."""
    names = {parameter.name: max(parameter.opts, key=len) for parameter in context.command.params}
    given = [name for name in names if context.get_parameter_source(name or "") is ParameterSource.COMMANDLINE]
    for name in given:
        for other in _WITHOUT_EFFECT.get(name or "", ()):
            if other in given:
                raise click.UsageError(f"{names[other]} has no effect together with {names[name]}", context)
        if name in _ONLY_WITH and _ONLY_WITH[name] not in given:
            raise click.UsageError(f"{names[name]} has no effect without {names[_ONLY_WITH[name]]}", context)


def _files(counts: Counts, query: str, asked: Asked, library: Library, *, with_count: bool) -> int:
    from searchlib.cli.formats import json, text

    for path, count in counts.items():
        if asked.as_json:
            click.echo(json.line(json.file(path, count)))
        else:
            shown = library.shown(path)
            safe = one_line(shown) if sys.stdout.isatty() else shown
            click.echo(text.file(safe, count if with_count else None, color=asked.color), color=True)
    _tell_unheeded(*library.unheeded(query))
    if counts.timed_out:
        note_timeout(asked.timeout)
    if not counts:
        note("no paragraph matches the whole query" + _where(asked))
    return FOUND if counts else NOTHING_FOUND


def _tell_unheeded(ignored: Iterable[str], unknown: Iterable[str]) -> None:
    for clause in ignored:
        note(f"ignored: {clause} (nothing to search for in it; marks are searched for only when quoted)")
    for name in unknown:
        note(f"no field is called {name}; it was searched for as text (searchlib help query names the fields)")


def _hits(results: HitStream, asked: Asked, library: Library) -> int:
    _write(results, asked, library)
    _tell_unheeded(results.ignored, results.unknown)
    tell_gone([library.shown(path) for path in library.gone(results.paths)])
    if results.timed_out:
        note_timeout(asked.timeout)
    if not asked.as_json:
        note(_told(results, asked))
    return FOUND if results.shown else NOTHING_FOUND


def _write(results: HitStream, asked: Asked, library: Library) -> None:
    if asked.as_json:
        from searchlib.cli.formats import json

        for hit in results:
            line = json.line(json.hit(hit, asked.fields, grouped=results.grouped))
            with results.paused():
                click.echo(line)
        click.echo(json.line(json.summary(results)))
    elif sys.stdout.isatty():
        from searchlib.cli.formats.drawn import draw

        draw(results, library.shown, color=asked.color, snippets=asked.snippets)
    else:
        from searchlib.cli.formats import text

        for line in text.hits(results, library.shown, color=asked.color, snippets=asked.snippets):
            with results.paused():
                click.echo(line, color=True)


def _told(results: HitStream, asked: Asked) -> str:
    """Both counts, of how many files if these are what the hits stand for, and which of the hits are shown."""
    if not results.complete and not results.partial:
        return "nothing found" + _where(asked)
    some = f"{results.partial:,} with part of it"
    if not results.complete:
        counts = f"no paragraph matches the whole query, {some}"
    else:
        counts = counted(results.complete, "paragraph") + " with the whole query"
        counts += f", {some}" if results.partial else ""
    if results.grouped:
        counts += f", in {counted(results.sources, 'file')}"
    if not results.shown:
        return f"{counts}; none is left after the first {results.offset:,}"
    return f"{counts}; shown: {results.offset + 1:,} to {results.offset + results.shown:,}"


def _where(asked: Asked) -> str:
    """A pattern that no source matches looks like a question without an answer; so it is named."""
    return "" if asked.path is None else f" in sources that match {asked.path}"
