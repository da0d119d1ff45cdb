"""What a benchmark's figures are, by exact values."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
import samples
import synthetic
from figures import percentile, recall, size
from measured import Failed, cost
from report import figure, machine, table


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() -> None:
    values = [float(value) for value in range(1, 61)]
    random.Random(1).shuffle(values)

    assert 30.0 == percentile(values, 0.5)
    assert 57.0 == percentile(values, 0.95)
    assert 60.0 == percentile(values, 1)
    assert 7.0 == percentile([7.0], 0.95)


def test_the_size_of_a_folder_is_that_of_all_files_below_it(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 5000)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "two").write_bytes(b"x" * 300)
    os.sync()

    assert 5300 == size(tmp_path)


def test_holes_in_a_file_have_no_size(tmp_path: Path) -> None:
    """Some engines reserve place that no disk gives them before they use it."""
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 20)

    assert 0 == size(tmp_path)


def test_recall_is_the_average_over_the_literals_of_a_length() -> None:
    stands_in = {"茶": [0, 1, 2, 3], "水": [2], "茶水": [2, 3]}

    assert {1: 0.75, 2: 0.5} == recall({"茶": 2, "水": 1, "茶水": 1}, stands_in)


def test_a_scan_says_where_each_literal_stands() -> None:
    assert {"茶水": [0, 2], "水茶": [2]} == samples.scanned(["喝茶水", "茶。水", "茶水茶"], ["茶水", "水茶"])


def test_literals_are_different_and_of_every_length_and_the_seed_decides_which() -> None:
    texts = ["山中的茶要等霜降以后才好，水开三次茶就老了。" * 3, "枫桥经验 iPhone 人才公寓"]

    drawn = samples.literals(texts, 5, seed=1)

    assert [length for length in samples.LENGTHS for _ in range(5)] == [len(literal) for literal in drawn]
    assert len(drawn) == len(set(drawn))
    assert all(any(literal in text for text in texts) for literal in drawn)
    assert drawn == samples.literals(texts, 5, seed=1) != samples.literals(texts, 5, seed=2)


def test_questions_are_as_long_as_they_are_said_to_be() -> None:
    texts = ["山中的茶要等霜降以后才好水开三次茶就老了。", "土地承包经营权人依法对其承包经营的耕地享有权利。"]

    drawn = samples.questions(texts, 3, seed=1)

    assert 12 == len(samples.QUERIES)
    assert [20, 20, 20] == [len(question) for question in drawn]
    assert 3 == len({question for question in drawn if any(question in text for text in texts)})
    assert drawn == samples.questions(texts, 3, seed=1)


def test_a_folder_without_long_sentences_has_no_questions_and_says_so() -> None:
    with pytest.raises(ValueError, match="no text of the folder has 20 Han characters in a row"):
        samples.questions(["山中的茶。"], 3)


def test_a_command_is_charged_with_its_own_memory_and_not_with_its_parents() -> None:
    ballast = bytearray(300_000_000)
    small, large = (cost([sys.executable, "-c", f"b'x' * {count}"]) for count in (1, 100_000_000))

    assert ballast
    assert small.peak_mb < 50 < 100 < large.peak_mb < 200


def test_a_command_is_charged_with_the_largest_of_its_processes() -> None:
    child = [sys.executable, "-c", "b'x' * 100_000_000"]

    assert 100 < cost([sys.executable, "-c", f"import subprocess; subprocess.run({child})"]).peak_mb < 200


def test_a_command_that_fails_gives_no_figures_but_its_last_words() -> None:
    with pytest.raises(Failed, match="ended with 2: no such thing"):
        cost(["sh", "-c", "echo no such thing >&2; exit 2"], statuses=(0, 1))


def test_a_table_has_its_columns_under_their_heads() -> None:
    assert "     ms\na   1.5\nbb   10" == table(["", "ms"], [["a", "1.5"], ["bb", "10"]])


def test_a_figure_has_two_digits_or_is_a_whole_number() -> None:
    assert ["0.081", "0.5", "9.9", "10", "100", "1,356"] == [
        figure(value) for value in (0.0812, 0.5, 9.9, 9.99, 99.99, 1356.3)
    ]


def test_a_run_says_where_it_was_made() -> None:
    assert ["date", "processor", "memory", "system", "Python", "load"] == list(machine())


def test_synthetic_texts_are_so_many_paragraphs_of_whole_sentences(tmp_path: Path) -> None:
    drawn_from = synthetic.sentences(["# 茶\n\n茶要等霜降。水开三次；茶就老了\n是谁？"])

    paths = synthetic.write(tmp_path, drawn_from, paragraphs=7, per_file=3)

    assert ["茶要等霜降。", "水开三次；", "是谁？"] == drawn_from
    assert ["0000/000000.txt", "0000/000001.txt", "0000/000002.txt"] == paths
    paragraphs = [(tmp_path / path).read_text(encoding="utf-8").strip().split("\n\n") for path in paths]
    assert [3, 3, 1] == [len(found) for found in paragraphs]
    assert all(1 <= len(synthetic.sentences([text])) <= 3 for found in paragraphs for text in found)


def test_the_same_seed_gives_the_same_synthetic_texts(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        synthetic.write(tmp_path / name, ["茶。", "水。", "山。"], 20, 20, seed)
    one, same, other = ((tmp_path / name / "0000" / "000000.txt").read_bytes() for name in ("one", "same", "other"))

    assert one == same != other
