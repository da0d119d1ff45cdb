"""Indexes with a fault, made on purpose."""

from __future__ import annotations

from dataclasses import replace

from searchlib import meta
from searchlib.analysis.terms import CHARS, WORDS
from searchlib.directory import Directory
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile, ArrayWriter
from searchlib.engines.whoosh.table import Row
from searchlib.engines.whoosh.terms import Points, Terms, TermsWriter


def forget(piece: str, folder: str = "index") -> None:
    """Takes all terms with `piece` in them out of the postings of an index; its paragraphs keep their text."""
    index = Directory.open(folder)
    engine = index.open_folder(meta.read(index).folder)
    last = table.read(engine)
    rows = [_without(piece.encode(), engine, row, last.next) for row in last.rows]
    table.write(engine, last.followed_by(rows, last.data))


def _without(piece: bytes, folder: Directory, row: Row, commit_id: str) -> Row:
    file = table.opened(folder, row)
    now = Row(table.new_name(commit_id), 0, 0)
    writer = ArrayWriter(folder / now.file)
    writer.facts.update(file.facts)
    for name in file:
        if not name.startswith((f"{WORDS}.", f"{CHARS}.")):
            writer.append(name, file[name])
    for field in (WORDS, CHARS):
        _copy(piece, file, field, TermsWriter(writer, field, row.paragraphs), row.paragraphs)
    writer.close()
    now = table.row_of(folder, now.name, row.paragraphs)
    return replace(row, name=now.name, bytes=now.bytes, digest=now.digest)


def _copy(piece: bytes, file: ArrayFile, field: str, writer: TermsWriter, bound: int) -> None:
    terms = Terms(file, field, bound)
    for at in range(len(terms)):
        if piece not in (term := terms.dictionary[at]):
            counts, numbers, frequencies = terms.stretch(at, at + 1)
            if isinstance(terms.dictionary, Points):
                writer.add_points(terms.dictionary.points[at : at + 1], counts, numbers, frequencies)
            else:
                writer.add_words([term], counts, numbers, frequencies)
