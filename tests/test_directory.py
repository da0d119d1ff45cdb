"""A folder is opened once; all that is opened, made and removed in it lies in that very folder, and is checked open."""

from __future__ import annotations

import grp
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from searchlib.directory import Directory
from searchlib.errors import IndexDamaged, UntrustedIndex

OPENINGS = 2_000
NOBODY = 65534

# Renames two folders in turn to `index`, as another user does who can write to the folder above.
SWAP_FOLDERS = """
import os
while True:
    for name in ("one", "other"):
        os.rename(name, "index")
        os.rename("index", name)
"""
# Puts three things in turn in the place of a file: its own, a file that others can write, and a link.
SWAP_FILES = """
import os
while True:
    for name in ("own", "foreign"):
        os.link(name, "new")
        os.rename("new", "index/file")
    os.symlink("../foreign", "new")
    os.rename("new", "index/file")
"""


@contextmanager
def meanwhile(code: str) -> Iterator[None]:
    """Another process does something over and over."""
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            yield
            assert process.poll() is None
        finally:
            process.kill()


def folder(name: str, mode: int = 0o700) -> None:
    """A folder whose files say its name."""
    for place in (Path(name), Path(name, "engine")):
        place.mkdir()
        (place / "a").write_text(name, encoding="utf-8")
        (place / "b").write_text(name, encoding="utf-8")
    Path(name).chmod(mode)


@pytest.fixture
def index(here: Path) -> Directory:
    folder("index")
    return Directory.open(here / "index")


@pytest.mark.usefixtures("here")
def test_of_folders_that_take_turns_each_opening_is_of_one() -> None:
    """All files come from the folder that was opened, those in folders in it too, whatever has its name by then."""
    folder("one")
    folder("other")
    identities = {(status.st_dev, status.st_ino): name for name in ("one", "other") if (status := os.stat(name))}
    seen: set[bytes] = set()
    with meanwhile(SWAP_FOLDERS):
        while len(seen) < 2:
            for _ in range(OPENINGS):
                with suppress(FileNotFoundError), Directory.open("index") as opened:
                    said = {(opened / "a").read(), (opened / "b").read()}
                    with opened.open_folder("engine") as engine:
                        said |= {(engine / "a").read(), (engine / "b").read()}
                    assert said == {identities[opened.identity].encode()}
                    seen |= said

    assert {b"one", b"other"} == seen


@pytest.mark.usefixtures("here")
def test_a_folder_that_others_can_write_is_not_accepted_at_any_moment() -> None:
    """However it takes turns with one that is its owner's alone."""
    folder("one")
    folder("other", 0o777)
    accepted = refused = 0
    with meanwhile(SWAP_FOLDERS):
        while not (accepted and refused):
            for _ in range(OPENINGS):
                try:
                    with Directory.open("index") as opened:
                        assert (opened / "a").read() == b"one"
                        accepted += 1
                except UntrustedIndex:
                    refused += 1
                except FileNotFoundError:
                    continue


@pytest.mark.usefixtures("here")
def test_a_file_that_others_can_write_is_not_accepted_at_any_moment(index: Directory) -> None:
    Path("own").write_text("own", encoding="utf-8")
    Path("foreign").write_text("foreign", encoding="utf-8")
    Path("own").chmod(0o600)
    Path("foreign").chmod(0o666)
    accepted = refused = 0
    with meanwhile(SWAP_FILES):
        while not (accepted and refused):
            for _ in range(OPENINGS):
                try:
                    assert (index / "file").read() == b"own"
                    accepted += 1
                except UntrustedIndex:
                    refused += 1
                except FileNotFoundError:
                    continue


def test_what_is_done_is_done_in_the_folder_that_was_opened(index: Directory, here: Path) -> None:
    """Also when another has taken its name."""
    (here / "index").rename(here / "aside")
    folder("index")
    before = sorted(path.name for path in (here / "index").rglob("*"))

    index.create_file("new").close()
    index.create_folder("empty").close()
    index.create_folder("gone").close()
    index.remove_folder("gone")
    index.replace_file("b", b"changed", "temporary")
    index.remove_file("a")
    index.sync()

    assert index.names() == ["b", "empty", "engine", "new"] == sorted(os.listdir("aside"))
    assert sorted(os.listdir(index.place)) == index.names()
    assert [index.has(name) for name in ("a", "b", "empty")] == [False, True, True]
    assert (index / "b").read() == Path("aside/b").read_bytes() == b"changed"
    assert before == sorted(path.name for path in (here / "index").rglob("*"))


def put_socket(path: Path) -> None:
    # A name may be 108 bytes long, and the folder of a test has more.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


NO_FILES: dict[str, Callable[[Path], object]] = {
    "a link to a file": lambda path: path.symlink_to("a"),
    "a link to a folder": lambda path: path.symlink_to("engine"),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a pipe": os.mkfifo,
    "a socket": put_socket,
}


