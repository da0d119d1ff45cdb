"""A library follows its files exactly, reads only what it must, and answers from the last commit."""

from __future__ import annotations

import doctest
import importlib
import json
import os
import pkgutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from sessions import prose

import searchlib
from searchlib import Library, meta
from searchlib.directory import Directory
from searchlib.errors import IndexOutdated, NoIndex, PathError
from searchlib.model import Change, ChangeKind, Facts, IndexReport, Progress, Skipped

ADDED, CHANGED, REMOVED = ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED
LONG_AGO = 1_700_000_000


def write(path: str, text: str, *, encoding: str = "utf-8", at: int = LONG_AGO) -> None:
    """A file that was last changed long ago, so that its time proves that it did not change since."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding=encoding)
    os.utime(path, (at, at))


def told(report: IndexReport) -> tuple[list[tuple[str, str]], int, list[str]]:
    """What changed, what did not, and what was skipped."""
    changes = [(change.kind.value, change.path) for change in report.changes]
    return changes, report.unchanged, [skipped.path for skipped in report.skipped]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.chdir(tmp_path)
    write("稿/桥.txt", "长江大桥通车了。\n桥上有灯。")
    write("稿/船.md", "# 渡船\n\n长江上有渡船。")
    write("别处/山.txt", "山中的茶。")
    with Library.create() as made:
        yield made


def test_a_report_says_exactly_what_became_of_each_file(library: Library) -> None:
    first = library.update(["稿"])
    write("稿/桥.txt", "长江大桥又封了。", at=LONG_AGO + 1)
    write("稿/塔.txt", "塔上有钟。")
    Path("稿/船.md").unlink()
    second = library.update(["稿"])
    third = library.update(["稿"])

    assert first.changes == (Change("稿/桥.txt", ADDED, "utf-8"), Change("稿/船.md", ADDED, "utf-8"))
    assert (first.paragraphs, first.unchanged, first.encodings) == (4, 0, {"utf-8": 2})
    assert told(second) == ([("added", "稿/塔.txt"), ("changed", "稿/桥.txt"), ("removed", "稿/船.md")], 0, [])
    assert told(third) == ([], 2, [])
    assert (third.paragraphs, third.bytes_read) == (0, 0)
    assert [hit.path for hit in library.search("长江")] == ["稿/桥.txt"]


opened: list[str] = []


def note_opening(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str) and "稿/" in arguments[0]:
        opened.append(arguments[0])


@pytest.fixture(scope="module")
def openings() -> list[str]:
    """Every file below 稿/ that is opened, by whatever; a hook of Python's that can't be taken away again."""
    sys.addaudithook(note_opening)
    return opened


def test_what_did_not_change_is_not_read(library: Library, openings: list[str]) -> None:
    openings.clear()
    library.update(["稿"])
    first = sorted(openings)
    openings.clear()
    library.update(["稿"])
    library.update(["."])
    second = list(openings)
    write("稿/桥.txt", "长江大桥。", at=LONG_AGO + 1)
    library.update(["稿"])

    assert first == ["稿/桥.txt", "稿/船.md"]
    assert second == []
    assert openings == ["稿/桥.txt", "稿/桥.txt"]  # written, read


def test_a_file_with_a_new_time_and_the_same_bytes_is_unchanged(library: Library, openings: list[str]) -> None:
    """It is read, once, to find that out."""
    library.update(["稿"])
    os.utime("稿/桥.txt", (LONG_AGO + 5, LONG_AGO + 5))
    openings.clear()

    assert told(library.update(["稿"])) == ([], 2, [])
    assert told(library.update(["稿"])) == ([], 2, [])
    assert openings == ["稿/桥.txt"]


DAY = 24 * 3600


@pytest.fixture
def dated(library: Library) -> Library:
    """No two orders of these are the same."""
    write("甲.txt", "长江的水，流过平原、山谷和许多城市。" * 9, at=LONG_AGO + 2 * DAY)
    write("乙.txt", "长江。", at=LONG_AGO + DAY)
    write("丙.txt", "长江的水长。\n桥。\n长江的桥。", at=LONG_AGO)
    library.update(["甲.txt", "乙.txt", "丙.txt"])
    return library


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("score", ["乙.txt", "丙.txt", "甲.txt", "丙.txt"]),
        ("path", ["丙.txt", "丙.txt", "乙.txt", "甲.txt"]),
        ("date", ["甲.txt", "乙.txt", "丙.txt", "丙.txt"]),
        ("size", ["甲.txt", "丙.txt", "丙.txt", "乙.txt"]),
    ],
)
def test_hits_and_counts_are_ordered_by_what_their_files_are_like(
    dated: Library, sort: str, expected: list[str]
) -> None:
    """The newest and the largest first, paths from first to last, and all of it the other way round."""
    hits = dated.search("“长江”", sort=sort)
    turned = dated.search("“长江”", sort=sort, reverse=True)

    assert [hit.path for hit in hits] == expected
    assert [hit.paragraph for hit in turned] == [hit.paragraph for hit in reversed(hits.hits)]
    assert list(dated.counts("“长江”", sort=sort)) == list(dict.fromkeys(expected))
    assert list(dated.counts("“长江”", sort=sort, reverse=True)) == list(dict.fromkeys(expected[::-1]))


def test_a_group_is_a_hit_for_each_source(dated: Library) -> None:
    """It says how many more there are, and pages count sources."""
    whole = dated.search("“长江”", sort="path", group=True)
    second = dated.search("“长江”", sort="path", group=True, limit=1, offset=1)

    assert [(hit.path, hit.more) for hit in whole] == [("丙.txt", 1), ("乙.txt", 0), ("甲.txt", 0)]
    assert (whole.complete, whole.sources, whole.grouped) == (4, 3, True)
    assert [(hit.path, hit.more) for hit in second] == [("乙.txt", 0)]
    assert (second.offset, second.sources) == (1, 3)


def test_an_order_that_there_is_not_is_an_error(dated: Library) -> None:
    with pytest.raises(ValueError, match="'age' is not a valid Sort"):
        dated.search("长江", sort="age")


def test_the_facts_of_a_file_are_those_of_its_last_update(dated: Library) -> None:
    """A new time counts though the bytes are the same, and so does that of a file too young to be told by it."""
    first = dated._snapshot().files()
    os.utime("乙.txt", ns=(0, LONG_AGO * 10**9 + 5))
    young = time.time_ns() + 60 * 10**9
    os.utime("丙.txt", ns=(young, young))
    before = dated._snapshot().files()
    report = dated.update(["."])

    assert told(report)[0] == [("added", "别处/山.txt"), ("added", "稿/桥.txt"), ("added", "稿/船.md")]
    assert before == first
    assert first["乙.txt"] == Facts("乙.txt", 9, (LONG_AGO + DAY) * 10**9, "utf-8")
    assert dated._snapshot().files()["乙.txt"] == Facts("乙.txt", 9, LONG_AGO * 10**9 + 5, "utf-8")
    assert dated._snapshot().files()["丙.txt"].modified_ns == young
    assert [hit.path for hit in dated.search("“长江”", sort="date", limit=1)] == ["丙.txt"]


def test_an_index_of_the_first_format_is_made_anew_with_all_that_it_had(library: Library) -> None:
    """Sources that lie elsewhere too, though its catalog lacks what this one has."""
    library.update(["稿", "别处"])
    library.close()
    (engine,) = Path("index").glob("whoosh-*")
    for file in engine.glob("*.arrays"):
        file.rename(file.with_stem(file.stem[:16]))
    engine.rename("index/whoosh-1")
    (catalog,) = Path("index").glob("catalog-*")
    catalog.rename("index/catalog.db")
    made_with = {"format": 1, "engine": "whoosh", "generation": 1, "fingerprint": "analysis 1, jieba 0.42.1"}
    Path("index/meta.json").write_text(json.dumps(made_with), encoding="utf-8")
    with closing(sqlite3.connect("index/catalog.db")) as connection:
        for column in ("modified_ns", "changed_ns", "inode"):
            connection.execute(f"alter table source drop column {column}")
    added = [("added", "别处/山.txt"), ("added", "稿/桥.txt"), ("added", "稿/船.md")]

    with pytest.raises(IndexOutdated, match="was made with format 1, and this program needs format 6"):
        library.search("茶")
    assert told(library.update(["稿"], dry_run=True)) == (added, 0, [])
    assert told(library.update(["稿"])) == (added, 0, [])
    assert library._snapshot().files()["别处/山.txt"].modified_ns == LONG_AGO * 10**9
    (now,) = Path("index").glob("catalog*")
    assert [now.name] == [file.name for file in Path("index").glob("*.db*")]
    assert [library._snapshot().metadata.folder] == [file.name for file in Path("index").glob("whoosh-*")]


def test_a_file_that_changes_within_a_tick_of_the_clock_is_read_again(library: Library) -> None:
    """Neither size nor time tell, where a file is as young as the last update."""
    now = Path("稿/桥.txt")
    now.write_text("甲甲甲", encoding="utf-8")
    # Still young when it is read, however long the way there takes on a busy machine.
    os.utime(now, (time.time() + 60, time.time() + 60))
    status = now.stat()
    library.update(["稿"])
    now.write_text("乙乙乙", encoding="utf-8")
    os.utime(now, ns=(status.st_mtime_ns, status.st_mtime_ns))

    assert told(library.update(["稿"]))[0] == [("changed", "稿/桥.txt")]
    assert library.search("乙乙").complete == 1


def test_what_the_user_said_about_an_encoding_is_remembered(library: Library) -> None:
    write("稿/旧.txt", "東湖", encoding="big5")
    library.update(["稿/旧.txt"], encoding="big5")
    write("稿/旧.txt", "西湖", encoding="big5", at=LONG_AGO + 1)
    changed = library.update(["稿"])
    rebuilt = library.update(["别处"], rebuild=True)

    assert Change("稿/旧.txt", CHANGED, "big5") in changed.changes
    assert Change("稿/旧.txt", ADDED, "big5") in rebuilt.changes
    assert library.search("西湖").complete == 1


def test_a_users_word_counts_also_where_it_was_found_out_before(library: Library) -> None:
    write("稿/旧.txt", "山中的茶要等霜降以後才好，水開三次，茶就老了。", encoding="big5")
    first = library.update(["稿/旧.txt"])
    same = library.update(["稿/旧.txt"], encoding="big5")
    # By themselves these four bytes are taken for GB18030.
    Path("稿/旧.txt").write_bytes(b"\xb6\xab\xba\xfe")
    later = library.update(["稿/旧.txt"])

    assert first.encodings == {"big5": 1}
    assert told(same) == ([], 1, [])
    assert later.encodings == {"big5": 1}


def test_an_encoding_is_about_the_files_that_are_named(library: Library) -> None:
    """A rebuild reads others again too, and these in their own."""
    write("旧/湖.txt", "東湖", encoding="big5")
    library.update(["稿"])
    report = library.update(["旧"], encoding="big5", rebuild=True)

    assert report.encodings == {"big5": 1, "utf-8": 2}


def test_an_encoding_that_does_not_fit_is_forgotten(library: Library) -> None:
    library.update(["稿"])
    wrong = library.update(["稿/桥.txt"], encoding="ascii")
    right = library.update(["稿/桥.txt"])

    assert wrong.changes == (Change("稿/桥.txt", REMOVED),)
    assert wrong.skipped == (Skipped("稿/桥.txt", "not ascii: byte 0xe9 at 0"),)
    assert right.changes == (Change("稿/桥.txt", ADDED, "utf-8"),)


def test_the_old_index_answers_until_a_rebuild_is_done(library: Library) -> None:
    library.update(["稿"])
    answers = []

    def ask(_: object) -> None:
        with Library.open() as other:
            answers.append(other.search("长江大桥通车").complete)

    report = library.update(["稿"], rebuild=True, on_change=ask)

    assert len(answers) >= 3
    assert set(answers) == {1}
    assert told(report)[0] == [("added", "稿/桥.txt"), ("added", "稿/船.md")]
    assert [file.name for file in Path("index").glob("whoosh-*")] == [library._snapshot().metadata.folder]


def test_a_rebuild_keeps_sources_that_lie_elsewhere_and_names_those_that_are_gone(library: Library) -> None:
    library.update(["稿", "别处"])
    Path("稿/船.md").unlink()

    foreseen = library.update(["别处"], rebuild=True, dry_run=True)
    done = library.update(["别处"], rebuild=True)

    assert told(foreseen) == told(done)
    assert told(done)[0] == [("added", "别处/山.txt"), ("added", "稿/桥.txt"), ("removed", "稿/船.md")]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_rebuild_without_a_catalog_asks_the_engine_for_its_sources(
    library: Library, damage: Callable[[Path], object]
) -> None:
    """Those that lie elsewhere are read again, and what is gone is named."""
    library.update(["稿", "别处"])
    Path("稿/船.md").unlink()
    damage(*Path("index").glob("catalog-*"))

    foreseen = library.update(["别处"], rebuild=True, dry_run=True)
    done = library.update(["别处"], rebuild=True)

    assert told(foreseen) == told(done)
    assert told(done)[0] == [("added", "别处/山.txt"), ("added", "稿/桥.txt"), ("removed", "稿/船.md")]
    assert library.status().sources == 2


def test_an_index_without_meta_data_is_mended_by_the_next_update(library: Library) -> None:
    """The folder of its engine says that it is one."""
    library.update(["稿"])
    Path("index/meta.json").unlink()
    report = library.update(["稿"])

    assert (told(report)[0], "meta.json is missing") == ([], report.repaired)
    assert library.search("长江").complete == 2


def test_a_rebuild_that_ends_while_an_index_is_being_opened_is_no_damage(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its meta data and its engine another process may take the old one away."""
    library.update(["稿"])
    read = meta.read

    def read_and_be_overtaken(directory: Directory) -> meta.Meta:
        found = read(directory)
        monkeypatch.setattr(meta, "read", read)
        Library.create().update(["稿"], rebuild=True)
        return found

    monkeypatch.setattr(meta, "read", read_and_be_overtaken)

    assert library.search("长江").complete == 2


