"""The roots of a library: which are recorded, with which options, and what becomes of those that are gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import remember
from sessions import prose
from test_library import LONG_AGO, told, write
from test_verify import spoil

from searchlib import Library
from searchlib.cli.formats.plain import path_word, word
from searchlib.errors import IndexDamaged, LibraryIndexError, NoIndex, NoRoots, PathError
from searchlib.forgetting import forget
from searchlib.model import Change, ChangeKind, RootNote, RootStatus, Skipped, Text
from searchlib.roots import FACT
from searchlib.scope import Scope

MISSING = "it is missing, and the index keeps what it has of it"
# In Big5; by themselves these four bytes are taken for GB18030.
LAKE = b"\xb6\xab\xba\xfe"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.chdir(tmp_path)
    write("一/桥.txt", "长江大桥通车了。")
    write("一/草稿/稿.txt", "长江草稿。")
    write("二/茶.txt", "山中的茶。")
    with Library.create() as made:
        yield made


def paths(library: Library) -> list[str]:
    return library.sources()


def recorded(library: Library) -> dict[str, tuple[str, ...]]:
    return {root.path: root.options for root in library.roots()}


def forget_fact(library: Library) -> None:
    """Makes the index one in which no roots were ever recorded."""
    library.close()
    remember(library.folder, {FACT: ""})


def test_a_plain_update_does_not_bring_excluded_files_back(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """From whatever folder it is called, and whether the root is named again or not."""
    library.update(["一"], exclude=["草稿/"])
    monkeypatch.chdir("二")
    with Library.open("../index") as other:
        plain = other.update()
        named = other.update(["../一"])
        rebuilt = other.update(rebuild=True)

    assert (told(plain), told(named)) == (([], 1, []), ([], 1, []))
    assert told(rebuilt)[0] == [("added", "一/桥.txt")]


@pytest.mark.parametrize(
    ("option", "path"),
    [
        ({"include": ["*.log"]}, "一/记.log"),
        ({"hidden": True}, "一/.藏/甲.txt"),
        ({"ignore_files": False}, "一/略/甲.txt"),
        ({"follow": True}, "一/链/甲.txt"),
    ],
)
def test_every_filter_is_remembered(library: Library, option: dict[str, bool], path: str) -> None:
    write(path if "链" not in path else "外/甲.txt", "塔上有钟。")
    write("一/.ignore", "略/")
    Path("一/链").symlink_to(Path("外").absolute())
    library.update(["一"], **option)  # type: ignore[arg-type]
    first = paths(library)
    library.update()

    assert path in first
    assert first == paths(library)


def test_the_encoding_of_a_root_is_that_of_its_new_files(library: Library) -> None:
    library.update(["一"], encoding="big5")
    Path("一/湖.txt").write_bytes("東湖".encode("big5"))
    Path("一/草稿/湖.txt").write_bytes(LAKE)
    report = library.update()

    assert {change.path: change.encoding for change in report.changes} == {
        "一/桥.txt": "utf-8",  # it was not Big5, and so it is found out
        "一/草稿/稿.txt": "utf-8",
        "一/湖.txt": "big5",
        "一/草稿/湖.txt": "big5",
    }
    assert told(library.update())[0] == []


def test_filters_are_replaced_together_and_the_encoding_by_itself(library: Library) -> None:
    library.update(["一"], exclude=["草稿/"], hidden=True)
    library.update(["一"], encoding="utf-8")
    both = recorded(library)
    report = library.update(["一"], exclude=["*.md"])
    after = recorded(library)
    library.update(["一"], reset_options=True, hidden=True)

    assert both == {"一": ("--exclude", "草稿/", "--hidden", "--encoding", "utf-8")}
    assert after == {"一": ("--exclude", "*.md", "--encoding", "utf-8")}
    assert report.notes == (RootNote("changed", "一", before=both["一"], now=after["一"]),)
    assert recorded(library) == {"一": ("--hidden",)}


def test_an_encoding_that_is_no_longer_recorded_is_found_out_again(library: Library) -> None:
    Path("一/湖.txt").write_bytes(LAKE)
    library.update(["一/湖.txt"], encoding="big5")
    report = library.update(["一/湖.txt"], reset_options=True)

    assert report.changes == (Change("一/湖.txt", ChangeKind.CHANGED, "gb18030"),)


def test_a_missing_root_stops_no_other_and_keeps_its_paragraphs(library: Library) -> None:
    """Until it is back, however often the index is brought up to date or made anew."""
    library.update(["一", "二"])
    os.rename("二", "远")
    write("一/塔.txt", "塔上有钟。")
    foreseen = library.update(dry_run=True)
    report = library.update()
    named = library.update(["二"])
    foreseen_anew = library.update(rebuild=True, dry_run=True)
    rebuilt = library.update(["一"], rebuild=True)
    hits = [hit.paragraph.text for hit in library.search("茶")]
    os.rename("远", "二")
    write("二/茶.txt", "老茶。", at=LONG_AGO + 1)
    back = library.update()

    assert told(foreseen) == told(report) == ([("added", "一/塔.txt")], 2, ["二"])
    assert (report.missing, [skipped.reason for skipped in report.skipped]) == (("二",), [MISSING])
    assert told(named) == ([], 0, ["二"])
    assert told(foreseen_anew) == told(rebuilt)
    assert told(rebuilt)[1:] == (1, ["二"])
    assert hits == ["山中的茶。"]
    assert told(back) == ([("changed", "二/茶.txt")], 3, [])
    assert back.missing == ()


def test_what_is_damaged_of_a_missing_root_is_told(library: Library) -> None:
    """An index that is made anew takes it from the old one; what can't be read there is lost, and only that."""
    write("二/远.txt", prose(60_000))
    library.update(["一", "二"])
    os.rename("二", "远")
    library.close()
    (segment,) = Path("index").glob("whoosh-*/*.arrays")
    spoil(segment, "stored.paragraph.bytes")
    report = library.update(rebuild=True)

    assert Skipped("二/远.txt", "its file can't be read, and what the index had of it is damaged") in report.skipped
    assert library.search("长江大桥").complete == 1


