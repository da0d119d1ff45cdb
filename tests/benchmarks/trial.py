"""One searchlib or rival at work on one folder: each of its steps, measured."""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import samples
from drawn import Drawn
from figures import percentile, recall, size
from measured import Cost, cost
from rivals.interface import WORKER, Rival

COLD = samples.QUERIES[0]
# The folder's name in `work`.
TEXTS = "texts"
NOTE = "附记：本文件已修改。"


class Plan(NamedTuple):
    """How often things are done: `rounds` of warm questions, `changes` of one file, `starts` of a cold command.

    `literals` of each length and `questions` of 20 characters are drawn.
    """

    rounds: int = 5
    changes: int = 5
    starts: int = 20
    literals: int = 100
    questions: int = 20


# To see that all of it works; the figures mean little.
QUICK = Plan(rounds=1, changes=1, starts=1, literals=8, questions=4)


class Trial:
    """Its folder, which it may change, and its index lie in `work`."""

    def __init__(self, rival: Rival, work: Path, plan: Plan) -> None:
        self._rival, self._work, self._plan = rival, work, plan
        self._folder, self._index = work / TEXTS, work / "index"

    def versions(self) -> dict[str, str]:
        told: dict[str, str] = self._step("versions")[0]
        return told

    def indexing(self, text_bytes: int) -> dict[str, Any]:
        if not (command := self._rival.indexing(self._folder, self._index)):
            return {}
        used = cost(command)
        # A file that is not on the disk yet takes no blocks.
        os.sync()
        return {
            "index_mb_s": text_bytes / 1e6 / used.seconds,
            "index_s": used.seconds,
            "index_cpu_s": used.cpu_s,
            "index_peak_mb": used.peak_mb,
            "index_bytes": size(self._index),
            "index_to_text": size(self._index) / text_bytes,
        }

    def asking(self, questions: list[str]) -> dict[str, Any]:
        kinds = {"query": samples.QUERIES, "question": questions}
        first, _ = self._step("first", {"kinds": kinds})
        again, used = self._step("again", {"kinds": kinds, "rounds": self._plan.rounds})
        figures: dict[str, Any] = {"ask_peak_mb": used.peak_mb}
        for kind, told in again.items():
            took = told.pop("ms")
            figures[kind] = told | _percentiles("", took) | _percentiles("first_", first[kind])
        if command := self._rival.cold(self._folder, self._index, COLD):
            # A status of 1 says that nothing was found.
            figures["cold_s"] = median(cost(command, (0, 1)).seconds for _ in range(self._plan.starts))
        return figures

    def finding(self, corpus: samples.Corpus, stands_in: dict[str, list[int]]) -> dict[str, Any]:
        found, _ = self._step("find", {"paths": corpus.paths, "literals": stands_in})
        return {"recall": {str(length): share for length, share in recall(found, stands_in).items()}}

    def kinds(self, drawn: Drawn) -> dict[str, dict[str, list[float]]]:
        """Milliseconds of each question by its kind, asked for the first time and again of an index that stays open."""
        took: dict[str, dict[str, list[float]]] = self._step("kinds", drawn._asdict())[0]
        return took

    def updating(self, paths: list[str]) -> dict[str, float]:
        figures = {}
        if self._rival.updating(self._folder, self._index, paths[0]):
            figures["changed_s"] = median(self._changed(path) for path in _spread(paths, self._plan.changes))
        if command := self._rival.unchanged(self._folder, self._index):
            figures["unchanged_s"] = median(cost(command).seconds for _ in range(self._plan.changes))
        return figures

    def _changed(self, path: str) -> float:
        """Seconds of the command after a file has got a line more."""
        add_line(self._folder / path)
        return cost(self._rival.updating(self._folder, self._index, path)).seconds

    def _step(self, step: str, asked: dict[str, Any] | None = None) -> tuple[Any, Cost]:
        """What the worker answers, and what that cost."""
        question, answer = self._work / "asked.json", self._work / "answer.json"
        given: list[Path] = []
        if asked is not None:
            question.write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
            given = [self._folder, self._index, question]
        used = cost([*self._rival.python, WORKER, self._rival.key, step, *map(str, [*given, answer])])
        return json.loads(answer.read_text(encoding="utf-8")), used


def add_line(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{NOTE}\n")


def _percentiles(when: str, took: list[float]) -> dict[str, float]:
    return {f"{when}p50_ms": percentile(took, 0.5), f"{when}p95_ms": percentile(took, 0.95)}


def _spread(paths: list[str], count: int) -> list[str]:
    """So many of them, as far from one another as can be."""
    return paths[:: max(1, len(paths) // count)][:count]