def test_a_file_that_was_never_indexed_is_not_removed(library: Library) -> None:
    """It is forgotten, without a word."""
    write("稿/坏.txt", "\0\0\0\0")
    library.update(["稿"])
    Path("稿/坏.txt").unlink()

    assert told(library.update(["稿"], dry_run=True)) == ([], 2, [])
    assert told(library.update(["稿"])) == ([], 2, [])
    assert library.status().skipped == ()


def test_a_dry_run_writes_nothing(library: Library) -> None:
    before = library.update(["稿"], dry_run=True)

    assert told(before)[0] == [("added", "稿/桥.txt"), ("added", "稿/船.md")]
    assert not Path("index").exists()

    library.update(["稿"])
    write("稿/塔.txt", "塔上有钟。")
    Path("稿/船.md").unlink()
    files = {file: file.stat().st_mtime_ns for file in Path("index").rglob("*")}
    foreseen = library.update(["稿"], dry_run=True)

    assert told(foreseen) == ([("added", "稿/塔.txt"), ("removed", "稿/船.md")], 1, [])
    assert {file: file.stat().st_mtime_ns for file in Path("index").rglob("*")} == files
    assert told(library.update(["稿"])) == told(foreseen)


def test_two_processes_make_the_same_index_as_one(library: Library) -> None:
    # Large enough for processes to be started, and quickly read.
    script = f"<script>{'x' * 200_000}</script>"
    for number in range(12):
        write(f"书/{number:02}.html", f"<p>第{number}本。</p>{script}<pre>{prose(900 + 97 * number)}</pre>")
    with Library.create("二/index") as other:
        one = library.update(["书"], jobs=1)
        two = other.update(["书"], jobs=2)

        assert [change.path for change in two.changes] == [f"../{change.path}" for change in one.changes]
        assert (two.paragraphs, two.bytes_read) == (one.paragraphs, one.bytes_read)
        assert other.status().terms == library.status().terms
        for query in ("茶", "第七本", "老板 硬币", "“户籍窗口”"):
            mine, theirs = library.search(query, limit=50), other.search(query, limit=50)
            assert (theirs.complete, theirs.partial) == (mine.complete, mine.partial)
            assert [(f"../{hit.path}", hit.line, hit.score) for hit in mine] == [
                (hit.path, hit.line, hit.score) for hit in theirs
            ]