def test_nothing_is_forgotten_of_an_index_that_has_to_be_made_anew(library: Library) -> None:
    library.update(["一"])
    library.close()
    meta = Path("index/meta.json")
    meta.write_text(meta.read_text(encoding="utf-8").replace('"analysis', '"analysis of others,'), encoding="utf-8")

    with pytest.raises(LibraryIndexError, match="has to be made anew before something can be forgotten") as raised:
        forget(library.folder, ["一"], dry_run=False, wait_s=0, trusted=False)
    assert raised.value.hint == "bring it up to date with: searchlib index"
    library.update()
    assert library.forget(["一"]).roots == ("一",)


def test_a_file_that_is_a_root_is_kept_too(library: Library) -> None:
    library.update(["二/茶.txt"])
    Path("二/茶.txt").unlink()

    assert told(library.update()) == ([], 0, ["二/茶.txt"])
    assert library.forget(["二/茶.txt"]).roots == ("二/茶.txt",)
    assert paths(library) == []
    with pytest.raises(NoRoots):
        library.update()


def test_a_root_that_is_there_and_empty_has_nothing(library: Library) -> None:
    library.update(["二"])
    Path("二/茶.txt").unlink()

    assert told(library.update()) == ([("removed", "二/茶.txt")], 0, [])


def test_a_path_that_is_neither_there_nor_recorded_is_an_error_before_anything_is_done(library: Library) -> None:
    library.update(["一"])
    write("一/塔.txt", "塔上有钟。")
    with pytest.raises(PathError, match="there is no file or folder 三") as raised:
        library.update(["一", "三"])
    Path("一/桥.txt").unlink()
    with pytest.raises(PathError, match=r"there is no file or folder 一/桥\.txt") as gone:
        library.update(["一/桥.txt"])

    assert paths(library) == ["一/桥.txt", "一/草稿/稿.txt"]
    assert raised.value.hint == "check the spelling, and the folder you are in"
    assert gone.value.hint == "searchlib forget PATH takes what is gone out of the index"


