"""An index that others could have written is not used unasked."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest
from places import made
from sessions import Answer, searchlib
from test_library import write

from searchlib import Library, meta, trust
from searchlib.commit_data import CatalogFile
from searchlib.directory import Directory
from searchlib.engines.whoosh import table
from searchlib.errors import UntrustedIndex

NOBODY = 65534
USES = (
    ["search", "长江"],
    ["status"],
    ["show", "桥.txt:1"],
    ["explain", "长江"],
    ["doctor"],
    ["index", "稿"],
    ["index", "--dry-run", "稿"],
    ["index", "--rebuild", "稿"],
)


@pytest.fixture(autouse=True)
def index(here: Path) -> Path:
    """An index with all that one may have, a removal too, beside what interrupted writers have left."""
    for number in range(3):
        write(f"稿/{number}.txt", "山中的茶。")
    write("稿/桥.txt", "长江大桥。")
    searchlib("index", "稿")
    write("稿/桥.txt", "长江大桥通车。", at=1_700_000_001)
    searchlib("index", "稿")
    metadata = meta.read(made(here / "index"))
    for name in (metadata.note, f"{meta.NAME}.{metadata.next}"):
        (here / "index" / name).touch(0o600)
    return here / "index"


def parts() -> list[Path]:
    """What is read of an index: its folders and all files of the last commit."""
    index = Directory.open("index", trusted=True)
    metadata = meta.read(index)
    engine = index.open_folder(metadata.folder)
    last = table.read(engine)
    files = [engine.path / name for name in sorted(last.files) if not name.endswith(".lock")]
    catalog = index.path / CatalogFile.of_commit(last.data).name
    return [index.path, index.path / meta.NAME, catalog, engine.path, *files]


def refused() -> str:
    """Why the index is refused, or nothing."""
    try:
        with Library.open("index") as library:
            library.status()
    except UntrustedIndex as error:
        return str(error)
    return ""


def test_ones_own_index_is_trusted() -> None:
    assert refused() == ""
    assert searchlib("search", "长江", "-l") == Answer("稿/桥.txt\n", "", 0)


def test_all_of_an_index_is_looked_at() -> None:
    """Each of its files and folders alone, so that no name that an index has is forgotten; by a writer too."""
    whole = parts()
    assert {".json", ".arrays", ".removed", ".db"} <= {part.suffix for part in whole}
    for part in whole:
        mode = part.stat().st_mode
        part.chmod(mode | 0o002)
        assert refused() == f"{part} can be written by other users"
        for more in ([], ["--rebuild"], ["--dry-run"]):
            assert f"{part} can be written by other users" in searchlib("index", "稿", *more).err
        part.chmod(mode)
    assert refused() == ""
    assert whole == parts()


@pytest.mark.parametrize("name", ["writer.lock", "whoosh.lock"])
def test_a_lock_that_others_can_write_is_refused_by_a_writer(name: str) -> None:
    """They could hold it for ever, or have another file in its place."""
    (lock,) = Path("index").rglob(name)
    lock.chmod(0o666)
    write("稿/新.txt", "新的。")

    assert f"{lock} can be written by other users" in searchlib("index", "稿").err


def test_what_others_can_write_is_refused_by_whatever_uses_it() -> None:
    Path("index").chmod(0o777)
    before = {path: path.stat().st_mtime_ns for path in parts()}

    for words in USES:
        assert searchlib(*words) == (
            "",
            "searchlib: index can be written by other users\n"
            "make it your own with: chmod -R go-w index; or, if you trust all who could have written it, use it with: "
            "--trust\n",
            2,
        )
    assert before == {path: path.stat().st_mtime_ns for path in parts()}


def test_the_user_can_say_that_it_is_to_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("index").chmod(0o777)

    assert [searchlib(*words, "--trust").status for words in USES] == [0] * len(USES)
    monkeypatch.setenv("SEARCHLIB_TRUST", "1")
    assert [searchlib(*words).status for words in USES] == [0] * len(USES)
    with Library.open("index", trust=True) as library:
        assert [hit.path for hit in library.search("长江")] == ["稿/桥.txt"]


def test_the_remedy_is_one() -> None:
    for part in parts():
        part.chmod(part.stat().st_mode | 0o022)

    assert searchlib("status").status == 2
    os.system("chmod -R go-w index")  # noqa: S605 — what the hint says
    assert searchlib("status").status == 0


def test_an_index_of_texts_is_no_other() -> None:
    Path("index").chmod(0o777)

    for words in (["eval", "judged", "--index", "index"],):
        Path("judged").mkdir()
        Path("judged/corpus.jsonl").write_text('{"id": "a", "content": "茶"}\n', encoding="utf-8")
        Path("judged/queries.tsv").write_text("1\t茶\n", encoding="utf-8")
        Path("judged/qrels.txt").write_text("1 0 a 1\n", encoding="utf-8")
        assert "index can be written by other users" in searchlib(*words).err
    with pytest.raises(UntrustedIndex), Library.create("index") as library:
        library.update_texts([])


def test_a_folder_that_others_can_write_gets_no_index() -> None:
    """They could replace what is put into it."""
    Path("open").mkdir()
    Path("open").chmod(0o777)

    assert "open can be written by other users" in searchlib("index", "稿", "--index", "open").err
    assert [] == list(Path("open").iterdir())
    assert "open can be written by other users" in searchlib("search", "茶", "--index", "open").err


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_what_belongs_to_another_user_is_refused() -> None:
    for part in parts():
        os.chown(part, NOBODY, 0)
        assert refused() == f"{part} belongs to another user (uid {NOBODY})"
        os.chown(part, 0, 0)
    assert refused() == ""


def test_what_belongs_to_root_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """So do folders that are mounted to be read only, and what an administrator has made for all."""
    owner = Path("index").stat().st_uid
    monkeypatch.setattr(trust, "_ROOT", owner)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)

    assert refused() == ""
    monkeypatch.setattr(trust, "_ROOT", owner + 2)
    assert refused() == f"index belongs to another user (uid {owner})"


@pytest.mark.parametrize(
    ("group", "members", "is_own", "is_trusted"),
    [
        ("lao-zhou", [], True, True),
        ("lao-zhou", ["lao-zhou"], True, True),
        ("lao-zhou", ["lao-zhou", "lao-wu"], True, False),
        ("lao-zhou", [], False, False),
        ("staff", [], True, False),
    ],
)
def test_a_group_of_one_user_is_nobody_else(
    group: str, members: list[str], is_own: bool, is_trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each user has such a group the umask is 002, and every file can be written by it."""
    number = Path("index").stat().st_gid
    monkeypatch.setattr(grp, "getgrgid", lambda _: SimpleNamespace(gr_name=group, gr_mem=members))
    own = SimpleNamespace(pw_name="lao-zhou", pw_gid=number if is_own else number + 1)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: own)
    for part in parts():
        part.chmod(part.stat().st_mode | 0o020)

    assert is_trusted == (refused() == "")


