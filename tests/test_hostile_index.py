"""An index from elsewhere may answer wrongly; it runs nothing, writes nowhere else, and takes no more than it has."""

from __future__ import annotations

import json
import pickle
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import file_at, made
from sessions import searchlib
from test_library import write
from whoosh.qparser import QueryParser

from searchlib import meta
from searchlib.catalog import Catalog
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.compression import MOST_BYTES, compressor, decompress
from searchlib.engines.whoosh.index import open_index
from searchlib.errors import IndexDamaged, SearchlibError

FORMATS = Path(__file__).parent / "formats"
DEEP = "[" * 200_000 + "]" * 200_000
# What Whoosh's own storage looks for in a folder, and would unpickle.
WHOOSHES = ("_MAIN_1.toc", "_MAIN_99.toc", "MAIN_0123456789abcdef.seg", "MAIN_WRITELOCK", "MAIN_1.dcz", "MAIN_1.trm")


class Malicious:
    """Unpickled, it leaves a mark."""

    def __reduce__(self) -> tuple[object, ...]:
        return exec, ("import pathlib; pathlib.Path('ran').touch()",)


@pytest.fixture(autouse=True)
def engine(here: Path) -> Path:
    """The folder of an engine with a removal."""
    write("稿/桥.txt", "长江大桥。")
    write("稿/船.txt", "渡船。\n长江。")
    searchlib("index", "稿")
    write("稿/船.txt", "渡船停了。", at=1_700_000_001)
    write("稿/灯.txt", "灯。")
    searchlib("index", "稿")
    return here / "index" / meta.read(made(here / "index")).folder


def use_all() -> list[int]:
    """Everything that opens an index, and at last what makes it anew."""
    statuses = []
    for words in (
        ["search", "长江"],
        ["search", "/长./", "--sort", "date"],
        ["show", "桥.txt:1"],
        ["status"],
        ["explain", "长江"],
        ["doctor", "--samples", "5"],
        ["index", "稿"],
        ["index", "--dry-run", "稿"],
        ["index", "--rebuild", "稿"],
    ):
        statuses.append(searchlib(*words).status)
        for folder in Path("index").glob("whoosh-*"):
            with suppress(SearchlibError), open_index(folder).searcher() as searcher:
                searcher.search(QueryParser("words", searcher.schema).parse("长江"))
    return statuses


def files() -> list[str]:
    return sorted(str(path) for path in Path("index").rglob("*") if path.is_file())


def test_the_pickle_runs_where_it_is_unpickled() -> None:
    """Or the tests below would prove nothing."""
    pickle.loads(pickle.dumps(Malicious()))  # noqa: S301 — that is the point

    assert Path("ran").exists()


@pytest.mark.parametrize("added", [False, True])
def test_no_file_of_an_index_is_unpickled(added: bool) -> None:
    shutil.copytree("index", "before")
    assert len(files()) > 5
    for name in files():
        Path(name).write_bytes((Path(name).read_bytes() if added else b"") + pickle.dumps(Malicious()))
        use_all()
        assert not Path("ran").exists()
        shutil.rmtree("index")
        shutil.copytree("before", "index")


def test_no_file_that_whoosh_would_look_for_is_unpickled(engine: Path) -> None:
    for name in WHOOSHES:
        (engine / name).write_bytes(pickle.dumps(Malicious()))

    assert [0] * 9 == use_all()
    assert not Path("ran").exists()


@pytest.mark.parametrize("number", [1, 2])
def test_no_index_of_a_format_with_pickles_is_unpickled(number: int) -> None:
    folder = FORMATS / str(number) / "whoosh-1"
    (engine,) = Path("index").glob("whoosh-*")
    engine.rename("index/whoosh-1")
    for name in [*(path.name for path in folder.iterdir()), *WHOOSHES]:
        Path("index/whoosh-1", name).write_bytes(pickle.dumps(Malicious()))
    Path("index/meta.json").write_bytes((folder.parent / "meta.json").read_bytes())

    use_all()
    assert not Path("ran").exists()
    assert searchlib("search", "长江", "-l").status == 0


