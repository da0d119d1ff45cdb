"""The programs of `tests.trust` and `tests.fuzz` say what they can do, and end in time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from trust.__main__ import PARTS
from trust.bounds import Bound
from trust.folders import in_memory

ROOT = Path(__file__).parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("program", "named"),
    [
        ("tests.trust", [*PARTS, "--count", "--seconds"]),
        ("tests.fuzz", ["text", "index", "--inputs", "--seconds", "--input"]),
        ("tests.fuzz.query", ["--seconds", "--seed"]),
    ],
)
def test_help_names_what_there_is(program: str, named: list[str]) -> None:
    done = run(program, "--help")

    assert (0, "") == (done.returncode, done.stderr)
    assert [] == [name for name in named if name not in done.stdout]


@pytest.mark.parametrize(
    "words",
    [
        ["tests.trust", "nothing"],
        ["tests.trust", "kills", "500"],
        ["tests.trust", "--seconds", "0"],
        ["tests.trust", "--unknown"],
        ["tests.fuzz", "nothing"],
        ["tests.fuzz", "--unknown"],
        ["tests.fuzz.query", "--unknown"],
    ],
)
def test_what_is_not_understood_is_said(words: list[str]) -> None:
    done = run(*words)

    assert 2 == done.returncode
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bound_is_over_when_its_time_has_passed() -> None:
    now = [100.0]
    bound, free = Bound(10, lambda: now[0]), Bound(None, lambda: now[0])
    half = bound.share(0.5)

    for time, over in ((104.9, (False, False)), (105.0, (True, False)), (109.9, (True, False)), (110.0, (True, True))):
        now[0] = time
        assert over == (half.is_over(), bound.is_over())
        assert not free.is_over()
        assert not free.share(0.5).is_over()


@pytest.mark.parametrize("name", PARTS)
def test_a_part_ends_when_its_time_is_over_and_says_what_was_done(name: str) -> None:
    """However little that is: here what a moment is enough for."""
    if name == "power" and not which("strace"):
        pytest.skip("strace, which records what is done to files, is not installed")
    with in_memory() as scratch:
        figures = PARTS[name].run(None, scratch, seconds=0.1)

    assert [] == figures.losses
    assert all(figures.lines())
