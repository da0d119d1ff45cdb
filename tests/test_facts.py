"""What files are like chooses among their paragraphs, to the second and to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from test_library import write

from searchlib import Library


def at(year: int, month: int, day: int, hour: int = 0, second: int = 0) -> int:
    """By the clock of this place, as dates in questions are."""
    return int(datetime(year, month, day, hour, 0, second).timestamp())  # noqa: DTZ001 — local


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Files at the ends of days, months and years, and at the ends of sizes, in three encodings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("facts"))
        write("甲.txt", "长江" + "a" * 994, at=at(2023, 12, 31, 23, 59))
        write("乙.txt", "长江" + "a" * 995, at=at(2024, 1, 1))
        write("丙.txt", "长江的水位，今年比去年高出三尺。", encoding="gb18030", at=at(2024, 2, 29, 12))
        write("丁.txt", "長江的水位，今年比去年高出三尺。", encoding="big5", at=at(2024, 3, 1))
        write("空/戊.txt", "黄河", at=at(2025, 1, 1))
        with Library.create(Path.cwd() / "index") as made:
            made.update(["."])
            yield made


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("date:2024", "乙丙丁"),
        ("date:2023", "甲"),
        ("date:2024-02", "丙"),
        ("date:2024-02-29", "丙"),
        ("date:2024-02-28", ""),
        ("日期：２０２４年１月", "乙"),
        ("date:2023..2024-01", "甲乙"),
        ("date:2024-02-29..", "丙丁戊"),
        ("date:..2024-02", "甲乙丙"),
        ("date:<2024", "甲"),
        ("date:<=2024-01-01", "甲乙"),
        ("date:>2024", "戊"),
        ("date:≥2024-03-01", "丁戊"),
        ("size:1k", "甲"),
        ("size:>1000", "乙"),
        ("大小：>=1k", "甲乙"),
        ("size:6", "戊"),
        ("size:7..32", "丙丁"),
        ("size:<1k", "丙丁戊"),
        ("encoding:big5", "丁"),
        ("编码：ＧＢＫ", "丙"),
        ("encoding:utf8", "甲乙戊"),
        ("encoding:utf-16", ""),
        ("NOT date:2024", "甲戊"),
        ("-size:>=1k", "丙丁戊"),
        ("-encoding:utf-8 -date:2024-03", "丙"),
        ("date:2023 OR encoding:big5", "甲丁"),
        ("size:<10 OR date:2023", "甲戊"),
        ("date:2024 size:>1k", "乙"),
        ("date:2024 AND NOT (encoding:big5 OR size:1001)", "丙"),
        ("date:(2023 OR 2025)", "甲戊"),
        ("encoding:(big5 gbk)", ""),
        ("path:空 date:2025", "戊"),
    ],
)
def test_a_condition_chooses_the_files_that_fulfil_it(library: Library, condition: str, expected: str) -> None:
    """By itself, with a clause beside it, left out and one of several; nothing else is a hit, complete or not."""
    alone, beside = library.search(condition), library.search(f"{condition} 长江")

    assert (set(expected), 0) == ({Path(hit.path).stem for hit in alone}, alone.partial)
    assert set(expected) - {"戊"} == {Path(hit.path).stem for hit in beside}


def test_a_condition_beside_a_clause_in_an_or_is_one_of_them(library: Library) -> None:
    """Paragraphs of such files match, whatever they say, and all others have to say it."""
    found = library.search("黄河 OR date:2024-02")

    assert {"空/戊.txt", "丙.txt"} == {hit.path for hit in found}
    assert (2, 0) == (found.complete, found.partial)


def test_conditions_choose_what_is_counted_too(library: Library) -> None:
    """With the counts of the sources that are left."""
    assert {"丙.txt": 1} == library.counts("长江 date:2024 encoding:gb18030")


def test_a_condition_holds_for_files_as_they_are_after_an_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as they were when the first question was asked."""
    monkeypatch.chdir(tmp_path)
    write("甲.txt", "长江", at=at(2023, 5, 1))
    with Library.create() as library:
        library.update(["."])
        before = library.search("date:2023").complete
        write("甲.txt", "长江", at=at(2024, 5, 1))
        library.update(["."])

        assert (1, 0, 1) == (before, library.search("date:2023").complete, library.search("date:2024").complete)


def test_names_that_are_no_fields_are_told_and_searched_for_as_text(library: Library) -> None:
    """Also of questions that are only counted."""
    results = library.search("日子:2024 长江 http://a.b size:>1k")

    assert ("日子",) == results.unknown
    assert () == library.search("size:>1k 长江").unknown
    assert ((), ("日子",)) == library.unheeded("日子:2024 长江")
    assert {"乙.txt"} == {hit.path for hit in results}
