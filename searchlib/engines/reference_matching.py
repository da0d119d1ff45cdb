"""The oracle's paragraphs: their terms, and which of them match a query, in the plainest way there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from whoosh.query import And, Every, Not, Or, Query, Term

from searchlib.analysis import Terms, analyze, analyze_pieces, fold
from searchlib.model import HEADING, TEXT, TITLE, Paragraph, field_text, wholes
from searchlib.query import Checked, Nearly, OfSource, Repeated
from searchlib.query.fields import TERM_FIELDS


class Entry(NamedTuple):
    """A paragraph with the terms to find it by: those of its text, of what its source is called, of its headings."""

    paragraph: Paragraph
    terms: Terms
    title: Terms
    heading: Terms


def entries_of(paragraphs: Iterable[Paragraph]) -> tuple[Entry, ...]:
    """The paragraphs of a source with their terms."""
    found: list[Entry] = []
    for pieces in wholes(paragraphs):
        texts = _analyzed_pieces(tuple(piece.text for piece in pieces))
        for paragraph, text in zip(pieces, texts, strict=True):
            title, heading = (_analyzed(field_text(paragraph, field)) for field in (TITLE, HEADING))
            found.append(Entry(paragraph, text, title, heading))
    return tuple(found)


# Tests write the same few texts again and again.
_analyzed = lru_cache(1_000)(analyze)
_analyzed_pieces = lru_cache(1_000)(analyze_pieces)


def wholes_of(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    """The pieces of each paragraph."""
    starts = [at for at, entry in enumerate(entries) if not entry.paragraph.continues]
    return [entries[start:end] for start, end in pairwise([*starts, len(entries)])]


def hits_of(node: Query, whole: Sequence[Entry]) -> list[bool]:
    """Return which of the pieces of a paragraph are hits."""
    if not matches(node, whole):
        return [False] * len(whole)
    own = [matches(node, [entry]) for entry in whole]
    if any(own):
        return own
    counts = [0] * len(whole)
    for leaf in _positive_leaves(node, is_wanted=True):
        for at in _pieces_with(leaf, whole):
            counts[at] += 1
    return [at == counts.index(max(counts)) for at in range(len(whole))]


def _positive_leaves(node: Query, *, is_wanted: bool) -> Iterator[Query]:
    if isinstance(node, Not):
        yield from _positive_leaves(node.query, is_wanted=not is_wanted)
    elif isinstance(node, (And, Or)):
        for part in node.children():
            yield from _positive_leaves(part, is_wanted=is_wanted)
    elif is_wanted:
        yield node


def _pieces_with(leaf: Query, whole: Sequence[Entry]) -> set[int]:
    """The pieces that have a leaf of a query, or in which it begins."""
    if not isinstance(leaf, Checked) or leaf.fieldname != TEXT:
        return {at for at, entry in enumerate(whole) if matches(leaf, [entry])}
    owners = [at for at, entry in enumerate(whole) for _ in entry.paragraph.text]
    return {owners[span.start] for span in leaf.spans(fold(_text(whole, TEXT)))}


def matches(node: Query, whole: Sequence[Entry]) -> bool:
    match node:
        case And():
            return all(matches(part, whole) for part in node.children())
        case Or():
            return any(matches(part, whole) for part in node.children())
        case Repeated():
            return sum(terms_of(entry, node.fieldname).count(node.text) for entry in whole) >= node.times
        case Nearly():
            return bool(node.fewest_changes(lambda term: not matches(term, whole), min) <= node.distance)
        case Term():
            return any(node.text in terms_of(entry, node.fieldname) for entry in whole)
        case Not():
            return not matches(node.query, whole)
        case Every():
            return True
        case Checked():
            return node.matches(fold(_text(whole, node.fieldname)))
        case OfSource():
            return node.matches(whole[0].paragraph.path)
    raise NotImplementedError(f"the reference engine does not know {node!r}")


def _text(whole: Sequence[Entry], field: str) -> str:
    """Return what a paragraph says in a field; titles and headings are the same for all of its pieces."""
    if field == TEXT:
        return "".join(entry.paragraph.text for entry in whole)
    return field_text(whole[0].paragraph, field)


def terms_of(entry: Entry, field: str) -> list[str]:
    texts = {TEXT: entry.terms, TITLE: entry.title, HEADING: entry.heading}
    text, fields = next((text, fields) for text, fields in TERM_FIELDS.items() if field in fields)
    return texts[text][fields.index(field)]
