"""A recall check says that a sound index is sound, and names what a faulty one misses or makes up."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import terminals
from patients import forget
from places import made
from sessions import BIN, plant, searchlib

from searchlib import Library
from searchlib.analysis import fold
from searchlib.answers import Hit, Results
from searchlib.engines import engine
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.model import Step, Text
from searchlib.originals import Originals
from searchlib.query import BoundedLiteral, Literal
from searchlib.recall import Fault, RecallReport, Tally, check
from searchlib.sampling import Kind, draw

ASKED = 300


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shared texts, indexed in two commits."""
    folder = tmp_path_factory.mktemp("doctor")
    plant(folder)
    for name in ("texts", "编码"):
        Library.create(folder / "index").update([folder / name])
    return folder


@pytest.fixture
def indexed(texts: Path, here: Path) -> None:
    """The working directory is a copy of it."""
    shutil.copytree(texts, here, dirs_exist_ok=True)


def checked(patient: type[Library]) -> RecallReport:
    with patient.open() as library:
        return check(library, samples=ASKED, seed=1)


@pytest.mark.usefixtures("indexed")
def test_a_sound_index_is_found_sound_by_counting_every_paragraph() -> None:
    """What is expected is what a scan without any haste finds."""
    with Library.open() as library:
        originals = Originals(library)
        texts = [paragraph.text for path in originals.sources() for paragraph in originals.paragraphs(path)]
    drawn = draw(texts, ASKED, seed=1)
    asked = [Literal(sample.text) if sample.is_quoted else BoundedLiteral(sample.text) for sample in drawn]
    expected = sum(node.matches(fold(text)) for node in asked for text in texts)

    report = checked(Library)

    assert (ASKED, expected, 0, 0) == (
        report.total.samples,
        report.total.expected,
        report.total.missed,
        report.total.wrong,
    )
    assert (1.0, 1.0, (), 0, len(texts), 1) == (
        report.total.recall,
        report.total.precision,
        report.faults,
        report.faulty,
        report.paragraphs,
        report.seed,
    )


@pytest.mark.usefixtures("indexed")
def test_rows_are_kinds_quoted_and_bare_by_length() -> None:
    rows = checked(Library).rows

    assert [row[:3] for row in rows] == sorted(
        {row[:3] for row in rows}, key=lambda row: (list(Kind).index(row[0]), not row[1], row[2])
    )
    assert {row.length for row in rows} == {"1", "2", "3-4", "5-8", "9+"}
    assert min(row.tally.samples for row in rows) > 0


class Altered(Library):
    """Answers with other hits than the index has."""

    def search(self, query: str, **options: Any) -> Results:
        results = super().search(query, **options)
        return replace(results, hits=tuple(self.altered(results.hits)))

    def altered(self, hits: tuple[Hit, ...]) -> Iterator[Hit]:
        raise NotImplementedError


class Forgetful(Altered):
    """Leaves out the third hit of every answer."""

    left_out = 0

    def altered(self, hits: tuple[Hit, ...]) -> Iterator[Hit]:
        Forgetful.left_out += len(hits) > 2
        yield from hits[:2] + hits[3:]


@pytest.mark.usefixtures("indexed")
def test_what_the_search_leaves_out_is_counted_and_named() -> None:
    Forgetful.left_out = 0

    report = checked(Forgetful)

    assert Forgetful.left_out > 20
    assert (Forgetful.left_out, Forgetful.left_out, 0) == (report.total.missed, report.faulty, report.total.wrong)
    assert report.total.recall == report.total.found / report.total.expected
    assert report.total.precision == 1.0
    assert len(report.faults) == 10
    for fault in report.faults:
        text = fold(fault.query).strip("\"'｢｣")

        assert (1, 0) == (fault.missed, fault.wrong)
        assert text in fold(Path(fault.path).read_bytes().decode("utf-8").split("\n")[fault.line - 1])


class Talkative(Altered):
    """Has the first paragraph of the library in every answer, and the first hit of each twice."""

    def altered(self, hits: tuple[Hit, ...]) -> Iterator[Hit]:
        yield from hits
        yield hits[0]
        first = self.paragraphs(self.sources()[0])[0]
        yield hits[0]._replace(paragraph=first)


@pytest.mark.usefixtures("indexed")
def test_what_the_search_makes_up_is_counted_and_named() -> None:
    """A paragraph without the sample is wrong, and so is any that comes twice."""
    report = checked(Talkative)

    assert (0, 2 * ASKED, ASKED) == (report.total.missed, report.total.wrong, report.faulty)
    assert report.total.precision == report.total.expected / report.total.found
    assert report.total.recall == 1.0


class Stale(Altered):
    """Has paragraphs that a source, or the library, has no more."""

    def altered(self, hits: tuple[Hit, ...]) -> Iterator[Hit]:
        yield from hits
        yield hits[0]._replace(paragraph=hits[0].paragraph._replace(number=500))
        yield hits[0]._replace(paragraph=hits[0].paragraph._replace(path="没有.txt"))


