"""Answers as JSON, one object a line, Chinese as it is. This is the documentation of the format.

Every object has a `type`. `path` is relative to the folder that the index lies in, with `/`; where a name is not UTF-8
its broken bytes are U+FFFD there, and `path_bytes` has it in base64. Lines and columns count from 1, everything else
that points into a text counts characters (code points) from 0, and ranges are half open.

`hit`, in the order of the answer:
    path, line, column      where the first span of `snippet` stands in the file
    first_line, last_line   of the paragraph
    number                  of the paragraph in its source, from 0
    complete                true if it matches every clause, false if only some
    score                   only orders the hits of one search
    title, heading          of the document; the headings above the paragraph, outermost first
    text                    the whole paragraph; of one over 1,000 characters, a piece of it
    continues               true if this is a piece that goes on where the one before it ended
    snippet                 {text, start, spans}: the part worth showing, where in `text` it starts, and the places of
                            terms in it as [start, end]; sorted, none inside another. It goes on in the next piece if a
                            span does
    before, after           neighbouring paragraphs, as `paragraph` objects, if asked for with -C
    more                    how many other paragraphs of the source match, with --group
With --fields a hit has only these, besides its `type`; `path` brings `path_bytes` along.

`summary`, last:
    version                 of this format; new keys do not change it
    query, complete, partial, offset, shown
    sources                 how many different files the complete and the partial ones are of
    grouped                 true if there is one hit of each of these, which `offset` and `shown` count
    ignored                 clauses in which there was nothing to search for
    unknown                 names before a colon that are no field's; they were searched for as text
    relaxed                 true if some hits match only part of the query
    timed_out               true if the time was over: all of this is about the part that was known by then
    seconds

`recall` (doctor), for each kind and length of samples:
    kind                    "substring", "word", "other word", "mixed", "across cut"
    quoted                  true for literals, false for bare clauses
    length                  in characters: "1", "2", "3-4", "5-8", "9+"
    samples                 how many questions were asked
    expected, found, missed, wrong
                            paragraphs, each counted once for each question
    recall, precision       shares; 1.0 only if nothing was missed, or wrong

`fault` (doctor), the first few questions that were not answered rightly:
    query                   as it can be given to `searchlib search --strict`
    path, line              of a paragraph that was missed, or of one that is wrong if none was
    missed, wrong           how many paragraphs were

`check` (doctor), last:
    version                 of this format
    seed                    for the same samples again
    samples, expected, found, missed, wrong, recall, precision
    faulty                  how many questions were not answered rightly
    paragraphs              of the files; one that was cut into pieces counts once
    changed                 paths of files that were not looked at, because they have changed or gone since
    seconds

`finding` (verify), for each thing that is wrong:
    kind                    "damaged", "missing", "extra", "doubled", "altered"
    path                    of the source; empty where it is about the index
    what                    a clause
`verification` (verify), last:
    version                 of this format
    wrong, left             how many things were found wrong, and how many are now
    rebuilt                 true if the whole index was made anew to mend it
    read, removed, kept, lost
                            paths that a repair read again, took out, kept without their files, and could not keep
    changed                 paths whose files have changed since they were indexed, which is no damage
    unread                  paths whose files could not be compared
    sources, paragraphs     of the index
    seconds

`explanation` (explain):
    query, read_as          the query; the query as it was read, folded and in plain marks
    clauses                 of each: written, met_by, is_wanted (false below NOT), is_demand, is_relaxed, words, pairs,
                            paragraphs (that match it), looked_at (whose text has to be read for that)
    ignored, unknown, complete, partial
    paragraphs              in the index
    timed_out               true if the time was over: all counts are of what was known by then
`judgement` (explain PATH:LINE):
    path, first_line, last_line, number, title, heading, text, continues
    rank                    in the answer, from 1; 0 for no hit
    complete, partial, score
    shares                  of each term: field, term, weight, paragraphs, occurrences, score
    unmet                   sentences: what of the query the paragraph does not meet
    timed_out               true if the time was over: the rank is that among what was known by then

`paragraph` (show): path, number, first_line, last_line, title, heading, text, continues.
`file` (search -l, -c): path, count.
`token` (analyze): field, term, start, end.
`root` (roots): path; options, as words of a command; left_out, paths in it that `searchlib forget` named; missing, true
while it is not there; sources and paragraphs that the index has of it.
`status`: the keys of `searchlib status`, sizes in bytes, `updated` in seconds since 1970, `missing` the paths of roots
that are not there.

`evaluation` (eval), once:
    set, texts, questions   the name of the judged questions; how many texts and questions there are
    figures                 for each metric {mean, low, high}: over all questions, with its 95 % confidence interval
    refused, unanswered     ids of questions that could not be read, and that found nothing: they count as 0
    unjudged                ids of questions that no text answers: they are left out
    seconds, seconds_95     for the first ten hits of a question: median, and what 95 % of the questions stay within
`difference` (eval --compare), for each metric: metric, before, now, wins, losses, ties, p.
`moved` (eval --compare), the greatest change first: question, text, before, now; the ranks are those of the first text
that answers the question, from 1, and null beyond 100.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from searchlib.answers import Explanation, Hit, HitStream, Judgement, Results
from searchlib.cli.formats.plain import UNSAFE
from searchlib.findings import Repairs
from searchlib.model import Paragraph, RootStatus, Status, Token

if TYPE_CHECKING:
    from searchlib.evaluation import Difference, Measurement, Moved
    from searchlib.findings import Finding, VerifyReport
    from searchlib.recall import Fault, RecallReport, Row, Tally

VERSION = 1
# What --fields can ask for.
FIELDS = (
    "path line column first_line last_line number complete score title heading text continues snippet "
    "before after more".split()
)


def line(value: dict[str, Any]) -> str:
    """An object as one line of JSON; what JSON lets through and a terminal must not get is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def hit(found: Hit, fields: Collection[str] | None = None, *, grouped: bool = False) -> dict[str, Any]:
    """A hit as an object; with `fields`, of just these."""
    shown = found.snippet
    whole = {
        "type": "hit",
        **_path(found.path),
        "line": found.line,
        "column": found.column,
        **_about(found.paragraph),
        "complete": found.complete,
        "score": round(found.score, 6),
        "snippet": {"text": shown.text, "start": shown.start, "spans": [list(span) for span in shown.spans]},
        **({"before": list(map(paragraph, found.before))} if found.before else {}),
        **({"after": list(map(paragraph, found.after))} if found.after else {}),
        **({"more": found.more} if grouped else {}),
    }
    if fields is None:
        return whole
    wanted = {"type", *fields, *(["path_bytes"] if "path" in fields else [])}
    return {name: value for name, value in whole.items() if name in wanted}


