"""Questions of every kind through searchlib and its rivals: a folder without digits and letters hides what these cost.

    python tests/benchmarks/kinds.py NAME=FOLDER … OUT [--only RIVAL …]

writes OUT.json, what was measured, and OUT.txt, the same to be read. README.md beside this says what each figure is.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import samples
from drawn import drawn
from figures import percentile, size
from measured import Failed
from report import keep, machine, setting, table
from rivals import RIVALS
from trial import TEXTS, Plan, Trial

QUESTIONS = 60
# Of a kind with fewer questions a percentile says nothing.
LEAST = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", nargs="+", type=_named, metavar="NAME=FOLDER")
    options.add_argument("out", type=Path)
    options.add_argument("--only", nargs="+", choices=RIVALS, default=list(RIVALS), metavar="RIVAL")
    options.add_argument("--questions", type=int, default=QUESTIONS, help="of each kind")
    given = options.parse_args()

    run: dict[str, Any] = {"machine": machine(), "questions": given.questions, "folders": {}, "missing": {}}
    for name, folder in given.folders:
        of_folder(run, name, folder, given.only, given.questions)
        keep(given.out, run, written(run))
    print(written(run))


def _named(written: str) -> tuple[str, Path]:
    name, _, folder = written.partition("=")
    if not (name and Path(folder).is_dir()):
        raise argparse.ArgumentTypeError(f"{written} is not NAME=FOLDER with a folder that is there")
    return name, Path(folder)


def of_folder(run: dict[str, Any], name: str, folder: Path, keys: list[str], count: int) -> None:
    """Adds what each rival takes for questions drawn from a folder."""
    corpus = samples.corpus(folder)
    kinds = drawn(corpus.texts, count)
    rivals: dict[str, Any] = {}
    run["folders"][name] = {"files": len(corpus.paths), "bytes": corpus.bytes, "rivals": rivals}
    for key in keys:
        print(f"{name}: {key} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(folder, Path(work, TEXTS))
            trial = Trial(RIVALS[key], Path(work), Plan())
            try:
                versions = trial.versions()
            except Failed as failed:
                run["missing"][RIVALS[key].name] = str(failed).strip().splitlines()[-1]
                continue
            trial.indexing(corpus.bytes)
            rivals[key] = {
                "name": RIVALS[key].name,
                "versions": versions,
                "index_to_text": size(Path(work, "index")) / corpus.bytes,
                "kinds": _figures(trial.kinds(kinds)),
            }


def _figures(took: dict[str, dict[str, list[float]]]) -> dict[str, dict[str, float]]:
    """Of each kind how many were asked, and milliseconds: the median, of 95 in 100, and the most; first and again."""
    return {
        kind: {"asked": len(times["first"])}
        | {f"{when}_p50_ms": percentile(times[when], 0.5) for when in times}
        | {f"{when}_p95_ms": percentile(times[when], 0.95) for when in times}
        | {f"{when}_max_ms": max(times[when]) for when in times}
        for kind, times in took.items()
        if len(times["first"]) >= LEAST
    }


def written(run: dict[str, Any]) -> str:
    """The run as tables."""
    heads = ["", "asked", *(f"{when} {what}" for when in ("first", "again") for what in ("p50", "p95", "max"))]
    lines = [setting(run), "milliseconds of questions that were drawn from the folder, by their kind"]
    for name, folder in run["folders"].items():
        for rival in folder["rivals"].values():
            versions = ", ".join(f"{part} {number}" for part, number in rival["versions"].items())
            head = f"{name}, {folder['files']:,} files, {folder['bytes'] / 1e6:.1f} MB: {rival['name']} ({versions})"
            rows = [[kind, *_row(figures)] for kind, figures in rival["kinds"].items()]
            lines += ["", head, table(heads, rows)]
    missing = [f"not measured: {name}: {why}" for name, why in run["missing"].items()]
    return "\n".join([*lines, *([""] if missing else []), *missing]) + "\n"


def _row(figures: dict[str, float]) -> list[str]:
    milliseconds = (figures[f"{when}_{what}_ms"] for when in ("first", "again") for what in ("p50", "p95", "max"))
    return [str(figures["asked"]), *(f"{value:.1f}" for value in milliseconds)]


if __name__ == "__main__":
    main()
