"""A short run of each part of `python -m tests.trust`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from trust import crowd, failures, foreign, kills, power, rollback, swaps, threads
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


def test_files_of_others_in_and_around_an_index_are_never_touched(scratch: Path) -> None:
    """By any history of commands, killed ones among them; and no index is made where something lies."""
    figures = foreign.run(60, scratch)

    assert [] == figures.losses
    assert 20 < figures.files


def test_a_mixture_of_two_commits_answers_as_one_of_them_or_says_so(scratch: Path) -> None:
    """And the next update brings it to what a fresh index is."""
    figures = rollback.run(60, scratch)

    assert [] == figures.losses
    assert 60 == figures.mixtures.total()


def test_a_folder_swapped_while_it_is_opened_is_never_answered_from(scratch: Path) -> None:
    figures = swaps.run(2_000, scratch)

    assert [] == figures.losses
    assert 100 < figures.opened["refused"]


def test_threads_of_one_library_are_answered_from_one_commit_each(scratch: Path) -> None:
    """Beside updates, closes and refreshes."""
    figures = threads.run(5, scratch)

    assert [] == figures.losses
    assert {"asked", "closed", "refreshed", "updated"} == set(figures.calls)
