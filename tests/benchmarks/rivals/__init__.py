"""The rivals, each in a module of its own that says how it was set up and why that is fair."""

from __future__ import annotations

from rivals import fts5, groonga, recoll, ripgrep, searchlib, stock_whoosh, tantivy, xapian
from rivals.interface import Rival

RIVALS: dict[str, Rival] = {
    rival.key: rival
    for rival in (
        searchlib.Searchlib(),
        searchlib.WithoutFast(),
        stock_whoosh.StockWhoosh(),
        tantivy.Tantivy(),
        fts5.Characters(),
        fts5.Words(),
        fts5.Trigrams(),
        xapian.Xapian(),
        groonga.Groonga(),
        recoll.Recoll(),
        ripgrep.Ripgrep(),
    )
}
