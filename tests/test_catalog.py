"""The catalog knows what is indexed and from which bytes, and what of it an update has to look at."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from searchlib.catalog import Catalog, Known, Plan, create, diff
from searchlib.errors import IndexBusy, IndexDamaged
from searchlib.model import Found, Skipped

VERSIONS = {"text": 1, "markdown": 3}


def known(path: str = "甲.txt", **changes: object) -> Known:
    source = Known(
        path, 12, 1_000, b"\x00\xff", "utf-8", "text", 1, 3, "", told=False, modified_ns=1_000, changed_ns=7, inode=9
    )
    return replace(source, **changes)  # type: ignore[arg-type]  # named as the fields are


def planned(
    found: dict[str, tuple[int, int]],
    sources: list[Known],
    *,
    encoding: str | None = None,
    kept: tuple[str, ...] = (),
) -> Plan:
    files = {path: Found(f"/home/{path}", size, mtime_ns, 7, 9) for path, (size, mtime_ns) in found.items()}
    return diff(files, {source.path: source for source in sources}, versions=VERSIONS, encoding=encoding, kept=kept)


READ = Plan(("甲.txt",), (), (), ())
SAME = Plan((), ("甲.txt",), (), ())

COMPARED: dict[str, tuple[tuple[int, int], Known, str | None, Plan]] = {
    "as it was": ((12, 1_000), known(), None, SAME),
    "of another size": ((13, 1_000), known(), None, READ),
    "with a later time": ((12, 1_001), known(), None, READ),
    "with an earlier time": ((12, 999), known(), None, READ),
    "changed in something else": ((12, 1_000), known(changed_ns=8), None, READ),
    "another one": ((12, 1_000), known(inode=8), None, READ),
    "too young when it was read": ((12, 1_000), known(mtime_ns=0), None, READ),
    "read by an older reader": ((12, 1_000), known(reader="markdown", reader_version=2), None, READ),
    "read by this reader": ((12, 1_000), known(reader="markdown", reader_version=3), None, SAME),
    "read by a reader that is no more": ((12, 1_000), known(reader="rtf"), None, READ),
    "asked for in the encoding it was found to have": ((12, 1_000), known(), "utf-8", READ),
    "asked for in the encoding it was told to have": ((12, 1_000), known(told=True), "utf-8", SAME),
    "asked for in another encoding": ((12, 1_000), known(), "gb18030", READ),
    "told its encoding before": ((12, 1_000), known(encoding="big5", told=True), None, SAME),
    "skipped before": (
        (12, 1_000),
        known(reason="is no text"),
        None,
        Plan((), (), (), (Skipped("甲.txt", "is no text"),)),
    ),
    "skipped before and changed": ((12, 2_000), known(reason="is no text"), None, READ),
    "skipped before and asked for in another encoding": (
        (12, 1_000),
        known(reason="is no text", encoding=""),
        "big5",
        READ,
    ),
}


@pytest.mark.parametrize(("file", "source", "encoding", "expected"), COMPARED.values(), ids=COMPARED.keys())
def test_a_known_file_is_read_again_only_if_something_about_it_has_changed(
    file: tuple[int, int], source: Known, encoding: str | None, expected: Plan
) -> None:
    """Size, time, reader and encoding decide; one that was skipped for a reason that still holds is skipped again."""
    assert expected == planned({"甲.txt": file}, [source], encoding=encoding)


def test_with_checksum_every_file_is_read() -> None:
    """Those that were skipped too; what is gone is taken out all the same."""
    files = {path: Found(path, 12, 1_000, 7, 9) for path in ("甲.txt", "乙.txt", "新.txt")}
    sources = {path: known(path, reason=reason) for path, reason in (("甲.txt", ""), ("乙.txt", "no"), ("去.txt", ""))}

    assert Plan(tuple(files), (), ("去.txt",), ()) == diff(files, sources, versions=VERSIONS, checksum=True)


def test_new_files_are_read_and_vanished_ones_taken_out() -> None:
    """Each in the order in which they were found or known; of one that was skipped there is nothing to take out."""
    sources = [known("丁.txt"), known("乙.txt"), known("甲.txt", reason="is no text")]

    assert Plan(("丙.txt", "坏\udcff.txt"), ("乙.txt",), ("丁.txt",), (), ("甲.txt",)) == planned(
        {"丙.txt": (1, 1), "乙.txt": (12, 1_000), "坏\udcff.txt": (1, 1)}, sources
    )


@pytest.mark.parametrize(
    ("kept", "removed"),
    [
        ((), ("卷/甲.txt", "卷/上/乙.txt", "卷二/丙.txt", "丁.txt")),
        (("卷",), ("卷二/丙.txt", "丁.txt")),
        (("卷/上", "丁.txt"), ("卷/甲.txt", "卷二/丙.txt")),
        (("卷/甲",), ("卷/甲.txt", "卷/上/乙.txt", "卷二/丙.txt", "丁.txt")),
    ],
)
def test_what_could_not_be_looked_at_is_not_taken_out(kept: tuple[str, ...], removed: tuple[str, ...]) -> None:
    """A folder that can't be entered says nothing of the files in it, and nothing of its namesakes."""
    sources = [known(path) for path in ("卷/甲.txt", "卷/上/乙.txt", "卷二/丙.txt", "丁.txt")]

    assert Plan((), (), removed, ()) == planned({}, sources, kept=kept)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.db"


