"""`searchlib forget`: take sources out of the index for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FOUND, NOTHING_FOUND
from searchlib.cli.formats.plain import counted, one_line
from searchlib.cli.messages import command, complain, note
from searchlib.cli.options import index_option, trust_option

if TYPE_CHECKING:
    from searchlib.library import Library
    from searchlib.model import ForgetReport


@click.command(short_help="Take files and folders out of the index.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@index_option
@trust_option
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--wait", type=click.IntRange(min=0), default=0, metavar="SECONDS", help="Wait for another writer.")
@click.option("-v", "--verbose", is_flag=True, help="Name every file that is taken out.")
def forget(*, paths: tuple[str, ...], folder: str, trust: bool, dry_run: bool, wait: int, verbose: bool) -> int:
    """Take what each PATH leads to out of the index, whether it is there or not, and leave it out from then on.

    A PATH that was named to searchlib index is not brought up to date any more. What lies in such a PATH, a folder or a
    file, is left out of it until searchlib index names it again. No document is touched.

    Exit status: 1 if the index has nothing of a PATH.
    """
    from searchlib.library import Library

    with Library.open(folder, trust=trust) as library:
        report = library.forget(paths, dry_run=dry_run, wait_s=wait)
    if len(report.unknown) < len(paths):
        _show(report, library, is_foreseen=dry_run, names=verbose or dry_run)
    for name in report.unknown:
        complain(f"the index has nothing of {one_line(name)}")
    if report.unknown:
        note(f"{command('roots')} lists what was indexed, {command('search')} -l '*' every file")
    return NOTHING_FOUND if report.unknown else FOUND


def _show(report: ForgetReport, library: Library, *, is_foreseen: bool, names: bool) -> None:
    would = "would be " if is_foreseen else ""
    for path in report.roots:
        click.echo(f"{would}dropped {one_line(library.shown(path))}")
    for path in report.left_out:
        shown = library.shown(path)
        click.echo(f"{would}left out from now on: {one_line(shown)} ({command('index', shown)} takes it in again)")
    for path in report.sources if names else ():
        click.echo(f"{would}removed {one_line(library.shown(path))}")
    click.echo(f"{would}removed: {counted(len(report.sources), 'file')}, {counted(report.paragraphs, 'paragraph')}")
