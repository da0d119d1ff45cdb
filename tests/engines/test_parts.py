"""Parts: a source that is written in pieces is, when it ends, what it would be had it been written at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from conformance import assert_same_holdings, cut_up, flaws, paragraphs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import made
from test_merge import content

from searchlib.directory import Directory
from searchlib.engines import engine as named
from searchlib.engines.interface import Engine
from searchlib.engines.whoosh import parts as module
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile
from searchlib.engines.whoosh.parts import Parts
from searchlib.model import Paragraph
from searchlib.paragraphs import LONGEST, split
from searchlib.reading import read

sources = st.lists(
    st.lists(cut_up(), min_size=1, max_size=4).map(lambda wholes: [piece for pieces in wholes for piece in pieces]),
    min_size=1,
    max_size=3,
)
# Headings that come again, numbered lines, sentences, words of both scripts, and what has no place to be cut.
lines = st.sampled_from(
    [
        "# 长江",
        "## 第一节 水",
        "第一条 总则",
        "",
        "长江大桥。",
        "iPhone15 在武汉的水里，两岸。" * 90,
        "水" * 1_100,
        "a-b.c'd " * 300,
    ]
)
documents = st.lists(st.lists(lines, min_size=1, max_size=8).map("\n\n".join), min_size=1, max_size=3)


def written(folder: Directory, made_of: Sequence[tuple[str, Sequence[Paragraph]]], most: int) -> list[ArrayFile]:
    """The segments of sources that were written with no more than so many characters in memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_CHARACTERS", most)
        parts = Parts(folder)
        for path, given_ones in made_of:
            parts.add(path, iter(given_ones))
        return [ArrayFile(folder / f"{name}.arrays") for name in parts.finish()]


def engine_at(path: Path) -> tuple[Engine, Directory]:
    folder = made(path)
    return named("whoosh").create(folder), folder


def assert_no_difference(made_of: Sequence[tuple[str, Sequence[Paragraph]]], most: int) -> None:
    """A source alone, as what lies in one segment with which others goes by the bound."""
    for source in made_of:
        with tempfile.TemporaryDirectory() as place:
            (_, one), (_, other) = engine_at(Path(place, "one")), engine_at(Path(place, "other"))
            whole, pieces = written(one, [source], 10**9), written(other, [source], most)

            assert [content(file) for file in whole] == [content(file) for file in pieces]
            for file, again in zip(whole, pieces, strict=True):
                for name in file:
                    if not name.startswith("stored."):
                        assert file[name].tobytes() == again[name].tobytes(), name
            assert len(pieces) + 1 == len([name for name in other.names() if name != "whoosh.lock"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(sources, st.integers(1, 40))
def test_pieces_make_the_segment_that_is_written_at_once(given_texts: list[list[str]], most: int) -> None:
    """Array by array, however cut its paragraphs are, and whatever titles and headings they share."""
    assert_no_difference([(f"{at}.txt", paragraphs(f"{at}.txt", texts)) for at, texts in enumerate(given_texts)], most)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
@given(documents, st.integers(1, 4_000))
def test_pieces_of_documents_make_the_same_too(texts: list[str], most: int) -> None:
    assert_no_difference([(f"{at}.md", split(read(f"{at}.md", text.encode()))) for at, text in enumerate(texts)], most)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
@given(documents, st.integers(1, 4_000))
def test_an_index_of_pieces_is_sound_and_holds_the_same(texts: list[str], most: int) -> None:
    """Several sources, those that fit together in one segment."""
    found = {f"{at}.md": split(read(f"{at}.md", text.encode())) for at, text in enumerate(texts)}
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        engines = [engine_at(Path(place, name))[0] for name in ("one", "other")]
        for engine, bound in zip(engines, (10**9, most), strict=True):
            patch.setattr(module, "MOST_CHARACTERS", bound)
            with engine.writer() as writer:
                for path, some in found.items():
                    writer.replace(path, iter(some))
                writer.commit()
        with closing(engines[0].reader()) as whole, closing(engines[1].reader()) as pieces:
            assert_same_holdings(whole, pieces)
        assert flaws(engines[1]) == []


def test_a_paragraph_too_large_to_be_gathered_is_written_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of a whole book, between its sentences."""
    begun: list[str] = []
    usual = Parts._piece

    def counted(self: Parts) -> str:
        begun.append(usual(self))
        return begun[-1]

    monkeypatch.setattr(Parts, "_piece", counted)
    text = "长江大桥在武汉，两岸都是水。" * 5_000
    _, folder = engine_at(tmp_path / "engine")

    (file,) = written(folder, [("a.txt", split(read("a.txt", text.encode())))], 10_000)

    assert len(begun) >= len(text) // (10_000 + 2 * LONGEST)
    assert file.facts["continued"] == file.facts["paragraphs"] - 1  # type: ignore[operator]


def test_what_ends_within_a_source_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are named for the commit to come, which removes them where they are no part of it."""
    monkeypatch.setattr(module, "MOST_CHARACTERS", 1)
    engine, folder = engine_at(tmp_path / "engine")

    def broken() -> Iterator[Paragraph]:
        yield from paragraphs("a.txt", ["水", "江", "河"])
        raise RecursionError

    parts = engine.parts()
    with pytest.raises(RecursionError):
        parts.add("a.txt", broken())
    parts.discard()
    left = set(folder.names()) - table.read(folder).files
    assert left
    assert all(name.startswith(table.read(folder).next) for name in left)
    with engine.writer() as writer:
        writer.replace("b.txt", paragraphs("b.txt", ["水", "江"]))
        writer.commit()

    assert set(folder.names()) == table.read(folder).files


def test_small_sources_are_never_written_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They share segments; to merge one of each folder's ten million characters would cost time."""
    monkeypatch.setattr(Parts, "_piece", lambda _: pytest.fail("a source was written in pieces"))
    _, folder = engine_at(tmp_path / "engine")
    small = [(f"{at}.txt", paragraphs(f"{at}.txt", ["水江河湖"] * 5)) for at in range(30)]

    assert len(written(folder, small, 200)) == 6
