"""What all tests share: one flag, and properties that may take their time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# The first example that cuts a word reads jieba's dictionary; no test should depend on how fast that is.
settings.register_profile("searchlib", deadline=None)
settings.load_profile("searchlib")


# pytest explains the failed asserts of other modules than tests only where it is told to before they are imported.
pytest.register_assert_rewrite("conformance", "questions")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="Rewrite the answers in transcripts, ranks and README."
    )


@pytest.fixture(autouse=True)
def old_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files whose times a test sets long ago count as old: the time of their making, a moment ago, can't be set."""
    monkeypatch.setattr("searchlib.ingest._YOUNG_CHANGE_NS", -(1 << 62))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, so that tests can name files as users do."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