@pytest.mark.parametrize("is_trusted", [False, True])
@pytest.mark.parametrize("put", NO_FILES.values(), ids=NO_FILES)
def test_what_is_no_file_is_refused_with_a_sentence(
    index: Directory, put: Callable[[Path], object], is_trusted: bool
) -> None:
    """And not waited for; whoever trusts an index trusts what is in it, and not where a link leads."""
    put(index.path / "thing")
    opened = Directory.open(index.path, trusted=is_trusted)

    with pytest.raises(UntrustedIndex) as raised:
        opened.open_file("thing")
    assert str(raised.value) == f"{index.path / 'thing'} is a link or a device, and an index is made of files"
    assert raised.value.hint == "remove it"
    with pytest.raises((UntrustedIndex, NotADirectoryError)):
        opened.open_folder("thing")
    with pytest.raises(FileExistsError):
        opened.create_file("thing")
    with pytest.raises(FileExistsError):
        opened.create_folder("thing")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a device")
def test_a_device_is_refused_with_a_sentence(index: Directory) -> None:
    try:
        os.mknod(index.path / "thing", 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this root can't")

    with pytest.raises(UntrustedIndex, match="is a link or a device, and an index is made of files"):
        index.open_file("thing")


def test_a_folder_is_no_file_and_a_file_no_folder(index: Directory) -> None:
    with pytest.raises(IndexDamaged, match="engine is a folder and not a file"):
        index.open_file("engine")
    with pytest.raises(NotADirectoryError):
        index.open_folder("a")
    with pytest.raises(NotADirectoryError):
        Directory.open(index.path / "a")
    with pytest.raises(FileNotFoundError):
        Directory.open(index.path / "nothing")


@pytest.mark.parametrize("mode", [0o002, 0o020, 0o022])
def test_what_others_can_write_is_refused(index: Directory, mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a folder in the folder, and the folder itself."""

    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(grp, "getgrgid", unknown)
    for name in ("a", "engine", ""):
        path = index.path / name
        path.chmod(path.stat().st_mode | mode)
    trusting = Directory.open(index.path, trusted=True)

    for opening in (
        lambda: index.open_file("a"),
        lambda: index.open_folder("engine"),
        lambda: Directory.open(index.path),
    ):
        with pytest.raises(UntrustedIndex, match="can be written by other users"):
            opening()
    assert (trusting / "a").read() == (trusting.open_folder("engine") / "a").read() == b"index"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_what_belongs_to_another_user_is_refused(index: Directory) -> None:
    for name in ("a", "engine", ""):
        os.chown(index.path / name, NOBODY, NOBODY)

    for opening in (
        lambda: index.open_file("a"),
        lambda: index.open_folder("engine"),
        lambda: Directory.open(index.path),
    ):
        with pytest.raises(UntrustedIndex, match=f"belongs to another user \\(uid {NOBODY}\\)"):
            opening()
    assert (Directory.open(index.path, trusted=True) / "a").read() == b"index"


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_what_is_made_is_for_its_owner_alone(index: Directory, umask: int) -> None:
    """Whatever the umask, and whatever had the name before."""
    (index.path / "a").chmod(0o644)
    before = os.umask(umask)
    try:
        index.create_file("new").close()
        (index / "b").create().close()
        index.replace_file("a", b"", "temporary")
        index.create_folder("folder").close()
    finally:
        os.umask(before)

    assert [0o600] * 3 == [(index.path / name).stat().st_mode & 0o777 for name in ("new", "b", "a")]
    assert (index.path / "folder").stat().st_mode & 0o777 == 0o700


UNPICKLE = """
import pickle, sys
from searchlib.errors import IndexDamaged, UntrustedIndex
try:
    directory = pickle.load(sys.stdin.buffer)
    print(directory.path, directory.trusted, (directory / "a").read().decode())
except (IndexDamaged, UntrustedIndex) as error:
    print(error)
"""


def unpickled(pickled: bytes) -> str:
    """What another process that is given a directory finds, from another folder."""
    done = subprocess.run([sys.executable, "-c", UNPICKLE], input=pickled, capture_output=True, check=True, cwd="/")
    return done.stdout.decode().rstrip("\n")


@pytest.mark.parametrize("is_trusted", [False, True])
def test_another_process_opens_the_same_folder_or_none(here: Path, is_trusted: bool) -> None:
    """Also where it was named from the current folder."""
    folder("index")
    place = here / "index"
    given = pickle.dumps(Directory.open("index", trusted=is_trusted))

    assert unpickled(given) == f"{place} {is_trusted} index"
    place.rename(here / "aside")
    folder("index")
    assert unpickled(given) == f"the index in {place} is damaged: another folder was put in its place"
    place.rename(here / "other")
    place.symlink_to(here / "other")
    assert unpickled(given) == f"the index in {place} is damaged: another folder was put in its place"


def test_another_process_checks_the_folder_too(index: Directory) -> None:
    given = pickle.dumps(index)
    index.path.chmod(0o777)

    assert unpickled(given) == f"{index.path} can be written by other users"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux counts open files there")
def test_what_is_refused_is_not_left_open(index: Directory) -> None:
    (index.path / "a").chmod(0o666)
    (index.path / "engine").chmod(0o777)
    before = len(os.listdir("/proc/self/fd"))
    for name in ("a", "engine", "nothing"):
        for opening in (index.open_file, index.open_folder):
            with pytest.raises((OSError, UntrustedIndex, IndexDamaged)):
                opening(name)
    with pytest.raises(FileExistsError):
        index.create_file("b")

    assert before == len(os.listdir("/proc/self/fd"))
