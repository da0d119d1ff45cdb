"""Places as search prints them."""

from __future__ import annotations

import re

# PATH:LINE, with whatever search prints behind it.
PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?(?::.*)?", re.DOTALL)
