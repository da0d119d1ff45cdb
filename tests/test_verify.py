"""What `searchlib verify` finds wrong in an index, what it takes for no damage, and what a repair makes of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from patients import forget
from places import file_at, made
from sessions import plant, prose, searchlib

from searchlib import Library, repairing
from searchlib.analysis import fold
from searchlib.catalog import Known, named
from searchlib.engines import whoosh
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile
from searchlib.engines.whoosh.pages import PAGE
from searchlib.errors import LibraryIndexError, NoIndex
from searchlib.findings import Finding, FindingKind, Repairs, VerifyReport
from searchlib.model import Anchor, Paragraph, Text
from searchlib.writing import opened

META = Path("index/meta.json")
SHORT, LONG = "编码/国标.txt", "texts/山中茶事.txt"


@pytest.fixture(autouse=True)
def indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two segments, and some paragraphs that were removed."""
    plant(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("弃.txt").write_text("这一段不要了。", encoding="utf-8")
    update("texts", "弃.txt")
    Path("弃.txt").unlink()
    update(".")


def engine_folder() -> Path:
    (folder,) = Path("index").glob("whoosh-*")
    return folder


def catalog_file() -> Path:
    (file,) = Path("index").glob("catalog-*")
    return file


def known_sources() -> dict[str, Known]:
    with Library.open() as library:
        return library._snapshot().sources()


def update(*paths: str) -> None:
    with Library.create() as library:
        library.update(paths)


def verified(*, quick: bool = False, repair: bool = False) -> VerifyReport:
    return Library.create().verify(quick=quick, repair=repair)


def found(*, quick: bool = False) -> list[tuple[str, str]]:
    return [(finding.kind, finding.path) for finding in verified(quick=quick).findings]


def contents() -> dict[str, list[Paragraph]]:
    with Library.open() as library:
        return {path: library.paragraphs(path) for path in library.sources()}


def segments() -> list[str]:
    """The names of the segments; one that was written anew has another."""
    return [row.name for row in table.read(made(engine_folder())).rows]


def segment_with(path: str) -> Path:
    return engine_folder() / f"{next(name for name in segments() if path in sources_of(name))}.arrays"


def sources_of(name: str) -> list[str]:
    return [path for path, _ in whoosh.open(made(engine_folder())).salvaged(name)]


def spoil(path: Path, array: str) -> None:
    """Changes a byte in the middle of an array, where nothing else is in the same page."""
    start, dtype, length = ArrayFile(file_at(path))._directory[array]
    size = length * int(dtype[2:])
    assert size > 2 * PAGE
    content = bytearray(path.read_bytes())
    content[start + size // 2] ^= 0x10
    path.write_bytes(content)


def paragraph(path: str, text: str) -> Paragraph:
    return Paragraph(path, 0, text, 1, 1, (), "", (Anchor(0, 1, 1),))


@pytest.mark.parametrize("quick", [True, False])
def test_nothing_is_found_in_a_whole_index(*, quick: bool) -> None:
    report = verified(quick=quick)
    with Library.open() as library:
        status = library.status()

    assert () == report.findings + report.left + report.changed + report.unread
    assert (status.sources, status.paragraphs) == (report.sources, report.paragraphs)


def test_an_index_that_is_not_there_is_no_damaged_one() -> None:
    shutil.rmtree("index")
    with pytest.raises(NoIndex):
        verified()


def test_postings_that_do_not_fit_the_text_are_found_and_only_their_sources_read_again() -> None:
    """Every source that has the term, and none that has not; a quick check leaves the texts alone."""
    having = {path for path, paragraphs in contents().items() if any("龙" in fold(one.text) for one in paragraphs)}
    before = contents()
    forget("龙")

    assert [] == found(quick=True)
    assert sorted((FindingKind.ALTERED, path) for path in having) == sorted(found())
    assert having == set(verified(repair=True).repairs.read)  # type: ignore[union-attr]
    assert [] == found()
    assert before == contents()


def test_a_file_with_another_content_and_the_same_time_and_size_is_found() -> None:
    status = os.stat(SHORT)
    Path(SHORT).write_bytes("土地承包经营权是农村集体经济组织成员的义务。".encode("gb18030"))
    os.utime(SHORT, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert [(FindingKind.ALTERED, SHORT)] == found()
    assert () == verified(repair=True).left
    assert "义务" in contents()[SHORT][0].text


def test_a_file_that_has_changed_or_is_gone_is_no_damage() -> None:
    """It is for the next update."""
    Path(SHORT).write_bytes("另一句话。".encode("gb18030"))
    Path("编码/大五.txt").unlink()
    report = verified(repair=True)

    assert () == report.findings
    assert ("编码/国标.txt", "编码/大五.txt") == report.changed
    assert report.repairs is None
    assert "土地承包经营权" in contents()[SHORT][0].text


def test_sources_that_one_of_engine_and_catalog_does_not_know_are_found_and_mended() -> None:
    before = contents()
    with whoosh.open(made(engine_folder())).writer() as writer:
        writer.replace("无/此.txt", [paragraph("无/此.txt", "没有这个文件。")])
        writer.replace("编码/大五.txt", [])
        writer.replace(SHORT, [paragraph(SHORT, "一。"), paragraph(SHORT, "二。")])
        writer.commit()
    expected = {
        (FindingKind.EXTRA, "无/此.txt"),
        (FindingKind.MISSING, "编码/大五.txt"),
        (FindingKind.EXTRA, SHORT),
    }

    assert expected == set(found(quick=True)) == set(found())
    assert Repairs(read=(SHORT, "编码/大五.txt"), removed=("无/此.txt",)) == verified(repair=True).repairs
    assert [] == found()
    assert before == contents()


def test_paragraphs_that_are_there_twice_are_found_and_mended() -> None:
    before = contents()
    parts = whoosh.open(made(engine_folder())).parts()
    parts.add(SHORT, before[SHORT])
    folder = made(engine_folder())
    (name,) = parts.finish()
    last = table.read(folder)
    rows = (*last.rows, table.row_of(folder, name, len(before[SHORT])))
    table.write(folder, last.followed_by(rows, last.data))

    assert (FindingKind.DOUBLED, SHORT) in found(quick=True)
    assert (SHORT,) == verified(repair=True).repairs.read  # type: ignore[union-attr]
    assert [] == found()
    assert before == contents()


def test_of_a_damaged_segment_the_sources_are_read_again_and_no_others() -> None:
    before, others = contents(), set(segments())
    damaged = segment_with(LONG)
    sources = sources_of(damaged.stem)
    spoil(damaged, "chars.points")

    what = f"{damaged.name} is not as it was written: chars.points"
    assert (Finding(FindingKind.DAMAGED, "", what),) == verified().findings
    assert sorted(sources) == sorted(verified(repair=True).repairs.read)  # type: ignore[union-attr]
    assert others - {damaged.stem} <= set(segments())
    assert not damaged.exists()
    assert [] == found()
    assert before == contents()


def test_what_can_be_read_of_sources_whose_files_are_gone_is_kept() -> None:
    """Where postings are damaged that is all of it, and the others are read again."""
    before = contents()
    spoil(segment_with(LONG), "chars.points")
    Path(LONG).unlink()
    report = verified(repair=True)

    assert (LONG,) == report.repairs.kept  # type: ignore[union-attr]
    assert () == report.left
    assert before == contents()


def test_what_can_not_be_read_anywhere_is_lost_and_said_to_be() -> None:
    before = contents()
    segment = segment_with(LONG)
    (segment).write_bytes(segment.read_bytes()[:-1])
    Path(LONG).unlink()
    report = verified(repair=True)
    del before[LONG]

    assert (LONG,) == report.repairs.lost  # type: ignore[union-attr]
    assert () == report.left
    assert before == contents()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"?" * 5_000)])