def summary(results: Results | HitStream) -> dict[str, Any]:
    return {
        "type": "summary",
        "version": VERSION,
        "query": results.query,
        "complete": results.complete,
        "partial": results.partial,
        "offset": results.offset,
        "shown": results.shown,
        "sources": results.sources,
        "grouped": results.grouped,
        "ignored": list(results.ignored),
        "unknown": list(results.unknown),
        "relaxed": results.relaxed,
        "timed_out": results.timed_out,
        "seconds": round(results.seconds, 6),
    }


def paragraph(found: Paragraph) -> dict[str, Any]:
    return {"type": "paragraph", **_path(found.path), **_about(found)}


def file(path: str, count: int) -> dict[str, Any]:
    return {"type": "file", **_path(path), "count": count}


def token(found: Token) -> dict[str, Any]:
    return {"type": "token", "field": found.field, "term": found.term, "start": found.span.start, "end": found.span.end}


def explanation(found: Explanation) -> dict[str, Any]:
    clauses = [clause._asdict() for clause in found.clauses]
    return {"type": "explanation", "version": VERSION, **found._asdict(), "clauses": clauses}


def judgement(found: Judgement) -> dict[str, Any]:
    return {
        "type": "judgement",
        "version": VERSION,
        **_path(found.paragraph.path),
        **_about(found.paragraph),
        "rank": found.rank,
        "complete": found.complete,
        "partial": found.partial,
        "score": round(found.score, 6),
        "shares": [{**share._asdict(), "score": round(share.score, 6)} for share in found.shares],
        "unmet": list(found.unmet),
        "timed_out": found.timed_out,
    }


