"""One folder and the same questions through searchlib and its rivals, one after the other, in one run.

    python tests/benchmarks/compare.py FOLDER OUT [--only RIVAL …]

writes OUT.json, what was measured, and OUT.txt, the same to be read. README.md beside this says what each figure is.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import samples
from measured import Failed
from report import keep, machine, number, setting, table
from rivals import RIVALS
from trial import QUICK, TEXTS, Plan, Trial


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--only", nargs="+", choices=RIVALS, default=list(RIVALS), metavar="RIVAL")
    options.add_argument("--quick", action="store_true", help="do everything once, to see that it works")
    given = options.parse_args()
    plan = QUICK if given.quick else Plan()

    run = compare(given.folder, given.only, plan, lambda run: keep(given.out, run, written(run)))
    print(written(run))


def compare(folder: Path, keys: list[str], plan: Plan, tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Measures each rival and hands over what there is after every one."""
    corpus = samples.corpus(folder)
    questions = samples.questions(corpus.texts, plan.questions)
    stands_in = samples.scanned(corpus.texts, samples.literals(corpus.texts, plan.literals))
    run: dict[str, Any] = {
        "machine": machine(),
        "corpus": {"files": len(corpus.paths), "bytes": corpus.bytes},
        "plan": plan._asdict() | {"queries": samples.QUERIES, "questions": questions, "literals": len(stands_in)},
        "rivals": {},
        "missing": {},
    }
    for key in keys:
        print(f"{key} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(folder, Path(work, TEXTS))
            trial = Trial(RIVALS[key], Path(work), plan)
            try:
                versions = trial.versions()
            except Failed as failed:
                run["missing"][RIVALS[key].name] = str(failed).strip().splitlines()[-1]
                continue
            figures = trial.indexing(corpus.bytes) | trial.asking(questions)
            figures |= trial.finding(corpus, stands_in) | trial.updating(corpus.paths)
            run["rivals"][key] = {"name": RIVALS[key].name, "versions": versions} | figures
        tell(run)
    return run


def written(run: dict[str, Any]) -> str:
    """The run as tables."""
    corpus, plan, rivals = run["corpus"], run["plan"], list(run["rivals"].values())
    versions = sorted({f"{name} {number}" for rival in rivals for name, number in rival["versions"].items()})
    lines = [
        setting(run),
        ", ".join(versions),
        f"{corpus['files']:,} files, {corpus['bytes'] / 1e6:.1f} MB; {len(plan['queries'])} queries,"
        f" {len(plan['questions'])} questions of 20 characters, {plan['rounds']} rounds; {plan['literals']} literals",
        *("", "Indexing and bringing up to date", table(*_costs(rivals))),
        *("", "Milliseconds within which 50 and 95 of 100 answers come, asked for the first time (“first”) and again;"),
        "how many found anything",
        *("", "Asking for all words"),
        table(*_asking(rivals, "every")),
        *("", "Asking for any of the words, the best first"),
        table(*_asking(rivals, "some")),
        *("", "Found: of the files in which a literal of so many characters stands, the share that is named"),
        table(["", *map(str, samples.LENGTHS)], [[rival["name"], *_recall(rival)] for rival in rivals]),
        *([""] if run["missing"] else []),
        *(f"not measured: {name}: {why}" for name, why in run["missing"].items()),
    ]
    return "\n".join(lines) + "\n"


def _costs(rivals: list[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    columns = {
        "MB/s": ("index_mb_s", ".2f"),
        "s": ("index_s", ".1f"),
        "CPU s": ("index_cpu_s", ".1f"),
        "peak MB": ("index_peak_mb", ".0f"),
        "index ÷ text": ("index_to_text", ".2f"),
        "1 file changed, s": ("changed_s", ".2f"),
        "nothing changed, s": ("unchanged_s", ".2f"),
        "cold search, s": ("cold_s", ".3f"),
    }
    rows = [[rival["name"], *(number(rival.get(key), form) for key, form in columns.values())] for rival in rivals]
    return ["", *columns], rows


def _asking(rivals: list[dict[str, Any]], way: str) -> tuple[list[str], list[list[str]]]:
    heads = ["", "first p50", "p50", "p95", "found", "20 characters: first p50", "p50", "p95", "found", "peak MB"]
    return heads, [
        [
            rival["name"],
            *_answers(rival, f"query_{way}"),
            *_answers(rival, f"question_{way}"),
            f"{rival['ask_peak_mb']:.0f}",
        ]
        for rival in rivals
        if f"query_{way}" in rival
    ]


def _answers(rival: dict[str, Any], key: str) -> list[str]:
    told = rival[key]
    milliseconds = [f"{told[key]:.2f}" for key in ("first_p50_ms", "p50_ms", "p95_ms")]
    return [*milliseconds, f"{told['answered']}/{told['asked']}"]


def _recall(rival: dict[str, Any]) -> list[str]:
    return [number(rival["recall"].get(str(length)), ".3f") for length in samples.LENGTHS]


if __name__ == "__main__":
    main()