def test_a_catalog_calls_nothing(engine: Path) -> None:
    """What a database says is to be done when something is written to it may load no library and write no file."""
    Path("evil.so").write_bytes(b"")
    (file,) = Path("index").glob("catalog-*.db")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "create trigger evil after insert on fact begin select load_extension('./evil'), writefile('ran', 'x'); end"
        )
        connection.commit()
    keep_with_the_commit(engine, bytes=file.stat().st_size, digest=_digest(file.read_bytes()))
    write("稿/新.txt", "新的。")

    assert "the catalog can't be used: its tables are not those of a catalog" in searchlib("status").err
    assert searchlib("search", "长江", "-l").out == "稿/桥.txt\n"
    assert searchlib("index", "稿").status == 0
    assert not Path("ran").exists()
    assert searchlib("status").status == 0
    with closing(Catalog()) as catalog:
        assert [(0,)] == catalog._ask("pragma trusted_schema")


@pytest.mark.parametrize(
    "data",
    [
        *("", DEEP, "[]", "{}", "9" * 5_000),
        *(json.dumps({"name": name, "bytes": 1, "digest": "", "facts": {}}) for name in ("../x.db", "meta.json", "")),
        json.dumps({"name": "catalog-0.db", "bytes": 1, "digest": "", "facts": {}, "replaced": "../victim"}),
        json.dumps({"name": "catalog-0.db", "bytes": "1", "digest": "", "facts": []}),
    ],
)
def test_what_is_kept_with_a_commit_may_be_anything(engine: Path, data: str) -> None:
    """It names no catalog, which is said; the next update looks at all files again, and removes none of others."""
    Path("victim").touch()
    commit(engine, {**values_of(engine), "data": data})

    assert "is damaged: its commit names" in searchlib("status").err
    assert searchlib("search", "长江", "-l").out == "稿/桥.txt\n"
    assert searchlib("index", "稿").status == 0
    assert searchlib("status").status == 0
    assert Path("victim").exists()


@pytest.mark.parametrize("value", ["", "gestern", "nan", "1e999", "9" * 5_000, "\x1b[31m"])
def test_facts_may_be_anything(engine: Path, value: str) -> None:
    """Nobody has to believe when an index was updated, but it is told or the index called damaged."""
    (file,) = Path("index").glob("catalog-*.db")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("update fact set value = ?", [value])
        connection.commit()
    content = file.read_bytes()
    keep_with_the_commit(engine, bytes=len(content), digest=_digest(content), facts={"updated": value})

    for words in (["search", "长江"], ["status"], ["status", "--json"], ["verify"], ["index", "稿"]):
        assert "this should not have happened" not in searchlib(*words).err, words
    assert searchlib("index", "--rebuild", "稿").status == 0


@pytest.mark.parametrize("name", ["../../victim", "/tmp/victim", "a/b", "..", "a\\b"])  # noqa: S108 — it is refused
@pytest.mark.parametrize("of", ["name", "removals", "obsolete", "id", "next"])
def test_no_file_of_an_index_lies_elsewhere(engine: Path, of: str, name: str) -> None:
    """None that is read, none that is removed, and none that is to be written; what can be is made anew from files."""
    Path("victim").touch()
    Path("victim.arrays").touch()
    values = values_of(engine)
    if of in ("name", "removals"):
        values["segments"] = [{**row, of: name} for row in values["segments"]]
    else:
        values[of] = [name] if of == "obsolete" else name
    commit(engine, values)

    answer = searchlib("search", "长江")

    assert answer.err.splitlines()[0].endswith("is damaged: table.json names a segment that lies elsewhere")
    assert searchlib("index", "稿").status == 0
    assert searchlib("search", "长江", "-l").out == "稿/桥.txt\n"
    assert ["victim", "victim.arrays"] == sorted(path.name for path in Path().glob("victim*"))
    assert Path("victim.arrays").read_bytes() == b""


