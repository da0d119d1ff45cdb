"""Texts that are in no file are indexed like those that are, and only what changed of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_library import told, write

from searchlib import Library
from searchlib.errors import PathError
from searchlib.model import Text

TEA, BRIDGE = Text("甲", "焙茶", "山中的茶要等霜降以后才好。"), Text("乙/一", "", "长江大桥通车了。\n桥上有灯。")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.chdir(tmp_path)
    return Library.create("存")


def test_a_text_is_found_by_what_it_says_and_by_its_title_if_that_is_named(library: Library) -> None:
    """Its lines are counted from its own first one; a title is none of them, and counts for the ranking alone."""
    with library:
        library.update_texts([TEA, BRIDGE])

        assert [("甲", "焙茶", 1, 7)] == [(h.path, h.paragraph.title, h.line, h.column) for h in library.search("霜降")]
        assert [] == [hit.path for hit in library.search("“焙茶”")]
        assert ["甲"] == [hit.path for hit in library.search("title:“焙茶”")]
        assert [("乙/一", 2, 1)] == [(hit.path, hit.line, hit.column) for hit in library.search("“桥上有灯”")]


def test_only_what_changed_is_indexed_and_what_is_gone_is_taken_out(library: Library) -> None:
    other = Text("甲", "焙茶", "炭火要等明火退尽。")
    with library:
        assert ([("added", "乙/一"), ("added", "甲")], 0, []) == told(library.update_texts([TEA, BRIDGE]))
        assert ([], 2, []) == told(library.update_texts([BRIDGE, TEA]))
        assert ([("changed", "甲")], 1, []) == told(library.update_texts([other, BRIDGE]))
        assert ([("removed", "乙/一")], 1, []) == told(library.update_texts([other]))

        assert (0, 0, 1) == tuple(len(library.search(query)) for query in ("霜降", "大桥", "炭火"))
        assert 1 == library.status().sources


def test_an_index_of_another_format_is_made_anew(library: Library) -> None:
    library.update_texts([TEA, BRIDGE])
    meta = Path("存/meta.json")
    meta.write_text(meta.read_text(encoding="utf-8").replace('"format": ', '"format": 9'), encoding="utf-8")

    with library:
        assert 2 == len(library.update_texts([TEA, BRIDGE]).changes)
        assert ["甲"] == [hit.path for hit in library.search("霜降")]


def test_an_interruption_leaves_what_was_committed_and_the_next_update_ends_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second step of two is cut off between catalog and engine."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    library.update_texts([TEA])
    with monkeypatch.context() as patch:
        patch.setattr("searchlib.engines.whoosh.writer.WhooshWriter.commit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            library.update_texts([TEA, BRIDGE])

    with library:
        report = library.update_texts([TEA])

        assert [] == [hit.path for hit in library.search("大桥")]
        assert 1 == library.status().paragraphs
        assert [] == list(report.skipped)


def test_an_index_of_files_is_not_lost_to_texts(library: Library) -> None:
    write("稿/船.md", "渡船")
    library.update(["稿"])

    with pytest.raises(PathError, match="is one of files") as raised, library:
        library.update_texts([TEA])

    assert "--index FOLDER names another folder" == raised.value.hint
    assert ["稿/船.md"] == [hit.path for hit in library.search("渡船")]


def test_two_texts_of_one_path_are_refused(library: Library) -> None:
    with pytest.raises(PathError, match=r"^two texts have the path 甲$"):
        library.update_texts([TEA, TEA])


def test_a_title_that_stands_in_the_question_ranks_its_text_higher(library: Library) -> None:
    """Of two texts with the same words, the one that is called so is first."""
    with library:
        library.update_texts([Text("一", "山中", TEA.content), Text("二", "霜降", TEA.content)])

        assert ["二", "一"] == [hit.path for hit in library.search("霜降")]


@given(title=st.text(), content=st.text("茶，。\n 　a", max_size=30))
def test_any_text_can_be_taken_in(tmp_path_factory: pytest.TempPathFactory, title: str, content: str) -> None:
    """Nothing of it is lost, and each paragraph knows the title."""
    with Library.create(tmp_path_factory.mktemp("texts") / "存") as library:
        library.update_texts([Text("甲", title, content)])
        paragraphs = library.paragraphs("甲")

    # What has no content is its title.
    said = content if content.strip() else title
    assert "".join(said.split()) == "".join("".join(paragraph.text for paragraph in paragraphs).split())
    assert not title or {title} >= {paragraph.title for paragraph in paragraphs}
