"""What all tests share: one flag, and properties that may take their time."""

from __future__ import annotations

import pytest
from hypothesis import settings

# The first example that cuts a word reads jieba's dictionary; no test should depend on how fast that is.
settings.register_profile("searchlib", deadline=None)
settings.load_profile("searchlib")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Rewrite the answers in transcripts and README.md.")
