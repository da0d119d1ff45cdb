"""Numbers with their units, as people write them."""

from __future__ import annotations


def size(count: int) -> str:
    """A number of bytes as people write it.

    >>> size(0), size(1536), size(64_000_000)
    ('0 B', '1.54 kB', '64 MB')
    """
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"
