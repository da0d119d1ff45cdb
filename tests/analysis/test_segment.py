"""jieba cuts the words, keeps its cache to the user, and says nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from documents import HAN, TEXTS
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.fold import fold
from searchlib.analysis.runs import runs
from searchlib.analysis.segment import segment

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba's own source
    from jieba.analyse import ChineseAnalyzer

CUT = "from searchlib.analysis.segment import segment; print([word for word, _, _ in segment('枫桥经验的')])"
WORDS = "['枫桥', '经验', '的']\n"

# Frequent characters and words run together in ways that no author would: ambiguity for jieba to resolve.
RUN = st.lists(st.sampled_from([*HAN, "中国", "人民", "经济", "发展", "研究生", "生命", "起源", "长春市", "药店"]))


def missing(run: str) -> set[tuple[str, int, int]]:
    """Tokens that jieba's own analyser keeps, and we don't have."""
    stock = {(token.text, token.startchar, token.endchar) for token in ChineseAnalyzer()(run)}
    return stock - set(segment(run))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_token_of_jiebas_own_analyser_is_ours(path: Path) -> None:
    """On each Han run of a text, with the same offsets."""
    text = fold(path.read_text(encoding="utf-8"))

    assert set() == {token for run in runs(text) if run.is_han for token in missing(run.text)}


@given(RUN)
def test_every_token_of_jiebas_own_analyser_is_ours_on_any_run(words: list[str]) -> None:
    """Also on runs that nobody wrote."""
    assert set() == missing("".join(words))


@given(RUN)
def test_words_cover_the_run(words: list[str]) -> None:
    """Every character is in a word, words read back from their places, and come by start, longer ones first."""
    run = "".join(words)
    found = segment(run)

    assert set(range(len(run))) == {at for _, start, end in found for at in range(start, end)}
    assert [word for word, _, _ in found] == [run[start:end] for _, start, end in found]
    assert sorted(found, key=lambda word: (word[1], -word[2])) == found


def test_long_words_are_there_with_the_words_inside_them() -> None:
    """Search mode: whoever asks for a part finds the whole."""
    assert {"中华人民共和国", "中华", "华人", "人民", "共和", "共和国"} == {
        word for word, _, _ in segment("中华人民共和国")
    }


def test_single_characters_and_stop_words_are_kept() -> None:
    """的, 了 and 和 are words, and so is a character that jieba has never seen."""
    found = {word for word, _, _ in segment("老人的𠮷和了")}

    assert {"的", "和", "了", "𠮷"} <= found


def cut_in_a_process(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CUT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_the_dictionary_cache_is_the_users_own(tmp_path: Path) -> None:
    """It goes to a folder that only the user may enter and not to the temp folder, and jieba prints nothing."""
    cache, temp = tmp_path / "cache", tmp_path / "temp"
    temp.mkdir()
    done = cut_in_a_process(temp, XDG_CACHE_HOME=str(cache), TMPDIR=str(temp))

    assert (WORDS, "", 0) == (done.stdout, done.stderr, done.returncode)
    assert [] == everything_in(temp)
    assert ["searchlib", "searchlib/jieba.cache"] == everything_in(cache)
    assert 0o700 == stat.S_IMODE((cache / "searchlib").stat().st_mode)


def test_a_cache_folder_that_others_could_enter_is_closed(tmp_path: Path) -> None:
    """A folder that was there before gets the same mode, because the cache is read back as code objects are."""
    (tmp_path / "searchlib").mkdir(mode=0o777)
    (tmp_path / "searchlib").chmod(0o777)
    cut_in_a_process(tmp_path, XDG_CACHE_HOME=str(tmp_path))

    assert 0o700 == stat.S_IMODE((tmp_path / "searchlib").stat().st_mode)


@pytest.mark.parametrize("cache", ["file", "/dev/null"])
def test_without_a_place_for_the_cache_words_are_cut_all_the_same(tmp_path: Path, cache: str) -> None:
    """Nothing fails, nothing is printed, and nothing is left in the working directory or the temp folder."""
    (tmp_path / "file").touch()
    home = str(tmp_path / "file") if cache == "file" else cache
    done = cut_in_a_process(tmp_path, XDG_CACHE_HOME=home, TMPDIR=str(tmp_path))

    assert (WORDS, "", 0) == (done.stdout, done.stderr, done.returncode)
    assert ["file"] == everything_in(tmp_path)
