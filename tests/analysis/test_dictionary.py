"""The dictionary on disk says what was packed, or that it is damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.dictionary import Character, Damaged, Dictionary, Model, packed

MODEL = Model(
    starts=(-0.25, -3.14e100, -3.14e100, -1.5),
    moves=tuple(-0.1 * number for number in range(8)),
    emissions={"枫": (-1.0, -2.0, -3.0, -4.0)},
    unknown=(-9.0, -9.0, -9.0, -9.0),
)
FREQUENCIES = {"枫": 7, "枫桥": 3, "枫桥镇": 0, "桥": 1, "T恤": 5, "T": 0, "卡拉OK": 2, "卡": 0, "卡拉": 4}
CONTENT = packed("key", FREQUENCIES, 99, MODEL)


def never() -> bytes:
    raise AssertionError


def test_it_says_what_was_packed() -> None:
    """The words of known characters, each with its frequency, and the whole model."""
    dictionary = Dictionary(CONTENT, "key", never)

    assert (99, MODEL.starts, MODEL.moves) == (dictionary.total, dictionary.starts, dictionary.moves)
    assert Character({"枫": 7, "枫桥": 3, "枫桥镇": 0}, MODEL.emissions["枫"]) == dictionary["枫"]
    assert Character({"卡": 0, "卡拉": 4}, MODEL.unknown) == dictionary["卡"]
    assert {"桥": 1} == dictionary["桥"].words
    assert MODEL.unknown == dictionary["一"].emissions == dictionary["鿕"].emissions
    assert not dictionary["一"].words.get("一")


def test_what_was_made_from_another_jieba_is_refused() -> None:
    with pytest.raises(Damaged):
        Dictionary(CONTENT, "another key", never)


@pytest.mark.parametrize("size", [0, 1, 100, len(CONTENT) - 1])
def test_what_was_cut_short_is_refused(size: int) -> None:
    with pytest.raises(Damaged):
        Dictionary(CONTENT[:size], "key", never)


@given(at=st.integers(0, len(CONTENT) - 1), bit=st.integers(0, 7))
def test_a_wrong_bit_changes_no_answer(at: int, bit: int) -> None:
    """Wherever it is: the head is refused, an entry is read from renewed content."""
    content = bytearray(CONTENT)
    content[at] ^= 1 << bit
    right = Dictionary(CONTENT, "key", never)
    try:
        wrong = Dictionary(bytes(content), "key", lambda: CONTENT)
    except Damaged:
        return

    assert (right.total, right.starts, right.moves) == (wrong.total, wrong.starts, wrong.moves)
    assert [right[char] for char in "枫桥卡一鿕"] == [wrong[char] for char in "枫桥卡一鿕"]


def test_zeros_in_place_of_entries_are_noticed() -> None:
    """What a file system may leave of a file after a loss of power: the right size, and nothing in it."""
    head = CONTENT[:200]
    renewed = Dictionary(head + bytes(len(CONTENT) - len(head)), "key", lambda: CONTENT)

    assert {"枫": 7, "枫桥": 3, "枫桥镇": 0} == renewed["枫"].words
