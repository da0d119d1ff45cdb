"""Damage put into an index on purpose: `python -m tests.trust damage`.

At many places, spread over every file of an index and every array and page in them, a copy of the index has bytes
changed, cut off, added or overwritten, or loses a file. Then it is asked and checked, brought up to date, and repaired.
What must hold:

- every answer is that of the whole index, or an error of searchlib's own; none takes longer than `LIMIT_S`;
- where an answer is an error, `verify` finds what is wrong; where it finds nothing, every answer is right;
- an update ends, or says what is wrong, and answers are as before it: right, or errors;
- after `verify --repair` every answer is right, and `verify` finds nothing.

Trials run in a process of their own, so that one that dies or hangs is one of those that are told of.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from searchlib import Library
from searchlib.directory import Directory
from searchlib.engines.whoosh.arrays import ArrayFile
from searchlib.errors import SearchlibError

from .bounds import Bound

# A trial's, in seconds; one takes about half a second on an idle machine.
LIMIT_S = 120
# Where nothing else is said.
PLACES = 1_000
DOCUMENTS, INDEX = "文", "index"
_SQLITE_PAGE = 4096
_DATE = 1_700_000_000

QUESTIONS = (
    "枫桥经验 人才",
    "“茶水”",
    "水",
    "title:章程",
    "heading:第二",
    "tidb AND NOT 长江",
    "/第.章/",
    "北?大",
    "date:>=2023-11-16",
    "size:<1k encoding:gb18030",
    "path:*.md 的",
)
_WORDS = (
    "枫桥 经验 人才 茶水 长江 大桥 北京大学 第二章 章程 图书馆 土地 承包 经营权 tidb iPhone15 的 了 水 镇上 议定 规则"
).split()


class Damage(NamedTuple):
    """What is done to a file of the index, at a byte of it."""

    file: str
    kind: str
    at: int
    value: int


class Outcome(NamedTuple):
    """What came of a trial. `troubles` are what may not be; `found` says whether `verify` found anything."""

    troubles: tuple[str, ...]
    errors: int
    found: bool
    repaired: bool


@dataclass(slots=True)
class Figures:
    """What came of all trials; `losses` are those in which something was not as it must be."""

    outcomes: list[Outcome] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        found = sum(outcome.found for outcome in self.outcomes)
        told = sum(bool(outcome.errors) for outcome in self.outcomes)
        repaired = sum(outcome.repaired for outcome in self.outcomes)
        return [
            f"{len(self.outcomes):,} places, {found:,} found by verify, {told:,} by questions too",
            f"{repaired:,} repaired, {len(self.losses):,} with something wrong",
            *self.losses,
        ]


def build(folder: Path) -> None:
    """Thirty documents, of each format and in several encodings, and an index of them that has been updated often."""
    dice = random.Random(7)
    texts = folder / DOCUMENTS
    texts.mkdir(parents=True)
    for first in range(0, 30, 10):
        for number in range(first, first + 10):
            _write(texts, number, dice)
        _update(folder)
    for number in (0, 11, 12):
        _write(texts, number, dice)
    for path in sorted(texts.iterdir())[3:5]:
        path.unlink()
    _update(folder)


def _update(folder: Path) -> None:
    with Library.create(folder / INDEX) as library:
        library.update([folder / DOCUMENTS])


def _write(folder: Path, number: int, dice: random.Random) -> None:
    lines = ["".join(dice.choice(_WORDS) for _ in range(dice.randrange(3, 30))) + "。" for _ in range(12)]
    if number % 3 == 0:
        name, text = f"{number:02}.md", "\n\n".join(["# 章程", *lines[:6], "## 第二章", *lines[6:]])
    elif number % 3 == 1:
        name, text = f"{number:02}.txt", "\n".join(lines)
    else:
        body = "".join(f"<p>{line}</p>" for line in lines)
        name, text = f"{number:02}.html", f"<title>镇上{number}</title><h1>第二</h1>{body}"
    path = folder / name
    path.write_text(text, encoding="gb18030" if number % 6 == 1 else "utf-8")
    os.utime(path, (_DATE + number, _DATE + number))


def damages(folder: Path, count: int, dice: random.Random) -> list[Damage]:
    """So many, the first of which are in every array and page that there is."""
    found = [Damage(file, "flip", at, 1 + dice.randrange(255)) for file, at in _spots(folder, dice)]
    dice.shuffle(found)
    files = sorted(str(path.relative_to(folder)) for path in (folder / INDEX).rglob("*") if path.is_file())
    found = [*(Damage(file, "delete", 0, 0) for file in files), *found]
    kinds = "flip flip flip cut add wipe".split()
    while len(found) < count:
        file = dice.choice(files)
        size = (folder / file).stat().st_size
        found.append(Damage(file, dice.choice(kinds), dice.randrange(max(size, 1)), 1 + dice.randrange(255)))
    return found[:count] if count >= len(files) else dice.sample(found, count)


def _spots(folder: Path, dice: random.Random) -> Iterator[tuple[str, int]]:
    """Bytes in every array, in the rest of their files, in every page of the catalog, and in what is JSON."""
    index = folder / INDEX
    engine = next(index.glob("whoosh-*"))
    for path in sorted(engine.iterdir()):
        name = str(path.relative_to(folder))
        if path.name == "table.json":
            yield from ((name, dice.randrange(path.stat().st_size)) for _ in range(6))
            continue
        if path.name == "whoosh.lock":
            continue
        directory = ArrayFile(Directory.open(engine) / path.name)._directory
        for start, dtype, length in directory.values():
            if size := length * int(dtype[2:]):
                yield name, start + dice.randrange(size)
        end = max(start for start, *_ in directory.values())
        yield from ((name, at) for at in (3, 9, 40, path.stat().st_size - 10, path.stat().st_size - 100, end))
    (catalog,) = index.glob("catalog-*.db")
    for page in range(0, catalog.stat().st_size, _SQLITE_PAGE):
        for at in (*range(0, 40, 5), *(dice.randrange(_SQLITE_PAGE) for _ in range(6))):
            yield str(catalog.relative_to(folder)), page + at
    meta = index / "meta.json"
    yield from ((str(meta.relative_to(folder)), dice.randrange(meta.stat().st_size)) for _ in range(8))


def apply(folder: Path, damage: Damage) -> None:
    path = folder / damage.file
    if damage.kind == "delete":
        path.unlink()
        return
    content = bytearray(path.read_bytes())
    at = min(damage.at, max(len(content) - 1, 0))
    if damage.kind == "cut":
        del content[at:]
    elif damage.kind == "add":
        content[at:at] = bytes([damage.value]) * damage.value
    elif damage.kind == "wipe":
        content[at : at + 600] = bytes(len(content[at : at + 600]))
    elif content:
        content[at] ^= damage.value
    # In place, as disks do it; SQLite would take another file for another database.
    path.write_bytes(content)


def answers(folder: Path) -> list[object]:
    """What the index says to everything that can be asked; an error of searchlib's own stands for the answer."""
    found: list[object] = []
    for ask in _asked():
        with Library.create(folder / INDEX) as library:
            try:
                found.append(ask(library))
            except SearchlibError as error:
                found.append(error)
    return found


