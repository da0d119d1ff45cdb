"""Files of several commits in one index: `python -m tests.trust rollback [--count N]`.

Two commits of one index are kept, with an update or a rebuild between them. Each mixture is made of their files: of
each name the one of the first commit, the one of the second, or none, as copies taken while a writer was at work and
backups that were restored in part have them; in some, a file is another valid file of the index. A mixture answers as
one of the two commits, or with an error, in every way of asking; and the next update, or a repair where that is told,
makes of it what a fresh index is.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from searchlib import Library
from searchlib.errors import FolderInUse, LibraryIndexError, SearchlibError

from . import folders
from .bounds import Bound
from .folders import INDEX, Folder

_ERROR = "error"
# Mixtures of one pair of commits, before there is another pair.
_OF_ONE_PAIR = 25
Answers = tuple[object, ...]


@dataclass
class Figures:
    """What became of the mixtures; `losses` says what was wrong with one, and should be empty."""

    mixtures: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        kinds = [f"{count:6} {kind}" for kind, count in sorted(self.mixtures.items())]
        return [f"{self.mixtures.total()} mixtures, {len(self.losses)} wrong", *kinds, *self.losses]


def run(count: int | None, scratch: Path, seed: int = 1, *, seconds: float | None = None) -> Figures:
    """Makes so many mixtures, or as many as there is time for; `scratch` has nothing else in it."""
    figures, chance = Figures(), random.Random(seed)
    bound, count = Bound(seconds), count or 200
    while figures.mixtures.total() < count and not bound.is_over():
        pair = _Pair(scratch / "pair", chance)
        for _ in range(_OF_ONE_PAIR):
            if figures.mixtures.total() < count and not bound.is_over():
                pair.mix(figures)
        shutil.rmtree(scratch / "pair")
    return figures


class _Pair:
    """Two commits of one index."""

    def __init__(self, scratch: Path, chance: random.Random) -> None:
        self._chance = chance
        self._folder = Folder(scratch / "life", chance.randrange(1 << 30), size=8)
        self._root, index = self._folder.root, self._folder.index
        folders.update(self._root)
        # A second segment, and removed paragraphs.
        self._folder.change(2)
        folders.update(self._root)
        self._commits = [self._kept(scratch / "first")]
        self._folder.change(3)
        folders.update(self._root, rebuild=chance.random() < 0.3)
        self._commits.append(self._kept(scratch / "second"))
        self._answers = [answers(index) for index in self._commits]
        self._fresh = folders.fresh(self._root, scratch / "fresh")
        self._index = index

    def _kept(self, place: Path) -> Path:
        shutil.copytree(self._folder.index, place / INDEX)
        return place / INDEX

    def mix(self, figures: Figures) -> None:
        """Makes a mixture, asks it and heals it."""
        chosen = self._chosen()
        shutil.rmtree(self._index)
        for name, source in chosen.items():
            (self._index / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self._index / name)
        self._index.mkdir(exist_ok=True)
        found = answers(self._index)
        wrong = self._wrong(found)
        figures.mixtures[_kind(found)] += 1
        trouble = self._healed()
        if wrong or trouble:
            names = {name: f"{source.parents[-1]}{source}" for name, source in chosen.items()}
            figures.losses.append(f"{wrong} {trouble}: {names}")

    def _chosen(self) -> dict[str, Path]:
        """For each name in the mixture the file that has it there."""
        of_commit = [
            {str(file.relative_to(one)): file for file in one.rglob("*") if file.is_file()} for one in self._commits
        ]
        first, second = of_commit
        found: dict[str, Path] = {}
        whole = self._chance.choice([first, second])
        for name in sorted({*first, *second}):
            choices = [one[name] for one in of_commit if name in one]
            if self._chance.random() < 0.1:
                continue
            # Mostly one commit, with something of the other.
            found[name] = whole[name] if name in whole and self._chance.random() < 0.6 else self._chance.choice(choices)
        if self._chance.random() < 0.2 and len(found) > 1:
            one, other = self._chance.sample(sorted(found), 2)
            found[one] = found[other]
        return found

    def _wrong(self, found: Answers) -> str:
        fitting = [
            all(part in (_ERROR, whole) for part, whole in zip(found, expected, strict=True))
            for expected in self._answers
        ]
        return "" if any(fitting) else "answers as neither of the commits:"

    def _healed(self) -> str:
        """Brings the index up to date as its messages tell to; what was wrong with that."""
        try:
            try:
                folders.update(self._root)
            except FolderInUse:
                # Nothing in it says any more that it is an index.
                return ""
            except LibraryIndexError as error:
                if "--rebuild" not in error.hint:
                    return f"the update fails: {error}; {error.hint}"
                folders.update(self._root, rebuild=True)
            return "" if folders.ranked(self._index) == self._fresh else "the update did not heal it"
        except (SearchlibError, AssertionError) as error:
            return f"can't be healed: {error}"


def answers(index: Path) -> Answers:
    """What an index answers, way of asking by way of asking; "error" where that is an error."""
    try:
        library = Library.open(index)
    except SearchlibError:
        return (_ERROR,) * len(WAYS)
    with library:
        return tuple(_answer(way, library) for way in WAYS)


def _answer(way: Callable[[Library], object], library: Library) -> object:
    try:
        return way(library)
    except SearchlibError:
        return _ERROR


def _searched(query: str, sort: str = "score") -> Callable[[Library], object]:
    def search(library: Library) -> object:
        results = library.search(query, limit=1_000, sort=sort)
        return results.complete, results.partial, [(hit.path, hit.line, hit.score, hit.snippet.text) for hit in results]

    return search


def _status(library: Library) -> object:
    status = library.status()
    return status.sources, status.paragraphs, status.source_bytes, status.terms, status.encodings, status.skipped


def all_paragraphs(library: Library) -> object:
    return {path: library.paragraphs(path) for path in library.sources()}


WAYS: tuple[Callable[[Library], object], ...] = (
    _searched(f"“{folders.MARK}”"),
    _searched("长江大桥 枫桥经验"),
    _searched("date:>2000-01-01 长江"),
    _searched("size:>1 枫桥"),
    _searched("长江", "size"),
    all_paragraphs,
    lambda library: library.counts("长江"),
    _status,
)


# The first is several calls; the second counts terms of removed paragraphs until their segment is merged.
NOT_OF_ONE_STATE = (all_paragraphs, _status)


def _kind(found: Answers) -> str:
    if all(part == _ERROR for part in found):
        return "answered with an error"
    return "answered in part" if _ERROR in found else "answered as one of the two"