def test_what_lies_in_a_root_is_a_part_of_it(library: Library) -> None:
    """By the options of the root, whose globs stay relative to it."""
    write("一/草稿/深/甲.txt", "深处。")
    library.update(["一"], exclude=["/草稿/深"])
    write("一/草稿/二.txt", "塔上有钟。")
    Path("一/桥.txt").unlink()
    part = library.update(["一/草稿"])

    assert told(part) == ([("added", "一/草稿/二.txt")], 1, [])
    assert recorded(library) == {"一": ("--exclude", "/草稿/深")}
    assert told(library.update())[0] == [("removed", "一/桥.txt")]


@pytest.mark.parametrize("path", ["一/草稿", "一/.藏", "一/略", "一/记.log", "一/链"])
def test_what_a_root_would_pass_over_is_a_root_of_its_own(library: Library, path: str) -> None:
    write("一/.藏/甲.txt", "藏")
    write("一/略/甲.txt", "略")
    write("一/.ignore", "略")
    write("一/记.log", "记")
    write("外/甲.txt", "外")
    Path("一/链").symlink_to(Path("外").absolute())
    library.update(["一"], exclude=["草稿"])
    library.update([path])
    library.update()
    found = [one for one in paths(library) if one in Scope([path])]

    assert sorted(recorded(library)) == sorted(["一", path])
    assert len(found) == 1


def test_a_root_inside_that_says_the_same_is_merged(library: Library) -> None:
    library.update(["一/草稿", "一/桥.txt"])
    report = library.update(["一"])

    assert report.notes == (RootNote("merged", "一/桥.txt", into="一"), RootNote("merged", "一/草稿", into="一"))
    assert recorded(library) == {"一": ()}
    assert told(report) == ([], 2, [])


def test_a_root_that_is_gone_from_a_folder_that_is_named_is_gone(library: Library) -> None:
    """A root of its own is kept as long as only all roots are updated."""
    library.update(["一/草稿"])
    Path("一/草稿/稿.txt").unlink()
    Path("一/草稿").rmdir()
    kept = library.update()
    report = library.update(["一"])

    assert told(kept) == ([], 0, ["一/草稿"])
    assert told(report) == ([("added", "一/桥.txt"), ("removed", "一/草稿/稿.txt")], 0, [])
    assert report.notes == (RootNote("merged", "一/草稿", into="一"),)


def test_a_root_inside_with_other_options_keeps_them(library: Library) -> None:
    """Whichever of the two was named first; a root that is named brings those in it up to date."""
    write("一/草稿/记.md", "记")
    library.update(["一/草稿"], exclude=["*.md"])
    report = library.update(["一"])
    write("一/草稿/新.md", "新")
    write("一/草稿/新.txt", "新")

    assert report.notes == (RootNote("kept", "一/草稿", now=("--exclude", "*.md")),)
    assert told(library.update(["一"]))[0] == [("added", "一/草稿/新.txt")]
    assert library.update(["一"]).notes == ()


def test_a_part_that_is_named_with_an_encoding_keeps_the_filters_of_its_root(library: Library) -> None:
    write("一/草稿/深/甲.txt", "深处。")
    Path("一/草稿/湖.txt").write_bytes(LAKE)
    library.update(["一"], exclude=["/草稿/深"])
    library.update(["一/草稿"], encoding="big5")
    library.update()

    assert recorded(library)["一/草稿"] == ("--exclude", "/草稿/深", "--encoding", "big5")
    assert paths(library) == ["一/桥.txt", "一/草稿/湖.txt", "一/草稿/稿.txt"]
    assert library.status().encodings == {"big5": 1, "utf-8": 2}


def test_a_renamed_folder_answers_once_after_it_is_forgotten(library: Library) -> None:
    library.update(["一", "二"])
    os.rename("二", "三")
    library.update()
    library.update(["三"])
    twice = [hit.path for hit in library.search("山中的茶")]
    report = library.forget(["二"])

    assert twice == ["三/茶.txt", "二/茶.txt"]
    assert (report.roots, report.sources, report.paragraphs) == (("二",), ("二/茶.txt",), 1)
    assert [hit.path for hit in library.search("山中的茶")] == ["三/茶.txt"]
    assert told(library.update()) == ([], 3, [])


