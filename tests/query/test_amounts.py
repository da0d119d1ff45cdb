"""Dates and sizes are ranges, whose ends are where people mean them to be."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.errors import QueryError
from searchlib.query.amounts import dated, sized

days = st.dates(date(1971, 1, 1), date(2100, 12, 31))


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Sao_Paulo"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day).timestamp()  # noqa: DTZ001 — the clock of this place


def first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def test_a_day_begins_at_midnight_of_this_place(zone: str) -> None:
    """Wherever that is, and where the clocks change at midnight."""
    for day in (date(2024, 3, 5), date(2018, 11, 4), date(1999, 12, 31)):
        found = dated(day.isoformat())

        assert (midnight(day), midnight(day + timedelta(days=1))) == (found.first, found.end), zone


@given(days, st.sampled_from("-/."), st.booleans())
def test_a_date_is_a_day_a_month_or_a_year(day: date, sign: str, padded: bool) -> None:
    """By the calendar, in Western and in Chinese forms."""
    year, month, number = day.year, f"{day.month:02}" if padded else day.month, f"{day.day:02}" if padded else day.day
    whole = midnight(day), midnight(day + timedelta(days=1))
    of_month = midnight(day.replace(day=1)), midnight(first_of_next_month(day))
    of_year = midnight(date(year, 1, 1)), midnight(date(year + 1, 1, 1))

    for written in (f"{year}{sign}{month}{sign}{number}", f"{year}年{month}月{number}日"):
        assert whole == (dated(written).first, dated(written).end)
    for written in (f"{year}{sign}{month}", f"{year}年{month}月"):
        assert of_month == (dated(written).first, dated(written).end)
    for written in (f"{year}", f"{year}年"):
        assert of_year == (dated(written).first, dated(written).end)


@given(days, days)
def test_a_range_of_dates_holds_both_its_ends(one: date, other: date) -> None:
    """From the beginning of the first to the end of the last; a sign leaves one side open."""
    first, last = sorted((one, other))
    begins, ends = midnight(first), midnight(last + timedelta(days=1))
    after = midnight(first + timedelta(days=1))
    expected = {
        f"{first}..{last}": (begins, ends),
        f"{first}..": (begins, math.inf),
        f"..{last}": (-math.inf, ends),
        f">={first}": (begins, math.inf),
        f"=>{first}": (begins, math.inf),
        f"≥{first}": (begins, math.inf),
        f">{first}": (after, math.inf),
        f"<{first}": (-math.inf, begins),
        f"<={last}": (-math.inf, ends),
        f"≤{last}": (-math.inf, ends),
    }

    assert expected == {written: (dated(written).first, dated(written).end) for written in expected}


@pytest.mark.parametrize(
    "written",
    [
        *"0000 2024-00 2024-01-00 2024-13 2024-02-30 2024年13月 20240305 24 2024-3-5-1 .. 2024...2025".split(),
        *">2024..2025 >> > abc 9999".split(),
        "",
    ],
)
def test_what_is_no_date_is_refused(written: str) -> None:
    """A month or a day of 0 too."""
    with pytest.raises(QueryError) as raised:
        dated(written)

    assert f"{written} can't be read" == str(raised.value)
    assert "write for example date:2024, date:2024-03..2024-06 or date:>=2024-03" == raised.value.hint


@pytest.mark.parametrize(
    ("written", "first", "end"),
    [
        ("500", 500, 501),
        ("1k", 1000, 1001),
        ("1.5M", 1_500_000, 1_500_001),
        ("２Ｇ", 2_000_000_000, 2_000_000_001),
        (">1M", 1_000_001, math.inf),
        (">=1M", 1_000_000, math.inf),
        ("<1M", -math.inf, 1_000_000),
        ("≤20k", -math.inf, 20_001),
        ("10k..1M", 10_000, 1_000_001),
        ("10k..", 10_000, math.inf),
        ("..1MB", -math.inf, 1_000_001),
    ],
)
def test_a_size_is_a_range_of_bytes(written: str, first: float, end: float) -> None:
    """To the byte, with the units of the command line."""
    assert (first, end) == (sized(written).first, sized(written).end)


@pytest.mark.parametrize("written", ["", "viel", "-1", "..", "1k...2k", "99999999999999999999", "999999999999999g"])
def test_what_is_no_size_is_refused(written: str) -> None:
    """Nor what no file can have."""
    with pytest.raises(QueryError) as raised:
        sized(written)

    assert f"{written} can't be read" == str(raised.value)
    assert "write for example size:>1M, size:<=20k or size:10k..1M" == raised.value.hint


@pytest.mark.parametrize("written", ["2024..2020", "2024-03-05..2024-03-04"])
def test_a_range_does_not_end_before_it_begins(written: str) -> None:
    """That would find nothing, and was not meant."""
    with pytest.raises(QueryError, match=f"^{written} ends before it begins$"):
        dated(written)
