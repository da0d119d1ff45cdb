"""Questions to our own documents, and at which rank the paragraph that is meant stands."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from searchlib import Library
from searchlib.evaluation import metrics

TESTS = Path(__file__).parent
QUESTIONS, RANKS = TESTS / "golden" / "questions.tsv", TESTS / "golden" / "ranks.txt"
_DEPTH = 100


class Asked(NamedTuple):
    """A question, with the source and a piece of the paragraph that is to answer it."""

    kind: str
    question: str
    path: str
    piece: str


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The project's documents and the shared texts, in one index."""
    folder = tmp_path_factory.mktemp("golden")
    shutil.copytree(TESTS.parent / "seeds", folder / "seeds")
    shutil.copytree(TESTS / "texts", folder / "texts", ignore=shutil.ignore_patterns("README.md"))
    with Library.create(folder / "index") as made:
        made.update([folder / "seeds", folder / "texts"])
        yield made


def all_asked() -> Iterator[Asked]:
    kind = ""
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kind = line[2:]
        else:
            question, path, piece = line.split("\t")
            yield Asked(kind, question, path, piece)


def test_each_question_means_one_paragraph(library: Library) -> None:
    for asked in all_asked():
        meant = [paragraph for paragraph in library.paragraphs(asked.path) if asked.piece in paragraph.text]

        assert 1 == len(meant), asked


def test_what_is_meant_ranks_as_it_is_written_down(library: Library, pytestconfig: pytest.Config) -> None:
    """A change of the ranking, for better or worse, has to be looked at and committed."""
    answers = {asked: answer(library, asked) for asked in all_asked()}
    ranked = "".join(lines(answers))

    if pytestconfig.getoption("update_golden"):
        RANKS.write_text(ranked, encoding="utf-8")

    assert RANKS.read_text(encoding="utf-8") == ranked


def answer(library: Library, asked: Asked) -> list[str]:
    """The pieces that the first hits have: the one that is meant, or none."""
    hits = library.search(asked.question, limit=_DEPTH)
    return [
        "meant" if hit.path == asked.path and asked.piece in hit.paragraph.text else f"other {rank}"
        for rank, hit in enumerate(hits, start=1)
    ]


def lines(answers: dict[Asked, list[str]]) -> Iterator[str]:
    """The mean over all questions and of each kind, and the rank of each."""
    yield f"{mrr(answers):.4f}\t{metrics.MRR} of {len(answers)} questions\n"
    for kind in dict.fromkeys(asked.kind for asked in answers):
        of_kind = {asked: answer for asked, answer in answers.items() if asked.kind == kind}
        yield f"\n{mrr(of_kind):.4f}\t{kind}\n"
        for asked, found in of_kind.items():
            yield f"{found.index('meant') + 1 if 'meant' in found else 'none'}\t{asked.question}\n"


def mrr(answers: dict[Asked, list[str]]) -> float:
    run = {asked.question: found for asked, found in answers.items()}
    values = metrics.values({question: {"meant": 1} for question in run}, run)
    return sum(values[metrics.MRR].values()) / len(run)
