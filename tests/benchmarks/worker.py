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


def main(key: str, step: str, *given: str) -> None:
    rival = RIVALS[key]
    match step, given:
        case "build", (folder, index) if isinstance(rival, Scripted):
            rival.build(Path(folder), Path(index))
        case "replace", (folder, index, changed) if isinstance(rival, Scripted):
            rival.replace(Path(folder), Path(index), changed)
        case "versions", (answer,):
            _write(answer, rival.versions())
        case "ask", (folder, index, asked, answer):
            with rival.session(Path(folder), Path(index)) as session:
                _write(answer, _timed(rival, session, **_read(asked)))
        case "find", (folder, index, asked, answer):
            with rival.session(Path(folder), Path(index)) as session:
                _write(answer, _found(session, **_read(asked)))
        case _:
            sys.exit(f"no such step: {step} {given}")


def _timed(rival: Rival, session: Session, kinds: dict[str, list[str]], rounds: int) -> dict[str, Any]:
    """Of every kind of question and way to ask: what `_calls` says."""
    return {
        f"{kind}_{way}": _calls(getattr(session, way), queries, rounds)
        for kind, queries in kinds.items()
        for way in rival.ways
    }


def _calls(ask: Callable[[str], int], queries: list[str], rounds: int) -> dict[str, Any]:
    """Milliseconds of every call once all have been asked before, and how many of the queries found something."""
    answered, took = sum(ask(query) > 0 for query in queries), []
    for _ in range(rounds):
        for query in queries:
            began = time.perf_counter()
            ask(query)
            took.append(1000 * (time.perf_counter() - began))
    return {"answered": answered, "asked": len(queries), "ms": took}


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
