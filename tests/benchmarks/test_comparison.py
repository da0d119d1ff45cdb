"""Rivals on a handful of paragraphs: what each finds, and that every figure is there."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import commands
import compare
import growth
import pytest
import samples
from measured import cost
from report import keep
from rivals import RIVALS
from trial import NOTE, Plan

# The words of the questions are in them.
LAWS = {
    "民法典.md": "# 民法典\n\n土地承包经营权人依法对其承包经营的耕地享有权利。\n\n劳动合同解除以后，公司应当赔偿。\n",
    "刑法.md": "# 刑法\n\n故意伤害罪，处三年以下有期徒刑。\n\n网络安全与食品安全标准另有规定的，从其规定。\n",
    "程序/听证.md": "# 听证\n\n行政处罚听证由行政机关组织。\n\n交通事故责任认定不服的，可以申请复核。\n",
}
PLAN = Plan(rounds=2, changes=1, starts=1, literals=12)
# Those that need no package of Debian.
OURS = ("searchlib", "searchlib_without_fast")
OTHERS = ("stock_whoosh", "tantivy", "fts5_characters", "fts5_words", "fts5_trigrams")
HERE = (*OURS, *OTHERS)
INDEXING = {"index_mb_s", "index_s", "index_cpu_s", "index_peak_mb", "index_bytes", "index_to_text", "changed_s"}
ASKING = {"ask_peak_mb", "query_every", "query_some", "question_every", "question_some"}
FIGURES = {"name", "versions", "recall"} | INDEXING | ASKING


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laws")
    for name, text in LAWS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(laws: Path) -> dict[str, Any]:
    return compare.compare(laws, list(HERE), PLAN, lambda _: None)


def found(run: dict[str, Any], key: str) -> list[float]:
    return [run["rivals"][key]["recall"][str(length)] for length in samples.LENGTHS]


def test_all_figures_are_there_for_all_rivals(run: dict[str, Any]) -> None:
    expected = dict.fromkeys(HERE, FIGURES) | dict.fromkeys(OURS, FIGURES | {"cold_s", "unchanged_s"})

    assert {} == run["missing"]
    assert expected == {key: set(told) for key, told in run["rivals"].items()}
    percentiles = {"p50_ms", "p95_ms", "first_p50_ms", "first_p95_ms"}
    assert percentiles | {"answered", "asked"} == set(run["rivals"]["searchlib"]["query_some"])


def test_every_long_question_stands_in_the_texts_and_is_found_as_it_stands(run: dict[str, Any]) -> None:
    asked = len(run["plan"]["questions"])

    assert all(any(question in text for text in LAWS.values()) for question in run["plan"]["questions"])
    assert {asked} == {run["rivals"][key]["question_every"]["answered"] for key in ("searchlib", "fts5_characters")}


def test_without_fast_jieba_cuts_the_words() -> None:
    code = """if True:
        import sys
        from searchlib.analysis.segment import loaded

        loaded()
        print({"jieba", "rjieba"} & sys.modules.keys())
    """

    used = [subprocess.run([*RIVALS[key].python, "-c", code], capture_output=True, check=True).stdout for key in OURS]

    assert [b"{'rjieba'}\n", b"{'jieba'}\n"] == used


@pytest.mark.parametrize("key", ["searchlib", "tantivy", "fts5_characters"])
def test_what_has_all_characters_finds_every_literal(run: dict[str, Any], key: str) -> None:
    assert [1.0] * 6 == found(run, key)


def test_trigrams_find_nothing_under_three_characters_and_everything_from_there(run: dict[str, Any]) -> None:
    assert [0.0, 0.0, 1.0, 1.0, 1.0, 1.0] == found(run, "fts5_trigrams")


@pytest.mark.parametrize("key", ["stock_whoosh", "fts5_words"])
def test_what_cuts_words_misses_what_begins_or_ends_in_one(run: dict[str, Any], key: str) -> None:
    assert all(0 < share < 1 for share in found(run, key)[:2])
    assert found(run, key)[3] < 0.5


def test_queries_are_answered_by_what_has_their_words(run: dict[str, Any]) -> None:
    """Of the twelve, eight stand in the texts, and two more have a word in them."""
    standing = sum(any(query in text for text in LAWS.values()) for query in samples.QUERIES)

    assert 8 == standing
    assert {standing} == {run["rivals"][key]["query_every"]["answered"] for key in ("searchlib", "fts5_trigrams")}
    assert 10 == run["rivals"]["searchlib"]["query_some"]["answered"]


@pytest.mark.parametrize("key", OTHERS)
def test_a_changed_file_is_found_by_what_is_new_in_it_and_not_by_what_is_gone(
    laws: Path, tmp_path: Path, key: str
) -> None:
    """By words, which all of them can find, or by what is long enough for trigrams."""
    gone, new = ("食品安全", "枫桥经验") if key == "fts5_trigrams" else ("标准", "经验")
    rival, folder, index = RIVALS[key], tmp_path / "texts", tmp_path / "index"
    shutil.copytree(laws, folder)
    cost(rival.indexing(folder, index))
    with rival.session(folder, index) as session:
        assert ({"刑法.md"}, set()) == (session.files(gone), session.files(new))

    (folder / "刑法.md").write_text("# 刑法\n\n枫桥经验。\n", encoding="utf-8")
    cost(rival.updating(folder, index, "刑法.md"))

    with rival.session(folder, index) as session:
        assert (set(), {"刑法.md"}) == (session.files(gone), session.files(new))


def test_what_is_missing_is_told_and_the_others_are_measured(laws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    run = compare.compare(laws, ["ripgrep", "fts5_trigrams"], PLAN, lambda _: None)

    assert ["fts5_trigrams"] == list(run["rivals"])
    assert "not measured: ripgrep (no index): FileNotFoundError" in compare.written(run)


def test_a_run_is_kept_as_json_and_as_tables(run: dict[str, Any], tmp_path: Path) -> None:
    keep(tmp_path / "run", run, compare.written(run))

    assert run == json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    lines = (tmp_path / "run.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"{run['machine']['date']}, {run['machine']['processor']}, ")
    assert "SQLite FTS5, trigrams 0.000 0.000 1.000 1.000 1.000 1.000" == " ".join(lines[-1].split())


def test_growth_has_a_row_for_every_size(laws: Path) -> None:
    run = growth.grow(laws, [302, 2], PLAN, lambda _: None)

    assert [(302, 2), (2, 1)] == [(size["paragraphs"], size["files"]) for size in run["sizes"]]
    *_, head, first, second = growth.written(run).splitlines()
    assert head.startswith("paragraphs  files   MB  index s  MB/s  peak MB  index ÷ text  query first p50 ms  p50 ms")
    assert [["302", "2"], ["2", "1"]] == [first.split()[:2], second.split()[:2]]
    assert "–" not in first + second


def test_every_command_is_run_so_often_and_has_a_row(laws: Path) -> None:
    run = commands.measured(laws, files=4, starts=2)

    assert [3, 4, 2] == [run["corpus"]["files"], run["many"]["files"], run["starts"]]
    *_, head, _, fast, _, _, changed, many = commands.written(run).splitlines()
    assert "median s fastest s slowest s should be s peak MB" == " ".join(head.split())
    assert fast.startswith("searchlib search, with fast")
    assert changed.startswith("searchlib index, one changed of 3 files")
    assert many.startswith("searchlib index, nothing changed in 4 files")
    assert all(row["fastest_s"] <= row["median_s"] <= row["slowest_s"] for row in run["commands"])


def test_before_every_update_of_one_file_another_file_has_got_a_line(laws: Path, tmp_path: Path) -> None:
    shutil.copytree(laws, tmp_path / "real")
    paths = sorted(LAWS)
    (update,) = (
        job for job in commands.jobs(tmp_path / "real", tmp_path / "many", paths, files=4) if "one changed" in job.what
    )

    update.before()
    update.before()

    assert [True, True, False] == [NOTE in (tmp_path / "real" / path).read_text(encoding="utf-8") for path in paths]
