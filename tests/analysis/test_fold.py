"""Folding brings one character to one character, the plainest there is, and settles in one step."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.fold import fold

DATA = Path(str(files("searchlib.analysis"))) / "data"


def every_character() -> Iterator[str]:
    return (chr(code) for code in range(sys.maxunicode + 1))


def test_every_character_folds_to_one_character() -> None:
    """Of all code points, surrogates included, none becomes longer or shorter."""
    assert [] == [char for char in every_character() if len(fold(char)) != 1]


def test_folding_what_is_folded_changes_nothing() -> None:
    """Of all code points, none is folded further by folding again."""
    assert [] == [char for char in every_character() if fold(fold(char)) != fold(char)]


@given(st.text())
def test_a_text_is_folded_character_by_character(text: str) -> None:
    """What stands beside a character does not matter, so offsets in both texts are the same."""
    assert "".join(map(fold, text)) == fold(text)


@pytest.mark.parametrize(
    ("folded", "text"),
    [
        ("台湾发后里面", "臺灣發後裡面"),
        ("后发复历钟里台", "後髮複曆鐘裏檯"),
        ("枫桥经验", "楓橋經驗"),
        ("abc123,!?", "ＡＢＣ１２３，！？"),
        ("カタカナ", "ｶﾀｶﾅ"),
        ("москва ω é", "МОСКВА Ω É"),
        ('"甲"', "“甲”"),
        ('"甲"', "「甲」"),
        ("'甲'", "‘甲’"),
        ("'甲'", "『甲』"),
        ('"', "＂"),
        ("凛朗神", "\uf954\uf929\ufa19"),
        ("一父龙", "⼀⽗⿓"),
        ("一1", "㊀①"),
        (" ", "　"),
        (" ", "\u00a0"),
    ],
)
def test_variants_of_a_text_become_the_same(folded: str, text: str) -> None:
    """Script, width, case, quotation marks, compatibility forms and kinds of space do not tell texts apart."""
    assert folded == fold(text)


@pytest.mark.parametrize("char", list("㎏ﬁİ㈠½…ß〇々"))
def test_a_character_whose_plain_form_is_longer_stays(char: str) -> None:
    """Offsets matter more than finding `kg` in `㎏`."""
    assert char == fold(char)


def test_the_table_has_every_traditional_character_once() -> None:
    """4,113 entries of two characters, each traditional character in one of them, in order."""
    lines = (DATA / "simplified.txt").read_text(encoding="utf-8").splitlines()

    assert 4113 == len(lines) == len({line[0] for line in lines})
    assert {2} == set(map(len, lines))
    assert sorted(lines) == lines


def test_the_script_makes_the_table_that_is_shipped(tmp_path: Path) -> None:
    """From OpenCC's format, traditional TAB one or more simplified, it writes the very bytes of `simplified.txt`."""
    shipped = (DATA / "simplified.txt").read_text(encoding="utf-8")
    source = tmp_path / "TSCharacters.txt"
    rows = [f"{line[0]}\t{line[1]} {line[0]}\n" for line in reversed(shipped.splitlines())]
    source.write_text("".join(rows), encoding="utf-8")
    script = shutil.copy(DATA / "make_simplified.py", tmp_path)
    subprocess.run([sys.executable, script, source], check=True)

    assert shipped == (tmp_path / "simplified.txt").read_text(encoding="utf-8")
