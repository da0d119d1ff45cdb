"""When segments are merged: so that there are few, and every paragraph is written again only a few times.

Segments are of one tier when their sizes are within a factor of eight; what is smaller than a book is all one tier.
Eight of one tier become one. So there are at most seven a tier, and a paragraph is written again once a tier: in an
index of n paragraphs, the cost of an update grows with log n, whatever is updated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from searchlib.engines.whoosh.table import Row

FACTOR = 8
# Paragraphs of the smallest tier; to merge eight such segments takes about as long as to start the program.
SMALLEST = 4_096
# Larger ones are left alone: their arrays would come near to what places of 30 bits can tell apart.
LARGEST = 2_000_000


def due(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Which segments are to become one each; one alone is to be written again without what was removed."""
    tiers: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.live < LARGEST:
            tiers[tier(row)].append(row)
        elif row.removed * 2 > row.paragraphs:
            yield [row]
    for same in tiers.values():
        if len(same) >= FACTOR:
            yield same
        else:
            yield from ([row] for row in same if row.removed * 2 > row.paragraphs)


def tier(row: Row) -> int:
    found, limit = 0, SMALLEST
    while row.live >= limit:
        found, limit = found + 1, limit * FACTOR
    return found
