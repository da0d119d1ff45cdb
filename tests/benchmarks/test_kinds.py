"""Questions of every kind are drawn from the texts, and what each rival takes for them is told."""

from __future__ import annotations

from typing import Any

import kinds
import pytest
import tables
from drawn import LENGTHS, drawn

HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜"
LINES = [
    f"{1990 + n}年{1 + n % 12}月{1 + n % 28}日，记者从{HAN[n:][:8]}获悉：“server {n} is busy”，"
    f"invalid value for key_{n} in v{n}.{n % 7}.{n % 5} 涨了{n}%。"
    for n in range(34)
]
RIVALS = ("searchlib", "tantivy", "fts5_characters")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "a.md").write_text("\n\n".join(LINES), encoding="utf-8")
    (folder / "b.txt").write_text("\n".join(reversed(LINES)), encoding="utf-8")
    run: dict[str, Any] = {"machine": {"date": "2026-11-28", "load": "0"}, "folders": {}, "missing": {}}
    kinds.of_folder(run, "both", folder, list(RIVALS), 12)
    return run


def test_what_is_drawn_stands_in_the_texts_and_is_of_its_kind() -> None:
    found = drawn(LINES, 12)

    assert {f"{kind}, {length}" for kind in ("Han", "with digits", "with spaces") for length in LENGTHS} <= set(
        found.stretches
    )
    for kind, stretches in found.stretches.items():
        assert all(any(stretch in line for line in LINES) for stretch in stretches)
        assert all(len(stretch) == int(kind.split(", ")[1]) for stretch in stretches)
    assert all(any(char.isdigit() for char in stretch) for stretch in found.stretches["with digits, 3"])
    assert {"2000年11月11日", "1991年2月2日"} & set(drawn(LINES, 200).questions["dates"])
    assert all(question.startswith("key_") for question in found.questions["identifiers"])
    assert found == drawn(LINES, 12)


def test_every_kind_is_asked_of_every_rival(run: dict[str, Any]) -> None:
    told = run["folders"]["both"]

    assert {} == run["missing"]
    assert (2, set(RIVALS)) == (told["files"], set(told["rivals"]))
    for rival in told["rivals"].values():
        assert {"“Han, 4”", "“with digits, 4”", "“with spaces, 4”", "dates", "versions"} <= set(rival["kinds"])
        for figures in rival["kinds"].values():
            assert 10 <= figures["asked"] <= 12
            assert 0 < figures["first_p50_ms"] <= figures["first_p95_ms"] <= figures["first_max_ms"]
            assert 0 < figures["again_p50_ms"] <= figures["again_p95_ms"] <= figures["again_max_ms"]


def test_a_run_is_read_as_tables(run: dict[str, Any]) -> None:
    """Of each rival all kinds as text, and the slowest of them in documents."""
    written = kinds.written(run).splitlines()
    shown = tables.kinds(run).splitlines()

    assert sum(line.startswith("“Han, 4”") for line in written) == len(RIVALS)
    assert 2 + len(RIVALS) == len(shown)
    slowest = max(
        run["folders"]["both"]["rivals"]["tantivy"]["kinds"].items(), key=lambda kind: kind[1]["first_p95_ms"]
    )
    assert any(line.startswith("| both, tantivy + rjieba |") and f"| {slowest[0]} |" in line for line in shown)
