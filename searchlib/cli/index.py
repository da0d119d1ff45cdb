"""`searchlib index`: bring the index up to date with the files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FOUND, WENT_WRONG
from searchlib.cli.formats import plain
from searchlib.cli.formats.plain import one_line, word
from searchlib.cli.messages import Interrupted, command, complain, note
from searchlib.cli.options import Encoding, Size, index_option, trust_option
from searchlib.defaults import MAX_BYTES
from searchlib.errors import NoRoots, PathError
from searchlib.units import size

if TYPE_CHECKING:
    from searchlib.library import Library
    from searchlib.model import IndexReport

_SEEDS = "seeds"


@click.command(short_help="Take files into the index, and bring it up to date.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@index_option
@trust_option
@click.option("--rebuild", is_flag=True, help="Make the whole index anew; the old one answers until that is done.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--include", multiple=True, metavar="GLOB", help="Take only files that match, whatever their suffix.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders that match.")
@click.option("--hidden", is_flag=True, help="Take hidden files and folders too.")
@click.option("--no-ignore", is_flag=True, help="Take what .gitignore and .ignore leave out too.")
@click.option("--follow", is_flag=True, help="Follow symbolic links.")
@click.option("--encoding", type=Encoding(), help="Read all these files in this encoding, instead of finding it out.")
@click.option("--reset-options", is_flag=True, help="Do without the options remembered of each PATH.")
@click.option("--checksum", is_flag=True, help="Read every file and compare contents, whatever its size and times say.")
@click.option(
    "--max-size", type=Size(), default=MAX_BYTES, help=f"Skip larger files: 500k, 1G.  [default: {size(MAX_BYTES)}]"
)
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Processes that read files.  [default: one a core]")
@click.option("--wait", type=click.IntRange(min=0), default=0, metavar="SECONDS", help="Wait for another writer.")
@click.option("-v", "--verbose", is_flag=True, help="Name every file that was added, changed or removed.")
def index(
    *,
    paths: tuple[str, ...],
    folder: str,
    trust: bool,
    rebuild: bool,
    dry_run: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    hidden: bool,
    no_ignore: bool,
    follow: bool,
    encoding: str | None,
    reset_options: bool,
    checksum: bool,
    max_size: int,
    jobs: int | None,
    wait: int,
    verbose: bool,
) -> int:
    """Take the files in each PATH into the index: new ones are added, changed ones read again, and those that are
    gone removed. Without a PATH all that were named before are brought up to date, from any folder; of a new index it
    is seeds/.

    Which PATHs were named is remembered with --include, --exclude, --hidden, --no-ignore, --follow and --encoding:
    they hold until others are given for the same PATH. searchlib roots lists them, searchlib forget drops one. One
    that is missing keeps its paragraphs until then.

    Text (.txt), Markdown (.md) and HTML (.html) are taken, in any Chinese encoding. Hidden files and what .gitignore
    and .ignore name are left out; a file that is named itself is always taken.
    """
    from searchlib.cli.progress import committed, progress
    from searchlib.library import Library

    library = Library.create(folder, trust=trust)
    with progress() as shown:
        try:
            report = library.update(
                paths,
                default=[_SEEDS] if os.path.isdir(_SEEDS) else [],
                rebuild=rebuild,
                dry_run=dry_run,
                include=include,
                exclude=exclude,
                hidden=hidden,
                ignore_files=not no_ignore,
                follow=follow,
                encoding=encoding,
                reset_options=reset_options,
                checksum=checksum,
                max_bytes=max_size,
                jobs=jobs or _cores(),
                wait_s=wait,
                on_change=shown,
            )
        except NoRoots:
            raise PathError(
                f"there is no folder {_SEEDS} here", hint="name what to take in: searchlib index PATH"
            ) from None
        except KeyboardInterrupt:
            known = f"the index is as of its last commit: {committed(shown)}; the same command goes on from there"
            raise Interrupted(known) from None
    _show(report, is_foreseen=dry_run, names=verbose or dry_run)
    _tell_roots(report, library)
    return WENT_WRONG if report.skipped else FOUND


def _tell_roots(report: IndexReport, library: Library) -> None:
    """Return what became of roots that were not named, and what can be done about those that are missing."""
    for found in report.notes:
        path, now = one_line(library.shown(found.path)), _options(found.now)
        if found.kind == "changed":
            note(f"{path} was remembered with {_options(found.before)}; now it is with {now}")
        elif found.kind == "merged":
            note(f"{path} is part of {one_line(library.shown(found.into))} from now on: both have the same options")
        else:
            note(f"{path} keeps options of its own: {now}")
    if report.missing:
        paths = [library.shown(path) for path in report.missing]
        note(f"what is missing for good is taken out with: {command('forget', *paths)}")
        note(f"what was moved is taken in with: {command('index')} NEWPATH")


def _options(words: Sequence[str]) -> str:
    return one_line(" ".join(map(word, words))) or "no options"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _show(report: IndexReport, *, is_foreseen: bool, names: bool) -> None:
    if report.repaired:
        note(f"the index was damaged and has been mended: {plain.one_line(report.repaired)}")
    for skipped in report.skipped:
        complain(f"skipped {plain.one_line(skipped.path)}: {plain.one_line(skipped.reason)}")
    if names:
        for change in report.changes:
            encoding = f" ({change.encoding})" if change.encoding else ""
            click.echo(f"{'would be ' if is_foreseen else ''}{change.kind} {plain.one_line(change.path)}{encoding}")
    for line in _summary(report, is_foreseen=is_foreseen):
        click.echo(line)


def _summary(report: IndexReport, *, is_foreseen: bool) -> list[str]:
    from searchlib.model import ChangeKind

    kinds = (ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED)
    counts = [f"{kind} {report.count(kind):,}" for kind in kinds]
    counts += [f"unchanged {report.unchanged:,}", f"skipped {len(report.skipped):,}"]
    lines = [("would be: " if is_foreseen else "") + ", ".join(counts)]
    if report.encodings:
        lines.append("encodings: " + ", ".join(f"{name} {count:,}" for name, count in report.encodings.items()))
    passed_over = []
    if report.others:
        passed_over.append(f"{report.others:,} of other kinds (--include takes them)")
    if report.links:
        passed_over.append(f"{plain.counted(report.links, 'symbolic link')} (--follow follows them)")
    if passed_over:
        lines.append("left out: " + ", ".join(passed_over))
    if not is_foreseen:
        paragraphs = plain.counted(report.paragraphs, "paragraph")
        lines.append(f"{paragraphs} from {size(report.bytes_read)} in {report.seconds:.1f} s")
    return lines