@pytest.mark.parametrize("is_file", [False, True])
def test_an_engine_without_a_folder_is_damage(engine: Path, is_file: bool) -> None:
    """Gone, or a file in its place, which is not removed."""
    engine.rename("aside")
    if is_file:
        engine.write_text("mine", encoding="utf-8")

    answer = searchlib("search", "长江")

    assert (
        answer.err.splitlines()[0] == f"searchlib: the index in index is damaged: its folder {engine.name} is missing"
    )
    assert searchlib("index", "稿").status == 0
    assert searchlib("search", "长江", "-l").out == "稿/桥.txt\n"
    assert engine.exists() == is_file


@pytest.mark.parametrize("of", ["folder", "engine", "next", "obsolete"])
@pytest.mark.parametrize("name", ["../victim", "/tmp/victim", "a/b", ".."])  # noqa: S108 — it is refused
def test_no_folder_of_an_index_lies_elsewhere(of: str, name: str) -> None:
    Path("victim").mkdir()
    Path("victim/table.json").touch()
    values = json.loads(Path("index/meta.json").read_text(encoding="utf-8"))
    Path("index/meta.json").write_text(json.dumps({**values, of: name}), encoding="utf-8")

    assert "is damaged: meta.json can't be read" in searchlib("search", "长江").err
    assert searchlib("index", "稿").status == 0
    assert searchlib("search", "长江", "-l").out == "稿/桥.txt\n"
    assert Path("victim/table.json").exists()


@pytest.mark.parametrize("content", [DEEP, "[]", "{}", '{"generation": 1, "segments": [1]}', "9" * 5_000])
def test_a_table_of_anything_is_damaged(engine: Path, content: str) -> None:
    commit_line(engine, content)

    assert "is damaged: table.json can't be read" in searchlib("search", "长江").err
    assert searchlib("index", "--rebuild", "稿").status == 0


@pytest.mark.parametrize("content", ["[]", "{}", '{"format": "5", "engine": "whoosh"}', '{"format": 5}'])
def test_meta_data_of_another_program_are_left_alone(engine: Path, content: str) -> None:
    """Where no engine lies beside them; else they are those of an index that is damaged."""
    engine.rename("index/notes")
    Path("index/meta.json").write_text(content, encoding="utf-8")

    assert "there is no index in index: its meta.json is not one of searchlib's" in searchlib("search", "长江").err
    assert searchlib("index", "--rebuild", "稿").status == 2
    assert Path("index/meta.json").read_text(encoding="utf-8") == content


OTHERS = [
    {"format": 1, "engine": "unity", "folder": "data-1"},
    {"format": 1, "engine": "whoosh", "generation": 1},
    {"format": 7, "engine": "blink"},
    {"format": 7, "engine": "blink", "folder": "mine"},
    {
        "format": 6,
        "engine": "whoosh",
        "folder": "mine",
        "next": "x",
        "obsolete": "",
        "fingerprint": "",
        "complete": True,
    },
]


@pytest.mark.parametrize("values", OTHERS, ids=str)
def test_an_index_is_recognised_by_all_that_is_in_its_meta_data(values: dict[str, object]) -> None:
    """Nothing that another program's file of this name names is removed, nor the file overwritten."""
    files = ["meta.json", "catalog.db", "writer.json", "data-1/table.json", "mine/table.json", "whoosh-1/table.json"]
    for name in files:
        write(f"game/{name}", json.dumps(values))

    for options in ([], ["--rebuild"], ["--dry-run"], ["--reset-options"]):
        answer = searchlib("index", "--index", "game", *options, "稿")
        assert (2, "") == (answer.status, answer.out), options
        assert answer.err.startswith("searchlib: game is not empty, and no index can be made in it"), answer.err
    left = {str(path): path.read_text(encoding="utf-8") for path in Path("game").rglob("*") if path.is_file()}
    assert {f"game/{name}": json.dumps(values) for name in files} == left


