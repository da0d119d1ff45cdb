"""A file that is read in pieces says what the same file says that is held in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_stretches import LINES, PAGES

from searchlib.errors import Unreadable
from searchlib.model import Block
from searchlib.paragraphs import split
from searchlib.reading import content, html, markdown, read, stretches, text
from searchlib.reading.content import OnDisk, Unsteady, content_of
from searchlib.reading.encodings import encoding_of
from searchlib.reading.pieces import Whole, pieces_of
from searchlib.text_codecs import ENCODINGS

CUTS = st.lists(st.integers(0, 400), max_size=12)


class Cut:
    """Something that comes in the pieces between some places; none of it counts as held."""

    is_held = False

    def __init__(self, whole: str, cuts: list[int]) -> None:
        bounds = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
        self._pieces = [whole[start:end] for start, end in pairwise(bounds)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pieces)


class CutBytes:
    """The same of bytes."""

    is_held = False

    def __init__(self, data: bytes, cuts: list[int]) -> None:
        self.size, self.head, self.digest = len(data), data[:1024], b""
        self._pieces = [data[start:end] for start, end in pairwise(sorted({0, len(data), *cuts}))]

    def pieces(self) -> Iterator[bytes]:
        return iter(self._pieces)


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_every_encoding_is_decoded_in_pieces_as_python_decodes_the_whole(encoding: str) -> None:
    """Errors are told at the same byte."""
    written = st.text(max_size=40).map(lambda some: some.encode(encoding, "ignore"))

    @given(st.binary(max_size=40) | written | st.builds(bytes.__add__, written, st.binary(max_size=3)), CUTS)
    def holds(data: bytes, cuts: list[int]) -> None:
        assert by_python(data, encoding) == in_pieces(CutBytes(data, cuts), encoding)

    holds()


def by_python(data: bytes, encoding: str) -> str:
    """The text, or the refusal."""
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        # `utf-8-sig` counts from behind the mark.
        at = len(data) - len(error.object) + error.start
        return f"not {encoding}: byte 0x{error.object[error.start]:02x} at {at}"
    half = re.search("[\ud800-\udfff]", text)
    return f"not utf-7: half a surrogate pair at character {half.start()}" if half else text


def in_pieces(pieces: CutBytes, encoding: str) -> str:
    try:
        return "".join(encoding_of(pieces, encoding).texts(pieces))
    except Unreadable as error:
        return str(error)


WRITTEN = st.text(st.sampled_from("枫桥经验龍門客棧，。\r\nab \ufffd\0é"), max_size=60)


@given(WRITTEN, st.sampled_from(["utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-8-sig", "latin-1"]), CUTS)
def test_the_encoding_of_pieces_is_that_of_the_whole(some: str, encoding: str, cuts: list[int]) -> None:
    data = some.encode(encoding, "ignore")
    pieces = CutBytes(data, cuts)
    try:
        source = read("a.txt", data)
    except Unreadable as error:
        with pytest.raises(Unreadable, match=str(error)):
            encoding_of(pieces)
        return

    assert source.encoding == encoding_of(pieces).codec
    assert split(source) == split(read("a.txt", pieces))


@given(st.text(st.sampled_from("甲乙 \r\n"), max_size=40), CUTS)
def test_lines_end_as_they_do_in_the_whole(some: str, cuts: list[int]) -> None:
    data = some.encode()
    pieces = CutBytes(data, cuts)
    encoding = encoding_of(pieces, "utf-8")

    lines = some.replace("\r\n", "\n") if "\n" in some else some.replace("\r", "\n")
    assert lines == "".join(pieces_of(pieces, encoding))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["甲", "  乙", "长江大桥在武汉两岸都是水" * 3, "", " ", "桥。"]), max_size=60), CUTS)
def test_a_text_in_pieces_has_the_paragraphs_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, lines: list[str], cuts: list[int]
) -> None:
    """Also where a stretch of lines is so long that it is given out in several blocks."""
    monkeypatch.setattr(text, "_MOST", 1_000_000)
    whole = split(read("a.txt", "\n".join(lines).encode()))
    monkeypatch.setattr(text, "_MOST", 40)

    assert whole == split(read("a.txt", CutBytes("\n".join(lines).encode(), cuts)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PAGES | LINES, max_size=12).map("\n".join), CUTS)
def test_a_page_of_markdown_in_pieces_has_the_blocks_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, page: str, cuts: list[int]
) -> None:
    monkeypatch.setattr(stretches, "_LONGEST_MARK", 12)
    title, blocks = markdown.read(Cut(page, cuts))
    first = list(blocks)

    assert (title, first) == markdown_of(page)
    assert first == list(blocks)


def markdown_of(page: str) -> tuple[str, list[Block]]:
    title, blocks = markdown.read(Whole(page))
    return title, list(blocks)


TAGS = st.sampled_from(
    "<p> </p> <b> </b> <br> <title> </title> <h1> </h1> <pre> </pre> <script> </script> <!-- --> <!--注--> <rt> </ruby>"
    " <td> <p/> <a> & &amp; &amp &#26725; &# &#; &#x; &copy2024 ; < <甲 a<b 甲 乙丙 <p a='>' <![if> ]]> <?php ?>".split(
        " "
    )
) | st.sampled_from([" ", "\n", " \n "])


@given(st.lists(TAGS, max_size=60).map("".join), CUTS)
def test_a_page_of_html_in_pieces_has_the_blocks_of_the_whole(page: str, cuts: list[int]) -> None:
    title, whole = html.read(Whole(page))
    found, blocks = html.read(Cut(page, cuts))
    first = list(blocks)

    assert (title, list(whole)) == (found, first)
    assert first == list(blocks)


@pytest.fixture
def _few_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_HELD", 2_000)
    monkeypatch.setattr(content, "_PIECE", 1_000)


def on_disk(path: Path, data: bytes) -> OnDisk:
    path.write_bytes(data)
    found, _ = content_of(str(path), 10_000)
    assert isinstance(found, OnDisk)
    return found


@pytest.mark.usefixtures("_few_held")
def test_a_file_that_is_not_held_is_read_again_each_time(tmp_path: Path) -> None:
    data = bytes(range(250)) * 10
    found = on_disk(tmp_path / "a", data)

    assert (2_500, data[:1_024]) == (found.size, found.head)
    assert 2 * [[data[:1_000], data[1_000:2_000], data[2_000:]]] == [[*found.pieces()], [*found.pieces()]]


@pytest.mark.usefixtures("_few_held")
def test_a_file_that_changed_since_is_told_when_all_of_it_has_been_read(tmp_path: Path) -> None:
    found = on_disk(tmp_path / "a", b"0123456789" * 300)
    (tmp_path / "a").write_bytes(b"0123456789" * 299 + b"0123456780")

    with pytest.raises(Unsteady):
        list(found.pieces())
    (tmp_path / "a").unlink()
    with pytest.raises(Unsteady):
        list(found.pieces())


@pytest.mark.usefixtures("_few_held")
def test_what_was_appended_since_is_for_the_next_update(tmp_path: Path) -> None:
    found = on_disk(tmp_path / "a", b"0123456789" * 300)
    with (tmp_path / "a").open("ab") as more:
        more.write(b"appended")

    assert b"0123456789" * 300 == b"".join(found.pieces())