def status(found: Status) -> dict[str, Any]:
    skipped = [{**_path(skipped.path), "reason": skipped.reason} for skipped in found.skipped]
    return {
        "type": "status",
        "folder": found.folder,
        "engine": found.engine,
        "format": found.format_version,
        "fingerprint": found.fingerprint,
        "updated": found.updated,
        "sources": found.sources,
        "source_bytes": found.source_bytes,
        "paragraphs": found.paragraphs,
        "terms": found.terms,
        "index_bytes": found.index_bytes,
        "encodings": found.encodings,
        "skipped": skipped,
        "roots": found.roots,
        "missing": _paths(found.missing),
    }


def root(found: RootStatus) -> dict[str, Any]:
    return {
        "type": "root",
        **_path(found.path),
        "options": list(found.options),
        "left_out": _paths(found.forgotten),
        "missing": not found.is_there,
        "sources": found.sources,
        "paragraphs": found.paragraphs,
    }


def evaluation(found: Measurement) -> dict[str, Any]:
    return {
        "type": "evaluation",
        "set": found.judged.name,
        "texts": len(found.judged.texts),
        "questions": len(found.judged.questions),
        "figures": {
            figure.metric: {"mean": round(figure.mean, 6), "low": round(figure.low, 6), "high": round(figure.high, 6)}
            for figure in found.figures
        },
        "refused": list(found.refused),
        "unanswered": list(found.unanswered),
        "unjudged": list(found.judged.unjudged),
        "seconds": round(found.median_s, 6),
        "seconds_95": round(found.slow_s, 6),
    }


def difference(found: Difference) -> dict[str, Any]:
    return {
        "type": "difference",
        "metric": found.metric,
        "before": round(found.before, 6),
        "now": round(found.now, 6),
        "wins": found.wins,
        "losses": found.losses,
        "ties": found.ties,
        "p": round(found.p, 6),
    }


def moved(found: Moved) -> dict[str, Any]:
    return {
        "type": "moved",
        "question": found.question,
        "text": found.text,
        "before": found.before,
        "now": found.now,
    }


def recall(row: Row) -> dict[str, Any]:
    return {
        "type": "recall",
        "kind": row.kind,
        "quoted": row.is_quoted,
        "length": row.length,
        **_tally(row.tally),
    }


def fault(found: Fault) -> dict[str, Any]:
    return {
        "type": "fault",
        "query": found.query,
        **_path(found.path),
        "line": found.line,
        "missed": found.missed,
        "wrong": found.wrong,
    }


def check(report: RecallReport) -> dict[str, Any]:
    return {
        "type": "check",
        "version": VERSION,
        "seed": report.seed,
        **_tally(report.total),
        "faulty": report.faulty,
        "paragraphs": report.paragraphs,
        "changed": _paths(report.changed),
        "seconds": round(report.seconds, 6),
    }


def finding(found: Finding) -> dict[str, Any]:
    return {"type": "finding", "kind": found.kind, **_path(found.path), "what": found.what}


def verification(report: VerifyReport) -> dict[str, Any]:
    repairs = report.repairs or Repairs()
    return {
        "type": "verification",
        "version": VERSION,
        "wrong": len(report.findings),
        "left": len(report.left),
        "rebuilt": repairs.rebuilt,
        **{name: _paths(getattr(repairs, name)) for name in ("read", "removed", "kept", "lost")},
        "changed": _paths(report.changed),
        "unread": _paths(skipped.path for skipped in report.unread),
        "sources": report.sources,
        "paragraphs": report.paragraphs,
        "seconds": round(report.seconds, 6),
    }


def _paths(paths: Iterable[str]) -> list[str]:
    return [os.fsencode(path).decode(errors="replace") for path in paths]


def _tally(found: Tally) -> dict[str, Any]:
    return {**asdict(found), "recall": found.recall, "precision": found.precision}


def _about(found: Paragraph) -> dict[str, Any]:
    return {
        "first_line": found.first_line,
        "last_line": found.last_line,
        "number": found.number,
        "title": found.named,
        "heading": list(found.heading),
        "text": found.text,
        "continues": found.continues,
    }


def _path(path: str) -> dict[str, str]:
    raw = os.fsencode(path)
    shown = raw.decode(errors="replace")
    return {"path": shown} if shown == path else {"path": shown, "path_bytes": base64.b64encode(raw).decode()}
