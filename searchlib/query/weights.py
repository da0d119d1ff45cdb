"""What counts how much for the ranking: every figure of it stands here, with its reason.

MRR@10 on the development sets of CMRC 2018 and DRCD and on STARD's questions, each step on top of the one before;
`searchlib/ARCHITECTURE.md` has what else was tried, and the intervals:

    BM25 with k1 1.2, words 1, pairs 0.7, singles 0.5       .9848  .9678  .4179
    of the question's words only the outer ones             .9848  .9690  .4249
    singles 0.7, k1 1                                       .9852  .9705  .4255
    words that ask × 0.25                                   .9887  .9707  .4263
    pairs 0.6                                               .9886  .9711  .4287
    words of other scripts × 3                              .9903  .9749  .4287
    a title that stands in the question, 0.5                .9933  .9750  .4286

With words that have their marks (`c++`, `5%`), words of other scripts × 1 give .9918 and .9708 on the first two sets,
× 2 .9930, × 3 .9933 and .9748, × 4 .9931 and .9750 (2026-11-28).
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from whoosh.query import Query

from searchlib.analysis.runs import is_han
from searchlib.analysis.terms import WORDS, outer_words
from searchlib.model import TEXT
from searchlib.query.expansion import terms_of, texts
from searchlib.query.fields import TERM_FIELDS
from searchlib.query.tree import boosted_leaves, leaves

# How soon more occurrences of a term stop counting, and how far a long paragraph is held back.
K1, B = 1.0, 0.75
WORD, PAIR, SINGLE = 1.0, 0.6, 0.7
# A Chinese word counts as itself, as its pairs and as its characters; `1865` and `iphone` count once.
OTHER_SCRIPT = 3.0
# What the words of a title that stand in the question are worth, times the square of their share of the title.
TITLE_SHARE = 0.5
# Words that ask and do not tell are in every other question and rare in texts, so that they would weigh much.
ASKING = 0.25
_ASKING_WORDS = frozenset(
    "什么 哪 哪些 哪个 哪里 哪儿 哪位 哪种 哪年 谁 多少 几 吗 呢 么 啥 怎 如何 怎么 怎样 怎么样 怎么办 为什么 为何 "
    "何 何时 何地 何人 何种 是否 多久 多大".split()
)
_ASKING_PAIRS = frozenset("什么 多少 如何 怎样 为何 何时 何地 何人 何种 是否 多久 多大".split())
_ASKING_SINGLES = frozenset("哪谁吗呢么啥怎")


class Weight(NamedTuple):
    """A term that counts for the ranking, and how much its BM25 score is multiplied by."""

    field: str
    term: str
    weight: float


def weights_of(tree: Query) -> tuple[Weight, ...]:
    """Every term of the clauses once, worth more where it occurs more often."""
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for leaf, boost in boosted_leaves(tree):
        for text in texts(leaf):
            fields = TERM_FIELDS[leaf.fieldname]
            for word in outer_words(text):
                found[fields.words, word] += boost * _word(word)
            for term in terms_of(text).chars:
                found[fields.chars, term] += boost * _chars(term)
    return tuple(Weight(field, term, weight) for (field, term), weight in found.items())


def title_weights_of(tree: Query) -> tuple[Weight, ...]:
    """The words that count where a title has them, each once."""
    clauses = (leaf for leaf in leaves(tree) if getattr(leaf, "fieldname", None) == TEXT)
    words = dict.fromkeys(word for leaf in clauses for text in texts(leaf) for word in terms_of(text).words)
    return tuple(Weight(WORDS, word, ASKING if word in _ASKING_WORDS else 1.0) for word in words)


def _word(word: str) -> float:
    if word in _ASKING_WORDS:
        return WORD * ASKING
    return WORD if is_han(word[0]) else WORD * OTHER_SCRIPT


def _chars(term: str) -> float:
    asks = term in _ASKING_PAIRS or not _ASKING_SINGLES.isdisjoint(term)
    return (SINGLE if len(term) == 1 else PAIR) * (ASKING if asks else 1.0)
