"""Hostile input by coverage; run from the root of the repository.

Needs the extra `fuzz` (atheris, which is libFuzzer for Python). Each target of `targets` is given inputs that are bred
for reaching lines not reached before, until there were as many as asked for or the time is over; the counts are
printed. An input that a target fails on is left in the current folder, and the program ends with 1: name the target and
the file with --input to run it again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

_COUNT = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_COVERED = re.compile(r"cov: (\d+)")
_TARGETS = "tests.fuzz.targets"
_LONGEST = 4096
# Inputs of each target, and seconds for them, where nothing else is said. One input may take so many on a busy machine.
INPUTS, BOUND_S, _ONE_INPUT_S = 200_000, 600, 120
# What of other packages is bred for too; parsers in C and Rust have no lines to reach.
_READ_BY = ("html", "_markupbase", "whoosh.qparser")
_IN_THIS_PROCESS = "--in-this-process"


def options(targets: Sequence[str]) -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )

    def target(name: str) -> str:
        if name not in targets:
            raise argparse.ArgumentTypeError(f"there is no target {name}; there are {', '.join(targets)}")
        return name

    found.add_argument(
        "targets", nargs="*", type=target, metavar="TARGET", help=f"of {', '.join(targets)}; all if none is named"
    )
    found.add_argument("--inputs", type=int, default=INPUTS, metavar="N", help="of each target (default: %(default)s)")
    found.add_argument(
        "--seconds", type=int, default=BOUND_S, metavar="S", help="a bound for each target (default: %(default)s)"
    )
    found.add_argument("--input", type=Path, metavar="FILE", help="run a target once, on what is in this file")
    return found


def main(arguments: Sequence[str]) -> int:
    if _IN_THIS_PROCESS in arguments:
        # Without a look at the targets: to load them before atheris does would leave them without its counters.
        name, _, *rest = arguments
        _breed(name, rest)
    targets = list(import_module(_TARGETS).TARGETS)
    parser = options(targets)
    given = parser.parse_args(arguments)
    if not find_spec("atheris"):
        parser.error("this needs atheris, which is not installed; install it with: pip install 'searchlib[fuzz]'")
    return max(_run(name, given.inputs, given.seconds, given.input) for name in given.targets or targets)


def _run(name: str, inputs: int, seconds: int, file: Path | None) -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as corpus:
        words = [sys.executable, "-m", "tests.fuzz", name, _IN_THIS_PROCESS]
        words += [str(file)] if file else [corpus, f"-runs={inputs}", f"-max_total_time={seconds}"]
        words += [f"-max_len={_LONGEST}", f"-timeout={_ONE_INPUT_S}"]
        words += ["-print_final_stats=1", f"-artifact_prefix={name}-"]
        done = subprocess.run(words, capture_output=True)
        text = done.stderr.decode(errors="replace")
    if done.returncode:
        print(done.stdout.decode(errors="replace"), text[-4000:])
    counted, covered = _COUNT.search(text), _COVERED.findall(text)
    print(
        f"{name:10} {int(counted[1]) if counted else 0:>9,} inputs in {time.monotonic() - began:>4.0f} s,"
        f" {covered[-1] if covered else 0:>5} branches, {'a failure' if done.returncode else 'no failure'}",
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
    sys.exit(main(sys.argv[1:]))
