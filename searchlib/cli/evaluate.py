"""`searchlib eval`: how good the ranking is, on judged questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from searchlib.cli.exits import BELOW_FLOOR, FOUND
from searchlib.cli.formats.plain import counted, one_line
from searchlib.cli.messages import complain, note
from searchlib.cli.options import json_option, trust_option

if TYPE_CHECKING:
    from searchlib.evaluation import Comparison, Difference, Judged, Measurement, Moved
    from searchlib.model import IndexReport

# How many questions are named of those that went wrong; --json names all.
_NAMED = 10
_Folder = click.Path(path_type=Path)
_File = click.Path(dir_okay=False, path_type=Path)


@click.command("eval", short_help="Measure the ranking on judged questions.")
@click.argument("folder", type=_Folder)
@click.option("--queries", type=_File, metavar="FILE", help="Ask these questions instead of those in queries.tsv.")
@click.option("--index", type=_Folder, metavar="FOLDER", help="Keep the index here, and use it again.")
@trust_option
@click.option("--run", "run_file", type=_File, metavar="FILE", help="Write the answers as a run in the form of TREC.")
@click.option("--compare", "earlier", type=_File, metavar="FILE", help="Compare with an earlier run.")
@click.option("--floors", type=_File, metavar="FILE", help="Fail where a figure is below its floor in this TOML file.")
@json_option
def evaluate(
    *,
    folder: Path,
    queries: Path | None,
    index: Path | None,
    trust: bool,
    run_file: Path | None,
    earlier: Path | None,
    floors: Path | None,
    as_json: bool,
) -> int:
    """Ask the questions in FOLDER and say how high the texts that answer them rank: the mean over the questions, and
    its 95 % confidence interval.

    \b
    corpus.jsonl   the texts: a JSON object a line with id, content, title
    queries.tsv    the questions: id, tab, question
    qrels.txt      which text answers which: question id, 0, text id, relevance

    A text ranks where its best paragraph does. Exit status: 1 if a figure is below its floor.
    """
    from searchlib import evaluation
    from searchlib.cli.progress import counting, progress

    judged = evaluation.read_judged(folder, queries)
    least = evaluation.read_floors(floors, judged.name) if floors else {}
    before = evaluation.read_run(earlier) if earlier else None
    _tell_unjudged(judged)
    _tell_outdated(index, trust=trust)
    with progress("texts") as shown, evaluation.library_of(judged, index, shown, trust=trust) as (library, report):
        shown.close()
        _tell_update(report, index)
        with counting(len(judged.questions), "questions") as asked:
            measurement = evaluation.measure(library, judged, asked)
    _write(measurement, evaluation.compare(measurement, before) if before is not None else None, as_json=as_json)
    if run_file:
        evaluation.write_run(measurement.run, run_file)
    fallen = evaluation.below(measurement, least)
    for one in fallen:
        complain(f"{one.metric} of {judged.name} is {one.mean:.4f}, below its floor of {one.floor:.4f}")
    return BELOW_FLOOR if fallen else FOUND


def _tell_unjudged(judged: Judged) -> None:
    if judged.unjudged:
        note(f"left out: {counted(len(judged.unjudged), 'question')} that no text answers")


def _tell_outdated(index: Path | None, *, trust: bool) -> None:
    """Why an index that was kept has to be made anew."""
    from searchlib.errors import IndexOutdated, NoIndex
    from searchlib.library import Library

    if index is not None:
        try:
            Library.open(index, trust=trust).close()
        except NoIndex:
            pass
        except IndexOutdated as outdated:
            note(f"{outdated}, so it has to be made anew")


def _tell_update(report: IndexReport, index: Path | None) -> None:
    from searchlib.model import ChangeKind

    counts = [(kind, report.count(kind)) for kind in (ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED)]
    is_new = counts[0][1] == len(report.changes) and not report.unchanged
    if index is None or is_new:
        return
    if report.changes:
        changes = ", ".join(f"{kind} {count:,}" for kind, count in counts)
        note(f"the index in {index} was of other texts: {changes}, unchanged {report.unchanged:,}")
    else:
        note(f"the index in {index} is of these texts, and is used again")


def _write(measurement: Measurement, comparison: Comparison | None, *, as_json: bool) -> None:
    lines = _json(measurement, comparison) if as_json else _text(measurement, comparison)
    for line in lines:
        click.echo(line)
    for questions, fault in ((measurement.refused, "can't be read"), (measurement.unanswered, "found nothing")):
        if questions:
            note(f"{counted(len(questions), 'question')} that {fault}, counted as 0: {_some(questions)}")
    if comparison and comparison.unknown:
        note(f"{counted(comparison.unknown, 'question')} not answered in the earlier run, counted as 0 there")


def _some(questions: Sequence[str]) -> str:
    more = f" and {len(questions) - _NAMED:,} more" if len(questions) > _NAMED else ""
    return one_line(", ".join(questions[:_NAMED])) + more


def _json(measurement: Measurement, comparison: Comparison | None) -> Iterator[str]:
    from searchlib.cli.formats import json

    yield json.line(json.evaluation(measurement))
    if comparison:
        yield from (json.line(json.difference(one)) for one in comparison.differences)
        yield from (json.line(json.moved(one)) for one in comparison.moved)


def _text(measurement: Measurement, comparison: Comparison | None) -> Iterator[str]:
    judged = measurement.judged
    questions, texts = counted(len(judged.questions), "question"), counted(len(judged.texts), "text")
    yield one_line(f"{judged.name}: {questions}, {texts}")
    for figure in measurement.figures:
        yield f"{figure.metric:<11}{figure.mean:.4f}  ({figure.low:.4f} to {figure.high:.4f})"
    yield f"{'time':<11}{measurement.median_s * 1e3:.1f} ms  (95 %: {measurement.slow_s * 1e3:.1f} ms)"
    if comparison:
        yield ""
        yield f"{'':<11}before  now     change   wins  losses  ties    p"
        yield from map(_difference, comparison.differences)
        yield from map(_moved, comparison.moved)


def _difference(one: Difference) -> str:
    ranks = f"{one.metric:<11}{one.before:.4f}  {one.now:.4f}  {one.now - one.before:+.4f}"
    return f"{ranks}  {one.wins:<6,}{one.losses:<8,}{one.ties:<8,}{one.p:.4f}"


def _moved(one: Moved) -> str:
    return f"{one.before or 'none'} → {one.now or 'none'}\t{one_line(one.question)}\t{one_line(one.text)}"