def test_a_catalog_is_made_anew_from_the_files_and_the_paragraphs_stay(damage: Callable[[Path], object]) -> None:
    """Those of a file that is gone too, though nothing more is known of it."""
    known = known_sources()
    before, written = contents(), segments()
    Path(SHORT).unlink()
    damage(catalog_file())
    report = verified(repair=True)
    now = known_sources()

    assert [(FindingKind.DAMAGED, "")] == [finding[:2] for finding in report.findings]
    assert (SHORT,) == report.repairs.kept  # type: ignore[union-attr]
    assert written == segments()
    assert before == contents()
    assert {**known, SHORT: now[SHORT]} == now


@pytest.mark.parametrize("file", ["meta.json", "table.json"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"{")])
def test_where_it_can_not_be_known_what_there_is_all_is_made_anew(file: str, damage: Callable[[Path], object]) -> None:
    before = contents()
    damage(META if file == META.name else engine_folder() / file)
    report = verified(repair=True)

    assert [(FindingKind.DAMAGED, "")] == [finding[:2] for finding in report.findings]
    assert report.repairs
    assert report.repairs.rebuilt
    assert () == report.left
    assert before == contents()


def test_where_nothing_says_what_was_indexed_nothing_is_touched() -> None:
    """The user knows which files they were, and is told what to do."""
    catalog = catalog_file()
    catalog.write_bytes(b"")
    (engine_folder() / "table.json").unlink()
    before = sorted(Path("index").rglob("*"))
    answer = searchlib("verify", "--repair")

    assert 2 == answer.status
    assert "searchlib: nothing that can be read in index says which files were indexed\n" in answer.err
    assert answer.err.endswith("make the index anew with: searchlib index --rebuild PATH\n")
    assert b"" == catalog.read_bytes()
    assert before == sorted(Path("index").rglob("*"))


