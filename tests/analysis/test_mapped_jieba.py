"""The dictionary that questions are cut with is made where it is missing, and never trusted blindly."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from searchlib.analysis import mapped_jieba
from searchlib.analysis.mapped_jieba import cutter

WORDS = ["枫桥", "经验", "的"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the dictionary of a user without one will be."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "searchlib" / "jieba.words"


def cut() -> list[str] | None:
    """As another process would, which has opened nothing yet."""
    found = cutter.__wrapped__()
    return found.cut("枫桥经验的") if found else None


def test_it_is_made_once_and_for_the_user_alone(file: Path) -> None:
    assert WORDS == cut()
    made = file.stat()
    assert WORDS == cut()

    assert 0o600 == stat.S_IMODE(made.st_mode)
    assert made == file.stat()
    assert [file] == list(file.parent.iterdir())


def overwritten(content: bytes) -> bytes:
    return bytes(1000) + content[1000:]


def without_entries(content: bytes) -> bytes:
    return content[:300_000] + bytes(len(content) - 300_000)


@pytest.mark.parametrize(
    "spoilt",
    [lambda _: b"", lambda _: b"something else", lambda content: content[:-1], overwritten, without_entries],
    ids=["empty", "foreign", "cut short", "overwritten", "without entries"],
)
def test_a_damaged_one_is_made_anew(file: Path, spoilt: Callable[[bytes], bytes]) -> None:
    """The words are right, and the next process finds it whole."""
    cut()
    right = file.read_bytes()
    file.write_bytes(spoilt(right))

    assert WORDS == cut()
    assert right == file.read_bytes()


def test_one_of_another_jieba_is_made_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(mapped_jieba, "jieba_version", lambda: "0.1")
        cut()
        old = file.read_bytes()

    assert WORDS == cut()
    assert b"jieba 0.1," in old[:100]
    assert b"jieba 0.1," not in file.read_bytes()[:100]


def test_without_a_place_there_is_none(file: Path) -> None:
    """What would be made for one question costs more than loading a segmenter."""
    file.parent.parent.joinpath("searchlib").touch()

    assert cut() is None
