"""Small sets of judged questions, written where a test wants them."""

from __future__ import annotations

import json
from pathlib import Path

JUDGED = Path(__file__).parent / "judged"


def plant(
    folder: Path, texts: dict[str, str], questions: dict[str, str], judgements: dict[str, dict[str, int]]
) -> Path:
    """A folder of judged questions; `judgements` has the relevance of texts by question."""
    folder.mkdir(parents=True, exist_ok=True)
    corpus = (json.dumps({"id": text, "content": content}, ensure_ascii=False) for text, content in texts.items())
    lines = (f"{question} 0 {text} {value}" for question, of in judgements.items() for text, value in of.items())
    (folder / "corpus.jsonl").write_text("\n".join(corpus), encoding="utf-8")
    (folder / "queries.tsv").write_text("\n".join(map("\t".join, questions.items())), encoding="utf-8")
    (folder / "qrels.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder
