"""What only a process of its own can show: streams that end, signals, and what is loaded."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from sessions import BIN, plant, prose, searchlib

from searchlib import Library

PROGRAM = str(Path(BIN, "searchlib"))
Truth = TypeVar("Truth")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def indexed(here: Path) -> Path:
    """A folder with the shared texts, indexed."""
    plant(here)
    Library.create().update(["texts"])
    return here


def run(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60, **options}
    return subprocess.run(words, **settings)  # type: ignore[call-overload, no-any-return]


def test_the_module_is_the_program() -> None:
    assert run(PROGRAM, "--version").stdout == run(sys.executable, "-m", "searchlib", "--version").stdout


@pytest.mark.usefixtures("indexed")
def test_whoever_has_seen_enough_may_close_the_pipe() -> None:
    """`searchlib search … | head -1` ends quietly and is a success."""
    with subprocess.Popen(
        [PROGRAM, "search", "的", "-n", "1000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"texts/")
        process.stdout.close()
        complaints = process.stderr.read()

        assert (process.wait(timeout=60), complaints) == (0, b"")


@pytest.mark.usefixtures("indexed")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a disk that is always full")
def test_an_answer_that_could_not_be_written_is_a_failure() -> None:
    with open("/dev/full", "wb") as full:
        done = run(PROGRAM, "search", "的", stdout=full)

    assert (done.returncode, done.stderr) == (2, b"searchlib: standard output: no space left on device\n")


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(("closed", "status"), [(">&-", 0), ("2>&-", 0)])
def test_closed_streams_are_no_failure(closed: str, status: int) -> None:
    done = run("bash", "-c", f"{PROGRAM} search 硬币 {closed}")

    assert (done.returncode, b"Traceback" in done.stderr) == (status, False)


@pytest.mark.usefixtures("indexed")
def test_no_locale_is_needed() -> None:
    done = run(PROGRAM, "search", "硬币", "-n", "1", env={"PATH": BIN, "LC_ALL": "C", "HOME": os.environ["HOME"]})

    assert done.stdout.decode() == "texts/河边的书店.txt:71:1:硬币是五分钱的，背面有麦穗。\n"


@pytest.mark.usefixtures("indexed")
def test_a_home_that_cannot_be_written_costs_nothing() -> None:
    done = run(PROGRAM, "search", "硬币", "-l", env={"PATH": BIN, "HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null"})

    assert (done.returncode, done.stdout.decode()) == (0, "texts/河边的书店.txt\n")
    assert done.stderr == b""


# What costs a start more than a few milliseconds each, ours and others'.
HEAVY = (
    *("importlib.metadata", "ir_measures", "jieba", "multiprocessing", "numpy", "platformdirs"),
    *("pkg_resources", "regex", "rich", "rjieba", "scipy", "sqlite3", "whoosh", "whoosh.searching", "whoosh.writing"),
    *("searchlib.engines.whoosh.build", "searchlib.ingest", "searchlib.library", "searchlib.query", "searchlib.scan"),
)


def loaded(*words: str) -> set[str]:
    """What of all that a command loads."""
    code = (
        "import sys; from searchlib.cli import run; status = run(sys.argv[2:]);"
        "print(*{*sys.argv[1].split()} & {*sys.modules}, file=sys.stderr); sys.exit(status)"
    )
    done = run(sys.executable, "-c", code, " ".join(HEAVY), *words)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.decode().splitlines()[-1].split())


@pytest.mark.parametrize(
    "words", [["--help"], ["index", "--help"], ["search", "--help"], ["eval", "--help"], ["--version"]]
)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    # Which version it is, click asks of the installation.
    assert set() == loaded(*words) - ({"importlib.metadata"} if words == ["--version"] else set())


def test_a_command_loads_no_other(here: Path) -> None:
    code = "import sys; from searchlib.cli import run; run(['search', '--help']); print(*sys.modules)"
    (commands,) = [
        {name.rpartition(".")[2] for name in line.split() if name.startswith("searchlib.cli.")}
        for line in run(sys.executable, "-c", code, cwd=here).stdout.decode().splitlines()[-1:]
    ]

    assert "search" in commands
    assert set() == commands & {"analyze", "doctor", "evaluate", "explain", "guide", "index", "show", "status"}


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("words", [["硬币是五分钱的"], ["-c", "硬币"], ["--json", "“硬币”"]])
def test_a_search_in_a_pipe_loads_what_answers_and_nothing_else(words: list[str]) -> None:
    """Nothing that draws, reads files, writes an index, or is for patterns; no dictionary, of Whoosh the language."""
    ours = {"searchlib.library", "searchlib.query", "numpy", "whoosh"}

    assert ours == loaded("search", *words)


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    "words",
    [["search", "币"], ["search", "-c", "“币”"], ["search", "five"], ["status"], ["show", "texts/河边的书店.txt:71"]],
)
def test_what_cuts_no_words_loads_nothing_that_does(words: list[str]) -> None:
    """A single character is its own word, and other scripts are cut without a dictionary."""
    (Path.cwd() / "five.txt").write_text("five cents\n", encoding="utf-8")
    Library.create().update(["five.txt"])

    assert set() == loaded(*words) & {"jieba", "rjieba", "platformdirs"}


@pytest.mark.usefixtures("indexed")
def test_an_update_with_nothing_to_do_loads_what_looks_at_files() -> None:
    """Neither the engine, nor the segmenter, nor what reads files; and it opens none of them."""
    heavy = {"searchlib.library", "searchlib.scan", "sqlite3"}

    assert heavy == loaded("index", "texts")


@pytest.mark.usefixtures("indexed")
def test_an_update_opens_what_has_changed() -> None:
    Path("texts/新.txt").write_text("新的一行。\n", encoding="utf-8")
    code = (
        "import sys; from searchlib import Library; opened = [];"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])));"
        "Library.create().update(['texts']); Library.create().update(['texts']);"
        "print(*[path for path in opened if 'texts/' in path], sep='\\n')"
    )

    assert ["texts/新.txt"] == run(sys.executable, "-c", code).stdout.decode().split()


@pytest.fixture
def writer(here: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that indexes some megabytes and has not come far."""
    (here / "一.txt").write_text("早先就有的一行。\n", encoding="utf-8")
    Library.create().update(["一.txt"])
    (here / "书").mkdir()
    for number in range(8):
        (here / "书" / f"{number}.txt").write_text(f"第{number}本。\n" + prose(250_000), encoding="utf-8")
    # Where pytest itself runs in the background, Ctrl-C may be turned off; for this process it is on.
    process = subprocess.Popen(
        [PROGRAM, "index", "书", "-j", "1"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 30
    while not any(Path("index").glob("writer.*.json")) and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    with process:
        yield process


def test_ctrl_c_leaves_the_last_commit(writer: subprocess.Popen[bytes]) -> None:
    """The index is as it was, the message says so, and the next run completes the work."""
    writer.send_signal(signal.SIGINT)
    out, err = writer.communicate(timeout=60)

    assert (writer.returncode, out) == (130, b"")
    # Which of the two depends on whether the dictionary had been loaded by then.
    assert re.sub("nothing was changed|0 of 8 files were committed", "…", err.decode()) == (
        "searchlib: interrupted\nthe index is as of its last commit: …; the same command goes on from there\n"
    )
    assert searchlib("search", "早先就有", "-l").out == "一.txt\n"
    assert searchlib("status").status == 0


def test_what_ctrl_c_ended_is_completed_by_the_next_run(writer: subprocess.Popen[bytes]) -> None:
    writer.send_signal(signal.SIGINT)
    writer.communicate(timeout=60)
    for number in range(1, 8):
        Path(f"书/{number}.txt").write_text(f"第{number}本。\n", encoding="utf-8")
    Path("书/0.txt").unlink()

    report = Library.create().update(["书"])

    assert [change.path for change in report.changes] == [f"书/{number}.txt" for number in range(1, 8)]
    with Library.open() as library:
        assert library.status().sources == 8
        assert library.status().paragraphs == 8


def test_bytes_of_names_come_out_as_they_are(here: Path) -> None:
    """A name in GB2312 on a system that thinks in UTF-8: what is printed can be given to other programs."""
    name = b"\xc4\xe3.txt"
    Path(os.fsdecode(name)).write_text("你好，长江。", encoding="utf-8")

    assert run(PROGRAM, "index", name).returncode == 0  # type: ignore[arg-type]
    found = run(PROGRAM, "search", "长江", "-l")
    shown = run(PROGRAM, "show", name)  # type: ignore[arg-type]

    assert found.stdout == name + b"\n"
    assert shown.stdout == name + ":1:你好，长江。\n".encode()
    assert here.joinpath(os.fsdecode(found.stdout[:-1])).exists()


def test_workers_end_with_a_parent_that_was_killed(here: Path) -> None:
    """They would keep their memory, and the streams of whoever started them."""
    (here / "书").mkdir()
    for number in range(12):
        (here / "书" / f"{number}.txt").write_text(prose(200_000), encoding="utf-8")
    process = subprocess.Popen([PROGRAM, "index", "书", "-j", "2"], stderr=subprocess.DEVNULL)
    workers = _once(lambda: children_that_work(process.pid))
    process.kill()
    process.wait(timeout=30)

    assert workers
    assert _once(lambda: [worker for worker in workers if not Path(f"/proc/{worker}").exists()] == workers)


def children_that_work(parent: int) -> list[str]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8").split()
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _once(truth: Callable[[], Truth]) -> Truth:
    """What `truth` says as soon as there is something to it, or after half a minute."""
    until = time.monotonic() + 30
    while not (found := truth()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_what_is_piped_in_may_be_any_bytes() -> None:
    done = subprocess.run([PROGRAM, "analyze", "-"], input=b"\xc4\xe3 ab", capture_output=True, timeout=60)

    grams = b"grams\t a\t2\t4\ngrams\tab\t3\t5\ngrams\ta\t3\t4\ngrams\tb\t4\t5\n"
    assert (b"words\tab\t3\t5\n" + grams, b"", 0) == (done.stdout, done.stderr, done.returncode)