def test_only_what_lies_below_the_named_paths_can_be_removed(library: Library) -> None:
    library.update(["稿", "别处"])
    for path in ("稿/桥.txt", "稿/船.md", "别处/山.txt"):
        Path(path).unlink()

    assert told(library.update(["稿"])) == ([("removed", "稿/桥.txt"), ("removed", "稿/船.md")], 0, [])
    assert library.search("山中的茶").complete == 1
    assert told(library.update(["."])) == ([("removed", "别处/山.txt")], 0, [])


@pytest.mark.usefixtures("library")
def test_a_folder_above_the_index_has_all_that_is_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder that the index lies in, beside it, and not beyond."""
    Path("书房").mkdir()
    monkeypatch.chdir("书房")
    write("室/一.txt", "室内的灯。")
    with Library.create("index") as inner:
        inner.update([".."])
        for path in ("室/一.txt", "../稿/桥.txt"):
            Path(path).unlink()

        assert told(inner.update([".."])) == ([("removed", "../稿/桥.txt"), ("removed", "室/一.txt")], 2, [])


def test_a_root_that_cannot_be_listed_keeps_its_sources(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder in which the index lies is no exception."""
    library.update(["."])

    def refused(path: str) -> NoReturn:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refused)
    report = library.update(["."])
    monkeypatch.undo()

    assert (report.changes, report.skipped) == ((), (Skipped(".", "permission denied"),))


