"""Indexes with a fault, made on purpose."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from places import file_at, made

from searchlib import meta
from searchlib.analysis.terms import CHARS, WORDS
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.table import Row, Table
from searchlib.engines.whoosh.terms import Points, Terms, TermsWriter


def forget(piece: str, folder: str = "index") -> None:
    """Takes all terms with `piece` in them out of the postings of an index; its paragraphs keep their text."""
    engine = Path(folder) / meta.read(Path(folder)).engine_folder
    last = table.read(made(engine))
    rows = tuple(_without(piece.encode(), engine, row) for row in last.rows)
    table.write(made(engine), Table(last.generation + 1, rows))


def _without(piece: bytes, folder: Path, row: Row) -> Row:
    file = table.opened(made(folder), row)
    now = replace(row, name=table.new_name())
    writer = ArrayWriter(file_at(folder / now.file))
    writer.facts.update(file.facts)
    for name in file:
        if not name.startswith((f"{WORDS}.", f"{CHARS}.")):
            writer.append(name, file[name])
    for field in (WORDS, CHARS):
        _copy(piece, file, field, TermsWriter(writer, field, row.paragraphs), row.paragraphs)
    writer.close()
    if row.removed_file:
        shutil.copy(folder / row.removed_file, folder / str(now.removed_file))
    return replace(now, bytes=(folder / now.file).stat().st_size)


def _copy(piece: bytes, file: ArrayFile, field: str, writer: TermsWriter, bound: int) -> None:
    terms = Terms(file, field, bound)
    for at in range(len(terms)):
        if piece not in (term := terms.dictionary[at]):
            counts, numbers, frequencies = terms.stretch(at, at + 1)
            if isinstance(terms.dictionary, Points):
                writer.add_points(terms.dictionary.points[at : at + 1], counts, numbers, frequencies)
            else:
                writer.add_words([term], counts, numbers, frequencies)
