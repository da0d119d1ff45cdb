"""One step of one rival in a process of its own: `worker.py RIVAL STEP ARGUMENTS`.

Only the rival's own module may import what is not of Python itself, because some rivals need another Python than ours.
Questions come as a JSON file and are answered into another one.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rivals import RIVALS
from rivals.interface import Rival, Scripted, Session

# Has words to be looked up in a dictionary.
WARMING = "枫桥经验"


def main(key: str, step: str, *given: str) -> None:
    rival = RIVALS[key]
    match step, given:
        case "build", (folder, index) if isinstance(rival, Scripted):
            rival.build(Path(folder), Path(index))
        case "replace", (folder, index, changed) if isinstance(rival, Scripted):
            rival.replace(Path(folder), Path(index), changed)
        case "versions", (answer,):
            _write(answer, rival.versions())
        case "first", (folder, index, asked, answer):
            _write(answer, _first(rival, Path(folder), Path(index), **_read(asked)))
        case "again", (folder, index, asked, answer):
            with rival.session(Path(folder), Path(index)) as session:
                _write(answer, _again(rival, session, **_read(asked)))
        case "find", (folder, index, asked, answer):
            with rival.session(Path(folder), Path(index)) as session:
                _write(answer, _found(session, **_read(asked)))
        case "kinds", (folder, index, asked, answer):
            with rival.session(Path(folder), Path(index)) as session:
                _write(answer, _by_kind(rival, session, **_read(asked)))
        case _:
            sys.exit(f"no such step: {step} {given}")


def _first(rival: Rival, folder: Path, index: Path, kinds: dict[str, list[str]]) -> dict[str, list[float]]:
    """Milliseconds of every question, each asked once of an index that has just been opened."""

    def opened(way: str, query: str) -> float:
        with rival.session(folder, index) as session:
            return _took(getattr(session, way), query)

    # What a process reads and compiles once, dictionaries for instance, is no question's own.
    for way in rival.ways:
        opened(way, WARMING)
    return {
        f"{kind}_{way}": [opened(way, query) for query in queries]
        for kind, queries in kinds.items()
        for way in rival.ways
    }


def _again(rival: Rival, session: Session, kinds: dict[str, list[str]], rounds: int) -> dict[str, Any]:
    """Of every kind of question and way to ask: what `_calls` says."""
    return {
        f"{kind}_{way}": _calls(getattr(session, way), queries, rounds)
        for kind, queries in kinds.items()
        for way in rival.ways
    }


def _by_kind(
    rival: Rival, session: Session, stretches: dict[str, list[str]], questions: dict[str, list[str]]
) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each question, by its kind, of one process: the first time, and again right after it."""
    ask: Callable[[str], int] = getattr(session, rival.ways[-1])
    ask(WARMING)
    return {
        **{f"“{kind}”": _twice(session.literal, texts) for kind, texts in stretches.items()},
        **{kind: _twice(ask, texts) for kind, texts in questions.items()},
    }


def _twice(ask: Callable[[str], object], asked: list[str]) -> dict[str, list[float]]:
    took = [(_took(ask, query), _took(ask, query)) for query in asked]
    return {"first": [first for first, _ in took], "again": [again for _, again in took]}


def _calls(ask: Callable[[str], int], queries: list[str], rounds: int) -> dict[str, Any]:
    """Milliseconds of every call once all have been asked before, and how many of the queries found something."""
    answered = sum(ask(query) > 0 for query in queries)
    took = [_took(ask, query) for _ in range(rounds) for query in queries]
    return {"answered": answered, "asked": len(queries), "ms": took}


def _took(ask: Callable[[str], object], query: str) -> float:
    began = time.perf_counter()
    ask(query)
    return 1000 * (time.perf_counter() - began)


def _found(session: Session, paths: list[str], literals: dict[str, list[int]]) -> dict[str, int]:
    """In how many of the files that have a literal it was found; `literals` says which do, as places in `paths`."""
    number = {path: at for at, path in enumerate(paths)}
    return {
        literal: len({number.get(path) for path in session.files(literal)} & set(files))
        for literal, files in literals.items()
    }


def _read(path: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return read


def _write(path: str, answer: dict[str, Any]) -> None:
    Path(path).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
