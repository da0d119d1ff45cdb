"""What holds where nothing else is said; apart, because the help of the command line shows it and loads nothing."""

from __future__ import annotations

# The folder of the index, in the current one.
FOLDER = "index"
# Hits of a search.
LIMIT = 10
# Seconds of wall time that a query has.
TIMEOUT_S = 10.0
# Questions of a recall check.
SAMPLES = 1_000
# The largest file that is read, in bytes: every novel, and no memory image.
MAX_BYTES = 64_000_000
# Characters of a snippet, or so.
WIDTH = 120