def test_texts_that_are_in_no_file_are_kept(tmp_path: Path) -> None:
    """As far as they can be read."""
    folder = tmp_path / "other"
    with Library.create(folder) as library:
        library.update_texts([Text("一", "题", prose(20_000)), Text("二", "", "土地承包。")])
        assert () == library.verify().findings
        before = {path: library.paragraphs(path) for path in library.sources()}
        library.close()
        spoil(next(folder.glob("whoosh-*/*.arrays")), "chars.points")
        report = library.verify(repair=True)

        assert ("一", "二") == report.repairs.kept  # type: ignore[union-attr]
        assert () == library.verify().findings
        assert before == {path: library.paragraphs(path) for path in library.sources()}
        library.close()
        (folder / "meta.json").write_bytes(b"")
        with pytest.raises(LibraryIndexError, match="of texts that are in no file"):
            library.verify(repair=True)


def test_the_exit_status_says_whether_all_is_well() -> None:
    assert 0 == searchlib("verify").status
    forget("龙")
    assert 1 == searchlib("verify").status
    assert 0 == searchlib("verify", "--repair").status
    assert 0 == searchlib("verify").status
    assert 2 == searchlib("verify", "--quick", "--repair").status
    assert 2 == searchlib("verify", "--index", "没有").status


def test_it_ends_at_once_when_it_is_interrupted() -> None:
    """Nothing is caught on the way."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Library.create().verify(on_change=interrupt)
    with pytest.raises(KeyboardInterrupt):
        Library.create().verify(repair=True, on_change=interrupt)
    assert [] == found()


@pytest.mark.parametrize("path", ["../秘/密.txt", "../../../../../../etc/hostname"])
def test_a_file_outside_the_roots_is_never_read_because_a_catalog_names_it(tmp_path: Path, path: str) -> None:
    """Whoever can write an index that others trust could have any file of theirs read into it."""
    secret = tmp_path.parent / "秘"
    secret.mkdir(exist_ok=True)
    (secret / "密.txt").write_text("口令是芝麻开门。", encoding="utf-8")
    before = contents()
    with opened(Path("index"), trusted=False) as index, index.engine.writer() as writer:
        index.catalog.change([named(path)], (), {})
        writer.replace(path, [paragraph(path, "旧的。")])
        writer.commit(index.catalog.save(index.directory, writer.commit_id))

    assert [(FindingKind.EXTRA, path)] == found()
    assert (path,) == verified(repair=True).repairs.removed  # type: ignore[union-attr]
    assert before == contents()
    assert [] == found()


def test_a_repair_writes_into_the_folder_that_was_checked_and_into_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user swaps the two after the examination; what is put in its place stays as it is, byte by byte."""
    before = contents()
    shutil.copytree("index", "planted")
    Path("planted").chmod(0o777)
    META.unlink()
    kept = {file: (file.read_bytes(), file.stat().st_ino) for file in Path("planted").rglob("*") if file.is_file()}
    prepare = repairing._prepare_rebuild

    def swapping(*given: Any) -> None:
        prepare(*given)
        os.rename("index", "own")
        os.rename("planted", "index")

    monkeypatch.setattr(repairing, "_prepare_rebuild", swapping)
    report = verified(repair=True)
    os.rename("index", "planted")
    os.rename("own", "index")

    assert report.repairs
    assert () == report.left
    assert before == contents()
    assert kept == {
        file: (file.read_bytes(), file.stat().st_ino) for file in Path("planted").rglob("*") if file.is_file()
    }


def write_rows(rows: dict[str, str]) -> None:
    """An index as its writer may make it: rows for any path, and fewer paragraphs than they say."""
    with opened(Path("index"), trusted=False) as index, index.engine.writer() as writer:
        index.catalog.change([replace(named(path), digest=b"?", reader="text", paragraphs=3) for path in rows], (), {})
        for path, text in rows.items():
            writer.replace(path, [paragraph(path, text)])
        writer.commit(index.catalog.save(index.directory, writer.commit_id))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path.parent / "秘"
    folder.mkdir(exist_ok=True)
    (folder / "密.txt").write_text("口令是芝麻开门。", encoding="utf-8")
    return folder