@pytest.mark.usefixtures("indexed")
def test_paragraphs_that_are_no_more_are_wrong() -> None:
    assert (0, 2 * ASKED) == (checked(Stale).total.missed, checked(Stale).total.wrong)


@pytest.fixture
def geese(here: Path) -> None:
    """An index in which 走去 is a word of its sentence, and two words by itself."""
    text = "企鹅老是走来走去。\n" * 5 + "走了又去。\n走了。\n"
    (here / "去.txt").write_text(text, encoding="utf-8")
    Library.create().update(["去.txt"])


class Generous(Library):
    """Answers 走去 with all there is of it."""

    def search(self, query: str, **options: Any) -> Results:
        return super().search("走 去" if query == "走去" else query, **{**options, "strict": query != "走去"})


@pytest.mark.usefixtures("geese")
def test_a_bare_word_may_be_found_by_its_words_and_by_nothing_less() -> None:
    """Whoever has both words is right, and whoever has one of them is not."""
    sound, generous = checked(Library), checked(Generous)

    assert (0, 0) == (sound.total.missed, sound.total.wrong)
    assert sound.total.found == sound.total.expected + 1
    assert (Fault("走去", "去.txt", 7, 0, 1),) == generous.faults


class Careless(Library):
    """Does not heed quotation marks."""

    def search(self, query: str, **options: Any) -> Results:
        return super().search(query.strip("“”"), **options)


@pytest.mark.usefixtures("geese")
def test_a_quoted_word_is_not_found_by_its_words() -> None:
    assert Fault("“走去”", "去.txt", 6, 0, 1) in checked(Careless).faults


@pytest.mark.usefixtures("indexed")
def test_postings_that_were_lost_are_noticed() -> None:
    """A pair of characters that the index no longer has: the program says what is missed, and where to look."""
    assert checked(Library).total.is_sound
    forget("没有")

    report = checked(Library)
    answer = searchlib("doctor", "--samples", str(ASKED), "--seed", "1")
    places = [line.rpartition(" ")[2] for line in answer.out.splitlines() if "; look at " in line]

    assert (1, "") == (answer.status, answer.err)
    assert 0 < len(report.faults) == report.faulty == len(places)
    assert report.total.missed == sum(fault.missed for fault in report.faults)
    assert all("没有" in fold(fault.query) for fault in report.faults)
    for place in places:
        assert "没有" in fold(searchlib("show", place, "-C", "0").out)


@pytest.mark.usefixtures("indexed")
def test_it_says_how_far_it_is() -> None:
    steps: list[Step] = []

    with Library.open() as library:
        check(library, samples=50, seed=1, on_change=steps.append)

    assert steps == [
        *(Step(doing, done, 11) for doing in ("drawing samples", "scanning") for done in range(1, 12)),
        *(Step("asking", done, 50) for done in range(1, 51)),
    ]


@pytest.mark.usefixtures("indexed")
def test_without_a_seed_every_check_draws_its_own_and_names_it() -> None:
    out = [searchlib("doctor", "--samples", "20").out for _ in range(2)]
    seeds = [re.findall(r"seed (\d+)", text)[0] for text in out]

    assert seeds[0] != seeds[1]
    again = searchlib("doctor", "--samples", "20", "--seed", seeds[0]).out
    assert out[0].splitlines()[:-1] == again.splitlines()[:-1]


@pytest.mark.usefixtures("indexed")
def test_a_bar_is_drawn_on_a_terminal_and_taken_away() -> None:
    shown, status = terminals.run([str(Path(BIN, "searchlib")), "doctor", "--samples", "20"], width=100)
    text = os.fsdecode(shown).replace("\r\n", "\n")

    assert status == 0
    assert "asking" in text
    assert text.split("\x1b[2K")[-1].startswith("kind ")


@pytest.mark.usefixtures("indexed")
def test_the_json_is_the_report() -> None:
    forget("没有")

    found = [
        json.loads(line)
        for line in searchlib("doctor", "--samples", str(ASKED), "--seed", "1", "--json").out.splitlines()
    ]
    report = checked(Library)

    assert found[-1].pop("seconds") > 0
    rows = [
        {"type": "recall", "kind": kind, "quoted": quoted, "length": length, **figures(tally)}
        for kind, quoted, length, tally in report.rows
    ]
    faults = [{"type": "fault", **fault._asdict()} for fault in report.faults]
    last = {"seed": 1, "faulty": report.faulty, "paragraphs": 604, "changed": [], **figures(report.total)}
    assert found == [*rows, *faults, {"type": "check", "version": 1, **last}]


def figures(tally: Tally) -> dict[str, float]:
    return {
        "samples": tally.samples,
        "expected": tally.expected,
        "found": tally.found,
        "missed": tally.missed,
        "wrong": tally.wrong,
        "recall": tally.recall,
        "precision": tally.precision,
    }


