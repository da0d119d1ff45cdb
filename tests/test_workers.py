"""A process that dies of a file, or an analysis that fails on one, costs that file and nothing else."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import deadly
import pytest
from sessions import Answer
from test_library import write

from searchlib import Library

NAMES = [f"{number:03}.txt" for number in range(40)]


@pytest.fixture(autouse=True)
def folder(here: Path) -> Path:
    for name in NAMES:
        write(f"稿/{name}", f"长江第{name}桥。\n枫桥经验。")
    return here


def order(name: str, said: str) -> None:
    write(f"稿/{name}", f"长江第{name}桥 {said}。\n枫桥经验。")


def index(*more: str, **environment: str) -> Answer:
    words = [sys.executable, deadly.__file__, "index", "稿", *more]
    done = subprocess.run(words, capture_output=True, env={**os.environ, **environment}, timeout=120)
    return Answer(done.stdout.decode(), done.stderr.decode(), done.returncode)


def holds(without: Iterable[str] = ()) -> None:
    """Every document is in the index once and whole, but those."""
    with Library.open() as library:
        expected = [f"稿/{name}" for name in NAMES if name not in {*without}]
        assert expected == library.sources()
        assert 2 * len(expected) == library.status().paragraphs
        assert dict.fromkeys(expected, 1) == library.counts("“枫桥经验”")
        assert () == library.verify().left


def skipped(names: Iterable[str], reason: str) -> str:
    return "".join(f"searchlib: skipped 稿/{name}: {reason}\n" for name in names)


DEATHS = {
    "signal 9": "the process that read it died (signal 9)",
    "signal 11": "the process that read it died (signal 11)",
    "exit 3": "the process that read it died (exit status 3)",
    "exit 0": "the process that read it died (exit status 0)",
}
ERRORS = {
    "ValueError": "could not be read (ValueError: says the document)",
    "RecursionError": "could not be read (RecursionError: says the document)",
    "MemoryError": "takes more memory than there is",
    "PanicException": "could not be read (PanicException: says the document)",
    "SystemExit": "could not be read (SystemExit: says the document)",
}


@pytest.mark.parametrize("when", ["reading", "adding", "writing"])
def test_a_worker_that_dies_costs_one_file(when: str) -> None:
    """Killed, crashed or ended, while it reads a file, analyses it or writes the part with it."""
    deadly_ones = dict(zip(["000.txt", "017.txt", "018.txt", "039.txt"], DEATHS, strict=True))
    for name, deed in deadly_ones.items():
        order(name, f"!{when} !{deed}")

    answer = index("-j", "2")

    assert "".join(skipped([name], DEATHS[deed]) for name, deed in deadly_ones.items()) == answer.err
    assert "added 36, changed 0, removed 0, unchanged 0, skipped 4" in answer.out
    assert 2 == answer.status
    holds(without=deadly_ones)


@pytest.mark.parametrize("when", ["reading", "adding", "writing"])
def test_a_worker_that_is_killed_once_costs_nothing(when: str) -> None:
    order("003.txt", f"!{when} !once !signal 9")
    order("030.txt", f"!{when} !once !exit 1")

    answer = index("-j", "2")

    assert ("", 0) == (answer.err, answer.status)
    assert "added 40, changed 0, removed 0, unchanged 0, skipped 0" in answer.out
    holds()


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("when", ["reading", "adding", "writing"])
def test_an_error_of_a_parser_or_of_the_analysis_costs_one_file(jobs: str, when: str) -> None:
    """Panics of parsers in Rust, which are no `Exception`, among them; with worker processes and without."""
    wrong = dict(zip(["000.txt", "020.txt", "021.txt", "022.txt", "039.txt"], ERRORS, strict=True))
    for name, error in wrong.items():
        order(name, f"!{when} !raise {error}")

    answer = index("-j", jobs)

    assert "".join(skipped([name], ERRORS[error]) for name, error in wrong.items()) == answer.err
    assert 2 == answer.status
    holds(without=wrong)


def test_files_that_kill_side_by_side_cost_themselves() -> None:
    """At the ends of what a worker is given at once, all of it, and in several steps of an update."""
    names = [NAMES[0], *NAMES[14:18], NAMES[39]]
    for name in names:
        order(name, "!reading !signal 11")

    answer = index("-j", "2", STEP_BYTES="1000")

    assert skipped(names, DEATHS["signal 11"]) == answer.err
    holds(without=names)


def test_where_every_file_kills_the_run_is_given_up() -> None:
    """Memory is short, or what is installed is broken: no fault of files, and the last commit stays."""
    for name in NAMES:
        write(f"稿/{name}", "长江")
    assert index("-j", "2").status == 0
    for name in NAMES:
        order(name, "!reading !signal 9")

    answer = index("-j", "2")

    assert answer.err.splitlines()[-2:] == [
        "searchlib: process after process that was reading files died; the last commit is intact",
        "look whether memory is short; searchlib index --jobs 1 needs the least",
    ]
    assert 2 == answer.status
    with Library.open() as library:
        assert 40 == len(library.counts("长江"))


def test_a_file_that_a_process_died_of_is_tried_again_in_a_process_of_its_own() -> None:
    """Also where the next update is so small that it would read files itself, or was told to."""
    order("017.txt", "!reading !signal 11")
    index("-j", "2")

    for jobs in ("1", "2"):
        answer = index("-j", jobs)
        assert (skipped(["017.txt"], DEATHS["signal 11"]), 2) == (answer.err, answer.status)
        assert "unchanged 39, skipped 1" in answer.out
    write("稿/017.txt", "长江第017.txt桥。\n枫桥经验。")
    assert ("", 0) == index("-j", "1")[1:]
    holds()


def test_what_was_indexed_of_a_file_that_kills_is_no_answer_any_more() -> None:
    index("-j", "2")
    holds()
    order("017.txt", "!reading !signal 11")

    answer = index("-j", "2", "--checksum")

    assert "added 0, changed 0, removed 1, unchanged 39, skipped 1" in answer.out
    holds(without=["017.txt"])


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("when", ["reading", "adding", "writing"])
def test_what_was_indexed_of_a_file_stays_where_memory_is_short(jobs: str, when: str) -> None:
    index("-j", jobs)
    order("017.txt", f"!{when} !raise MemoryError")

    answer = index("-j", jobs, "--checksum")

    assert skipped(["017.txt"], ERRORS["MemoryError"]) == answer.err
    assert "added 0, changed 0, removed 0, unchanged 40, skipped 1" in answer.out
    holds()


def test_any_worker_killed_at_any_time_costs_nothing() -> None:
    """From outside, as somebody's `kill`, or the system where memory is short."""
    for name in NAMES:
        write(f"稿/{name}", f"长江第{name}桥。\n枫桥经验。{'x' * 100_000}")
    for delay in itertools.accumulate([0.2] * 3):
        words = [sys.executable, deadly.__file__, "index", "稿", "-j", "2", "--rebuild"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(delay)
            for worker in workers_of(process.pid)[:1]:
                os.kill(worker, signal.SIGKILL)
            out, err = process.communicate(timeout=120)
        assert (b"", 0) == (err, process.returncode)
        assert b"added 40" in out
        with Library.open() as library:
            assert {f"稿/{name}": 1 for name in NAMES} == library.counts("“枫桥经验”")
            assert () == library.verify().left


def workers_of(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
