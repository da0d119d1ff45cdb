"""A folder of judged questions is read as it is, or its fault is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sets import JUDGED, plant

from searchlib.errors import Malformed
from searchlib.evaluation import read_judged
from searchlib.model import Text


def test_texts_questions_and_judgements_are_those_of_the_files() -> None:
    judged = read_judged(JUDGED)

    assert "judged" == judged.name
    assert Text("借期", "第九条", "图书借期三十天，可续借一次。") == judged.texts[0]
    assert 6 == len(judged.texts)
    assert {
        "1": "图书借期多久",
        "2": "逾期要罚款吗",
        "3": "“饮茶”",
        "4": "古籍",
        "5": "弄丢了怎么赔",
    } == judged.questions
    assert {"备份": 1} == judged.judgements["4"]


def test_a_title_may_be_called_a_name_or_be_left_out(tmp_path: Path) -> None:
    plant(tmp_path, {}, {"1": "茶"}, {"1": {"甲": 1}})
    lines = ['{"id": "甲", "name": "名", "content": ""}', "", '{"id": "乙", "content": "文", "source": "书"}\r']
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8-sig")

    assert (Text("甲", "名", ""), Text("乙", "", "文")) == read_judged(tmp_path).texts


def test_questions_that_no_text_answers_are_set_apart(tmp_path: Path) -> None:
    """A relevance of 0 is a judgement, and no answer; without any the figures of a question would not be defined."""
    questions = {"1": "茶", "2": "酒", "3": "水"}
    plant(tmp_path, {"甲": "茶", "乙": "水"}, questions, {"1": {"甲": 2, "乙": -1}, "2": {"甲": 0}})

    judged = read_judged(tmp_path)

    assert ({"1": "茶"}, {"1": {"甲": 2, "乙": -1}}) == (judged.questions, judged.judgements)
    assert ("2", "3") == judged.unjudged


def test_other_questions_may_be_some_of_those_that_are_judged(tmp_path: Path) -> None:
    plant(tmp_path / "集", {"甲": "茶"}, {"1": "茶", "2": "水"}, {"1": {"甲": 1}, "2": {"甲": 1}})
    other = tmp_path / "另.tsv"
    other.write_text("2\t山泉", encoding="utf-8")

    judged = read_judged(tmp_path / "集", other)

    assert ("集/另.tsv", {"2": "山泉"}) == (judged.name, judged.questions)
    assert {"2": {"甲": 1}} == judged.judgements


def test_an_id_that_is_there_twice_is_named_with_its_line(tmp_path: Path) -> None:
    plant(tmp_path, {}, {"1": "茶"}, {"1": {"甲": 1}})
    (tmp_path / "corpus.jsonl").write_text('{"id": "甲", "content": "茶"}\n' * 2, encoding="utf-8")

    with pytest.raises(Malformed, match=r"corpus\.jsonl:2: 甲 is there for the second time$"):
        read_judged(tmp_path)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("[" * 100_000, "there are too many brackets in one another"),
        ('{"id": "甲", "content": ' + "[" * 100_000, "there are too many brackets in one another"),
        ('{"id": ' + "9" * 5_000 + "}", "there is a number with thousands of digits in it"),
    ],
)
def test_json_that_is_meant_to_break_its_reader_is_named_with_its_line(tmp_path: Path, line: str, what: str) -> None:
    plant(tmp_path, {}, {"1": "茶"}, {"1": {"甲": 1}})
    (tmp_path / "corpus.jsonl").write_text(line, encoding="utf-8")

    with pytest.raises(Malformed, match=rf"corpus\.jsonl:1: {what}$"):
        read_judged(tmp_path)


@pytest.mark.parametrize("relevance", ["9" * 10, "9" * 5_000, "٣" * 5_000])
def test_a_relevance_has_a_few_digits(tmp_path: Path, relevance: str) -> None:
    plant(tmp_path, {"甲": "茶"}, {"1": "茶"}, {"1": {"甲": 1}})
    (tmp_path / "qrels.txt").write_text(f"1 0 甲 {relevance}\n", encoding="utf-8")

    with pytest.raises(Malformed, match=r"qrels\.txt:1: this is not of the form"):
        read_judged(tmp_path)