def test_all_but_one_is_not_written_as_all() -> None:
    from searchlib.cli.doctor import _share

    almost = Tally(samples=1, expected=1_000_000, found=1_000_000, missed=1, wrong=1)

    assert ("0.9999", "0.9999", "1.0000") == (_share(almost.recall), _share(almost.precision), _share(1.0))


LONG = [
    "".join(
        f"第{number}句，{'长江的水' * (number % 7)}流过{chr(0x4E00 + 97 * number)}城。"
        for number in range(first, first + 300)
    )
    for first in (0, 1_000)
]


@pytest.fixture
def long(here: Path) -> None:
    """Two paragraphs of a dozen pieces each, and a short one."""
    (here / "长.txt").write_text("\n".join([LONG[0], "山中的茶。", LONG[1]]), encoding="utf-8")
    Library.create().update(["长.txt"])


@pytest.mark.usefixtures("long")
def test_paragraphs_that_were_cut_are_sound_and_count_once() -> None:
    """However many of their pieces are hits."""
    report = checked(Library)
    across = sum((row.tally for row in report.rows if row.kind is Kind.ACROSS), Tally())

    assert (True, 3) == (report.total.is_sound, report.paragraphs)
    assert across.samples > 20
    assert across.expected <= 2 * across.samples


@pytest.mark.usefixtures("long")
def test_what_is_lost_at_cuts_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that looks into each piece by itself."""
    monkeypatch.setattr(Corpus, "groups", None)

    report = checked(Library)
    faulty = {row.kind for row in report.rows if not row.tally.is_sound}
    missed = sum(row.tally.missed for row in report.rows if row.kind is Kind.ACROSS)

    assert Kind.ACROSS in faulty
    assert 20 < missed
    assert {1, 3} >= {fault.line for fault in report.faults}


class Scattered(Altered):
    """Has all pieces of every paragraph that is hit."""

    def altered(self, hits: tuple[Hit, ...]) -> Iterator[Hit]:
        lines = {hit.paragraph.first_line for hit in hits}
        for paragraph in self.paragraphs("长.txt"):
            if paragraph.first_line in lines:
                yield hits[0]._replace(paragraph=paragraph)


@pytest.mark.usefixtures("long")
def test_pieces_without_the_sample_are_wrong_unless_they_stand_for_the_paragraph() -> None:
    report = checked(Scattered)

    assert 0 == report.total.missed
    assert report.total.wrong > 10 * ASKED / 2


@pytest.mark.usefixtures("indexed")
def test_files_that_have_changed_or_gone_are_named_and_not_compared() -> None:
    """Neither is what they have missed, nor is it wrong that the index has it."""
    with Path("texts/河边的书店.txt").open("a", encoding="utf-8") as file:
        file.write("\n这一句是后来添上的。\n")
    Path("texts/生僻字.txt").unlink()

    report = checked(Library)
    answer = searchlib("doctor", "--samples", "50", "--seed", "1")

    assert ("texts/河边的书店.txt", "texts/生僻字.txt") == report.changed
    assert (ASKED, True) == (report.total.samples, report.total.is_sound)
    assert (0, True) == (
        answer.status,
        answer.err.endswith(
            "changed or gone since indexed: texts/河边的书店.txt and 1 more; "
            "searchlib index PATH brings the index up to date\n"
        ),
    )


@pytest.mark.usefixtures("indexed")
def test_a_reader_that_fails_is_no_file_that_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing would be compared then, and all seem well."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("searchlib.ingest.read", fail)

    with pytest.raises(ZeroDivisionError):
        checked(Library)


@pytest.mark.usefixtures("geese")
def test_where_all_files_have_changed_there_is_nothing_to_ask() -> None:
    Path("去.txt").write_text("别的。", encoding="utf-8")

    answer = searchlib("doctor")

    assert (2, "") == (answer.status, answer.out)
    assert "all files in index have changed since indexed, or are gone" in answer.err


@pytest.mark.usefixtures("indexed")
def test_a_source_that_the_index_has_lost_is_missed() -> None:
    """It is read because the catalog names it."""
    (folder,) = Path("index").glob("whoosh-*")
    with engine("whoosh").open(made(folder)).writer() as writer:
        writer.remove("texts/河边的书店.txt")
        writer.commit()

    report = checked(Library)

    assert report.total.missed > 100
    assert {"texts/河边的书店.txt"} == {fault.path for fault in report.faults}


def test_texts_that_are_in_no_file_are_compared_as_they_are_stored(here: Path) -> None:
    with Library.create(here / "index") as library:
        library.update_texts([Text("长", "", LONG[0]), Text("短", "", "山中的茶。")])
        report = check(library, samples=ASKED, seed=1)

    assert (ASKED, True, 2, ()) == (report.total.samples, report.total.is_sound, report.paragraphs, report.changed)
    assert any(row.kind is Kind.ACROSS for row in report.rows)
