"""The rival: Whoosh and jieba's `ChineseAnalyzer` as their tutorials put them together, a line as a document.

python stock_whoosh.py index FOLDER INDEX
python stock_whoosh.py search ASKED.json INDEX
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from pathlib import Path

from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.qparser import OrGroup, QueryParser
from whoosh.query import Query
from whoosh.searching import Searcher

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import jieba
    from jieba.analyse import ChineseAnalyzer

jieba.setLogLevel(logging.CRITICAL)


def index(folder: Path, target: Path) -> None:
    target.mkdir()
    schema = Schema(path=ID(stored=True), content=TEXT(stored=True, analyzer=ChineseAnalyzer()))
    writer = create_in(target, schema).writer()
    for path in sorted(folder.rglob("*.md")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.strip():
                writer.add_document(path=str(path), content=line.strip())
    writer.commit()


def search(asked: Path, target: Path) -> None:
    wanted = json.loads(asked.read_text(encoding="utf-8"))
    found = open_dir(target)
    every, some = QueryParser("content", found.schema), QueryParser("content", found.schema, group=OrGroup)
    with found.searcher() as searcher:
        answer = {
            "and": _timed(searcher, [every.parse(query) for query in wanted["queries"]] * wanted["rounds"]),
            "or": _timed(searcher, [some.parse(query) for query in wanted["queries"]] * wanted["rounds"]),
            "found": sum(_has(searcher, every.parse(f'"{literal}"'), literal) for literal in wanted["literals"]),
        }
    print(json.dumps(answer))


def _timed(searcher: Searcher, queries: list[Query]) -> list[float]:
    took = []
    for query in queries:
        began = time.perf_counter()
        for hit in searcher.search(query, limit=10):
            hit.fields()
        took.append(1000 * (time.perf_counter() - began))
    return took


def _has(searcher: Searcher, query: Query, literal: str) -> bool:
    return any(literal in hit["content"] for hit in searcher.search(query, limit=None))


if __name__ == "__main__":
    {"index": index, "search": search}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