def _asked() -> Iterator[Callable[[Library], object]]:
    yield from (lambda library, query=query: _hits(library, query) for query in QUESTIONS)
    yield lambda library: library.counts("水")
    yield lambda library: [list(map(tuple, library.paragraphs(path))) for path in library.sources()]
    yield lambda library: [library.around(library.find(f"{number:02}.txt"), 2) for number in (1, 10, 22)]
    yield _status


def _hits(library: Library, query: str) -> object:
    results = library.search(query, limit=20)
    hits = [(hit.paragraph, round(hit.score, 6), hit.line, hit.column, hit.snippet) for hit in results]
    return results.complete, results.partial, results.sources, hits


def _status(library: Library) -> object:
    status = library.status()
    # How many terms there are counts those of removed paragraphs too, until segments are merged.
    return status.sources, status.source_bytes, status.paragraphs, status.encodings, status.skipped


def trial(whole: Path, damage: Damage, expected: list[object]) -> Outcome:
    """Puts one damage into a copy of the index, and looks what comes of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "at"
        shutil.copytree(whole, folder)
        apply(folder, damage)
        troubles: list[str] = []
        given = answers(folder)
        errors = _compared("asked", given, expected, troubles)
        found = _verified(folder, repair=False)
        if errors and not found:
            troubles.append(f"verify finds nothing, and {errors} answers are errors: {_first_error(given)}")
        updated = Path(name) / "updated"
        shutil.copytree(folder, updated)
        try:
            _update(updated)
        except SearchlibError as error:
            if not found:
                troubles.append(f"verify finds nothing, and an update fails: {error}")
        _compared("asked after an update", answers(updated), expected, troubles)
        try:
            left = _verified(folder, repair=True)
        except SearchlibError as error:
            left = str(error)
        if left:
            troubles.append(f"not repaired: {left}")
        elif _compared("asked after a repair", answers(folder), expected, troubles):
            troubles.append("errors after a repair")
        return Outcome(tuple(troubles), errors, bool(found), not left)


def _compared(when: str, given: list[object], expected: list[object], troubles: list[str]) -> int:
    """How many answers are errors; what is neither that nor right is trouble."""
    for place, (answer, right) in enumerate(zip(given, expected, strict=True)):
        if answer != right and not isinstance(answer, SearchlibError):
            troubles.append(f"{when}, answer {place} is wrong: {str(answer)[:300]} and not {str(right)[:300]}")
    return sum(isinstance(answer, SearchlibError) for answer in given)


def _first_error(given: list[object]) -> object:
    return next(answer for answer in given if isinstance(answer, SearchlibError))


def _verified(folder: Path, *, repair: bool) -> str:
    """What is wrong; nothing where all is well."""
    try:
        report = Library.create(folder / INDEX).verify(repair=repair)
    except SearchlibError as error:
        if repair:
            raise
        return str(error)
    return "; ".join(f"{finding.kind} {finding.path}: {finding.what}" for finding in report.left)


def trials(whole: Path, some: list[Damage]) -> Iterator[tuple[Damage, Outcome]]:
    """Each in turn, in another process."""
    context = multiprocessing.get_context("spawn")
    waiting = list(reversed(some))
    while waiting:
        ours, its = context.Pipe()
        process = context.Process(target=_work, args=(its, whole), daemon=True)
        process.start()
        its.close()
        try:
            while waiting:
                ours.send(waiting[-1])
                if not ours.poll(LIMIT_S):
                    yield waiting.pop(), Outcome(("hangs",), 0, found=False, repaired=False)
                    break
                outcome = ours.recv()
                yield waiting.pop(), outcome
        except (EOFError, ConnectionError):
            yield waiting.pop(), Outcome(("the process died",), 0, found=False, repaired=False)
        finally:
            process.kill()
            process.join()
            ours.close()


def _work(connection: Connection, whole: Path) -> None:
    expected = answers(whole)
    assert not any(isinstance(answer, SearchlibError) for answer in expected), expected
    while True:
        damage = connection.recv()
        try:
            connection.send(trial(whole, damage, expected))
        except Exception as error:  # noqa: BLE001 — whatever is raised that is not searchlib's is what is looked for
            connection.send(Outcome((f"raises {type(error).__name__}: {error}",), 0, found=False, repaired=False))


def run(count: int | None, scratch: Path, *, seconds: float | None = None, seed: int = 1) -> Figures:
    """Damages an index in `scratch` at so many places."""
    bound = Bound(seconds)
    whole = scratch / "whole"
    build(whole)
    figures = Figures()
    for damage, outcome in trials(whole, damages(whole, count or PLACES, random.Random(seed))):
        figures.outcomes.append(outcome)
        figures.losses += (f"{damage}: {trouble}" for trouble in outcome.troubles)
        if bound.is_over():
            break
    return figures
