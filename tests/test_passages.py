"""Slicing, stripping and joining never lose the place of a character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchlib.model import Anchor, Block, Paragraph, Place
from searchlib.passages import Passage, join, of_block

PIECES = st.lists(st.text("甲乙 \n　", min_size=1, max_size=5), min_size=1, max_size=6)


def passage_of(pieces: list[str]) -> Passage:
    """A text whose pieces stand in the file far apart: the n-th from line 10 n, column 7 on."""
    anchors, start = [], 0
    for number, piece in enumerate(pieces):
        anchors.append(Anchor(start, 10 * number, 7))
        start += len(piece)
    return of_block(Block("".join(pieces), tuple(anchors)))


def placed(passage: Passage) -> list[tuple[str, Place]]:
    """Each character with its place."""
    paragraph = Paragraph("", 0, passage.text, 0, 0, (), "", passage.anchors)
    return [(char, paragraph.place(at)) for at, char in enumerate(passage.text)]


@given(PIECES, st.data())
def test_a_slice_keeps_the_places(pieces: list[str], data: st.DataObject) -> None:
    """Its characters stand where they stood, and its anchors are those it needs, the first at 0."""
    passage = passage_of(pieces)
    start = data.draw(st.integers(0, len(passage.text)))
    end = data.draw(st.integers(start, len(passage.text)))
    piece = passage.slice(start, end)

    assert placed(passage)[start:end] == placed(piece)
    assert 0 == piece.anchors[0].start
    assert all(anchor.start < max(1, end - start) for anchor in piece.anchors)


@given(PIECES)
def test_stripping_keeps_the_places(pieces: list[str]) -> None:
    """White space goes at both ends, wide spaces too; what is left stands where it stood."""
    passage = passage_of(pieces)
    before = len(passage.text) - len(passage.text.lstrip())
    stripped = passage.strip()

    assert passage.text.strip() == stripped.text
    assert placed(passage)[before : before + len(stripped.text)] == placed(stripped)


@given(PIECES)
def test_lines_are_the_passage_without_its_line_ends(pieces: list[str]) -> None:
    """Each in its place, empty ones too."""
    passage = passage_of(pieces)
    lines = passage.lines()

    assert passage.text.split("\n") == [line.text for line in lines]
    assert [found for found in placed(passage) if found[0] != "\n"] == [
        found for line in lines for found in placed(line)
    ]


def test_joined_passages_keep_their_places_with_and_without_a_space_between() -> None:
    """The space stands for a line end; the passages before and behind it stand where they stood."""
    joined = join([passage_of(["甲乙"]), passage_of(["丙", "丁"])], [" "])

    assert "甲乙 丙丁" == joined.text
    assert [Place(0, 7), Place(0, 8), Place(0, 9), Place(0, 7), Place(10, 7)] == [place for _, place in placed(joined)]
    assert "甲乙丙丁" == join([passage_of(["甲乙"]), passage_of(["丙", "丁"])], [""]).text
