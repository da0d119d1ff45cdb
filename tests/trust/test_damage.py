"""Damage to an index is found or harmless: never a traceback, a hang, or a wrong answer given silently."""

from __future__ import annotations

from pathlib import Path

from trust import damage

PLACES = 200


def test_damage_anywhere_is_found_or_harmless_and_is_repaired(tmp_path: Path) -> None:
    """At places in every array and every page, drawn with a fixed seed; `damage` has what must hold."""
    figures = damage.run(PLACES, tmp_path)

    assert [] == figures.losses
    assert PLACES == len(figures.outcomes) == sum(outcome.repaired for outcome in figures.outcomes)
