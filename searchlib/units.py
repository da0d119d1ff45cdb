"""Numbers with their units, as people write them."""

from __future__ import annotations

import re

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


def size(count: int) -> str:
    """A number of bytes as people write it.

    >>> size(0), size(1536), size(999_999), size(64_000_000)
    ('0 B', '1.54 kB', '1 MB', '64 MB')
    """
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:  # what would be rounded to 1000
            break
        value, unit = value / 1000, larger
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:.0f} {unit}"


def seconds_of(seconds: float) -> str:
    """Seconds as people say them.

    >>> seconds_of(10.0), seconds_of(0.25), seconds_of(3600), seconds_of(1e-300), seconds_of(0)
    ('10 s', '0.25 s', '3,600 s', 'less than 0.001 s', '0 s')
    """
    said = f"{seconds:,.3f}".rstrip("0").rstrip(".")
    return "less than 0.001 s" if said == "0" and seconds else f"{said} s"


def read_size(written: str) -> int | None:
    """The number of bytes that people write so, or None.

    >>> read_size("500000"), read_size("300k"), read_size("1.5 GB"), read_size("viel")
    (500000, 300000, 1500000000, None)
    """
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?)\s*([kmg]?)b?", written.strip().lower())
    return int(float(match[1]) * _UNITS[match[2]]) if match else None
