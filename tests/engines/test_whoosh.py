"""The embedded engine: the contract, from the disk, and what it makes of a disk that lies."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import chain, pairwise
from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest
from conformance import (
    EngineConformance,
    Transaction,
    assert_same,
    assert_same_holdings,
    histories,
    paragraph,
    places,
    replay,
    write,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import file_at, made
from rankings import search
from whoosh.qparser import QueryParser

from searchlib.analysis import fold
from searchlib.analysis.runs import runs
from searchlib.analysis.terms import HEADING_WORDS, TITLE_WORDS, WORDS
from searchlib.directory import Directory
from searchlib.engines import engine as named
from searchlib.engines import reference
from searchlib.engines.interface import Engine, EngineModule, Order
from searchlib.engines.whoosh import corpus, parts, postings, table
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.index import open_index
from searchlib.engines.whoosh.postings import Segment
from searchlib.engines.whoosh.stored import text_of
from searchlib.engines.whoosh.table import Row
from searchlib.engines.whoosh.terms import NOTHING
from searchlib.errors import IndexDamaged
from searchlib.model import Paragraph
from searchlib.query import parse


class TestWhoosh(EngineConformance):
    module: ClassVar[EngineModule] = named("whoosh")

    def reopened(self, engine: Engine, folder: Path) -> Engine:  # noqa: ARG002 — only the folder counts
        return self.module.open(made(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An engine with two segments, one of them with a removed source."""
    place = tmp_path / "引擎"
    engine = named("whoosh").create(made(place))
    write(engine, {"a.txt": ["长江水"] * 30, "b.txt": ["黄河水"] * 30})
    write(engine, {"a.txt": None, "c.txt": ["淮河水"]})
    return place


def table_of(folder: Path) -> Path:
    (table,) = folder.glob("table.json")
    return table


def segment_of(folder: Path) -> Path:
    return max(folder.glob("*.arrays"), key=lambda file: file.stat().st_size)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def fill_with_garbage(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 20)


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(bytes(content))