@pytest.mark.parametrize("name", ["meta.json", ".gitkeep"])
def test_a_folder_that_is_called_like_a_file_of_an_index_is_not_one(name: str) -> None:
    write(f"game/{name}/a.txt", "keep")

    assert 2 == searchlib("index", "--index", "game", "--rebuild", "稿").status
    assert [Path("game", name, "a.txt")] == [path for path in Path("game").rglob("*") if path.is_file()]


def test_an_empty_file_of_the_user_stays() -> None:
    """Only what an interrupted run has left, which had the lock before, is taken for an index to come."""
    write("game/meta.json", "")

    assert 2 == searchlib("index", "--index", "game", "稿").status
    assert ["meta.json"] == [path.name for path in Path("game").iterdir()]
    Path("game/writer.lock").touch()
    assert 0 == searchlib("index", "--index", "game", "稿").status


@pytest.mark.parametrize("content", [DEEP, "[]", "{}", "9" * 5_000, '{"format": 5, "engine": "x y"}'])
def test_meta_data_of_anything_are_damaged(content: str) -> None:
    Path("index/meta.json").write_text(content, encoding="utf-8")

    assert "is damaged: meta.json can't be read" in searchlib("search", "长江").err
    assert searchlib("index", "--rebuild", "稿").status == 0


@pytest.mark.parametrize("command", ["index --rebuild 稿", "verify --repair", "index 稿"])
def test_a_folder_in_the_place_of_the_meta_data_is_named_before_anything_is_written(command: str) -> None:
    Path("index/meta.json").unlink()
    write("index/meta.json/a.txt", "keep")
    before = sorted(Path("index").rglob("*"))

    answer = searchlib(*command.split())

    assert "is damaged: meta.json is a folder and not a file" in answer.err + answer.out
    assert (2, before) == (answer.status, sorted(Path("index").rglob("*")))


def test_an_index_whose_first_commit_is_to_come_is_none_yet() -> None:
    content = Path("index/meta.json").read_text(encoding="utf-8")
    Path("index/meta.json").write_text(content.replace('"complete": true', '"complete": false'), encoding="utf-8")

    assert "there is no index in index: making it was interrupted" in searchlib("search", "长江").err
    assert (0, 0) == (searchlib("index", "稿").status, searchlib("search", "长江").status)


def test_a_note_of_a_writer_of_anything_is_another_process() -> None:
    from searchlib.lock import _holder

    Path("index/writer.0.json").write_text(DEEP, encoding="utf-8")

    assert _holder(made(Path("index")), "writer.0.json") == "another process"


def commit_line(engine: Path, line: str) -> None:
    """A table that has its digest, whatever it says."""
    (engine / "table.json").write_bytes(f"{line}\n{_digest(line.encode())}".encode())


def commit(engine: Path, values: dict[str, Any]) -> None:
    commit_line(engine, json.dumps(values))


def values_of(engine: Path) -> dict[str, Any]:
    """What the table of an engine says."""
    line, _, _ = (engine / "table.json").read_bytes().partition(b"\n")
    return dict(json.loads(line))


def keep_with_the_commit(engine: Path, **changed: object) -> None:
    """Another catalog, or other facts."""
    values = values_of(engine)
    commit(engine, {**values, "data": json.dumps({**json.loads(values["data"]), **changed})})


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


BOMB = """
import resource
from searchlib.engines.whoosh.compression import decompress
from sys import stdin
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
try:
    decompress(stdin.buffer.read())
except ValueError as error:
    print(error)
"""


def test_a_block_of_ten_gigabytes_is_not_opened() -> None:
    """A megabyte can say that it is; what is opened of it fits into memory, and the rest is let be."""
    frame = bomb(10_000_000_000)

    done = subprocess.run([sys.executable, "-c", BOMB], input=frame, capture_output=True)

    assert done.stdout.decode() == "more than 256,000,000 bytes, or not all of a block\n"


