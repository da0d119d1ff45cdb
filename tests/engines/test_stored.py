"""What is stored of a paragraph is read back as it was."""

from __future__ import annotations

import json

from documents import ANY
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.stored import headings_of, stored_headings


@given(st.lists(st.text(st.one_of(ANY, st.sampled_from('"\\/\n\x00\x1f\x7f\ud800\udc00'))), min_size=1).map(tuple))
def test_headings_are_json_as_the_standard_library_writes_it(headings: tuple[str, ...]) -> None:
    """Halves of surrogate pairs too."""
    record = stored_headings(headings)

    assert json.dumps(headings, ensure_ascii=False).encode("utf-8", "surrogatepass") == record
    assert headings == headings_of(record)


def test_no_headings_take_no_room() -> None:
    assert b"" == stored_headings(())
    assert () == headings_of(b"")