@pytest.mark.parametrize("path", ["一/草稿", "一/草稿/稿.txt"])
def test_what_is_forgotten_in_a_root_stays_away_until_it_is_named(library: Library, path: str) -> None:
    library.update(["一"])
    report = library.forget([path])
    plain = library.update()
    named = library.update(["一"], exclude=["*.md"])
    rebuilt = library.update(rebuild=True)
    again = library.update([path])

    assert (report.left_out, report.sources) == ((path,), ("一/草稿/稿.txt",))
    assert told(plain) == told(named) == ([], 1, [])
    assert told(rebuilt)[0] == [("added", "一/桥.txt")]
    assert told(again)[0] == [("added", "一/草稿/稿.txt")]
    assert told(library.update()) == ([], 2, [])
    assert recorded(library) == {"一": ("--exclude", "*.md")}


def test_what_is_gone_from_a_root_that_is_there_may_come_back_as_another_file(library: Library) -> None:
    library.update(["一"])
    Path("一/桥.txt").unlink()
    report = library.forget(["一/桥.txt"])
    write("一/桥.txt", "又一座桥。")

    assert (report.left_out, report.sources) == ((), ("一/桥.txt",))
    assert told(library.update())[0] == [("added", "一/桥.txt")]


def test_what_is_forgotten_of_a_missing_root_stays_away_when_it_is_back(library: Library) -> None:
    library.update(["一"])
    os.rename("一", "远")
    report = library.forget(["一/草稿"])
    os.rename("远", "一")

    assert report.left_out == ("一/草稿",)
    assert told(library.update()) == ([], 1, [])


def test_a_root_inside_another_is_forgotten_with_what_it_has(library: Library) -> None:
    """The root around it does not take it over."""
    library.update(["一"])
    library.update(["一/草稿"], encoding="utf-8")
    report = library.forget(["一/草稿"])

    assert (report.roots, report.left_out) == (("一/草稿",), ("一/草稿",))
    assert told(library.update()) == ([], 1, [])


def test_a_folder_above_roots_takes_all_of_them(library: Library) -> None:
    library.update(["一", "二"])
    report = library.forget(["."])

    assert (report.roots, len(report.sources)) == (("一", "二"), 3)
    assert (paths(library), library.roots()) == ([], [])


