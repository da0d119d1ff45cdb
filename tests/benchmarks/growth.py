"""How the cost of searchlib grows with the folder, on synthetic texts made of the sentences of a real one.

    python tests/benchmarks/growth.py FOLDER OUT [--paragraphs N …]

writes OUT.json, what was measured, and OUT.txt, the same to be read: a row for each number of paragraphs, in files of
300. README.md beside this says what each figure is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import samples
import synthetic
from report import keep, machine, number, setting, table
from rivals import RIVALS
from trial import QUICK, TEXTS, Plan, Trial

PER_FILE = 300
PARAGRAPHS = (10_000, 100_000, 1_000_000, 5_000_000)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--paragraphs", nargs="*", type=int, default=PARAGRAPHS, metavar="N")
    options.add_argument("--quick", action="store_true", help="do everything once, to see that it works")
    given = options.parse_args()
    plan = QUICK if given.quick else Plan()

    run = grow(given.folder, given.paragraphs, plan, lambda run: keep(given.out, run, written(run)))
    print(written(run))


def grow(folder: Path, counts: Sequence[int], plan: Plan, tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Measures each number of paragraphs, and hands over what there is after every one."""
    texts = samples.corpus(folder).texts
    drawn_from, questions = synthetic.sentences(texts), samples.questions(texts, plan.questions)
    run: dict[str, Any] = {
        "machine": machine(),
        "synthetic": {"sentences": len(drawn_from), "seed": synthetic.SEED},
        "plan": plan._asdict() | {"queries": samples.QUERIES, "questions": questions},
        "sizes": [],
    }
    for paragraphs in counts:
        print(f"{paragraphs:,} paragraphs …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as work:
            paths = synthetic.write(Path(work, TEXTS), drawn_from, paragraphs, PER_FILE)
            text_bytes = sum(Path(work, TEXTS, path).stat().st_size for path in paths)
            trial = Trial(RIVALS["searchlib"], Path(work), plan)
            run["versions"] = trial.versions()
            size = {"paragraphs": paragraphs, "files": len(paths), "bytes": text_bytes}
            run["sizes"].append(size | trial.indexing(text_bytes) | trial.asking(questions) | trial.updating(paths))
        tell(run)
    return run


def written(run: dict[str, Any]) -> str:
    """The run as a table."""
    plan, made = run["plan"], run["synthetic"]
    lines = [
        setting(run),
        ", ".join(f"{name} {version}" for name, version in run["versions"].items()),
        f"synthetic: paragraphs of 1 to 3 of {made['sentences']:,} sentences of laws, seed {made['seed']};"
        f" {len(plan['queries'])} queries, {len(plan['questions'])} questions of 20 characters,"
        f" {plan['rounds']} rounds",
        "",
        table(*_sizes(run["sizes"])),
    ]
    return "\n".join(lines) + "\n"


def _sizes(sizes: list[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    columns: dict[str, Callable[[dict[str, Any]], str]] = {
        "paragraphs": lambda size: f"{size['paragraphs']:,}",
        "files": lambda size: f"{size['files']:,}",
        "MB": lambda size: number(size["bytes"] / 1e6, ".1f"),
        "index s": lambda size: number(size["index_s"], ".1f"),
        "MB/s": lambda size: number(size["index_mb_s"], ".2f"),
        "peak MB": lambda size: number(size["index_peak_mb"], ".0f"),
        "index ÷ text": lambda size: number(size["index_to_text"], ".2f"),
        "query first p50 ms": lambda size: number(size["query_some"]["first_p50_ms"], ".1f"),
        "p50 ms": lambda size: number(size["query_some"]["p50_ms"], ".1f"),
        "p95 ms": lambda size: number(size["query_some"]["p95_ms"], ".1f"),
        "20 characters first p50 ms": lambda size: number(size["question_some"]["first_p50_ms"], ".1f"),
        "p50 ms, 20": lambda size: number(size["question_some"]["p50_ms"], ".1f"),
        "asking peak MB": lambda size: number(size["ask_peak_mb"], ".0f"),
        "cold search, s": lambda size: number(size["cold_s"], ".2f"),
        "1 file changed, s": lambda size: number(size["changed_s"], ".2f"),
        "nothing changed, s": lambda size: number(size["unchanged_s"], ".2f"),
    }
    return list(columns), [[cell(size) for cell in columns.values()] for size in sizes]


if __name__ == "__main__":
    main()
