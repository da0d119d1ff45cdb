"""Whatever is wrong with a file, a disk or an index: one clear sentence, and nothing of what was indexed is lost."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from sessions import BIN, Answer, prose, searchlib
from test_library import LONG_AGO, told, write

from searchlib import Library
from searchlib.engines.whoosh import parts
from searchlib.engines.whoosh.build import Builder
from searchlib.errors import IndexBusy
from searchlib.model import Change, ChangeKind, Found, Paragraph, Skipped
from searchlib.reading import content, text
from searchlib.writing import locked, opened

NOBODY = 65534
BEFORE = "早先就有的一行。"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an index of one file, that each test checks at its end."""
    monkeypatch.chdir(tmp_path)
    write("稿/早.txt", BEFORE)
    with Library.create() as library:
        library.update(["稿"])
    return tmp_path


def is_intact() -> bool:
    return searchlib("search", "“早先就有”", "-l") == ("稿/早.txt\n", "", 0)


# Everything is loaded before the rights are given up: Python itself may lie where only root can read.
AS_NOBODY = f"""
import contextlib, io, os, pathlib, sys, tempfile
from searchlib.cli import run
from searchlib.library import Library

with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
    pathlib.Path(folder, "a.txt").write_text("长江大桥")
    index = ["--index", folder + "/index"]
    run(["index", *index, folder]), run(["search", *index, "长江"]), run(["search", "-l", *index, "长江"])
    run(["status", *index])
    pathlib.Path(folder, "a.txt").write_text("黄河大桥"), run(["index", *index, folder])
    with contextlib.redirect_stderr(io.StringIO()):
        run(["search", *index, "-l", "没有"]), run(["index", *index, folder + "/b"])
if os.getuid() == 0:
    os.setgid({NOBODY})
    os.setuid({NOBODY})
sys.exit(max(run(command.split(" ")) for command in sys.argv[1:]))
"""


def as_nobody(*commands: str) -> Answer:
    """Runs the program in a process that permissions hold for, which they do not for root."""
    done = subprocess.run([sys.executable, "-c", AS_NOBODY, *commands], capture_output=True, timeout=60)
    err = done.stderr.decode().removeprefix("1 paragraph with the whole query; shown: 1 to 1\n")
    return Answer(done.stdout.decode(), err, done.returncode)


