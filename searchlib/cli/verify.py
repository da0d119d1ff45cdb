"""`searchlib verify`: is the index as it was written, and does it hold what the files hold?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FAULTY, SOUND, WENT_WRONG
from searchlib.cli.formats.plain import counted, one_line
from searchlib.cli.messages import complain, note
from searchlib.cli.options import index_option, json_option, trust_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.findings import Finding, Repairs, VerifyReport
    from searchlib.library import Library

# Names of each kind that are written; JSON has all.
_NAMED = 10


@click.command(short_help="Check that the index is whole.")
@index_option
@trust_option
@click.option("--quick", is_flag=True, help="Leave out what takes reading all texts, in the index and in files.")
@click.option("--repair", is_flag=True, help="Mend what is wrong, and nothing else; reads the files it takes.")
@click.option("--wait", type=click.IntRange(min=0), default=0, metavar="SECONDS", help="Wait for another writer.")
@json_option
def verify(*, folder: str, trust: bool, quick: bool, repair: bool, wait: int, as_json: bool) -> int:
    """Check that the index is whole: that its files are as they were written, its postings those of its texts, and
    its paragraphs those of the files that have not changed since.

    Exit status: 0 if all is well or was mended, 1 if something is wrong, 2 if something could not be checked.
    """
    from searchlib.cli.progress import checking
    from searchlib.library import Library

    if quick and repair:
        raise click.UsageError("--repair takes a whole check; leave out --quick")
    library = Library.create(folder, trust=trust)
    with checking() as shown:
        report = library.verify(quick=quick, repair=repair, wait_s=wait, on_change=shown)
    _write(report, library, as_json=as_json)
    for unread in report.unread:
        complain(f"could not compare {one_line(library.shown(unread.path))}: {unread.reason}")
    _note(report, library)
    if report.left:
        return FAULTY
    return WENT_WRONG if report.unread else SOUND


def _write(report: VerifyReport, library: Library, *, as_json: bool) -> None:
    if as_json:
        from searchlib.cli.formats import json

        for found in (*map(json.finding, report.findings), json.verification(report)):
            click.echo(json.line(found))
    else:
        for line in _lines(report, library):
            click.echo(line)


def _lines(report: VerifyReport, library: Library) -> Iterator[str]:
    yield from (_told(finding, library) for finding in report.findings)
    if report.repairs:
        yield from _done(report.repairs, library)
        if report.left:
            yield "and this is still wrong:"
            yield from (_told(finding, library) for finding in report.left)
    of = f"{counted(report.sources, 'source')}, {counted(report.paragraphs, 'paragraph')}"
    state = "all well" if not report.left else f"{counted(len(report.left), 'thing')} wrong"
    yield f"{of}: {state}, in {report.seconds:.1f} s"


def _told(finding: Finding, library: Library) -> str:
    place = f"{one_line(library.shown(finding.path))}: " if finding.path else ""
    return f"{finding.kind}: {place}{one_line(finding.what)}"


def _done(repairs: Repairs, library: Library) -> Iterator[str]:
    if repairs.rebuilt:
        yield "the whole index was made anew"
    for what, paths in (
        ("read again", () if repairs.rebuilt else repairs.read),
        ("removed", repairs.removed),
        ("kept, though its file is gone,", repairs.kept),
        ("lost, because its file is gone,", repairs.lost),
    ):
        yield from (f"{what} {one_line(library.shown(path))}" for path in paths[:_NAMED])
        if len(paths) > _NAMED:
            yield f"{what} {len(paths) - _NAMED:,} more"


def _note(report: VerifyReport, library: Library) -> None:
    """What is no damage, and what to do."""
    if report.changed:
        more = f" and {len(report.changed) - 1:,} more" if len(report.changed) > 1 else ""
        first = one_line(library.shown(report.changed[0]))
        note(f"changed since indexed: {first}{more}; searchlib index PATH brings the index up to date")
    if report.left and not report.repairs:
        note("searchlib verify --repair mends what is wrong")
