"""What a command ends with."""

from __future__ import annotations

FOUND, NOTHING_FOUND, WENT_WRONG, INTERRUPTED = 0, 1, 2, 130
# A figure of `searchlib eval` is below its floor.
BELOW_FLOOR = 1
# What a check ends with.
SOUND, FAULTY = FOUND, NOTHING_FOUND