def bomb(size: int) -> bytes:
    """A frame of Zstandard that is opened to so many zeros: blocks of one byte, each to be repeated 128 kB times."""
    block = 1 << 17
    # The size in eight bytes, and a window of 128 kB.
    head = (0xFD2FB528).to_bytes(4, "little") + bytes([0b11000000, 7 << 3]) + size.to_bytes(8, "little")
    repeated = (block << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    last = ((size % block or block) << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"\0"
    return head + repeated * ((size - 1) // block) + last


def test_a_frame_as_the_test_makes_it_is_opened() -> None:
    assert decompress(bomb(1_000_000)) == bytes(1_000_000)


def test_no_text_is_stored_that_could_not_be_opened() -> None:
    compress = compressor()

    assert len(decompress(compress(bytes(MOST_BYTES)))) == MOST_BYTES
    with pytest.raises(OverflowError):
        compress(bytes(MOST_BYTES + 1))


def rewritten(engine: Path, arrays: dict[str, bytes], paragraphs: int | None = None) -> None:
    """All segments with other arrays in them, and checksums that are right."""
    last = table.read(made(engine))
    for row in last.rows:
        file = table.opened(made(engine), row)
        content = {name: file[name].copy() for name in file}
        facts = dict(file.facts)
        writer = ArrayWriter(file_at(engine / row.file))
        for name, values in content.items():
            writer.append(name, np.frombuffer(arrays[name], "u1") if name in arrays else values)
        writer.facts.update(facts if paragraphs is None else {**facts, "paragraphs": paragraphs})
        writer.close()
    rows = []
    for row in last.rows:
        now = table.row_of(made(engine), row.name, row.paragraphs)
        rows.append(replace(row, bytes=now.bytes, digest=now.digest))
    table.write(made(engine), replace(last, rows=tuple(rows)))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"\xff" * 100, compressor()(b""), compressor()(b"\xff" * 100), compressor()(b"\x0c\0\0\0" * 4)],
)
def test_texts_of_anything_are_damaged(engine: Path, content: bytes) -> None:
    rewritten(engine, {"stored.paragraph.bytes": content})

    answer = searchlib("search", "长江")

    assert (answer.out, answer.status) == ("", 2)
    assert "is damaged: " in answer.err
    assert searchlib("index", "--rebuild", "稿").status == 0


def test_more_paragraphs_than_there_are_is_damage(engine: Path) -> None:
    """Room is made for as many: these would take a terabyte."""
    rewritten(engine, {}, paragraphs=10**12)

    assert "has another number of paragraphs than it says" in searchlib("search", "长江").err


@pytest.mark.parametrize("start", [-1, 10**6, 10**30, "0", None])
@pytest.mark.parametrize("count", [10**9, 10**30, "1"])
def test_an_array_that_is_not_in_its_file_is_damage(here: Path, start: object, count: object) -> None:
    writer = ArrayWriter(file_at(here / "x.arrays"))
    writer.append("a", np.arange(9))
    writer.close()
    file = ArrayFile(file_at(here / "x.arrays"))
    file._directory["a"] = (start, "<u4", count)  # type: ignore[assignment]

    with pytest.raises(IndexDamaged):
        file["a"]


@pytest.mark.parametrize("kind", ["|O", "O", "<U9", "hostile", "<u4,O"])
def test_an_array_is_of_numbers(here: Path, kind: str) -> None:
    """An object in it would be an address that the file says."""
    writer = ArrayWriter(file_at(here / "x.arrays"))
    writer.append("a", np.arange(9))
    writer.close()
    file = ArrayFile(file_at(here / "x.arrays"))
    start, _, _ = file._directory["a"]
    file._directory["a"] = (start, kind, 1)

    with pytest.raises(IndexDamaged):
        file["a"]
