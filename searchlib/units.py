"""Numbers with their units, as people write them."""

from __future__ import annotations


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
