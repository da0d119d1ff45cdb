"""Whatever happens to files and roots, the index is in the end what a fresh one of the same roots is."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from places import remember

from searchlib import Library
from searchlib.errors import NoRoots, PathError
from searchlib.model import Paragraph
from searchlib.roots import FACT, is_missing, roots_of
from searchlib.scope import Scope

# The index is 库/index, so that some of its sources lie beside it and most outside of its parent folder.
FOLDERS = ["甲", "甲/子", "甲/子/深", "乙", "库/内", "."]
FILES = [
    "甲/一.txt",
    "甲/子/二.md",
    "甲/子/一.txt",
    "甲/子/深/一.txt",
    "甲/三.log",
    "甲/.隐.txt",
    "乙/一.txt",
    "库/内/三.log",
]
PATHS = [*FOLDERS, *FILES, "链"]
# None of these is Big5 when it is written in UTF-8; in Big5 most are taken for something else.
TEXTS = ["東湖", "山中的茶", "橋上有燈", "長江大橋通車了。\n橋上有燈。"]
LONG_AGO = 1_700_000_000

OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "include": st.sampled_from([["*.log", "*.txt"], ["/子/*"]]),
    "exclude": st.sampled_from([["子/"], ["*.md"], ["/子/深"], ["一.txt"]]),
    "hidden": st.just(True),
    "ignore_files": st.just(False),
    "follow": st.just(True),
    "encoding": st.just("big5"),
    "reset_options": st.just(True),
    "rebuild": st.just(True),
}

Step = Callable[["World"], None]


class World:
    """A folder with documents and an index, which answers for what it does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = LONG_AGO
        self.away: dict[str, Path] = {}
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True, parents=True)
        (folder / "远").mkdir()

    def library(self) -> Library:
        return Library.create(os.path.relpath(self.folder / "库" / "index"))

    def named(self, path: str) -> str:
        return os.path.relpath(self.folder / path)

    def write(self, path: str, content: bytes) -> None:
        target = self.folder / path
        if target.parent.is_dir() and not target.is_dir() and not target.is_symlink():
            self.clock += 1
            target.write_bytes(content)
            os.utime(target, (self.clock, self.clock))


def written(path: str, text: str, encoding: str) -> Step:
    return lambda world: world.write(path, text.encode(encoding))


def deleted(path: str) -> Step:
    def step(world: World) -> None:
        target = world.folder / path
        if target.is_dir() and not target.is_symlink():
            if path not in (".", "库"):
                shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)

    return step


def renamed(one: str, other: str) -> Step:
    def step(world: World) -> None:
        with suppress(OSError):  # into itself, onto something, or nothing at all
            if "库" not in (one, other):
                (world.folder / one).rename(world.folder / other)

    return step


def unmounted(path: str) -> Step:
    """Takes something away, to bring it back when the step comes again."""

    def step(world: World) -> None:
        here, there = world.folder / path, world.folder.parent / f"{world.folder.name}-{path.replace('/', '-')}"
        if path in (".", "库"):
            return
        with suppress(OSError):
            (there.rename(here) if there.exists() else here.rename(there))

    return step


def linked(target: str) -> Step:
    def step(world: World) -> None:
        link = world.folder / "链"
        if not link.is_dir() or link.is_symlink():
            link.unlink(missing_ok=True)
            link.symlink_to(target)

    return step


def indexed(paths: list[str], options: dict[str, Any], where: str) -> Step:
    def step(world: World) -> None:
        if (world.folder / where).is_dir():
            with chdir(world.folder / where), suppress(PathError), world.library() as library:
                library.update([world.named(path) for path in paths], **options)

    return step


def forgotten(paths: list[str], where: str) -> Step:
    """Forgets, and sees that it stays forgotten."""

    def step(world: World) -> None:
        if not (world.folder / where).is_dir() or not (world.folder / "库/index").exists():
            return
        with chdir(world.folder / where), world.library() as library:
            names = [world.named(path) for path in paths]
            foreseen = library.forget(names, dry_run=True)
            out = Scope(os.path.relpath(world.folder / path, library.root) for path in paths)
            assert foreseen == library.forget(names)
            assert [] == [path for path in library.sources() if path in out]
            if not foreseen.unknown:
                with suppress(NoRoots):
                    library.update()
                assert [] == [path for path in library.sources() if path in out]

    return step


def steps() -> st.SearchStrategy[Step]:
    path, folder, file = st.sampled_from(PATHS), st.sampled_from(FOLDERS), st.sampled_from(FILES)
    few = st.lists(path, min_size=1, max_size=2)
    ignoring = st.builds("{}/.ignore".format, folder)
    one = {name: st.fixed_dictionaries({name: value}) for name, value in OPTIONS.items()}
    return st.one_of(
        st.builds(written, file, st.sampled_from(TEXTS), st.sampled_from(["utf-8", "big5", "big5"])),
        st.builds(written, ignoring, st.sampled_from(["子/", "*.md", ""]), st.just("utf-8")),
        st.builds(deleted, path),
        st.builds(renamed, path, path),
        st.builds(unmounted, folder),
        st.builds(linked, folder),
        st.builds(indexed, few, st.just({}), folder),
        st.builds(indexed, few, st.one_of(*one.values()), folder),
        st.builds(indexed, few, one["encoding"] | one["reset_options"], folder),
        st.builds(indexed, few, st.fixed_dictionaries({}, optional=OPTIONS), folder),
        st.builds(indexed, st.just([]), st.just({}), folder),
        st.builds(forgotten, few, folder),
    )


def content(library: Library) -> dict[str, list[Paragraph]]:
    return {path: library.paragraphs(path) for path in library.sources()}


def answers(library: Library) -> Iterator[list[tuple[Paragraph, float]]]:
    for query in ("橋 東湖", "茶", "“燈”"):
        yield [(hit.paragraph, hit.score) for hit in library.search(query, limit=99)]


def fresh(world: World, roots: str) -> Library:
    """A new index of the same roots."""
    folder = world.folder / "库" / "新"
    (world.folder / "远" / "空").mkdir(exist_ok=True)
    with Library.create(folder) as library:
        library.update([world.folder / "远" / "空"])
    remember(folder, {FACT: roots})
    return Library.create(folder)


def check(world: World) -> None:
    with chdir(world.folder / "库"), world.library() as library:
        before = content(library)
        try:
            library.update()
        except NoRoots:
            assert before == {}
            return
        facts = library._snapshot().facts()
        text, roots = facts[FACT], roots_of(facts, library.folder)
        assert roots is not None
        with fresh(world, text) as other:
            other.update()
            missing = {root.path for root in roots if is_missing(root.path)}
            owners = {path: owner.path if (owner := roots.owner(path)) else "" for path in before}
            kept = {path: before[path] for path in before if owners[path] in missing}

            assert {**content(other), **kept} == content(library)
            assert missing or list(answers(other)) == list(answers(library))
            assert [] == [change for change in library.update().changes if change]


@settings(max_examples=80)
@given(st.lists(steps(), min_size=4, max_size=16))
def test_any_history_equals_a_fresh_index(history: list[Step]) -> None:
    """Renames, removed roots, changed filters, encodings and links, from any working directory."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder, "文"))
        world.folder.mkdir(exist_ok=True)
        for number, path in enumerate(FILES):
            world.write(path, TEXTS[number % len(TEXTS)].encode("big5" if number % 2 else "utf-8"))
        indexed(["甲", "乙"], {}, ".")(world)
        for step in history:
            step(world)
        check(world)
