"""`searchlib doctor`: does the search keep its promise on this index?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import FAULTY, SOUND
from searchlib.cli.formats.plain import counted, one_line
from searchlib.cli.messages import note
from searchlib.cli.options import index_option, json_option, trust_option
from searchlib.defaults import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.library import Library
    from searchlib.recall import Fault, RecallReport, Tally

_NAMES = ("kind", "clause", "length", "samples", "expected", "found", "missed", "wrong", "recall", "precision")
_WIDTHS = (10, 6, 6, 7, 10, 10, 7, 7, 7, 9)


@click.command(short_help="Check that the search finds what it should.")
@index_option
@trust_option
@click.option(
    "--recall",
    is_flag=True,
    expose_value=False,
    help="Search for samples of the indexed text. The only check so far, made in any case.",
)
@click.option("--samples", type=click.IntRange(min=1), default=SAMPLES, show_default=True, help="Questions to ask.")
@click.option("--seed", type=click.IntRange(min=0), help="Draw the samples of an earlier check.  [default: by chance]")
@json_option
def doctor(*, folder: str, trust: bool, samples: int, seed: int | None, as_json: bool) -> int:
    """Check that the search finds what it should in this index, all of it and nothing else.

    Samples of the indexed files (substrings, words, other scripts, stretches with marks in them, stretches across the
    cuts in long paragraphs) are searched for, and the answers compared with a plain scan of all paragraphs of these
    files, read again. Exit status: 0 if all are right, 1 if something was missed or wrong.
    """
    from searchlib.cli.opening import open_library
    from searchlib.cli.progress import checking
    from searchlib.recall import check

    with open_library(folder, trust=trust) as library:
        with checking() as shown:
            report = check(library, samples=samples, seed=seed, on_change=shown)
        _write(report, library, as_json=as_json)
    if report.total.samples < samples:
        note(f"there are only {report.total.samples:,} different samples in so little text")
    if report.changed:
        more = f" and {len(report.changed) - 1:,} more" if len(report.changed) > 1 else ""
        first = one_line(library.shown(report.changed[0]))
        note(f"changed or gone since indexed: {first}{more}; searchlib index PATH brings the index up to date")
    return SOUND if report.total.is_sound else FAULTY


def _write(report: RecallReport, library: Library, *, as_json: bool) -> None:
    if as_json:
        from searchlib.cli.formats import json

        for found in (*map(json.recall, report.rows), *map(json.fault, report.faults), json.check(report)):
            click.echo(json.line(found))
    else:
        for line in _lines(report, library):
            click.echo(line)


def _lines(report: RecallReport, library: Library) -> Iterator[str]:
    yield _in_columns(*_NAMES)
    for kind, is_quoted, length, tally in report.rows:
        yield _row(kind, "quoted" if is_quoted else "bare", length, tally)
    yield _row("all", "", "", report.total)
    for fault in report.faults:
        yield _told(fault, library)
    if report.faulty > len(report.faults):
        yield f"and {counted(report.faulty - len(report.faults), 'question')} more"
    samples, paragraphs = counted(report.total.samples, "sample"), counted(report.paragraphs, "paragraph")
    yield f"{samples} of {paragraphs}, seed {report.seed}, in {report.seconds:.1f} s"


def _row(kind: str, clause: str, length: str, tally: Tally) -> str:
    counts = (tally.samples, tally.expected, tally.found, tally.missed, tally.wrong)
    shares = (tally.recall, tally.precision)
    return _in_columns(kind, clause, length, *(f"{count:,}" for count in counts), *map(_share, shares))


def _share(share: float) -> str:
    """Rounded down, so that 1.0000 means all."""
    return f"{int(share * 10_000) / 10_000:.4f}"


def _in_columns(*values: str) -> str:
    """Kind and clause from the left, what is counted from the right."""
    cells = (
        f"{value:<{width}}" if at < 2 else f"{value:>{width}}"
        for at, (value, width) in enumerate(zip(values, _WIDTHS, strict=True))
    )
    return "  ".join(cells)


def _told(fault: Fault, library: Library) -> str:
    """A question with the place of the first paragraph that it is about, and how many there are."""
    place = f"{one_line(library.shown(fault.path))}:{fault.line}"
    counts = [f"{count:,} {what}" for count, what in ((fault.missed, "missed"), (fault.wrong, "wrong")) if count]
    return f"{one_line(fault.query)}: {', '.join(counts)}; look at {place}"