def clear(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "an empty folder": clear,
    "no table": lambda folder: table_of(folder).unlink(),
    "an empty table": lambda folder: empty(table_of(folder)),
    "a table cut by a byte": lambda folder: cut(table_of(folder)),
    "half a table": lambda folder: halve(table_of(folder)),
    "a flipped bit in the table": lambda folder: flip_a_bit(table_of(folder)),
    "garbage for a table": lambda folder: fill_with_garbage(table_of(folder)),
    "a missing segment": lambda folder: segment_of(folder).unlink(),
    "an empty segment": lambda folder: empty(segment_of(folder)),
    "half a segment": lambda folder: halve(segment_of(folder)),
    "a segment cut by a byte": lambda folder: cut(segment_of(folder)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_folder_is_refused_as_damaged(folder: Path, damage: Callable[[Path], object]) -> None:
    """Whatever is missing, cut short or overwritten, opening says so, in one way."""
    damage(folder)

    with pytest.raises(IndexDamaged, match=rf"^the index in {folder} is damaged: ."):
        named("whoosh").open(made(folder))


@pytest.mark.parametrize("at", range(0, 1200, 37))
def test_no_byte_of_the_table_can_change_unnoticed(folder: Path, at: int) -> None:
    """Nothing in it is looked at before all of it is known to be what was written."""
    table = table_of(folder)
    content = bytearray(table.read_bytes())
    content[at % len(content)] ^= 0x21
    table.write_bytes(bytes(content))

    with pytest.raises(IndexDamaged, match="is not as it was written"):
        named("whoosh").open(made(folder))


def test_damage_after_opening_is_damage_too(folder: Path) -> None:
    """An engine that was whole when it was opened says the same when a reader no longer finds its files."""
    engine = named("whoosh").open(made(folder))
    segment_of(folder).unlink()

    with pytest.raises(IndexDamaged, match=r"\.arrays"):
        engine.reader()


def test_what_is_discarded_is_gone_and_what_can_be_read_of_it_is_salvaged(folder: Path) -> None:
    """Nothing that the same writer was given goes with it."""
    engine = named("whoosh").suspected(made(folder))
    with closing(engine.reader()) as reader:
        before = {path: reader.paragraphs(path) for path in reader.sources()}
    parts = [row.name for row in table.read(made(folder)).rows]
    salvaged = dict(found for part in parts for found in engine.salvaged(part))
    with closing(engine.reader(without=parts)) as reader:
        assert [] == reader.sources()
    with engine.writer() as writer:
        writer.discard(parts)
        writer.replace("新.txt", [paragraph("新.txt", 0, "江水")])
        writer.commit()

    assert before == salvaged
    with closing(engine.reader()) as reader:
        assert ["新.txt"] == reader.sources()


@pytest.mark.parametrize("wrong", ["counts", "order", "length", "back", "records"])
def test_arrays_that_contradict_one_another_are_found_with_right_checksums(folder: Path, wrong: str) -> None:
    """What no disk does, and a fault in the program might."""
    row = max(table.read(made(folder)).rows, key=lambda row: row.paragraphs)
    file = table.opened(made(folder), row)
    last = table.read(made(folder))
    now = Row(table.new_name(last.next), row.paragraphs, 0)
    writer = ArrayWriter(file_at(folder / now.file))
    writer.facts.update(file.facts)
    for name in file:
        values = file[name].copy()
        if (wrong, name) == ("counts", "chars.paragraphs.counts"):
            values[0] += 1
        elif (wrong, name) == ("order", "words.bytes"):
            values = values[::-1]
        elif (wrong, name) == ("length", "column.title_length"):
            values = values[:-1]
        elif (wrong, name) == ("back", "column.heading_back"):
            values[0] = 1
        elif (wrong, name) == ("records", "stored.paragraph.bytes"):
            values[:8] = 0
        writer.append(name, values)
    writer.close()
    now = table.row_of(made(folder), now.name, now.paragraphs)
    table.write(made(folder), last.followed_by([now], ""))

    (flaw, *_) = named("whoosh").open(made(folder)).flaws(texts=True, on_change=lambda _: None)
    assert (now.name, "") == (flaw.part, flaw.path)


def test_a_writer_killed_before_its_commit_leaves_the_last_one(folder: Path) -> None:
    """What it had written lies about and is neither read nor in the way of the next writer."""
    engine = named("whoosh").open(made(folder))
    writer = engine.writer()
    writer.replace("b.txt", ())
    copy = folder.with_name("abgestürzt")
    shutil.copytree(folder, copy)
    writer.__exit__(None, None, None)

    survivor = named("whoosh").open(made(copy))
    with closing(survivor.reader()) as reader:
        assert (["b.txt", "c.txt"], 31) == (reader.sources(), reader.paragraph_count())
    write(survivor, {"b.txt": None})
    with closing(named("whoosh").open(made(copy)).reader()) as reader:
        assert [("c.txt", 0)] == places(search(reader, parse("水"), limit=100))


def test_what_an_engine_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        folder = made(tmp_path).create_folder("engine")
        engine = named("whoosh").create(folder)
        write(engine, {"a.txt": ["长江水"] * 30, "b.txt": ["黄河水"] * 30})
        write(engine, {"a.txt": None})
    finally:
        os.umask(before)

    assert 0o700 == folder.path.stat().st_mode & 0o777
    assert {0o600} == {path.stat().st_mode & 0o777 for path in folder.path.iterdir()}
    assert {".json", ".lock", ".arrays", ".removed"} == {path.suffix for path in folder.path.iterdir()}


class Kept(NamedTuple):
    """A commit: the content of all its files by name, and the paragraphs in it by source."""

    files: dict[str, bytes]
    sources: dict[str, list[Paragraph]]


def kept(folder: Directory) -> Kept:
    files = {name: (folder / name).read() for name in table.read(folder).files if not name.endswith(".lock")}
    with closing(named("whoosh").open(folder).reader()) as reader:
        return Kept(files, {path: reader.paragraphs(path) for path in reader.sources()})


@pytest.fixture(scope="module")
def commits(tmp_path_factory: pytest.TempPathFactory) -> list[Kept]:
    """Those of two engines of the same texts: segments that stay, segments that go, and removals from several."""
    found = []
    for engine_name in ("one", "other"):
        folder = made(tmp_path_factory.mktemp("x") / engine_name)
        engine = named("whoosh").create(folder)
        found.append(kept(folder))
        for texts in (
            {"a.txt": ["长江水"] * 40, "b.txt": ["黄河水"] * 40, "c.txt": ["江"]},
            {"b.txt": None, "d.txt": ["淮河水"]},
            {"c.txt": None, "d.txt": ["淮河"]},
            {"a.txt": ["珠江水"] * 40, "e.txt": ["水"]},
            {"a.txt": ["珠江水"] * 39},
        ):
            write(engine, texts)
            found.append(kept(folder))
    return found


def test_no_file_passes_for_another(commits: list[Kept], tmp_path: Path) -> None:
    """Each file of each commit in the place of each other: of the same commit, an earlier, a later, another engine's.

    Only an old table beside all files that it names is what it was: the commit before.
    """
    contents = {content: name for commit in commits for name, content in commit.files.items()}
    suffixes = {name.partition(".")[2] for name in contents.values()}
    assert {"json", "arrays", "removed"} == suffixes
    tried = 0
    for number, commit in enumerate(commits):
        folder = made(tmp_path / str(number))
        for name, content in commit.files.items():
            (folder.path / name).write_bytes(content)
            (folder.path / name).chmod(0o600)
        for name, content in commit.files.items():
            for other in contents:
                if other == content:
                    continue
                (folder.path / name).write_bytes(other)
                if name == table.NAME and (old := whole(other, commits, commit)) is not None:
                    assert old == kept(folder).sources
                else:
                    tried += 1
                    with pytest.raises(IndexDamaged):
                        named("whoosh").open(folder)
                    with pytest.raises(IndexDamaged):
                        named("whoosh").suspected(folder).reader()
            (folder.path / name).write_bytes(content)
        assert commit == kept(folder)
    assert tried > 500


def whole(content: bytes, commits: list[Kept], there: Kept) -> dict[str, list[Paragraph]] | None:
    """What a table of contents stands for, where all of its files are there."""
    for commit in commits:
        if commit.files[table.NAME] == content:
            others = commit.files.items() - {(table.NAME, content)}
            return commit.sources if others <= there.files.items() else None
    return None


def test_removed_paragraphs_leave_any_number_of_blocks_of_postings(tmp_path: Path) -> None:
    """Postings are stored in blocks of thousands; with a block or all of them removed, the rest is still found."""
    engine = named("whoosh").create(made(tmp_path / "engine"))
    write(engine, {"a.txt": ["水"] * 4200, "b.txt": ["水"] * 3, "c.txt": ["水A"] * 4200})
    for removed, expected in (("a.txt", 4203), ("c.txt", 3), ("b.txt", 0)):
        write(engine, {removed: None})
        with closing(engine.reader()) as reader:
            assert expected == search(reader, parse("水"), limit=1).complete
            assert expected == sum(reader.counts(parse("“水”")).values())


def test_only_the_paragraphs_of_the_page_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order, counts and sources are known without them, however many match and tie."""
    read: list[int] = []

    class Counted(Segment):
        def paragraph(self, number: int) -> Paragraph:
            found = super().paragraph(number)
            read.append(found.number)
            return found

    monkeypatch.setattr(postings, "Segment", Counted)
    with closing(named("whoosh").open(made(folder)).reader()) as reader:
        assert [("b.txt", 4), ("b.txt", 5)] == places(search(reader, parse("黄河"), limit=2, offset=4))
        by_path = search(reader, parse("水"), limit=1, order=Order({}, is_reversed=True), grouped=True)
        assert [("c.txt", 0)] == places(by_path)
        assert {"b.txt": 30, "c.txt": 1} == reader.counts(parse("水"))
        assert ["b.txt", "c.txt"] == reader.sources()
        assert [4, 5, 0] == read


def test_between_questions_large_files_are_let_go_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is read again is the same."""
    released: list[str] = []

    def release(file: ArrayFile) -> None:
        released.append(file.path.name)
        let_go(file)

    let_go = ArrayFile.release
    monkeypatch.setattr(ArrayFile, "release", release)
    with closing(named("whoosh").open(made(folder)).reader()) as reader:
        before = search(reader, parse("水"), limit=3)
        assert [] == released
        monkeypatch.setattr(corpus, "_MOST_MAPPED", 0)
        assert before == search(reader, parse("水"), limit=3)
        assert sorted(path.name for path in folder.glob("*.arrays")) == sorted(released)
        assert before == search(reader, parse("水"), limit=3)


def _is_letter(char: str) -> bool:
    is_assigned = unicodedata.category(char) not in ("Cn", "Co", "Cs")
    return is_assigned and fold(char) == char and any(not run.is_han for run in runs(char))


def test_every_character_of_a_word_is_found_inside_words(tmp_path: Path) -> None:
    """The ranges of words that are looked through leave no letter, digit or picture out, whatever its script."""
    is_letter = [_is_letter(chr(code)) for code in range(sys.maxunicode + 1)]
    # The ends of every stretch of letters, and some of what lies between.
    edges = (code for code, (one, other) in enumerate(pairwise(is_letter)) if one != other)
    chosen = {*range(0, sys.maxunicode, 16), *chain.from_iterable((code, code + 1) for code in edges)}
    letters = {chr(code) for code in chosen if is_letter[code]}
    engine = named("whoosh").create(made(tmp_path / "engine"))
    spaced = " ".join(sorted(letters))
    headed = paragraph("a.txt", 0, spaced)._replace(heading=(spaced,), title="…")
    with engine.writer() as writer:
        writer.replace("a.txt", [headed])
        writer.commit()

    (row,) = table.read(made(tmp_path / "engine")).rows
    segment = Segment(table.opened(made(tmp_path / "engine"), row), NOTHING.paragraphs)
    assert set() == letters - words_of(segment, WORDS)
    assert set() == letters - words_of(segment, HEADING_WORDS)
    assert [] == list(segment.words_with("", TITLE_WORDS))


def words_of(segment: Segment, field: str) -> set[str]:
    return {segment.terms(field).dictionary[at].decode() for at in segment.words_with("", field)}


def test_whooshs_own_parser_cuts_questions_as_the_index_was(tmp_path: Path) -> None:
    """The schema knows the analyser, so that Whoosh's tools work on the index as on any other."""
    write(named("whoosh").create(made(tmp_path / "index")), {"a.txt": ["枫桥经验在土地承包里。"]})
    index = open_index(tmp_path / "index")

    with index.searcher() as searcher:
        hits = searcher.search(QueryParser("words", index.schema).parse("楓橋 土地"))

        assert ["枫桥经验在土地承包里。"] == [text_of(hit["paragraph"]) for hit in hits]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(histories, st.integers(1, 60))
def test_segments_of_any_size_hold_the_same(
    monkeypatch: pytest.MonkeyPatch, history: Sequence[Transaction], most: int
) -> None:
    """However little a process may have in memory, an index has the same paragraphs and gives the same answers."""
    monkeypatch.setattr(parts, "MOST_CHARACTERS", most)
    oracle = reference.create()
    replay(oracle, history)
    with tempfile.TemporaryDirectory() as folder:
        engine = named("whoosh").create(made(Path(folder, "engine")))
        replay(engine, history)

        with closing(engine.reader()) as reader:
            assert_same_holdings(oracle.reader(), reader)
            for question in ("水", "长江 武汉", "“，两”", "iphone"):
                assert_same(
                    search(oracle.reader(), parse(question), limit=100), search(reader, parse(question), limit=100)
                )