def test_a_group_that_nobody_knows_is_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(grp, "getgrgid", unknown)
    Path("index").chmod(0o770)

    assert refused() == "index can be written by other users"


def test_a_link_is_refused_even_where_all_is_trusted() -> None:
    """What is written through it would land elsewhere."""
    for part in parts()[1:]:
        Path("elsewhere").mkdir()
        part.rename("elsewhere/thing")
        part.symlink_to(Path("elsewhere/thing").absolute())
        for words in (["search", "长江", "--trust"], ["index", "稿", "--rebuild", "--trust"]):
            assert searchlib(*words).err.splitlines()[0] == (
                f"searchlib: {part} is a link or a device, and an index is made of files"
            )
        part.unlink()
        Path("elsewhere/thing").rename(part)
        Path("elsewhere").rmdir()
    assert searchlib("search", "长江", "-l") == Answer("稿/桥.txt\n", "", 0)


def test_the_folder_may_be_reached_by_a_link() -> None:
    """Its user named it, and what is used is what it leads to."""
    Path("index").rename("large")
    Path("index").symlink_to("large")

    assert searchlib("search", "长江", "-l") == Answer("稿/桥.txt\n", "", 0)
    assert searchlib("index", "稿").status == 0


def test_a_pipe_is_not_waited_for() -> None:
    Path("index/meta.json").unlink()
    os.mkfifo("index/meta.json")

    assert "index/meta.json is a link or a device" in searchlib("search", "长江").err


def test_what_else_lies_there_is_not_looked_at() -> None:
    """An index may lie among documents, which may be written by whoever may write them."""
    Path("index/notes.txt").touch()
    Path("index/notes.txt").chmod(0o666)
    Path("index/link").symlink_to("/")

    assert refused() == ""


def test_where_rights_are_kept_otherwise_nothing_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("index").chmod(0o777)
    monkeypatch.delattr(os, "geteuid")

    assert refused() == ""
