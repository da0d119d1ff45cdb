"""One deadline for a whole query, of wall time."""

from __future__ import annotations

import math

import pytest
import regex
from clocks import Clock

from searchlib.query import Deadline


def test_time_is_over_when_the_wall_clock_says_so() -> None:
    """However little of the processor the query got."""
    clock, processor = Clock(), Clock()
    deadline = Deadline(10.0, clock=clock, processor=processor)
    clock.now_s = 9.0

    assert (1.0, False, False) == (deadline.left_s, deadline.is_over(), deadline.ran_out)
    clock.now_s = 10.0
    assert (0.0, True, True) == (deadline.left_s, deadline.is_over(), deadline.ran_out)


def test_without_a_limit_time_is_never_over() -> None:
    clock = Clock()
    deadline = Deadline(None, clock=clock)
    clock.now_s = 1e9

    assert (None, False) == (deadline.left_s, deadline.is_over())


def test_only_who_leaves_something_undone_makes_an_answer_partial() -> None:
    """Time that is over when all is done has cost nothing."""
    clock = Clock()
    deadline = Deadline(10.0, clock=clock)
    clock.now_s = 11.0

    assert not deadline.ran_out


def test_what_others_do_within_a_pause_takes_no_time_of_the_query() -> None:
    """A reader behind a pipe may be slow."""
    clock = Clock()
    deadline = Deadline(10.0, clock=clock)
    with deadline.paused():
        clock.now_s = 100.0

    assert 10.0 == deadline.left_s


def test_what_is_known_has_a_tenth_of_the_time_to_be_shown() -> None:
    clock = Clock()
    deadline = Deadline(10.0, clock=clock)
    clock.now_s = 25.0
    deadline.is_over()
    deadline.extend()

    assert pytest.approx(1.0) == deadline.left_s
    assert not deadline.ran_out


def test_what_is_no_number_of_seconds_is_no_time() -> None:
    """And not no limit."""
    assert Deadline(math.nan, clock=Clock()).is_over()


@pytest.mark.parametrize("seconds", [1e10, 1e300, math.inf])
def test_more_time_than_a_pattern_can_be_given_is_time_enough(seconds: float) -> None:
    """`regex` takes such a limit for one that is over."""
    found = Deadline(seconds, clock=Clock(), processor=Clock()).search(regex.compile("江"), "长江")

    assert found is not None
