"""A short run of each part of `python -m tests.trust`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from trust import crowd, failures, kills, power
from trust.disks import LOST
from trust.folders import in_memory


@pytest.fixture
def scratch() -> Iterator[Path]:
    with in_memory() as folder:
        yield folder


def test_killed_at_every_stage_it_loses_nothing(scratch: Path) -> None:
    """A search at once sees a committed state, and one more update brings the index to what a fresh one is."""
    figures = kills.run(50, scratch)

    assert [] == figures.losses
    assert 50 == figures.kills.total()


@pytest.mark.skipif(not which("strace"), reason="strace, which records what is done to files, is not installed")
def test_a_loss_of_power_loses_nothing_that_was_committed(scratch: Path) -> None:
    """After whichever call of the operating system: all that was not told to last is lost, names and contents."""
    figures = power.run(None, scratch, ways=[LOST])

    assert [] == figures.losses
    assert 30 < figures.disks[LOST]


def test_what_fails_is_told_and_leaves_the_last_commit(scratch: Path) -> None:
    """Of each kind of failure, and at each stage, some."""
    figures = failures.run(36, scratch)

    assert [] == figures.losses
    assert 20 < figures.told


def test_readers_in_a_crowd_see_whole_documents_and_keep_nothing(scratch: Path) -> None:
    figures = crowd.run(5, scratch, readers=4)

    assert [] == figures.losses
    assert all(reader.looks for reader in figures.readers)
    assert {0} == {reader.files for reader in figures.readers}