def test_a_path_is_one_from_here_or_else_one_of_the_library(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.update(["一", "二"])
    monkeypatch.chdir("一")
    with Library.open("../index") as other:
        here = other.forget(["草稿"])
        there = other.forget(["二/茶.txt"])
        unknown = other.forget(["二/茶.txt", "没有"])

    assert here.sources == ("一/草稿/稿.txt",)
    assert there.sources == ("二/茶.txt",)
    assert unknown.unknown == ("二/茶.txt", "没有")


def test_a_dry_run_forgets_nothing(library: Library) -> None:
    library.update(["一"])
    before = {file: file.stat().st_mtime_ns for file in Path("index").rglob("*")}
    foreseen = library.forget(["一"], dry_run=True)

    assert {file: file.stat().st_mtime_ns for file in Path("index").rglob("*")} == before
    assert foreseen == library.forget(["一"])


def test_there_is_nothing_to_forget_without_an_index(library: Library) -> None:
    with pytest.raises(NoIndex):
        library.forget(["一"])


def test_roots_are_listed_with_what_the_index_has_of_them(library: Library) -> None:
    library.update(["."], include=["*.txt"])
    library.update(["二"], hidden=True)
    library.forget(["一/草稿"])
    os.rename("二", "三")

    assert library.roots() == [
        RootStatus(".", ("--include", "*.txt"), ("一/草稿",), is_there=True, sources=1, paragraphs=1),
        RootStatus("二", ("--hidden",), (), is_there=False, sources=1, paragraphs=1),
    ]
    assert (library.status().roots, library.status().missing) == (2, ("二",))


def test_an_index_without_recorded_roots_loses_nothing(library: Library) -> None:
    """Each source that was not named becomes a root; what the user said of an encoding is kept."""
    Path("二/湖.txt").write_bytes(LAKE)
    library.update(["一", "二"])
    library.update(["二/湖.txt"], encoding="big5")
    forget_fact(library)
    before = library.roots()
    os.rename("一", "三")
    report = library.update(["二"])

    assert before == []
    assert told(report) == ([], 2, [])
    assert recorded(library) == {
        "一/桥.txt": (),
        "一/草稿/稿.txt": (),
        "二": (),
        "二/湖.txt": ("--encoding", "big5"),
    }
    assert told(library.update())[2] == ["一/桥.txt", "一/草稿/稿.txt"]
    assert len(paths(library)) == 4


def test_an_index_without_recorded_roots_gets_the_default_one(library: Library) -> None:
    """And what lies elsewhere is not lost."""
    library.update(["一", "二"])
    forget_fact(library)
    write("一/塔.txt", "塔上有钟。")
    report = library.update(default=["一"])
    write("三/甲.txt", "甲")

    assert told(report) == ([("added", "一/塔.txt")], 2, [])
    assert recorded(library) == {"一": (), "二/茶.txt": ()}
    assert told(library.update(default=["三"])) == ([], 4, [])


def test_what_a_root_leaves_out_has_no_filters_of_it(library: Library) -> None:
    Path("一/草稿/湖.txt").write_bytes(LAKE)
    write("一/草稿/草稿/甲.txt", "tea")
    library.update(["一"], exclude=["草稿"])
    library.update(["一/草稿"], encoding="big5")

    assert recorded(library)["一/草稿"] == ("--encoding", "big5")
    assert "一/草稿/草稿/甲.txt" in paths(library)


def test_an_index_without_recorded_roots_can_be_forgotten_in_part(library: Library) -> None:
    library.update(["一", "二"])
    forget_fact(library)
    library.forget(["一"])

    assert recorded(library) == {"二/茶.txt": ()}
    assert told(library.update()) == ([], 1, [])


def test_the_first_commit_records_the_roots(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an update that was interrupted goes on without a path."""
    monkeypatch.setattr("searchlib.updating.STEP_BYTES", 1)

    def interrupt(progress: object) -> None:
        if getattr(progress, "files_committed", 0):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.update(["一", "二"], exclude=["桥.txt"], on_change=interrupt)
    first = paths(library)
    library.update()

    assert first == ["一/草稿/稿.txt"]
    assert paths(library) == ["一/草稿/稿.txt", "二/茶.txt"]


def test_a_library_of_texts_has_no_roots(library: Library) -> None:
    library.update_texts([Text("甲", "", "长江")])

    for call in (library.update, library.roots, lambda: library.forget(["甲"]), lambda: library.update(["一"])):
        with pytest.raises(PathError, match="is of texts that are in no file, and has no roots"):
            call()
    assert library.gone(["甲"]) == []


def test_files_that_are_gone_are_named(library: Library) -> None:
    library.update(["一"])
    Path("一/桥.txt").unlink()

    assert library.gone(["一/桥.txt", "一/草稿/稿.txt", "一/桥.txt"]) == ["一/桥.txt"]


def test_roots_that_cannot_be_read_are_damage(library: Library) -> None:
    library.update(["一"])
    for text in ("[", "{}x", '[{"path": "一"}]', "[1]", "7"):
        remember(library.folder, {FACT: text})
        with pytest.raises(IndexDamaged, match="the roots can't be read"):
            library.roots()
        library.close()


def test_a_name_that_is_not_utf_8_is_recorded_as_it_is(library: Library) -> None:
    name = os.fsdecode("旧".encode("gb18030"))
    write(f"{name}/甲.txt", "塔上有钟。")
    library.update([name])

    assert recorded(library) == {name: ()}
    assert told(library.update()) == ([], 1, [])


def test_one_folder_by_two_names_is_indexed_once(library: Library) -> None:
    """A link that is a root leads to files that another root has."""
    Path("链").symlink_to("一")
    library.update(["一"])
    library.update(["链"])

    assert paths(library) == ["一/桥.txt", "一/草稿/稿.txt"]
    assert told(library.update()) == ([], 2, [])


@pytest.mark.parametrize(
    ("text", "written"), [("文/a-b.txt", "文/a-b.txt"), ("a b", "'a b'"), ("$x", "'$x'"), ("“甲”", "'“甲”'")]
)
def test_a_word_of_a_command_is_quoted_where_it_has_to_be(text: str, written: str) -> None:
    assert word(text) == written


def test_no_path_in_a_command_is_an_option() -> None:
    assert path_word("-n") == "./-n"
