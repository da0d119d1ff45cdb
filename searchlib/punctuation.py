"""Which marks may not begin a line of Chinese, and which may not end one."""

from __future__ import annotations

NO_START = frozenset("，。、；：！？）》〉」』”’…—·％〕】,.;:!?)]}%")
NO_END = frozenset("（《〈「『“‘〔【([{")
