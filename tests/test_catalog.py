"""The catalog knows what is indexed and from which bytes, and what of it an update has to look at."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.catalog import Catalog, Known, Plan, diff, load, old_sources
from searchlib.commit_data import CatalogFile
from searchlib.directory import Directory
from searchlib.errors import IndexDamaged
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
def directory(tmp_path: Path) -> Directory:
    return Directory.open(tmp_path)


def saved(directory: Directory, commit: str, sources: list[Known], facts: dict[str, str]) -> str:
    with closing(Catalog()) as catalog:
        catalog.change(sources, (), facts)
        return catalog.save(directory, commit)


def sources_of(directory: Directory, data: str) -> dict[str, Known]:
    with closing(load(directory, data)) as catalog:
        return catalog.sources()


def test_what_is_saved_is_what_is_known(directory: Directory) -> None:
    """Every field of a source comes back, by path and in order."""
    sources = [
        known("乙.txt", size=2**40, mtime_ns=0, modified_ns=2**62, reason="is no text", told=True),
        known("a.txt", digest=b"", encoding=""),
        known("换\n行 \udcff\udc80.txt"),
        known("../外/𠮷.txt"),
    ]
    data = saved(directory, "c1", sources, {"updated": "1.5"})
    with closing(load(directory, data)) as catalog:
        assert sorted(sources, key=lambda source: source.path) == list(catalog.sources().values())
        assert all(source.path == name for name, source in catalog.sources().items())
        assert ("1.5", "") == (catalog.fact("updated"), catalog.fact("other"))
        catalog.check()
    assert {"updated": "1.5"} == CatalogFile.of_commit(data).facts
    assert ["catalog-c1.db"] == directory.names()


def test_a_change_adds_replaces_and_drops() -> None:
    """What it does not name stays as it is."""
    with closing(Catalog()) as catalog:
        catalog.change([known("a"), known("b"), known("\udcff")], (), {"one": "1", "two": "2"})
        catalog.change([known("b", size=1), known("c")], ["\udcff", "没有"], {"two": "3"})

        assert {"a": known("a"), "b": known("b", size=1), "c": known("c")} == catalog.sources()
        assert {"one": "1", "two": "3"} == catalog.facts()


def test_a_change_that_fails_halfway_changes_nothing() -> None:
    """Sources, removals and facts become visible together or not at all."""

    def failing() -> Iterator[Known]:
        yield known("c")
        raise KeyboardInterrupt

    with closing(Catalog()) as catalog:
        catalog.change([known("a"), known("b")], (), {"updated": "1"})
        with pytest.raises(KeyboardInterrupt):
            catalog.change(failing(), ["a"], {"updated": "2"})

        assert (["a", "b"], "1") == (list(catalog.sources()), catalog.fact("updated"))


def test_the_catalog_of_another_commit_is_refused(directory: Directory) -> None:
    """Each is whole in itself; only together with what the commit remembers it is the right one."""
    first, second = (saved(directory, name, [known(name)], {}) for name in ("c1", "c2"))
    (directory.path / "catalog-c1.db").replace(directory.path / "catalog-c2.db")

    with pytest.raises(IndexDamaged, match=r"catalog-c2\.db is not as it was written"):
        sources_of(directory, second)
    with pytest.raises(IndexDamaged, match=r"catalog-c1\.db is missing, which the last commit names"):
        sources_of(directory, first)


@pytest.mark.parametrize(
    "data",
    [
        *("", "{", "[]", "null", "{}", '{"facts": {}}'),
        '{"facts": {}, "name": "../catalog-1.db", "bytes": 1}',
        '{"facts": {}, "name": "catalog-1.db", "bytes": "1"}',
        '{"facts": {}, "name": "catalog-1.db", "bytes": true}',
    ],
)
def test_a_commit_that_names_no_catalog_here_is_damage(directory: Directory, data: str) -> None:
    """Whatever the engine has kept with it, no file elsewhere is read."""
    with pytest.raises(IndexDamaged, match="its commit names"):
        load(directory, data)


@given(data=st.data())
def test_no_byte_of_a_catalog_can_change_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    directory = Directory.open(tmp_path_factory.mktemp("x"))
    kept = saved(directory, "c1", [known(str(number)) for number in range(50)], {})
    path = directory.path / "catalog-c1.db"
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)

    with pytest.raises(IndexDamaged, match="is not as it was written"):
        load(directory, kept)


def program(statements: str) -> Callable[[], bytes]:
    """A database of another program."""

    def made() -> bytes:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.executescript(statements)
            return connection.serialize()

    return made


def with_a_trigger() -> bytes:
    with closing(Catalog()) as catalog:
        catalog._connection.executescript(
            "create trigger t after insert on fact begin delete from source; end; insert into fact values ('a', 'b');"
        )
        return catalog._connection.serialize()


FOREIGN: dict[str, Callable[[], bytes]] = {
    "an empty file": lambda: b"",
    "no database": lambda: "长江".encode() * 1_000,
    "a database with other columns": program("create table source (path text); insert into source values ('a')"),
    "a database with a trigger": with_a_trigger,
    "a database without tables": program("pragma user_version = 1"),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_is_no_catalog_is_refused_with_right_checksums_too(
    directory: Directory, content: Callable[[], bytes]
) -> None:
    """Its tables are compared with those of a catalog before anything in them is used."""
    found = content()
    (directory.path / "catalog-c1.db").write_bytes(found)
    digest = blake2b(found, digest_size=16).hexdigest()

    with pytest.raises(IndexDamaged, match="the catalog can't be used: "):
        sources_of(directory, CatalogFile("catalog-c1.db", len(found), digest, {}).data)


@pytest.mark.parametrize("first_format", [True, False])
def test_a_catalog_of_an_earlier_format_still_says_what_was_indexed(
    directory: Directory, *, first_format: bool
) -> None:
    """That of the first one kept no times to show. What can't be read says nothing."""
    with closing(Catalog()) as catalog:
        catalog.change([known("a", modified_ns=5, told=True)], (), {})
        if first_format:
            catalog._connection.execute("alter table source drop column modified_ns")
        (directory.path / "catalog.db").write_bytes(catalog._connection.serialize())

    assert {"a": known("a", modified_ns=0 if first_format else 5, told=True)} == old_sources(directory)
    for content in (b"", b"?" * 5_000):
        (directory.path / "catalog.db").write_bytes(content)
        assert {} == old_sources(directory)
    (directory.path / "catalog.db").unlink()
    assert {} == old_sources(directory)
