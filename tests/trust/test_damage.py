"""Damage to an index is found or harmless: never a traceback, a hang, or a wrong answer given silently."""

from __future__ import annotations

import random
from pathlib import Path

import damage
import pytest

PLACES = 200


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    damage.build(folder)
    return folder


def test_damage_anywhere_is_found_or_harmless_and_is_repaired(whole: Path) -> None:
    """At places in every array and every page, drawn with a fixed seed; see `damage`."""
    some = damage.damages(whole, PLACES, random.Random(1))
    outcomes = list(damage.trials(whole, some))

    assert [] == [(place, outcome.troubles) for place, outcome in outcomes if outcome.troubles]
    assert len(outcomes) == PLACES
    assert all(outcome.repaired for _, outcome in outcomes)
