"""Texts that are in no file, as sources of an index: from paragraphs on, the same steps that files go."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

from searchlib.catalog import Known, Plan
from searchlib.errors import PathError
from searchlib.indexing import report
from searchlib.ingest import Ingested, Outcome, Task
from searchlib.model import Anchor, Block, BlockKind, Found, IndexReport, Source, Text
from searchlib.paragraphs import paragraphs_of
from searchlib.updating import OnChange
from searchlib.workers import run_here
from searchlib.writing import opened

# What the catalog has for a reader and its version, which is counted up when the same text would give other paragraphs.
_READER, _VERSION = "texts", 1
_ENCODING = "utf-8"


def update_texts(folder: Path, texts: Iterable[Text], on_change: OnChange, *, trusted: bool) -> IndexReport:
    """Makes the index in `folder` hold `texts` and nothing else; see `Library.update_texts`."""
    began = time.monotonic()
    given = _by_path(texts)
    with opened(folder, trusted=trusted) as index:
        sources = index.sources()
        _refuse_files(folder, sources)
        known = {} if index.anew else sources
        same = {path for path, text in given.items() if path in known and _is_same(known[path], text)}
        tasks = [_task(text, known.get(path)) for path, text in given.items() if path not in same]
        plan = Plan(
            read=tuple(task.path for task in tasks),
            unchanged=tuple(same),
            removed=tuple(path for path in known if path not in given),
            passed=(),
        )
        run = run_here(index.engine.parts, lambda task: _ingested(task, given[task.path]))
        tally = index.carry_out(plan, tasks, run, on_change)
    return report(tally, began)


def _by_path(texts: Iterable[Text]) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for text in texts:
        if text.path in found:
            raise PathError(f"two texts have the path {text.path}", hint="give each a path of its own")
        found[text.path] = text
    return found


def _refuse_files(folder: Path, sources: dict[str, Known]) -> None:
    """An index of somebody's files is not to be lost to texts that were meant for another folder."""
    # A source that only the engine knew of, because the catalog was damaged, has no reader.
    if any(source.reader not in ("", _READER) for source in sources.values()):
        raise PathError(
            f"the index in {folder} is one of files, and these texts would take their place",
            hint="--index FOLDER names another folder",
        )


def _is_same(known: Known, text: Text) -> bool:
    return (known.digest, known.reader, known.reader_version) == (_digest(text), _READER, _VERSION)


def _digest(text: Text) -> bytes:
    return blake2b(f"{text.title}\0{text.content}".encode(), digest_size=16).digest()


def _task(text: Text, known: Known | None) -> Task:
    size = len(text.title.encode()) + len(text.content.encode())
    return Task(text.path, Found(text.path, size, 0), known, _ENCODING, size)


def _ingested(task: Task, text: Text) -> Ingested:
    known = Known(
        path=text.path,
        size=task.bytes,
        mtime_ns=0,
        modified_ns=0,
        changed_ns=0,
        inode=0,
        digest=_digest(text),
        encoding=_ENCODING,
        reader=_READER,
        reader_version=_VERSION,
        paragraphs=0,
        reason="",
        told=True,
    )
    return Outcome(task, known, is_new=True), paragraphs_of(_source(text))


def _source(text: Text) -> Source:
    # A text that is all title is to be found too.
    content = text.content if text.content.strip() else text.title
    block = Block(content, tuple(_anchors(content)), BlockKind.VERBATIM)
    return Source(text.path, _ENCODING, _READER, text.title, (block,))


def _anchors(content: str) -> Iterator[Anchor]:
    """Each line of a text stands in it as in a file."""
    starts = accumulate((len(line) + 1 for line in content.split("\n")[:-1]), initial=0)
    return (Anchor(start, number, 1) for number, start in enumerate(starts, start=1))
