"""Indexes with a fault, made on purpose."""

from __future__ import annotations

from pathlib import Path

from searchlib import meta
from searchlib.analysis import Terms
from searchlib.engines import engine
from searchlib.ingest import entries


def forget(piece: str, folder: str = "index") -> None:
    """Takes all terms with `piece` in them out of the postings of an index; its paragraphs keep their text."""
    made_with = meta.read(Path(folder))
    opened = engine(made_with.engine).open(Path(folder) / made_with.engine_folder)
    reader = opened.reader()
    with opened.writer() as writer:
        for path in reader.sources():
            paragraphs = reader.paragraphs(path)
            writer.replace(path, [found._replace(terms=_without(piece, found.terms)) for found in entries(paragraphs)])
        writer.commit()
    reader.close()


def _without(piece: str, terms: Terms) -> Terms:
    return Terms(*([term for term in field if piece not in term] for field in terms))
