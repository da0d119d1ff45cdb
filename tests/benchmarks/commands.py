"""How long whole commands of searchlib take, from their start to their exit: what a user waits for.

    python tests/benchmarks/commands.py FOLDER OUT [--files N]

writes OUT.json, what was measured, and OUT.txt, the same to be read: a row for each command, on FOLDER and on a
synthetic folder of N files of a paragraph each. README.md beside this says what each figure is.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import samples
import synthetic
from measured import cost
from report import keep, machine, setting, table
from rivals import RIVALS
from trial import COLD, QUICK, Plan, add_line

FILES = 100_000
FAST, SLOW = RIVALS["searchlib"], RIVALS["searchlib_without_fast"]


class Job(NamedTuple):
    """A command, the seconds it should take at most, and what happens before each of its runs."""

    what: str
    at_most_s: float
    command: list[str]
    before: Callable[[], None] = lambda: None


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--files", type=int, default=FILES, metavar="N")
    options.add_argument("--quick", action="store_true", help="do everything once, to see that it works")
    given = options.parse_args()
    plan = QUICK if given.quick else Plan()

    run = measured(given.folder, given.files, plan.starts)
    keep(given.out, run, written(run))
    print(written(run))


def measured(folder: Path, files: int, starts: int) -> dict[str, Any]:
    """Runs every command so often."""
    corpus = samples.corpus(folder)
    run: dict[str, Any] = {
        "machine": machine(),
        "versions": FAST.versions(),
        "corpus": {"files": len(corpus.paths), "bytes": corpus.bytes},
        "many": {"files": files, "seed": synthetic.SEED},
        "starts": starts,
        "commands": [],
    }
    with tempfile.TemporaryDirectory() as work:
        real, many = Path(work, "real"), Path(work, "many")
        shutil.copytree(folder, real)
        synthetic.write(many, synthetic.sentences(corpus.texts), files, per_file=1)
        for texts in (real, many):
            print(f"indexing {texts.name} …", file=sys.stderr, flush=True)
            cost(FAST.indexing(texts, _index(texts)))
        for job in jobs(real, many, corpus.paths, files):
            print(f"{job.what} …", file=sys.stderr, flush=True)
            run["commands"].append({"what": job.what, "at_most_s": job.at_most_s} | _figures(job, starts))
    return run


def written(run: dict[str, Any]) -> str:
    """The run as a table."""
    corpus, many = run["corpus"], run["many"]
    heads = ["", "median s", "fastest s", "slowest s", "should be s", "peak MB"]
    rows = [
        [
            command["what"],
            *(f"{command[key]:.3f}" for key in ("median_s", "fastest_s", "slowest_s")),
            f"≤ {command['at_most_s']:.2f}",
            f"{command['peak_mb']:.0f}",
        ]
        for command in run["commands"]
    ]
    lines = [
        setting(run),
        ", ".join(f"{name} {version}" for name, version in run["versions"].items()),
        f"{corpus['files']:,} files, {corpus['bytes'] / 1e6:.1f} MB; {many['files']:,} synthetic files of a paragraph"
        f" each, seed {many['seed']}; every command {run['starts']} times",
        "",
        table(heads, rows),
    ]
    return "\n".join(lines) + "\n"


def jobs(real: Path, many: Path, paths: list[str], files: int) -> Iterator[Job]:
    update, all_of_them = FAST.unchanged(real, _index(real)), f"{len(paths):,} files"
    changing = cycle(paths)
    yield Job("searchlib --help", 0.1, [*FAST.python, "-m", "searchlib", "--help"])
    yield Job("searchlib search, with fast", 0.25, FAST.cold(real, _index(real), COLD))
    yield Job("searchlib search, without fast", 0.9, SLOW.cold(real, _index(real), COLD))
    yield Job(f"searchlib index, nothing changed in {all_of_them}", 0.4, update)
    yield Job(f"searchlib index, one changed of {all_of_them}", 0.6, update, lambda: add_line(real / next(changing)))
    yield Job(f"searchlib index, nothing changed in {files:,} files", 3, FAST.unchanged(many, _index(many)))


def _index(texts: Path) -> Path:
    return texts.with_name(f"index of {texts.name}")


def _figures(job: Job, starts: int) -> dict[str, float]:
    costs = []
    for _ in range(starts):
        job.before()
        # A status of 1 says that nothing was found.
        costs.append(cost(job.command, (0, 1)))
    seconds = [used.seconds for used in costs]
    return {
        "median_s": median(seconds),
        "fastest_s": min(seconds),
        "slowest_s": max(seconds),
        "peak_mb": max(used.peak_mb for used in costs),
    }


if __name__ == "__main__":
    main()
