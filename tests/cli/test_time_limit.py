"""`--timeout` of the command line: what is known is the answer, and it says that it is a part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from clocks import Clock

from searchlib import Library, searching
from searchlib.cli import run
from searchlib.engines.whoosh import looks
from searchlib.query import Deadline


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An index of 40 paragraphs, and a clock on which every look at it takes a second."""
    texts = "\n\n".join(f"第{number}条 长江流经武汉，两岸是平原。" for number in range(40))
    (tmp_path / "江.txt").write_text(texts, encoding="utf-8")
    with Library.create(tmp_path / "index") as library:
        library.update([tmp_path / "江.txt"])
    monkeypatch.setattr(looks, "_STRETCH", 2)
    monkeypatch.setattr(
        searching, "Deadline", lambda seconds: Deadline(seconds, clock=Clock(tick_s=1.0), processor=Clock())
    )
    return str(tmp_path / "index")


QUERY = "/武.，/"


def test_a_part_that_is_known_is_the_answer(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit status is by what was found, and standard error says that there may be more."""
    assert 0 == run(["search", "--index", index, QUERY, "--timeout", "30", "-n", "100"])
    out, err = capsys.readouterr()

    assert 0 < len(out.splitlines()) < 40
    assert "stopped after 30 s: this is the part of the answer that was known by then" in err


def test_json_says_that_time_was_over(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In its summary; the counts there are of what is known."""
    assert 0 == run(["search", "--index", index, QUERY, "--timeout", "30", "-n", "100", "--json"])
    *hits, summary = map(json.loads, capsys.readouterr().out.splitlines())

    assert summary["timed_out"] is True
    assert len(hits) == summary["shown"] == summary["complete"] < 40


def test_without_a_limit_all_is_known(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["search", "--index", index, QUERY, "--timeout", "0", "-n", "100"])
    out, err = capsys.readouterr()

    assert (40, False) == (len(out.splitlines()), "stopped" in err)


@pytest.mark.parametrize("options", [[], ["-c"], ["-l"], ["--json"]])
def test_where_nothing_is_known_it_is_an_error(
    index: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """And no "nothing found", which would be a lie."""
    assert 2 == run(["search", "--index", index, QUERY, "--timeout", "1", *options])
    out, err = capsys.readouterr()

    assert out == ""
    assert "searchlib: nothing of the answer was known after 1 s" in err
    assert "give it more time with --timeout SECONDS, or narrow it with another clause" in err


def test_counts_of_a_part_are_marked_too(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["search", "--index", index, QUERY, "--timeout", "30", "-c"])
    out, err = capsys.readouterr()

    assert 0 < int(out.rsplit(":", 1)[1]) < 40
    assert "stopped after 30 s" in err


def test_explain_says_what_it_counted_in_time(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["explain", "--index", index, QUERY, "--timeout", "30"])

    assert "stopped after 30 s" in capsys.readouterr().err


def test_a_paragraph_that_there_was_no_time_to_judge_is_an_error(
    index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == run(["explain", "--index", index, QUERY, "江.txt:1", "--timeout", "1"])

    assert "nothing of the answer was known after 1 s" in capsys.readouterr().err


@pytest.mark.parametrize("context", [0, 1, 2, 7, 1_000])
def test_neighbours_count_as_what_is_shown_after_the_time(
    index: str, context: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of hits with many neighbours fewer are made when the time is over, so that the limit holds whatever `-C` says."""
    monkeypatch.setattr(searching, "_ALWAYS", 10)
    with Library.open(index) as library:
        hits = list(stream := library.stream("长江", limit=400_000, timeout=8, context=context))

    *others, _ = (1 + len(hit.before) + len(hit.after) for hit in hits)
    assert stream.timed_out
    # Time for two or three of them there is; what is begun is ended.
    assert sum(others[:-3]) < 10
    assert context or len(hits) >= 10


def test_to_make_a_hit_takes_of_the_time_and_to_write_it_does_not(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is done within `paused` is left out."""
    monkeypatch.setattr(searching, "_ALWAYS", 5)
    clock = Clock()
    monkeypatch.setattr(searching, "Deadline", lambda seconds: Deadline(seconds, clock=clock, processor=Clock()))
    make = searching._hit

    def slow(*args: Any) -> Any:
        clock.now_s += 1
        return make(*args)

    def shown() -> int:
        hits = library.stream("长江", limit=400_000, timeout=8)
        for _ in hits:
            with hits.paused():
                clock.now_s += 100
        return hits.shown

    with Library.open(index) as library:
        assert 40 == shown()
        monkeypatch.setattr(searching, "_hit", slow)
        assert 7 == shown()


def test_hits_are_made_as_they_are_asked_for(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are wanted, one at a time is in memory; and time that is over ends the list."""
    monkeypatch.setattr(searching, "_ALWAYS", 5)
    with Library.open(index) as library:
        stream = library.stream(QUERY, limit=400_000, timeout=1_000)
        hits = iter(stream)
        first = next(hits)

        assert (1, 40, first.path) == (stream.shown, stream.complete, "江.txt")
        assert 39 == len(list(hits))
        assert not stream.timed_out
        # Of 40 matches that are known, the marks of five are looked for after the end of the time.
        stream = library.stream("长江", limit=400_000, timeout=8)
        assert 5 <= len(list(stream)) < 40
        assert stream.timed_out


@pytest.mark.parametrize("written", ["nan", "-nan", "NaN", "-1", "-0.5", "-inf", "abc", "", "10s", "1,5"])
@pytest.mark.parametrize("command", ["search", "explain"])
def test_what_is_no_time_is_refused(index: str, command: str, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In plain words, and none of it is taken for no limit."""
    assert 2 == run([command, "--index", index, QUERY, f"--timeout={written}"])
    out, err = capsys.readouterr()

    assert out == ""
    assert f"'--timeout': {written!r} is not a number of seconds, 0 or more" in err


@pytest.mark.parametrize(
    ("written", "said"), [("1e-300", "less than 0.001 s"), ("0.0625", "0.062 s"), ("1", "1 s"), ("1.50", "1.5 s")]
)
def test_times_are_said_as_people_say_them(
    index: str, written: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == run(["search", "--index", index, QUERY, "--timeout", written])

    assert f"nothing of the answer was known after {said}\n" in capsys.readouterr().err
