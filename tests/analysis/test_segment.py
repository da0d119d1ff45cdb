"""jieba, rjieba and the mapped dictionary cut the same words; what they leave behind is the user's own."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import warnings
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from documents import HAN, TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.analysis import mapped_jieba, python_jieba, rust_jieba
from searchlib.analysis.dictionary import is_known
from searchlib.analysis.fold import fold
from searchlib.analysis.runs import is_han, runs
from searchlib.analysis.segment import Segmenter, segment, segment_with

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba's own source
    import jieba
    from jieba.analyse import ChineseAnalyzer

JIEBA = Segmenter(python_jieba.cut, python_jieba.is_word)
RJIEBA = Segmenter(rust_jieba.cut, rust_jieba.is_word)
CUTTER = mapped_jieba.cutter()
assert CUTTER, "these tests need a cache folder that can be written"
MAPPED = Segmenter(CUTTER.cut, CUTTER.is_word)
ALL = pytest.mark.parametrize("by", [JIEBA, RJIEBA, MAPPED], ids=["jieba", "rjieba", "mapped"])

WITHOUT_RJIEBA = "import sys; sys.modules['rjieba'] = None\n"
SEGMENT = "from searchlib.analysis.segment import segment; print([word for word, _, _ in segment('枫桥经验的')])"
CUT = WITHOUT_RJIEBA + SEGMENT
WORDS = "['枫桥', '经验', '的']\n"
MUCH = "from searchlib.analysis.segment import segment\nfor _ in range(100): segment('老人坐在河边的石阶上' * 20)\n"
LOADED = "; import sys; print(*[name for name in ('jieba', 'rjieba') if sys.modules.get(name)])"

# Frequent characters and words run together in ways that no author would: ambiguity for jieba to resolve.
FREQUENT = st.sampled_from([*HAN, "中国", "人民", "经济", "发展", "研究生", "生命", "起源", "长春市", "药店"])
# Of every block: the main one and what was added to it, radicals, extensions, private use, compatibility.
BLOCKS = st.characters(categories=["Lo", "Lm", "Nl", "So", "Co", "Cn"]).filter(is_han)
MAIN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
# The same again and again: many ways of cutting are equally likely then.
REPEATED = st.tuples(MAIN, st.integers(2, 7)).map(lambda times: times[0] * times[1])
RUN = st.lists(st.one_of(FREQUENT, MAIN, BLOCKS, REPEATED)).map("".join)


# Ways that are equally likely, and characters that are likely nowhere: 嬿 has no place in the model.
TIED = [
    "枫枫枫枫枫",
    "丈丈丈丈丈",
    "专专专专专专专",
    "嬿嬿嬿",
    "嬿嬿嬿嬿嬿",
    "嶌嶌嶌嶌",
    "人丈丈丈丈丈山",
    "垦垦兢兢垦",
]


def all_known(text: str) -> bool:
    return all(map(is_known, text))


def missing(by: Segmenter, run: str) -> set[tuple[str, int, int]]:
    """Tokens that jieba's own analyser keeps, and we don't have."""
    stock = {(token.text, token.startchar, token.endchar) for token in ChineseAnalyzer()(run)}
    return stock - set(segment_with(by, run))


def in_order(words: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    return sorted(words, key=lambda word: (word[1], -word[2]))


def runs_of(path: Path) -> set[str]:
    return {run.text for run in runs(fold(path.read_text(encoding="utf-8"))) if run.is_han}


@ALL
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_token_of_jiebas_own_analyser_is_ours(path: Path, by: Segmenter) -> None:
    """On each Han run of a text, with the same offsets."""
    assert set() == {token for run in runs_of(path) for token in missing(by, run)}


@ALL
@given(run=RUN)
def test_every_token_of_jiebas_own_analyser_is_ours_on_any_run(run: str, by: Segmenter) -> None:
    """Also on runs that nobody wrote."""
    assert set() == missing(by, run)


@ALL
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_words_and_places_are_those_of_jiebas_search_mode(path: Path, by: Segmenter) -> None:
    """None has a word more or less than jieba as its author wrote it, on each Han run of a text."""
    for run in runs_of(path):
        assert in_order(jieba.tokenize(run, mode="search")) == segment_with(by, run)


@ALL
@settings(max_examples=300)
@given(run=RUN)
def test_words_and_places_are_those_of_jiebas_search_mode_on_any_run(run: str, by: Segmenter) -> None:
    """So an index is the same whichever made it, and a question is cut as the index was."""
    assert in_order(jieba.tokenize(run, mode="search")) == segment_with(by, run)


@ALL
@pytest.mark.parametrize("run", TIED)
def test_of_ways_that_are_equally_likely_all_take_the_same(run: str, by: Segmenter) -> None:
    assert in_order(jieba.tokenize(run, mode="search")) == segment_with(by, run)


@ALL
@given(stretches=st.lists(st.lists(st.one_of(FREQUENT, MAIN)).map("".join).filter(all_known)))
def test_stretches_are_cut_together_as_each_alone(stretches: list[str], by: Segmenter) -> None:
    """A line end parts them, and comes back between their words."""
    words = [[*by.cut(stretch), "\n"] for stretch in stretches]

    assert list(chain.from_iterable(words)) == by.cut("".join(f"{stretch}\n" for stretch in stretches))


@ALL
@given(words=st.lists(st.one_of(FREQUENT, MAIN), max_size=3))
def test_all_have_the_same_dictionary(words: list[str], by: Segmenter) -> None:
    """A word is one with a frequency; the beginning of a word is none."""
    word = "".join(words)

    assert bool(jieba.dt.FREQ.get(word)) == by.is_word(word)


@ALL
@given(run=RUN)
def test_words_cover_the_run(run: str, by: Segmenter) -> None:
    """Every character is in a word, words read back from their places, and come by start, longer ones first."""
    found = segment_with(by, run)

    assert set(range(len(run))) == {at for _, start, end in found for at in range(start, end)}
    assert [word for word, _, _ in found] == [run[start:end] for _, start, end in found]
    assert in_order(found) == found


def test_long_words_are_there_with_the_words_inside_them() -> None:
    """Search mode: whoever asks for a part finds the whole."""
    assert {"中华人民共和国", "中华", "华人", "人民", "共和", "共和国"} == {
        word for word, _, _ in segment("中华人民共和国")
    }


def test_single_characters_and_stop_words_are_kept() -> None:
    """的, 了 and 和 are words, and so is a character that jieba has never seen."""
    found = {word for word, _, _ in segment("老人的𠮷和了")}

    assert {"的", "和", "了", "𠮷"} <= found


def test_a_few_words_are_cut_without_loading_a_segmenter() -> None:
    """With and without rjieba."""
    for code in (SEGMENT, CUT):
        assert (WORDS + "\n", "") == run_python(code + LOADED)


def test_rjieba_cuts_where_it_is_installed_and_much_is_to_be_cut() -> None:
    """And then jieba is not even loaded."""
    assert (WORDS + "rjieba\n", "") == run_python(MUCH + SEGMENT + LOADED)


def test_who_expects_much_has_loaded_it_before_it_comes() -> None:
    expecting = "from searchlib.analysis import expect_much; expect_much()\n"
    assert ("rjieba\n", "") == run_python(expecting + LOADED.removeprefix("; "))
    assert (WORDS + "rjieba\n", "") == run_python(expecting + SEGMENT + LOADED)


def test_without_rjieba_jieba_cuts() -> None:
    """The same words."""
    assert (WORDS + "jieba\n", "") == run_python(WITHOUT_RJIEBA + MUCH + SEGMENT + LOADED)


def run_python(code: str) -> tuple[str, str]:
    """What it prints on standard output and on standard error."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    return done.stdout, done.stderr


def cut_in_a_process(folder: Path, code: str = CUT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("code", "files"),
    [
        (CUT, ["jieba.words"]),
        ("from searchlib.analysis.python_jieba import cut; print(cut('枫桥经验的'))", ["jieba.words"]),
    ],
    ids=["mapped", "jieba"],
)
def test_the_dictionary_cache_is_the_users_own(tmp_path: Path, code: str, files: list[str]) -> None:
    """It goes to a folder that only the user may enter and not to the temp folder, and jieba prints nothing."""
    cache, temp = tmp_path / "cache", tmp_path / "temp"
    temp.mkdir()
    done = cut_in_a_process(temp, code, XDG_CACHE_HOME=str(cache), TMPDIR=str(temp))

    assert (WORDS, "", 0) == (done.stdout, done.stderr, done.returncode)
    assert [] == everything_in(temp)
    assert ["searchlib", *[f"searchlib/{name}" for name in files]] == everything_in(cache)
    assert [0o700, *[0o600 for _ in files]] == [stat.S_IMODE(path.stat().st_mode) for path in sorted(cache.rglob("*"))]


def test_a_cache_folder_that_others_could_enter_is_closed(tmp_path: Path) -> None:
    """A folder that was there before gets the same mode."""
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
