"""Hostile input by coverage: `python -m tests.fuzz [TARGET ...] [--inputs N] [--seconds S]`.

Run from the root of the repository. Needs the extra `fuzz` (atheris, which is libFuzzer for Python). Each target of
`targets` is given inputs that are bred for reaching lines not reached before, until there were N of them or S seconds
have passed; the counts are printed. An input that a target fails on is left in the current folder, and the program ends
with 1: `python -m tests.fuzz TARGET --input FILE` runs it again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

_COUNT = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_COVERED = re.compile(r"cov: (\d+)")
_TARGETS = "tests.fuzz.targets"
_LONGEST = 4096
# What of other packages is bred for too; parsers in C and Rust have no lines to reach.
_READ_BY = ("html", "_markupbase", "whoosh.qparser")


def main() -> int:
    # Without a look at the targets: to load them before atheris does would leave them without its counters.
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("targets", nargs="*", metavar="TARGET")
    options.add_argument("--inputs", type=int, default=200_000)
    options.add_argument("--seconds", type=int, default=0)
    options.add_argument("--input", type=Path, metavar="FILE")
    options.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)
    given, rest = options.parse_known_args()
    if given.in_this_process:
        _breed(given.targets[0], rest)
    names = given.targets or list(import_module(_TARGETS).TARGETS)
    return max(_run(name, given.inputs, given.seconds, given.input) for name in names)


def _run(name: str, inputs: int, seconds: int, file: Path | None) -> int:
    with tempfile.TemporaryDirectory() as corpus:
        words = [sys.executable, "-m", "tests.fuzz", name, "--in-this-process"]
        words += [str(file)] if file else [corpus, f"-runs={inputs}", f"-max_total_time={seconds}"]
        words += [f"-max_len={_LONGEST}", "-timeout=20", "-print_final_stats=1", f"-artifact_prefix={name}-"]
        done = subprocess.run(words, capture_output=True)
        text = done.stderr.decode(errors="replace")
    if done.returncode:
        print(done.stdout.decode(errors="replace"), text[-4000:])
    counted, covered = _COUNT.search(text), _COVERED.findall(text)
    print(
        f"{name:10} {int(counted[1]) if counted else 0:>9,} inputs, {covered[-1] if covered else 0:>5} branches,"
        f" {'a failure' if done.returncode else 'no failure'}",
        flush=True,
    )
    return min(done.returncode, 1)


def _breed(name: str, options: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["searchlib", *_READ_BY]):
        targets = import_module(_TARGETS)
    if Path(options[0]).is_dir():
        for number, seed in enumerate(targets.SEEDS[name]):
            Path(options[0], str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], *options], targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