@pytest.fixture
def catalog(path: Path) -> Iterator[Catalog]:
    with closing(create(path)) as made:
        yield made


def test_what_is_committed_is_what_is_known(catalog: Catalog, path: Path) -> None:
    """Every field of a source comes back, by path and in order, in this connection and the next."""
    sources = [
        known("乙.txt", size=2**40, mtime_ns=0, modified_ns=2**62, reason="is no text", told=True),
        known("a.txt", digest=b"", encoding=""),
        known("换\n行 \udcff\udc80.txt"),
        known("../外/𠮷.txt"),
    ]
    catalog.commit(sources, (), {"updated": "1.5"})

    with closing(Catalog(path)) as other:
        for seen in (catalog, other):
            assert sorted(sources, key=lambda source: source.path) == list(seen.sources().values())
            assert all(source.path == name for name, source in seen.sources().items())
            assert ("1.5", "") == (seen.fact("updated"), seen.fact("other"))


def test_a_commit_adds_replaces_and_drops(catalog: Catalog) -> None:
    """What it does not name stays as it is."""
    catalog.commit([known("a"), known("b"), known("\udcff")], (), {"one": "1", "two": "2"})
    catalog.commit([known("b", size=1), known("c")], ["\udcff", "没有"], {"two": "3"})

    assert {"a": known("a"), "b": known("b", size=1), "c": known("c")} == catalog.sources()
    assert ("1", "3") == (catalog.fact("one"), catalog.fact("two"))


def test_a_commit_anew_forgets_every_source_before(catalog: Catalog) -> None:
    """Facts stay: they say what the index is."""
    catalog.commit([known("a"), known("b")], (), {"generation": "1"})
    catalog.commit([known("c")], (), {}, anew=True)

    assert ({"c": known("c")}, "1") == (catalog.sources(), catalog.fact("generation"))


def test_a_commit_that_fails_halfway_changes_nothing(catalog: Catalog, path: Path) -> None:
    """Sources, removals and facts become visible together or not at all."""
    catalog.commit([known("a"), known("b")], (), {"updated": "1"})
    catalog.begin()

    def failing() -> Iterator[Known]:
        yield known("c")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalog.commit(failing(), ["a"], {"updated": "2"}, anew=True)
    with closing(Catalog(path)) as other:
        for seen in (catalog, other):
            assert (["a", "b"], "1", True) == (list(seen.sources()), seen.fact("updated"), seen.is_unfinished())


