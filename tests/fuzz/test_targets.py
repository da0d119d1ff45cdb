"""What `python -m tests.fuzz` breeds from and a little more, without what breeds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from targets import SEEDS, TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_targets_hold_for_what_is_bred_from(name: str) -> None:
    for seed in SEEDS[name]:
        for data in (seed, seed[1:], seed[:-1], seed * 3, seed[::-1]):
            TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_targets_hold_for_any_bytes(name: str) -> None:
    @given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode())))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()
