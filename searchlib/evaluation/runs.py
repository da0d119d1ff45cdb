"""Runs: what a ranking answered to each question, in the files that TREC's tools read and write."""

from __future__ import annotations

from pathlib import Path

from searchlib.errors import Malformed
from searchlib.evaluation.lines import lines

# The ids of the texts that answered a question, the best first; questions without an answer are not in it.
Run = dict[str, list[str]]

_TAG = "searchlib"


def scored(run: Run) -> dict[str, dict[str, int]]:
    """A score for each text, so that whatever sorts by score keeps the order.

    Scores of an answer do not: what matches every clause comes first in it, whatever the score.
    """
    return {question: {text: len(texts) - place for place, text in enumerate(texts)} for question, texts in run.items()}


def write(run: Run, file: Path) -> None:
    """A line for each text: question id, Q0, text id, rank from 1, score, tag."""
    with file.open("w", encoding="utf-8") as out:
        for question, scores in scored(run).items():
            for rank, (text, score) in enumerate(scores.items(), start=1):
                out.write(f"{question} Q0 {text} {rank} {score} {_TAG}\n")


def read(file: Path) -> Run:
    """A run of any program: texts in the order of their scores, and by rank where these are equal.

    Raises `PathError`, and `Malformed` with the line.
    """
    found: dict[str, dict[str, tuple[float, int]]] = {}
    for number, line in lines(file, "searchlib eval FOLDER --run FILE writes one"):
        fields = line.split()
        try:
            question, _, text, rank, score, _ = fields
            place = -float(score), int(rank)
        except ValueError:
            what = "this is not of the form: question id, Q0, text id, rank, score, tag"
            raise Malformed(str(file), number, what) from None
        texts = found.setdefault(question, {})
        if text in texts:
            raise Malformed(str(file), number, f"{text} is there for the second time for question {question}")
        texts[text] = place
    return {question: sorted(texts, key=lambda text: texts[text]) for question, texts in found.items()}
