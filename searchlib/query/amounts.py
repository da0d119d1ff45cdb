"""Dates and sizes of files as people write them, and ranges of these."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from searchlib.analysis import fold
from searchlib.errors import QueryError
from searchlib.query.conditions import Dated, Sized
from searchlib.units import read_size

_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
_SIGNED = re.compile(r"(?P<sign>[<>]=?|=[<>]|[≤≥])(?P<amount>.*)", re.DOTALL)
# Larger ones are no sizes of files, and could not be told to the byte.
_LARGEST = 10**14

# An amount as the half-open range that it names: a day, a month, a year, a number of bytes.
Range = tuple[float, float]


def dated(written: str) -> Dated:
    """The files that a date, or a range of them, is about, by the clock of this place; raises `QueryError`."""
    return Dated(*_range(fold(written), _date, "write for example date:2024, date:2024-03..2024-06 or date:>=2024-03"))


def sized(written: str) -> Sized:
    """The files that a range of sizes is about; raises `QueryError`."""
    return Sized(*_range(fold(written), _bytes, "write for example size:>1M, size:<=20k or size:10k..1M"))


def _range(written: str, read: Callable[[str], Range | None], hint: str) -> Range:
    found = _signed(written, read) or _between(written, read) or read(written)
    if not found:
        raise QueryError(f"{written} can't be read", hint=hint)
    if found[0] >= found[1]:
        raise QueryError(f"{written} ends before it begins", hint=hint)
    return found


def _signed(written: str, read: Callable[[str], Range | None]) -> Range | None:
    match = _SIGNED.fullmatch(written)
    if not match or not (amount := read(match["amount"])):
        return None
    first, end = amount
    match "".join(sorted(match["sign"])):
        case "<":
            return -math.inf, first
        case "<=" | "≤":
            return -math.inf, end
        case ">":
            return end, math.inf
    return first, math.inf


def _between(written: str, read: Callable[[str], Range | None]) -> Range | None:
    """`X..Y`, where one of the two may be left out."""
    first, dots, last = written.partition("..")
    if not dots or not (first or last):
        return None
    begins, ends = (read(amount) if amount else (-math.inf, math.inf) for amount in (first, last))
    return (begins[0], ends[1]) if begins and ends else None


def _date(written: str) -> Range | None:
    match = _DATE.fullmatch(written)
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups(default=""))
    try:
        # Without a month or a day it begins with the first; one of 0 is none.
        first = datetime(year or 0, 1 if month is None else month, 1 if day is None else day)  # noqa: DTZ001 — local
        return first.timestamp(), _after(first, month, day).timestamp()
    except (ValueError, OverflowError):
        return None


def _after(first: datetime, month: int | None, day: int | None) -> datetime:
    if day:
        return first + timedelta(days=1)
    if month:
        return (first + timedelta(days=31)).replace(day=1)
    return first.replace(year=first.year + 1)


def _bytes(written: str) -> Range | None:
    count = read_size(written)
    return None if count is None or count >= _LARGEST else (count, count + 1)
