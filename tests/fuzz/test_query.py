"""A short run of the program that asks hostile questions."""

from __future__ import annotations

from query import KINDS, ask


def test_hostile_questions_are_answered_or_refused() -> None:
    """Nothing else comes of them, and the engines agree; `python -m tests.fuzz.query` asks many more."""
    report = ask(1500, seed=2)

    assert [] == report.troubles
    assert 1500 == report.answered + report.refused.total()
    assert report.answered > 500 < report.refused.total()
    assert len(KINDS) < len(report.refused)
