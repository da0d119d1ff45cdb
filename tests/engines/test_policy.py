"""When segments are merged: few of them, and none of it often."""

from __future__ import annotations

from dataclasses import replace
from math import log
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.policy import FACTOR, LARGEST, SMALLEST, due, tier
from searchlib.engines.whoosh.table import Row


def settled(rows: list[Row], names: list[int]) -> tuple[list[Row], int]:
    """The rows after a commit, and how many paragraphs were written again; as a writer does it."""
    written = 0
    for together in due(rows):
        live = sum(row.live for row in together)
        names[0] += 1
        rows = [row for row in rows if row not in together] + ([Row(str(names[0]), live, 0)] if live else [])
        written += live
    return rows, written


def most(paragraphs: int) -> int:
    """Segments that there may be at most, below the largest: seven a tier."""
    tiers = 1 + tier(Row("", paragraphs, 0))
    return (FACTOR - 1) * tiers


@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=300))
def test_segments_stay_few_and_paragraphs_are_seldom_written_again(sizes: list[int]) -> None:
    """Seven segments a tier at most, and a paragraph once for each tier that it rises, however it comes in."""
    rows: list[Row] = []
    names, total, rewritten = [0], 0, 0
    for size in sizes:
        names[0] += 1
        total += size
        rows, written = settled([*rows, Row(str(names[0]), size, 0)], names)
        rewritten += written

        assert len(rows) <= most(total)
    # Those of the smallest tier may be written again a few times before they leave it.
    times = 1 + log(SMALLEST, FACTOR) + max(0, log(max(total, 1) / SMALLEST, FACTOR))
    assert rewritten <= total * times


@given(st.integers(0, 2**32))
def test_what_was_removed_is_not_kept_for_long(seed: int) -> None:
    """Never more than half of what there is, once a commit is through."""
    random = Random(seed)  # noqa: S311 — samples, not secrets
    rows: list[Row] = []
    names = [0]
    for _ in range(60):
        names[0] += 1
        rows = [replace(row, removed=random.randint(row.removed, row.paragraphs)) for row in rows]
        rows = [row for row in rows if row.live]
        rows, _ = settled([*rows, Row(str(names[0]), random.randint(1, 20_000), 0)], names)

        assert all(row.removed * 2 <= row.paragraphs for row in rows)


def test_the_largest_are_left_alone() -> None:
    """Until more than half of one is gone."""
    large = [Row(str(number), LARGEST, 0) for number in range(20)]
    halved = Row("halved", 3 * LARGEST, 0, removed=2 * LARGEST)

    assert [] == list(due(large))
    assert [[halved]] == list(due([*large, halved]))


def test_segments_of_one_size_become_one() -> None:
    """When there are eight of them, in their order."""
    small = [Row(str(number), 10, 0) for number in range(FACTOR)]
    larger = [Row(f"l{number}", SMALLEST, 0) for number in range(FACTOR - 1)]

    assert [] == list(due([*small[1:], *larger]))
    assert [small] == list(due([*larger, *small]))
