"""Letters and digits that are looked for inside words: what the vocabulary tells needs no look into texts."""

from __future__ import annotations

import numpy as np

from searchlib.analysis.terms import STRIDE, WORDS
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Mask, has
from searchlib.model import TEXT
from searchlib.query import Checked, Literal
from searchlib.query.characters import is_letter

# To look up more words than that takes longer than to read texts.
_MOST_WORDS = 1_000


def told_by_words(node: Checked, numbers: Numbers, corpus: Corpus) -> tuple[Mask, Mask] | None:
    """Return which of the paragraphs, by rising number, words decide, and which of these match; None where they can't.

    Letters and digits side by side are in one word, so that a paragraph that was not cut has them if it has a word with
    them inside. A word that was cut is of the piece in which it begins, and the letters may be in another one.
    """
    if not isinstance(node, Literal) or node.fieldname != TEXT:
        return None
    if len(node.text) > STRIDE or not all(map(is_letter, node.text)):
        return None
    if (words := corpus.words_with(node.text, WORDS, _MOST_WORDS)) is None:
        return None
    mask = corpus.clean_mask()
    for word in words:
        corpus.entry(WORDS, word).mark(mask)
    matching = mask[numbers]
    corpus.give_back(mask)
    is_whole = np.ones(len(numbers), np.bool_) if corpus.groups is None else ~has(corpus.groups.pieces, numbers)
    return is_whole, matching