@pytest.fixture
def open_to_all(here: Path) -> Iterator[Path]:
    """The folder, belonging to nobody and reachable by them."""
    closed = [folder for folder in here.parents if not folder.stat().st_mode & 0o001 and folder.owner() != "nobody"]
    modes = {folder: folder.stat().st_mode for folder in closed}
    for folder in closed:
        folder.chmod(modes[folder] | 0o011)
    if os.getuid() == 0:
        for path in [here, *here.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
    yield here
    for folder, mode in modes.items():
        folder.chmod(mode)


# --- files


def test_an_empty_file_is_a_source_without_paragraphs() -> None:
    write("稿/空.txt", "")

    answer = searchlib("index", "稿", "-v")

    assert answer.out.splitlines()[:2] == [
        "added 稿/空.txt (utf-8)",
        "added 1, changed 0, removed 0, unchanged 1, skipped 0",
    ]
    assert (answer.err, answer.status) == ("", 0)
    assert told(Library.create().update(["稿"])) == ([], 2, [])
    assert is_intact()


def test_a_file_of_nuls_is_binary() -> None:
    Path("稿/空.txt").write_bytes(b"\0" * 100_000)

    answer = searchlib("index", "稿")

    assert (answer.err, answer.status) == ("searchlib: skipped 稿/空.txt: binary data\n", 2)
    assert is_intact()


def test_a_file_that_is_too_large_is_not_read() -> None:
    """300 MB on disk, and an answer at once."""
    piece = "中".encode() * 1_000_000
    with open("稿/巨.txt", "wb") as file:
        for _ in range(100):
            file.write(piece)
    began = time.monotonic()

    answer = searchlib("index", "稿")

    assert time.monotonic() - began < 5
    assert answer.err == "searchlib: skipped 稿/巨.txt: larger than 64 MB (300 MB); --max-size sets the limit\n"
    assert answer.out.splitlines()[-1].startswith("0 paragraphs from 0 B in ")
    assert answer.status == 2
    Path("稿/巨.txt").unlink()
    assert is_intact()


def test_one_line_of_megabytes_is_cut_into_paragraphs_in_little_memory() -> None:
    line = "".join(prose(400_000).split())
    write("稿/长.txt", line)
    # Of this process alone: what `getrusage` says of one counts what its parent had when it was started.
    code = (
        "import re; from searchlib.cli import run; run(['index', '稿']);"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    peak_mb = int(done.stdout.splitlines()[-1]) / 1000

    assert peak_mb < 300
    with Library.open() as library:
        paragraphs = library.paragraphs("稿/长.txt")
        assert "".join(paragraph.text for paragraph in paragraphs) == line
        assert max(len(paragraph.text) for paragraph in paragraphs) <= 1_000
        assert {(paragraph.first_line, paragraph.last_line) for paragraph in paragraphs} == {(1, 1)}
    assert is_intact()


def test_a_file_that_may_not_be_read_is_skipped_and_keeps_what_was_indexed(open_to_all: Path) -> None:
    """Rights come and go; that a file can't be read today does not make it another file."""
    secret = open_to_all / "稿" / "密.txt"
    secret.write_text("长江的秘密。", encoding="utf-8")
    os.chown(secret, NOBODY if os.getuid() == 0 else -1, -1)
    before = as_nobody("index 稿")
    secret.write_text("长江的新秘密。", encoding="utf-8")
    secret.chmod(0)
    (open_to_all / "稿" / "早.txt").write_text(BEFORE + "又一行。", encoding="utf-8")

    answer = as_nobody("index 稿 -v")

    assert before.status == 0
    assert answer.err == "searchlib: skipped 稿/密.txt: permission denied\n"
    assert answer.out.splitlines()[0] == "changed 稿/早.txt (utf-8)"
    assert answer.status == 2
    assert as_nobody("search 长江的秘密 -l").out == "稿/密.txt\n"


def test_a_folder_that_may_not_be_read_keeps_what_was_indexed(open_to_all: Path) -> None:
    (open_to_all / "稿").chmod(0)
    answer = as_nobody("index 稿")
    found = as_nobody("search 早先 -l")
    (open_to_all / "稿").chmod(0o755)

    assert (answer.err, answer.status) == ("searchlib: skipped 稿: permission denied\n", 2)
    assert found.out == "稿/早.txt\n"


def test_links_that_lead_nowhere_or_in_circles_end() -> None:
    os.symlink("没有.txt", "稿/悬.txt")
    os.symlink(".", "稿/圈")
    os.symlink("自.txt", "稿/自.txt")

    counted = searchlib("index", "稿")
    followed = searchlib("index", "稿", "--follow")

    assert counted.out.splitlines()[1] == "left out: 3 symbolic links (--follow follows them)"
    assert (counted.err, counted.status) == ("", 0)
    assert followed.err.splitlines() == [
        "searchlib: skipped 稿/圈: the link leads back to a folder above it",
        "searchlib: skipped 稿/悬.txt: the link leads nowhere: 没有.txt",
        "searchlib: skipped 稿/自.txt: a loop of links",
    ]
    assert followed.status == 2
    assert is_intact()


@contextmanager
def appending(path: Path) -> Iterator[None]:
    """A process that writes to a file all the time."""
    code = "import sys\nwith open(sys.argv[1], 'ab', 0) as file:\n    while True: file.write(b'abc ')"
    with subprocess.Popen([sys.executable, "-c", code, path]) as process:
        size = path.stat().st_size
        while path.stat().st_size == size:
            time.sleep(0.01)
        yield
        process.kill()


def test_a_file_that_never_rests_keeps_what_was_indexed() -> None:
    growing = Path("稿/长.html")
    growing.write_text("<p>长江的开头。</p><script>", encoding="utf-8")
    with Library.create() as library:
        library.update(["稿"])
    # So much that the other process has its turn while this one reads.
    with growing.open("ab") as file:
        file.write(b"x" * 50_000_000)
    with appending(growing):
        answer = searchlib("index", "稿", "--max-size", "1G")

    assert answer.err.splitlines()[-1] == (
        "searchlib: skipped 稿/长.html: kept changing while it was being read; index it again when it is at rest"
    )
    assert answer.status == 2
    assert searchlib("search", "“长江的开头”", "-l").out == "稿/长.html\n"
    assert is_intact()


@pytest.mark.parametrize("times", [1, 100])
def test_a_large_file_that_changes_between_two_looks_is_read_again(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not held in memory is read several times; where it never rests, what was indexed stays."""
    monkeypatch.setattr(content, "MOST_HELD", 1_000)
    monkeypatch.setattr(content, "_PIECE", 1_000)
    monkeypatch.setattr(text, "_MOST", 1_000)
    monkeypatch.setattr(parts, "_BATCH", 200)
    large, usual, left = Path("稿/长.txt"), Builder.extend, times
    large.write_text("长江的开头。\n" * 2_000, encoding="utf-8")
    with Library.create() as library:
        library.update(["稿"])
    large.write_text("黄河的开头。\n" * 2_000, encoding="utf-8")

    def extend(self: Builder, paragraphs: Sequence[Paragraph], behind: str = "") -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            large.write_text(f"第{left}条河流。\n" * 2_000, encoding="utf-8")
        usual(self, paragraphs, behind)

    monkeypatch.setattr(Builder, "extend", extend)
    with Library.open() as library:
        report = library.update()

        reason = "kept changing while it was being read; index it again when it is at rest"
        assert report.skipped == (() if times == 1 else (Skipped("稿/长.txt", reason),))
        assert {"稿/长.txt": 2_000} == library.counts("“第0条河流”" if times == 1 else "“长江的开头”")
        assert 2_001 == library.status().paragraphs
    assert is_intact()


def test_a_file_that_vanishes_before_it_is_read_leaves_the_index() -> None:
    write("稿/桥.txt", "长江大桥。")
    write("稿/船.txt", "长江渡船。")
    with Library.create() as library:
        library.update(["稿"])
        write("稿/早.txt", BEFORE, at=LONG_AGO + 1)
        write("稿/船.txt", "长江轮船。", at=LONG_AGO + 1)
        report = library.update(["稿"], on_change=lambda _: Path("稿/船.txt").unlink(missing_ok=True))

    assert report.changes == (Change("稿/船.txt", ChangeKind.REMOVED),)
    assert report.skipped == (Skipped("稿/船.txt", "vanished before it could be read"),)
    assert searchlib("search", "长江", "-l").out == "稿/桥.txt\n"
    assert is_intact()


def test_names_of_any_bytes_are_names() -> None:
    name = os.fsdecode(b"\xc4\xe3.txt")
    write(f"稿/{name}", "长江你好。")
    write("稿/新\n行.txt", "长江再见。")

    answer = searchlib("index", "稿", "-v")

    assert answer.out.splitlines()[:2] == ["added 稿/新 行.txt (utf-8)", "added 稿/��.txt (utf-8)"]
    assert searchlib("search", "你好", "-l").out == f"稿/{name}\n"
    assert searchlib("search", "再见").out == "稿/新␊行.txt:1:3:长江再见。\n"
    assert searchlib("search", "再见", "-l").out == "稿/新\n行.txt\n"
    Path("稿", name).unlink()
    assert told(Library.create().update(["稿"]))[0] == [("removed", f"稿/{name}")]
    assert is_intact()


def test_a_folder_that_is_not_there_changes_nothing() -> None:
    """A misspelt name, or a disk that is not mounted, must not empty the index."""
    Path("稿").rename("稿子")

    answer, misspelt = searchlib("index", "稿"), searchlib("index", "槁")

    assert (answer.err.splitlines()[0], answer.status) == (
        "searchlib: skipped 稿: it is missing, and the index keeps what it has of it",
        2,
    )
    assert misspelt == (
        "",
        "searchlib: there is no file or folder 槁\ncheck the spelling, and the folder you are in\n",
        2,
    )
    assert is_intact()


# --- odd files


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
def test_files_of_the_kernel_are_lines_of_the_report() -> None:
    """Whatever a read gives there: nothing yet, an error, another length than the size that is told."""
    odd = sorted(
        path for folder in ("/proc", "/proc/self", "/proc/sys/kernel", "/sys/kernel") for path in _files(folder)
    )

    report = Library.create().update(["稿", *odd], max_bytes=1_000_000)

    there = {os.path.realpath(path) for path in odd}
    told_of = [*(change.path for change in report.changes), *(skipped.path for skipped in report.skipped)]
    seen = {os.path.realpath(path) for path in told_of}
    assert len(odd) > 100
    assert there <= seen | {os.path.realpath("稿/早.txt")}
    assert all(skipped.reason for skipped in report.skipped)
    assert is_intact()


def _files(folder: str) -> Iterator[str]:
    """Files right in a folder that are regular ones, by their own account; a read of /proc/kmsg is as one of a pipe."""
    with os.scandir(folder) as entries:
        for entry in entries:
            # What this process alone may read would be a core dump or a wait for a trace.
            if entry.is_file(follow_symlinks=False) and entry.name not in ("kcore", "mem", "pagemap"):
                yield entry.path


def test_a_read_that_gives_nothing_yet_is_a_line_of_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of /proc/kmsg, which is a regular file to all who ask, and a pipe to who reads it."""
    write("稿/桥.txt", "长江大桥。")
    os.mkfifo("管")
    writer = os.open("管", os.O_RDWR)
    usual = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *more, **named: usual("管" if path == "稿/桥.txt" else path, *more, **named)
    )
    monkeypatch.setattr("searchlib.reading.content.stat.S_ISREG", lambda _: True)

    report = Library.create().update(["稿"])

    os.close(writer)
    reason = "not a file with an end: there is nothing to read from it at the moment"
    assert (Skipped("稿/桥.txt", reason),) == report.skipped


@pytest.mark.parametrize("number", [errno.EIO, errno.EINVAL, errno.ESTALE, errno.ENXIO, errno.EPERM, errno.ELOOP, 9999])
def test_any_error_of_the_system_is_a_line_of_the_report(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write("稿/桥.txt", "长江大桥。")
    usual = os.open

    def failing(path: str, *more: int, **named: int) -> int:
        if path == "稿/桥.txt":
            raise OSError(number, os.strerror(number))
        return usual(path, *more, **named)

    monkeypatch.setattr(os, "open", failing)

    report = Library.create().update(["稿"])

    assert [("稿/桥.txt", os.strerror(number).lower())] == [(one.path, one.reason) for one in report.skipped]
    assert is_intact()


def test_times_beyond_what_a_catalog_stores_are_no_crash() -> None:
    """Some file systems have years after 2262, which are more nanoseconds than 64 bits hold."""
    write("稿/后.txt", "长江大桥。")
    times = {"st_mtime_ns": 2**70, "st_ctime_ns": -(2**70)}
    status = os.stat_result((0o100644, 2**80 + 7, 0, 1, 0, 0, 15, 0, 0, 0), times)

    found = Found.of("稿/后.txt", status)

    assert (found.mtime_ns, found.changed_ns, found.inode) == (2**63 - 1, -(2**63), 7)


# --- what tells a change


def reread(*more: str) -> Answer:
    return searchlib("index", "稿", *more)


def test_other_content_of_the_same_size_and_time_is_noticed() -> None:
    """The time of a change can be set back, and that of the setting can't."""
    before = os.stat("稿/早.txt")
    Path("稿/早.txt").write_text("早先没有的一行。", encoding="utf-8")
    os.utime("稿/早.txt", ns=(before.st_atime_ns, before.st_mtime_ns))

    answer = reread("-v")

    assert answer.out.splitlines()[0] == "changed 稿/早.txt (utf-8)"
    assert searchlib("search", "没有的一行", "-l").out == "稿/早.txt\n"


def test_another_file_in_the_place_of_one_is_noticed() -> None:
    """Of the same size and time, moved there: its inode is another one."""
    before = os.stat("稿/早.txt")
    write("新.txt", "早先没有的一行。")
    os.utime("新.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace("新.txt", "稿/早.txt")

    assert reread("-v").out.splitlines()[0] == "changed 稿/早.txt (utf-8)"


def test_rights_links_and_copies_change_nothing_in_the_index() -> None:
    """The file is read once more, its content is what it was, and the next time it is not read again."""
    copying = "import shutil; shutil.copytree('稿', '稿二'); shutil.rmtree('稿'); shutil.move('稿二', '稿')"
    changes = ["import os; os.chmod('稿/早.txt', 0o600)", "import os; os.link('稿/早.txt', '又.txt')", copying]
    for change in changes:
        subprocess.run([sys.executable, "-c", change], check=True)
        foreseen, first, second = reread("-n"), reread(), reread()

        assert "would be: added 0, changed 0, removed 0, unchanged 1, skipped 0" in foreseen.out
        assert "added 0, changed 0, removed 0, unchanged 1, skipped 0" in first.out
        assert f"0 paragraphs from {len(BEFORE.encode())} B" in first.out
        assert "0 paragraphs from 0 B" in second.out
    assert is_intact()


def test_with_checksum_contents_are_compared() -> None:
    """Where nothing else tells, as on file systems that keep no such times: the catalog is made to know them."""
    Path("稿/早.txt").write_text("早先没有的一行。", encoding="utf-8")
    status = os.stat("稿/早.txt")
    with Library.open() as library:
        known = library._snapshot().sources()["稿/早.txt"]
        told_all = Found.of("稿/早.txt", status)
        now = replace(known, mtime_ns=told_all.mtime_ns, changed_ns=told_all.changed_ns, inode=told_all.inode)
    with opened(Path("index"), trusted=False) as index, index.engine.writer() as writer:
        index.catalog.change([now], (), {})
        writer.commit(index.catalog.save(index.directory, writer.commit_id))

    plain, foreseen, compared = reread("-v"), reread("--checksum", "-n"), reread("--checksum", "-v")

    assert plain.out.splitlines()[0] == "added 0, changed 0, removed 0, unchanged 1, skipped 0"
    assert foreseen.out.splitlines()[0] == "would be changed 稿/早.txt"
    assert compared.out.splitlines()[0] == "changed 稿/早.txt (utf-8)"
    assert "unchanged 1" in reread("--checksum").out


# --- disks


def limited(*arguments: str, most_bytes: int) -> Answer:
    """The program in a process whose files can't grow beyond a size: its writes fail as on a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    done = subprocess.run([Path(BIN, "searchlib"), *arguments], capture_output=True, preexec_fn=limit, timeout=60)
    return Answer(done.stdout.decode(), done.stderr.decode(), done.returncode)


@pytest.mark.parametrize("most_bytes", [0, 5_000, 30_000])
@pytest.mark.parametrize("rebuild", [[], ["--rebuild"]])
def test_a_full_disk_leaves_the_last_commit(most_bytes: int, rebuild: list[str]) -> None:
    """Wherever it is that the space runs out: the note of the lock, the catalog, the segment."""
    write("稿/茶.txt", prose(20_000))

    answer = limited("index", "稿", *rebuild, most_bytes=most_bytes)

    assert (answer.out, answer.status) == ("", 2)
    said, hint = answer.err.splitlines()
    assert said.startswith("searchlib: the index in index could not be written (")
    assert said.endswith("); the last commit is intact")
    assert hint == "mend the cause and run the same command again"
    assert is_intact()
    assert told(Library.create().update(["稿"]))[0] == [("added", "稿/茶.txt")]


def test_a_catalog_that_cannot_be_written_leaves_the_last_commit() -> None:
    """It is written before the engine commits."""
    for number in range(400):
        write(f"短/{number:03}{'长' * 60}.txt", "短")

    answer = limited("index", "短", most_bytes=110_000)

    assert "could not be written" in answer.err
    assert is_intact()
    with Library.create() as library:
        library.update(["短"])
        assert library.status().sources == library.status().paragraphs == 401
    assert is_intact()


# --- the index


def test_a_damaged_segment_is_noticed_and_mended_by_the_next_update() -> None:
    segment = next(Path("index").glob("whoosh-*/*.arrays"))
    segment.write_bytes(segment.read_bytes()[:-10])

    asked = searchlib("search", "早先")
    updated = searchlib("index", "稿")

    assert asked.err.startswith(f"searchlib: the index in {segment.parent} is damaged: {segment.name} is not as it was")
    assert asked.err.endswith(
        "\nlook what is wrong with: searchlib verify, and mend it with: searchlib verify --repair\n"
    )
    assert (asked.status, updated.status) == (2, 0)
    assert updated.err.startswith(f"the index was damaged and has been mended: {segment.name} is not as it was written")
    assert is_intact()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"format": "x"}',
        b"\xff",
        b'{"generation": 1}',
        b"[" * 100_000,
        b'{"format": Infinity}',
    ],
)
def test_damaged_meta_data_is_no_crash(content: bytes) -> None:
    Path("index/meta.json").write_bytes(content)

    answer = searchlib("status")
    foreseen = searchlib("index", "--dry-run", "稿")

    what = "can't be read (" if content else "is missing"
    assert answer.err.startswith(f"searchlib: the index in index is damaged: meta.json {what}")
    assert (answer.status, foreseen.status) == (2, 2)
    assert searchlib("index", "--rebuild", "稿").status == 0
    assert is_intact()


def test_an_engine_that_is_not_known_is_no_crash() -> None:
    meta = Path("index/meta.json")
    meta.write_text(meta.read_text(encoding="utf-8").replace('"whoosh"', '"os.path"'), encoding="utf-8")

    answer = searchlib("search", "早先")

    assert answer.status == 2
    assert "should not have happened" not in answer.err


def test_a_catalog_of_nothing_is_no_crash() -> None:
    """Paragraphs are found, and it is told that the index is not of one piece; the next update mends that."""
    (catalog,) = Path("index").glob("catalog-*")
    catalog.write_bytes(b"")

    asked, known = searchlib("search", "早先"), searchlib("status")
    updated = searchlib("index", "稿")

    assert (
        f"searchlib: the index in index is inconsistent: {catalog.name} is not as long as it was written\n" in asked.err
    )
    assert (asked.status, known.status, updated.status) == (0, 2, 0)
    assert "" == searchlib("status").err
    assert is_intact()


def test_an_index_that_may_not_be_written_answers_all_the_same(open_to_all: Path) -> None:
    write("稿/新.txt", "新的一行。")
    for path in [open_to_all / "index", *(open_to_all / "index").rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)

    found = as_nobody("search 早先 -l", "status")
    updated = as_nobody("index 稿")

    assert found.out.splitlines()[:2] == ["稿/早.txt", "index:       index"]
    assert found.status == 0
    assert updated == (
        "",
        "searchlib: the index in index could not be written (permission denied); the last commit is intact\n"
        "mend the cause and run the same command again\n",
        2,
    )


def test_an_index_that_may_not_be_read_is_explained(open_to_all: Path) -> None:
    (open_to_all / "index").chmod(0)

    answer = as_nobody("search 早先")
    (open_to_all / "index").chmod(0o755)

    assert answer == ("", "searchlib: index: permission denied\n", 2)


# --- others at work


@contextmanager
def another_writer() -> Iterator[subprocess.Popen[bytes]]:
    code = (
        "import sys; from pathlib import Path; from searchlib.writing import locked\n"
        "with locked(Path('index'), trusted=False, wait_s=0):\n    print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        yield process
        process.stdin.close()


def test_a_second_writer_is_told_who_is_writing() -> None:
    with another_writer() as other:
        answer = searchlib("index", "稿")
        assert is_intact()

    said, hint = answer.err.splitlines()
    assert said.startswith(f"searchlib: the index in index is being written by process {other.pid}, since 20")
    assert hint == "try again when it has ended; searchlib index --wait SECONDS waits for it"
    assert (answer.out, answer.status) == ("", 2)
    assert searchlib("index", "稿").status == 0


def test_a_writer_that_has_just_begun_is_named_too() -> None:
    """Its note comes a moment after its lock."""
    note = {"process": 7, "since": "2026-11-26 14:00:00"}
    with FileLock("index/writer.lock"):
        name = json.loads(Path("index/meta.json").read_text(encoding="utf-8"))["next"]
        later = threading.Timer(0.1, Path(f"index/writer.{name}.json").write_text, [json.dumps(note)])
        later.start()
        with pytest.raises(IndexBusy, match=r"is being written by process 7, since 2026-11-26 14:00:00$"):  # noqa: SIM117
            with locked(Path("index"), trusted=False, wait_s=0):
                pass
        later.join()


def test_a_second_writer_can_wait() -> None:
    with another_writer() as other:
        assert other.stdin
        later = threading.Timer(0.5, other.stdin.close)
        later.start()
        began = time.monotonic()
        answer = searchlib("index", "稿", "--wait", "30")
        later.join()

    assert answer.status == 0
    assert 0.4 < time.monotonic() - began < 20


def test_a_writer_that_was_killed_holds_nothing() -> None:
    with another_writer() as other:
        other.kill()
        other.wait()

        assert searchlib("index", "稿").status == 0


def test_waiting_ends() -> None:
    with another_writer(), pytest.raises(IndexBusy), locked(Path("index"), trusted=False, wait_s=0.2):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EIO, errno.EBADF])
def test_a_file_system_without_locks_is_named_with_what_to_do(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As that of a network folder; no other way of locking takes its place, which a killed process would not end."""

    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", flock)
        answer = searchlib("index", "稿")

    assert answer == (
        "",
        f"searchlib: index/writer.lock can't be locked ({os.strerror(number).lower()}), and without a lock two writers "
        "could damage the index\n"
        "network folders often have no locks; have the index on a local disk: searchlib index --index FOLDER\n",
        2,
    )
    assert is_intact()
    assert searchlib("index", "稿").status == 0