@pytest.mark.parametrize("words", [["index"], ["index", "--rebuild"], ["index", "texts"], ["verify", "--repair"]])
def test_a_source_outside_the_recorded_roots_becomes_no_root(words: list[str], secret: Path) -> None:
    """Not even of an index that the user trusts: its file was never indexed."""
    write_rows({f"../{secret.name}/密.txt": "旧的。"})
    searchlib(*words, "--trust")
    with Library.open() as library:
        roots = [root.path for root in library.roots()]

    assert ["."] == roots
    assert not [one for paragraphs in contents().values() for one in paragraphs if "芝麻" in one.text]


@pytest.mark.parametrize(
    "row", ["texts/链/密.txt", "texts/链.txt", "texts/.藏/密.txt", "texts/略/密.txt", "texts/../../秘/密.txt"]
)
def test_a_repair_reads_no_file_that_no_update_would_come_to(row: str, secret: Path) -> None:
    """Neither through a link that is not followed, nor hidden, ignored, or above the root by a detour."""
    Path("texts/链").symlink_to(secret)
    Path("texts/链.txt").symlink_to(secret / "密.txt")
    for name in (".藏", "略"):
        shutil.copytree(secret, Path("texts", name))
    Path("texts/.ignore").write_text("略\n", encoding="utf-8")
    update()
    before = contents()
    write_rows({row: "旧的。"})
    report = verified(repair=True)

    assert (row,) == report.repairs.removed  # type: ignore[union-attr]
    assert before == contents()
    assert [] == found()


def test_a_repair_reads_through_links_that_a_root_follows(secret: Path) -> None:
    Path("texts/链").symlink_to(secret)
    with Library.create() as library:
        library.update(["texts"], follow=True)
    before = contents()
    write_rows({"texts/链/密.txt": "旧的。"})

    assert ("texts/链/密.txt",) == verified(repair=True).repairs.read  # type: ignore[union-attr]
    assert before == contents()


def mixed_with_table() -> None:
    """An older copy of the index, into which only the newest table is put back."""
    shutil.copytree("index", "old")
    Path("texts/新.txt").write_text("新的一句。", encoding="utf-8")
    update()
    shutil.copy(engine_folder() / "table.json", Path("old") / engine_folder().name)
    shutil.rmtree("index")
    os.rename("old", "index")


@pytest.mark.parametrize("words", [["index"], ["index", "texts"], ["verify", "--repair"], ["index", "--rebuild"]])
@pytest.mark.parametrize("has_catalog", [True, False])
def test_a_newer_table_alone_says_what_the_roots_are(words: list[str], has_catalog: bool) -> None:
    mixed_with_table()
    if not has_catalog:
        catalog_file().unlink()
    answer = searchlib(*words)
    searchlib("index")
    now = contents()
    shutil.rmtree("index")
    update(".")

    assert answer.status in (0, 1), answer
    assert now == contents()


@pytest.mark.parametrize("words", [["index", "texts"], ["index", "--rebuild", "texts"]])
def test_where_nothing_says_what_was_indexed_it_is_made_anew_of_what_is_named(words: list[str]) -> None:
    catalog_file().write_bytes(b"")
    (engine_folder() / "table.json").write_bytes(b"")
    answer = searchlib(*words)

    assert ("what was not named now is no longer in it" in answer.err) == (len(words) == 2)
    assert {path for path in contents() if not path.startswith("texts/")} == set()
    assert LONG in contents()
    assert [] == found()


@pytest.mark.parametrize("is_empty", [True, False])
@pytest.mark.parametrize("words", [["index"], ["index", "--rebuild"], ["verify", "--repair"]])
@pytest.mark.parametrize("glob", ["whoosh-*/table.json", "catalog-*.db", "whoosh-*/*.arrays", "whoosh-*/*.removed"])
def test_a_folder_in_the_place_of_a_file_is_damage_and_mended(glob: str, words: list[str], is_empty: bool) -> None:
    """And stays where it is, with what the user keeps in it."""
    before = contents()
    place = next(Path("index").glob(glob))
    place.unlink()
    place.mkdir()
    if not is_empty:
        (place / "mine").write_text("mine", encoding="utf-8")
    damage = verified().findings
    answer = searchlib(*words)

    assert any(place.name in finding.what for finding in damage)
    assert answer.status in (0, 1), answer
    assert before == contents()
    assert [] == found()
    assert is_empty or (place / "mine").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_engines_the_one_with_the_newest_commit_is_repaired(order: int) -> None:
    """Whatever their names are: another index was copied over this one, and `meta.json` is lost."""
    names = [f"whoosh-{digit * 16}" for digit in "0f"][::order]
    shutil.rmtree("index")
    for name, top in zip(names, ["编码", "texts"], strict=True):
        update(top)
        newest = list(contents())
        engine_folder().rename(Path("index", name))
        META.unlink()
        os.rename("index", name)
    for name in names:
        shutil.copytree(name, "index", dirs_exist_ok=True)
    verified(repair=True)

    assert newest == list(contents())
