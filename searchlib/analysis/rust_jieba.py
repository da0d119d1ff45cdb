"""jieba written in Rust (the extra `fast`); nothing else imports it. Importing this reads its dictionary (0.1 s)."""

from __future__ import annotations

from rjieba import cut
from rjieba import has_word as is_word

__all__ = ["cut", "is_word"]
