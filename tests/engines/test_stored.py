"""What is stored of a paragraph is read back as it was."""

from __future__ import annotations

import json
from itertools import accumulate

import numpy as np
from documents import ANY
from hypothesis import example, given
from hypothesis import strategies as st

from searchlib.engines.whoosh.stored import headings_of, stored, stored_headings, text_of, texts_of
from searchlib.model import Anchor, Paragraph


@given(st.lists(st.text(st.one_of(ANY, st.sampled_from('"\\/\n\x00\x1f\x7f\ud800\udc00'))), min_size=1).map(tuple))
@example(("\ud800",))
def test_headings_are_json_as_the_standard_library_writes_it(headings: tuple[str, ...]) -> None:
    """Halves of surrogate pairs too."""
    record = stored_headings(headings)

    assert json.dumps(headings, ensure_ascii=False).encode("utf-8", "surrogatepass") == record
    assert headings == headings_of(record)


def test_no_headings_take_no_room() -> None:
    assert b"" == stored_headings(())
    assert () == headings_of(b"")


TEXTS = st.text(st.one_of(ANY, st.sampled_from("\x00\ud800\udc00长")), max_size=20)


@given(st.lists(st.lists(st.tuples(TEXTS, st.integers(0, 3), st.booleans()), max_size=6), max_size=3))
def test_many_texts_are_read_as_each_is(blocks: list[list[tuple[str, int, bool]]]) -> None:
    """With zeros in them, with any number of places, and where a record is empty."""
    stretches, each = [], []
    for block in blocks:
        records = [_record(*record) for record in block] + [b""]
        bounds = np.array([*accumulate(map(len, records), initial=0)])
        stretches.append((b"".join(records), bounds[:-1], bounds[1:]))
        each += [text_of(record) for record in records]

    assert each == texts_of(stretches)


def _record(text: str, anchors: int, continues: bool) -> bytes:
    places = tuple(Anchor(at, at + 1, 1) for at in range(anchors))
    return stored(Paragraph("a.txt", 0, text, 1, 1, (), "", places, continues))