def test_a_folder_is_not_another_whose_name_it_begins(library: Library) -> None:
    write("稿纸/一.txt", "长江一")
    library.update(["."])
    Path("稿纸/一.txt").unlink()

    assert told(library.update(["稿"])) == ([], 2, [])
    assert library.search("长江一").complete == 1


def test_a_single_file_that_is_gone_is_no_folder_to_index(library: Library) -> None:
    library.update(["稿"])
    Path("稿/桥.txt").unlink()

    with pytest.raises(PathError, match=r"there is no file or folder 稿/桥\.txt"):
        library.update(["稿/桥.txt"])
    assert library.search("长江大桥").complete == 1


def test_include_and_exclude_say_what_a_folder_has(library: Library) -> None:
    write("稿/记.log", "长江水位。")

    assert told(library.update(["稿"], include=["*.log"]))[0] == [("added", "稿/记.log")]
    assert told(library.update(["稿"], exclude=["*.md"]))[0] == [("added", "稿/桥.txt"), ("removed", "稿/记.log")]


def test_paths_are_relative_to_the_folder_of_the_index(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """From wherever it is called, and whatever the paths look like."""
    library.update(["稿"])
    monkeypatch.chdir("稿")
    with Library.open("../index") as other:
        assert told(other.update([".", "../别处"])) == ([("added", "别处/山.txt")], 2, [])
        assert told(other.update([Path.cwd()])) == ([], 2, [])
        assert told(other.update(["../稿/../稿/桥.txt"])) == ([], 1, [])
        assert next(hit.path for hit in other.search("渡船")) == "稿/船.md"
        assert other.shown("稿/船.md") == "船.md"
        assert other.find("船.md") == "稿/船.md"


def test_a_source_is_found_by_what_people_call_it(library: Library) -> None:
    write("别处/桥.txt", "另一座桥。")
    write("别处/空.txt", "")
    write("别处/坏.txt", "\0\0\0\0")
    library.update(["稿", "别处"])

    assert library.find("稿/桥.txt") == "稿/桥.txt"
    assert library.find(Path("稿/桥.txt").absolute()) == "稿/桥.txt"
    assert library.find("./别处/../稿/桥.txt") == "稿/桥.txt"
    assert library.find("船.md") == "稿/船.md"
    assert library.paragraphs(library.find("空.txt")) == []
    with pytest.raises(PathError, match=r"桥.txt could be any of 别处/桥.txt, 稿/桥.txt"):
        library.find("桥.txt")
    with pytest.raises(PathError, match=r"江.txt is not in the index"):
        library.find("江.txt")
    with pytest.raises(PathError, match=r"坏.txt was skipped when it was to be indexed: binary data"):
        library.find("坏.txt")


def test_around_a_line_are_its_paragraph_and_neighbours(library: Library) -> None:
    write("稿/五.txt", "一。\n\n二。\n\n三。\n\n四。\n\n五。")
    library.update(["稿/五.txt"])

    def texts(line: int, context: int) -> list[str]:
        return [paragraph.text for paragraph in library.around("稿/五.txt", line, context)]

    assert texts(5, 1) == ["二。", "三。", "四。"]
    assert texts(4, 0) == ["三。"]
    assert texts(1, 2) == ["一。", "二。", "三。"]
    assert texts(99, 1) == ["四。", "五。"]
    assert library.around("没有.txt", 1) == []


def test_a_hit_brings_its_neighbours(library: Library) -> None:
    write("稿/五.txt", "一。\n\n二。\n\n三。\n\n四。\n\n五。")
    library.update(["稿/五.txt"])
    hit = library.search("四", context=2).hits[0]

    assert [paragraph.text for paragraph in hit.before] == ["二。", "三。"]
    assert [paragraph.text for paragraph in hit.after] == ["五。"]


def test_status_counts_what_is_there(library: Library) -> None:
    write("稿/坏.txt", "\0\0\0\0")
    write("稿/旧.txt", "記憶體不足，請關閉其他視窗。", encoding="big5")
    library.update(["稿"])
    status = library.status()

    assert (status.sources, status.paragraphs) == (3, 5)
    assert status.source_bytes == sum(Path("稿", name).stat().st_size for name in ("桥.txt", "船.md", "旧.txt"))
    assert status.encodings == {"big5": 1, "utf-8": 2}
    assert status.skipped == (Skipped("稿/坏.txt", "binary data"),)
    files = (*Path("index").rglob("*.arrays"), *Path("index").rglob("*.removed"), *Path("index").glob("catalog-*"))
    assert status.index_bytes == sum(file.stat().st_size for file in files)
    assert status.updated > LONG_AGO


def test_nothing_to_do_is_an_index_all_the_same(library: Library) -> None:
    Path("空").mkdir()

    assert told(library.update(["空"])) == ([], 0, [])
    assert library.search("长江").hits == ()
    assert (library.status().sources, library.status().updated) == (0, 0)


def test_there_is_no_index_until_the_first_update(library: Library) -> None:
    with pytest.raises(NoIndex, match="there is no index in index"):
        Library.open()
    with pytest.raises(NoIndex):
        library.search("长江")


def test_a_library_answers_from_its_own_last_update(library: Library) -> None:
    library.update(["稿"])
    assert library.search("塔").complete == 0
    write("稿/塔.txt", "塔上有钟。")
    library.update(["稿"])

    assert library.search("塔").complete == 1


def test_a_reader_keeps_what_it_opened(library: Library) -> None:
    library.update(["稿"])
    with Library.open() as reader:
        assert reader.search("塔").complete == 0
        write("稿/塔.txt", "塔上有钟。")
        library.update(["稿"])

        assert reader.search("塔").complete == 0
        reader.close()
        assert reader.search("塔").complete == 1


def test_progress_counts_to_the_end(library: Library) -> None:
    steps: list[Progress] = []
    library.update(["稿"], on_change=steps.append)

    assert [(step.files_done, step.files_committed, step.path) for step in steps] == [
        (1, 0, "稿/桥.txt"),
        (2, 0, "稿/船.md"),
        (2, 0, ""),
        (2, 2, ""),
    ]
    assert (
        steps[-1].bytes_done
        == steps[-1].bytes_total
        == Path("稿/桥.txt").stat().st_size + Path("稿/船.md").stat().st_size
    )


def test_a_reader_of_progress_that_has_seen_enough_is_no_full_disk(library: Library) -> None:
    """`searchlib index 2>&1 | head -1` is a closed pipe, and the disk is not at fault."""

    def closed(_: Progress) -> NoReturn:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        library.update(["稿"], on_change=closed)


def modules() -> list[str]:
    found = pkgutil.walk_packages(searchlib.__path__, "searchlib.")
    return [module.name for module in found if "__main__" not in module.name and ".data." not in module.name]


@pytest.mark.parametrize("name", modules())
def test_examples_in_the_documentation_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_package_itself_is_light() -> None:
    code = "import sys, searchlib; print({'whoosh', 'jieba', 'numpy', 'click'} & set(sys.modules)); searchlib.Library"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert done.stdout == "set()\n"


def test_a_file_that_was_converted_is_no_longer_what_it_was_said_to_be(library: Library) -> None:
    """The user's word is about bytes; UTF-8 in their place is read as such, and its own word is then forgotten."""
    write("稿/旧.txt", "东湖", encoding="gb18030")
    library.update(["稿/旧.txt"], encoding="gb18030")
    write("稿/旧.txt", "中文测试", at=LONG_AGO + 1)
    changed = library.update(["稿"])

    assert Change("稿/旧.txt", CHANGED, "utf-8") in changed.changes
    assert library.search("中文测试").complete == 1