def test_an_update_is_unfinished_from_its_beginning_to_its_commit(catalog: Catalog, path: Path) -> None:
    """The note outlives the process that made it."""
    assert not catalog.is_unfinished()
    catalog.begin()
    with closing(Catalog(path)) as other:
        assert other.is_unfinished()
        other.commit((), (), {})

    assert not catalog.is_unfinished()


def test_creating_keeps_a_catalog_that_is_there(catalog: Catalog, path: Path) -> None:
    """It is not emptied: a rebuild wants to know what was indexed before."""
    catalog.commit([known()], (), {})
    with closing(create(path)) as again:
        assert {"甲.txt": known()} == again.sources()


def test_a_catalog_of_the_first_format_still_says_what_was_indexed(path: Path) -> None:
    """It kept no times to show. Reading leaves it as it is; a rebuild adds what it lacks and loses nothing."""
    with closing(create(path)) as made:
        made.commit([known("a", modified_ns=5, told=True)], (), {"generation": "3"})
    with closing(sqlite3.connect(path)) as connection:
        for column in ("modified_ns", "changed_ns", "inode"):
            connection.execute(f"alter table source drop column {column}")
    before = path.read_bytes()

    assert {"a": known("a", modified_ns=0, changed_ns=0, inode=0, told=True)} == sources_of(Catalog, path)
    assert before == path.read_bytes()
    with closing(create(path)) as again:
        again.commit([known("b", modified_ns=7)], (), {})
        assert {
            "a": known("a", modified_ns=0, changed_ns=0, inode=0, told=True),
            "b": known("b", modified_ns=7),
        } == again.sources()
        assert "3" == again.fact("generation")


def test_a_catalog_lies_in_any_folder(tmp_path: Path) -> None:
    """One whose name is not UTF-8, or has what an address would take for a question or an escape."""
    for name in ("坏\udcff", "a?mode=ro#b", "100%41"):
        (tmp_path / name).mkdir()
        with closing(create(tmp_path / name / "catalog.db")) as made:
            made.commit([known()], (), {})

        assert ["catalog.db"] == [file.name for file in (tmp_path / name).iterdir()]


def sources_of(opened: Callable[[Path], Catalog], path: Path) -> dict[str, Known]:
    with closing(opened(path)) as catalog:
        return catalog.sources()


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xa5" * (len(content) - 100))


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("create table source (path text); insert into source values ('a')")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no file": Path.unlink,
    "a folder": put_a_folder,
    "an empty file": lambda path: path.write_bytes(b""),
    "no database": lambda path: path.write_bytes("长江".encode() * 1_000),
    "half a database": halve,
    "a database with other bytes in it": scribble,
    "a database with other columns": of_another_program,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_catalog_is_refused_as_damaged(path: Path, damage: Callable[[Path], object]) -> None:
    """Whatever SQLite says of it, it is the index that is damaged, with the name of the file."""
    with closing(create(path)) as made:
        made.commit([known(str(number)) for number in range(500)], (), {})
    damage(path)

    with pytest.raises(IndexDamaged, match=r"is damaged: catalog\.db: ."):
        sources_of(Catalog, path)


def test_a_catalog_that_is_being_written_is_no_damage(catalog: Catalog, path: Path) -> None:
    """A commit may take longer than a reader waits."""
    catalog._connection.execute("pragma busy_timeout = 0")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(IndexBusy, match="is being written by another process"):
            catalog.sources()

    assert {} == catalog.sources()


@pytest.mark.parametrize("name", ["no database", "a database with other bytes in it"])
def test_creating_over_what_is_no_catalog_says_so(path: Path, name: str) -> None:
    """So that a rebuild can put a new one in its place."""
    create(path).close()
    DAMAGES[name](path)

    with pytest.raises(IndexDamaged, match=r"is damaged: catalog\.db: ."):
        sources_of(create, path)
