"""Questions to ask an engine, made from the texts that it has, and what the plainest reading of them says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import strategies as st

from searchlib.analysis import analyze, analyze_pieces, fold
from searchlib.analysis.runs import runs
from searchlib.model import Facts
from searchlib.query import Bare, Question, parse
from searchlib.query.characters import is_of_spaced_word

GLOBS = ("*.txt", "卷/", "坏\udcff.txt", "*.md", "没有/", "带 空格.md", "../*")
DOUBLE = '"“”„‟〝〞〟＂'
# What has a meaning somewhere in the language, and so can't be in a bare clause that is to be read as it stands.
MEANING = DOUBLE + "「」『』｢｣‘’'()（）*?＊？~～^＾|｜&＆:：+＋-－!！/"


class Asked(NamedTuple):
    text: str
    glob: str | None


def bound(asked: Asked, paths: Sequence[str]) -> Question:
    """As the library gives it to an engine, which knows no files: conditions on these have become sources."""
    return parse(asked.text, path=asked.glob).bound(lambda: map(facts, paths))


def facts(path: str) -> Facts:
    """What a file could be like, different from path to path."""
    modified = datetime(2020 + len(path) % 5, 6, 1, tzinfo=UTC).timestamp()
    return Facts(path, 1000 * len(path), int(modified * 1e9), "big5" if len(path) % 2 else "utf-8")


def plain(texts: Sequence[str]) -> st.SearchStrategy[Asked]:
    """Bare and quoted clauses."""
    text = st.lists(clauses(texts), min_size=1, max_size=3).map(" ".join)
    return st.builds(Asked, text, st.none() | st.sampled_from(GLOBS))


def anything(texts: Sequence[str]) -> st.SearchStrategy[Asked]:
    """Every construct of the language, in one another."""
    leaf = st.one_of(
        clauses(texts),
        wildcards(texts),
        fuzzy(texts),
        near(texts),
        clauses(texts).map("title:{}".format),
        clauses(texts).map("小标题：{}".format),
        pieces(texts).map(
            lambda piece: f"/{re.escape(piece)}.?/" if "/" not in piece and piece == piece.strip() else "江"
        ),
        st.sampled_from(
            [
                "/第?一.*水|江/",
                "/[长江]{2}/",
                "/^.$/",
                "/(?!)/",
                "path:*.txt",
                "path:二",
                "路径：卷/",
                "heading:第一章",
                "*",
            ]
        ),
        st.sampled_from(["date:2024", "日期：<2022-06-02", "size:>7k", "大小：5k..9k", "encoding:big5", "编码：utf-8"]),
        st.sampled_from(["标题：题1", "title:/题[01]/", "heading:“章”", "title:题?", "小标题:“第 水”~9", "text:水"]),
    )
    return st.builds(Asked, joined(leaf), st.none() | st.sampled_from(GLOBS))


# What joins two questions, and what is put round one, or round a single clause.
_JOINS = ("{} {}", "{} {}", "{} AND {}", "{} ｜ {}")
_ROUND = ("{}", "({})", "NOT {}", "({})^3")
_SIGNS = ("{}", "{}", "＋{}", "-{}", "{}^2", "{}^0.5")


@st.composite
def joined(draw: st.DrawFn, leaf: st.SearchStrategy[str]) -> str:
    """Up to five clauses in whatever stands around them and between them."""

    def some(count: int) -> str:
        if count == 1:
            return draw(st.sampled_from(_SIGNS)).format(draw(leaf))
        first = draw(st.integers(1, count - 1))
        both = draw(st.sampled_from(_JOINS)).format(some(first), some(count - first))
        return draw(st.sampled_from(_ROUND)).format(both)

    return some(draw(st.integers(1, 5)))


@st.composite
def pieces(draw: st.DrawFn, texts: Sequence[str]) -> str:
    """A stretch of one of the texts."""
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, len(text) - 1))
    return text[start : start + draw(st.integers(1, 8))]


@st.composite
def clauses(draw: st.DrawFn, texts: Sequence[str]) -> str:
    """A clause made from a stretch of one of the texts, bare or quoted."""
    piece = draw(pieces(texts))
    if (bare := bared(piece)) and draw(st.booleans()):
        return bare
    return quoted(piece) if piece.strip() else "水"


@st.composite
def wildcards(draw: st.DrawFn, texts: Sequence[str]) -> str:
    """A clause in which a character has become a question mark or a star."""
    bare = bared(draw(pieces(texts))) or "长江水"
    at = draw(st.integers(0, len(bare) - 1))
    return f"{bare[:at]}{draw(st.sampled_from('?*？＊'))}{bare[at + draw(st.integers(0, 2)) :]}水"


@st.composite
def fuzzy(draw: st.DrawFn, texts: Sequence[str]) -> str:
    """A clause with another character in one place."""
    bare = bared(draw(pieces(texts)))
    if len(fold(bare).strip("。,、;:!?….")) < 2:
        return "长水~1"
    at = draw(st.integers(0, len(bare) - 1))
    return f"{bare[:at]}{draw(st.sampled_from('水人a'))}{bare[at + 1 :]}~1"


@st.composite
def near(draw: st.DrawFn, texts: Sequence[str]) -> str:
    parts = [bared(draw(pieces(texts))) or "水" for _ in range(draw(st.integers(2, 3)))]
    return f"“{' '.join(parts)}”～{draw(st.integers(0, 30))}"


def bared(piece: str) -> str:
    """What of a stretch of text can be a bare clause; empty where nothing can."""
    bare = "".join(char for char in piece if char not in MEANING and not char.isspace())
    return bare if any(True for _ in runs(fold(bare))) else ""


def quoted(piece: str) -> str:
    """In marks that do not stand in the piece themselves."""
    if not set(piece) & set(DOUBLE):
        return f"”{piece}“"
    return f"「{piece}」" if "」" not in piece else f"『{piece.replace('』', '')}』"


def is_complete(question: Question, pieces: Sequence[str]) -> bool:
    """What the design says of a clause, put plainly: it stands in the text, or it is bare and all its words do."""
    folded, words = fold("".join(pieces)), {word for terms in analyze_pieces(pieces) for word in terms.words}
    return all(
        words.issuperset(analyze(clause.text).words) or _stands_alone(clause.text, folded)
        if isinstance(clause, Bare)
        else clause.text in folded
        for clause in question.clauses
    )


def _stands_alone(text: str, folded: str) -> bool:
    """Return whether a text is there outside of words of letters and numbers."""
    places = (at for at in range(len(folded)) if folded.startswith(text, at))
    return any(not (_is_joined(folded, at) or _is_joined(folded, at + len(text))) for at in places)


def _is_joined(folded: str, at: int) -> bool:
    if not 0 < at < len(folded):
        return False
    return any(
        all(char.isdecimal() is digits and char != "_" and is_of_spaced_word(char) for char in folded[at - 1 : at + 1])
        for digits in (True, False)
    )
