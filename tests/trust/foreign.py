"""Files of others in and around the folder of an index: `python -m tests.trust foreign [--count N]`.

Arbitrary files and folders, many with names that an index could have, are put beside the index, into its folder and
into that of its engine, and any history of commands follows, killed ones among them. All of them must be there
afterwards, byte for byte. A folder with something in it is never made an index.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from . import moments
from .bounds import Bound
from .folders import DOCUMENTS, INDEX, Folder
from .moments import Ended, Killable, Moment

# Names that this or an earlier format of the index has had, or that are nearly such.
_NAMES = """
catalog.db catalog.db-journal catalog-1.db catalog-0123456789abcdef.db meta.json.new meta.json.bak Meta.json table.json
table.json.new writer.json writer.lock.bak writer.0123456789abcdef.json whoosh.lock whoosh-1 whoosh-2 whoosh-v2 whoosh-
whoosh-tutorial whoosh-0123456789abcdef 0123456789abcdef01234567.arrays 0123456789abcdef.arrays a.arrays a.1 a.removed
MAIN_WRITELOCK _MAIN_1.toc tmpabc .gitkeep .gitignore 笔记.md 空 格 .hidden
""".split()
_COMMANDS = (
    ("index", DOCUMENTS),
    ("index", DOCUMENTS, "-j2"),
    ("index", DOCUMENTS, "--rebuild"),
    ("index", DOCUMENTS, "--dry-run", "--rebuild"),
    ("index", "."),
    ("index", "没有"),
    ("verify",),
    ("verify", "--repair"),
    ("search", "长江"),
    ("status",),
    ("doctor", "--samples", "5"),
    ("backup", INDEX),
    ("backup", "."),
)


@dataclass
class Figures:
    """Commands that were run with foreign files about; `losses` says which file was touched by which."""

    commands: Counter[str] = field(default_factory=Counter)
    files: int = 0
    losses: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        kinds = [f"{count:6} {kind}" for kind, count in sorted(self.commands.items())]
        total = f"{self.commands.total()} commands beside {self.files} foreign files, {len(self.losses)} losses"
        return [total, *kinds, *self.losses]


def run(count: int | None, scratch: Path, seed: int = 1, *, seconds: float | None = None) -> Figures:
    """Runs so many commands, or as many as there is time for; `scratch` has nothing else in it."""
    figures, chance = Figures(), random.Random(seed)
    bound, count, here = Bound(seconds), count or 500, Path.cwd()
    with Killable() as killable:
        while figures.commands.total() < count and not bound.is_over():
            life = _Life(scratch / "life", chance, killable, figures, bound)
            try:
                life.live()
            finally:
                os.chdir(here)
            shutil.rmtree(scratch / "life")
    return figures


class _Life:
    def __init__(self, root: Path, chance: random.Random, killable: Killable, figures: Figures, bound: Bound) -> None:
        self._bound = bound
        self._folder = Folder(root, chance.randrange(1 << 30), size=5)
        self._root, self._chance, self._killable, self._figures = root, chance, killable, figures
        self._foreign: dict[Path, bytes | None] = {}

    def live(self) -> None:
        os.chdir(self._root)
        self._refused()
        for _ in range(12):
            if self._bound.is_over():
                return
            self._plant()
            if self._chance.random() < 0.5:
                self._folder.change(2)
            self._command()

    def _refused(self) -> None:
        """A folder with anything in it is refused, whatever the options."""
        name = self._chance.choice([name for name in _NAMES if name != ".gitkeep"])
        self._folder.index.mkdir()
        self._put(self._folder.index / name)
        for more in ((), ("--rebuild",), ("--dry-run",), ("--dry-run", "--rebuild")):
            before = sorted(self._folder.index.rglob("*"))
            ended = self._run("index", DOCUMENTS, *more)
            self._counted(f"refused: index {' '.join(more)}")
            if ended.status != 2 or "is not empty" not in ended.said or sorted(self._folder.index.rglob("*")) != before:
                self._figures.losses.append(f"made an index beside {name} {more}: {ended}")
        shutil.rmtree(self._folder.index)
        self._foreign = {path: content for path, content in self._foreign.items() if INDEX not in path.parts}

    def _plant(self) -> None:
        """Puts something somewhere."""
        places = [self._root, self._folder.index, *self._folder.index.glob("whoosh-*/")]
        place = self._chance.choice([place for place in places if place.is_dir()])
        path = place / self._chance.choice(_NAMES)
        # What is there is the index's own, or was planted before.
        if not os.path.lexists(path):
            self._put(path)

    def _put(self, path: Path) -> None:
        if self._chance.random() < 0.3:
            path.mkdir()
            self._foreign[path] = None
            path /= "内.txt"
        content = self._chance.choice([b"", b"{}", b'{"format": 5}', self._chance.randbytes(50), "笔记".encode()])
        path.write_bytes(content)
        self._foreign[path] = content
        self._figures.files += 1

    def _command(self) -> None:
        words = self._chance.choice(_COMMANDS)
        if words[0] in ("index", "verify") and self._chance.random() < 0.4:
            stage = self._chance.choice(sorted(moments.STAGES))
            self._killable.run(self._root, Moment("kill", stage, self._chance.randint(1, 30)), *words)
            self._counted(f"{words[0]}, killed")
        else:
            ended = self._run(*words)
            self._counted(" ".join(words))
            if "Error" in ended.said or "should not have happened" in ended.said:
                self._figures.losses.append(f"{words}: {ended.said}")
        for path, content in self._foreign.items():
            if not (path.is_dir() if content is None else path.is_file() and path.read_bytes() == content):
                self._figures.losses.append(f"{words} touched {path.relative_to(self._root)}")
        self._foreign = {path: content for path, content in self._foreign.items() if os.path.lexists(path)}

    def _run(self, *words: str) -> Ended:
        return self._killable.run(self._root, Moment(""), *words)

    def _counted(self, what: str) -> None:
        self._figures.commands[what] += 1
