"""The cache is its user's own: opened once, without a link on the way that others could have laid."""

from __future__ import annotations

import marshal
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from searchlib.analysis.cache import is_writable, place, read, write

NAME, CONTENT = "a.words", b"content"
OTHER = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the cache lies in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("home", ["home", "/absolute", ""])
@pytest.mark.parametrize("cache", [None, "", "cache", "/absolute"])
def test_it_is_where_platformdirs_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str, cache: str | None
) -> None:
    """Whatever the environment says; a path that begins with / is one below the folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path) + home if home.startswith("/") else home)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if cache is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path) + cache if cache.startswith("/") else cache)

    assert user_cache_path("searchlib") == place()


def test_what_is_written_is_read(base: Path) -> None:
    """In place of what was there, by this user alone, and with nothing left of the writing."""
    assert read(NAME) is None
    for content in (b"before", CONTENT):
        write(NAME, content)
        assert content == bytes(read(NAME) or b"")
    assert [NAME] == os.listdir(base / "searchlib")
    assert 0o700 == stat.S_IMODE((base / "searchlib").stat().st_mode)
    assert 0o600 == stat.S_IMODE((base / "searchlib" / NAME).stat().st_mode)


def test_where_it_cannot_be_made_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for home in (tmp_path / "file", Path("/dev/null"), Path("/proc/self")):
        monkeypatch.setenv("XDG_CACHE_HOME", str(home))
        write(NAME, CONTENT)

        assert not is_writable()
        assert read(NAME) is None


def _linked(base: Path, to: Path) -> None:
    (base / "searchlib").symlink_to(to)


def test_a_link_in_its_place_is_not_followed(base: Path) -> None:
    """What it leads to is neither read, nor written to, nor given another mode."""
    target = base / "target"
    target.mkdir(mode=0o755)
    (target / NAME).write_bytes(CONTENT)
    _linked(base, target)
    before = _everything(target)

    write("b.words", CONTENT)

    assert read(NAME) is None
    assert not is_writable()
    assert before == _everything(target)
    assert (base / "searchlib").is_symlink()


@AS_ROOT
@pytest.mark.parametrize("owned", ["cache", "link", "searchlib"])
def test_what_another_user_has_on_the_way_is_refused(base: Path, monkeypatch: pytest.MonkeyPatch, owned: str) -> None:
    """A folder of theirs, as root may find it who kept their home; a link of theirs; the folder itself."""
    (base / "cache" / "searchlib").mkdir(mode=0o700, parents=True)
    (base / "link").symlink_to("cache")
    (base / "cache" / "searchlib" / NAME).write_bytes(CONTENT)
    monkeypatch.setenv("XDG_CACHE_HOME", str(base / "link"))
    assert CONTENT == bytes(read(NAME) or b"")
    os.chown(
        base / "cache" / "searchlib" if owned == "searchlib" else base / owned, OTHER, OTHER, follow_symlinks=False
    )
    before = _everything(base)

    write("b.words", CONTENT)

    assert read(NAME) is None
    assert not is_writable()
    assert before == _everything(base)


@AS_ROOT
def test_root_leaves_nothing_in_the_home_of_another_user(tmp_path: Path) -> None:
    """Not by a whole command either, which works all the same."""
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, OTHER, OTHER)
    environment = {name: value for name, value in os.environ.items() if name != "XDG_CACHE_HOME"}
    code = "from searchlib.analysis.segment import segment; print(segment('枫桥经验'))"
    done = subprocess.run([sys.executable, "-c", code], env={**environment, "HOME": str(home)}, capture_output=True)

    assert ("[('枫桥', 0, 2), ('经验', 2, 4)]\n", b"") == (done.stdout.decode(), done.stderr)
    assert [] == os.listdir(home)


def _socket(path: Path) -> None:
    # The name of a socket is short.
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def _file(mode: int, owner: int = -1) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        path.write_bytes(CONTENT)
        path.chmod(mode)
        os.chown(path, owner, owner)

    return make


PLANTED: dict[str, Callable[[Path], object]] = {
    "a link": lambda path: path.symlink_to(path.parent / "real"),
    "a link that leads nowhere": lambda path: path.symlink_to("nowhere"),
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a socket": _socket,
    "an empty file": Path.touch,
    "a file that others can write": _file(0o666),
    "a file that a group can write": _file(0o660),
}
if os.geteuid() == 0:
    PLANTED["a file of another user"] = _file(0o600, OTHER)


@pytest.mark.parametrize("planted", PLANTED)
def test_a_file_that_only_this_user_can_have_written_is_used_and_no_other(
    base: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    monkeypatch.chdir(base)
    (base / "searchlib").mkdir(mode=0o700)
    (base / "searchlib" / "real").write_bytes(CONTENT)
    PLANTED[planted](base / "searchlib" / NAME)

    assert read(NAME) is None
    write(NAME, b"new")
    # A folder is nothing that a file takes the place of.
    assert (b"" if planted == "a folder" else b"new") == bytes(read(NAME) or b"")
    assert CONTENT == (base / "searchlib" / "real").read_bytes()
    assert {NAME, "real"} == {*os.listdir(base / "searchlib")}


def test_a_folder_that_is_swapped_after_it_was_opened_is_not_the_one_that_is_used(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked of it is asked of what was opened, so that nothing comes between a look and a read."""
    write(NAME, CONTENT)
    (base / "theirs").mkdir()
    (base / "theirs" / NAME).write_bytes(b"planted")
    (base / "searchlib").chmod(0o755)
    usual = os.fchmod

    def swap(descriptor: int, mode: int) -> None:
        usual(descriptor, mode)
        os.rename(base / "searchlib", base / "ours")
        os.rename(base / "theirs", base / "searchlib")

    monkeypatch.setattr(os, "fchmod", swap)

    assert CONTENT == bytes(read(NAME) or b"")


@pytest.mark.parametrize("code", ["cutter().cut('枫桥经验')", "cut('枫桥经验')"], ids=["mapped", "jieba"])
def test_a_planted_cache_of_jieba_is_not_read(base: Path, code: str) -> None:
    """Neither in this folder nor in the one for temporary files, where jieba itself looks for it and unmarshals it."""
    (base / "searchlib").mkdir(mode=0o700)
    for folder in (base / "searchlib", base):
        (folder / "jieba.cache").write_bytes(marshal.dumps(({"枫桥经验": 1}, 1)))
    imports = "from searchlib.analysis.mapped_jieba import cutter\nfrom searchlib.analysis.python_jieba import cut\n"
    environment = {**os.environ, "TMPDIR": str(base)}
    done = subprocess.run([sys.executable, "-c", f"{imports}print({code})"], env=environment, capture_output=True)

    assert ("['枫桥', '经验']\n", b"") == (done.stdout.decode(), done.stderr)


def _everything(folder: Path) -> list[tuple[str, int, int, bytes]]:
    found = sorted([folder, *folder.rglob("*")])
    return [
        (str(path), path.lstat().st_mode, path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in found
    ]
