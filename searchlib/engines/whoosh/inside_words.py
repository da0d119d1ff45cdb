"""Letters and digits that are looked for inside words: what the vocabulary tells needs no look into texts."""

from __future__ import annotations

import numpy as np

from searchlib.analysis.terms import STRIDE, WORDS
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.decisions import NO, YES
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import has
from searchlib.model import TEXT
from searchlib.query import Checked, Literal
from searchlib.query.characters import is_letter

# To go through more words than that takes longer than to read texts, and to read fewer texts than that takes less.
_MOST_WORDS, _FEW_TEXTS = 3_000, 300


def decide_by_words(node: Checked, numbers: Numbers, corpus: Corpus) -> None:
    """Remember which of the paragraphs, by rising number, match a node that is letters and digits side by side.

    These are in one word, so that a paragraph has them if it has a word with them inside. Not so one that was cut: a
    word is of the piece in which it begins, and the letters may be in another one.
    """
    if not isinstance(node, Literal) or node.fieldname != TEXT or len(numbers) < _FEW_TEXTS:
        return
    if len(node.text) > STRIDE or not all(map(is_letter, node.text)):
        return
    mask = corpus.clean_mask()
    if corpus.mark_inside(node.text, WORDS, _MOST_WORDS, mask):
        if corpus.groups is not None:
            numbers = numbers[~has(corpus.groups.pieces, numbers)]
        corpus.decisions.add(node, numbers, np.where(mask[numbers], YES, NO).astype(np.uint8))
    corpus.give_back(mask)
