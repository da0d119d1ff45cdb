"""Nothing is missed: whatever stands in a paragraph finds it, and finds no paragraph in which it does not stand."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest
from places import made
from rankings import Listed, search

from searchlib.analysis import fold
from searchlib.analysis.runs import is_han
from searchlib.engines import engine
from searchlib.engines.interface import Reader
from searchlib.errors import QueryError
from searchlib.model import Anchor, Block, BlockKind, Source
from searchlib.paragraphs import cuts, split, whole_paragraphs
from searchlib.query import Bare, BoundedLiteral, parse
from searchlib.query.parser import read as read_question
from searchlib.reading import read

TEXTS = Path(__file__).parent / "texts"
# Every pair that the design names, and each of them the wrong way round where both marks are of one family.
MARKS = ('""', "“”", "”“", "„“", "「」", "『』", "〝〞", "〝〟", "＂＂", "｢｣")
LONGEST = 8
ALL = 10_000
# Questions for what is like a piece, all of which the piece itself answers.
PATTERNS: tuple[Callable[[str], str], ...] = (
    lambda piece: f"{piece[0]}?{piece[2:]}",
    lambda piece: f"{piece[0]}＊{piece[-1]}",
    lambda piece: f"“{piece[-1]} {piece[:2]}”~{len(piece)}",
    lambda piece: f"{piece[:2]}水{piece[3:]}~1",
    lambda piece: f"{piece[:2]}{piece[3:]}～1",
    lambda piece: f"/{piece[0]}.{{1,2}}{piece[3:]}/",
    lambda piece: f"/(?:{piece[:2]}|〇){piece[2:]}$|{piece}/",
)


class Whole(NamedTuple):
    """A paragraph before it was cut: where it or its first piece is in the index, and its text."""

    place: tuple[str, int]
    text: str


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    """Every text, and once more as one paragraph, which is cut into up to thirty pieces."""
    files = [file for file in sorted(TEXTS.iterdir()) if file.name != "README.md"]
    found = [read(file.name, file.read_bytes()) for file in files]
    for source in list(found):
        text = "".join(passage.text for passage in whole_paragraphs(source))
        block = Block(text, (Anchor(0, 1, 1),), BlockKind.VERBATIM)
        found.append(source._replace(path=f"一段/{source.path}", blocks=(block,)))
    return found


@pytest.fixture(scope="module")
def paragraphs(sources: Sequence[Source]) -> list[Whole]:
    """Read from the sources and not from their pieces, of which only the places are of interest."""
    found = []
    for source in sources:
        starts = [paragraph.number for paragraph in split(source) if not paragraph.continues]
        for passage, start in zip(whole_paragraphs(source), starts, strict=True):
            found.append(Whole((source.path, start), passage.text))
    return found


@pytest.fixture(scope="module")
def folded(paragraphs: Sequence[Whole]) -> list[str]:
    return [fold(paragraph.text) for paragraph in paragraphs]


@pytest.fixture(scope="module")
def reader(sources: Sequence[Source], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """All texts in the embedded engine, in two commits."""
    engines = engine("whoosh").create(made(tmp_path_factory.mktemp("recall") / "engine"))
    for some in (sources[::2], sources[1::2]):
        with engines.writer() as writer:
            for source in some:
                writer.replace(source.path, split(source))
            writer.commit()
    opened = engines.reader()
    yield opened
    opened.close()


def quoted(piece: str, number: int) -> str:
    """The piece between marks, another pair each time, none of which stands in the piece."""
    fitting = [marks for marks in MARKS if not set(piece) & set('"“”„‟〝〞〟＂' if marks[0] not in "「『｢" else marks)]
    marks = fitting[number % len(fitting)]
    return marks[0] + piece + marks[1]


def assert_found_exactly(
    pieces: Sequence[str], reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]
) -> None:
    for number, piece in enumerate(pieces):
        wanted = fold(piece)
        expected = {one.place for one, text in zip(paragraphs, folded, strict=True) if wanted in text}
        ranking = search(reader, parse(quoted(piece, number)), limit=ALL, strict=True)

        assert expected == found_in(ranking, paragraphs), piece
        assert len(ranking.ranked) == ranking.complete


def found_in(ranking: Listed, paragraphs: Sequence[Whole]) -> set[tuple[str, int]]:
    """The places of the paragraphs that the hits are, or are pieces of."""
    places = sorted(paragraph.place for paragraph in paragraphs)
    hits = ((ranked.paragraph.path, ranked.paragraph.number) for ranked in ranking.ranked)
    return {places[bisect_right(places, hit) - 1] for hit in hits}


def pieces(texts: Sequence[str], count: int, fits: Callable[[str], bool], seed: int) -> list[str]:
    """Stretches of 1 to 8 characters, as many of each length, from anywhere in the texts."""
    chosen = random.Random(seed)  # noqa: S311 — the same choice in every run
    found: list[str] = []
    while len(found) < count:
        text = chosen.choice(texts)
        length = 1 + len(found) % LONGEST
        start = chosen.randrange(len(text))
        piece = text[start : start + length]
        if len(piece) == length and fits(piece):
            found.append(piece)
    return found


def is_all_han(piece: str) -> bool:
    return all(map(is_han, piece))


def test_every_chinese_stretch_finds_its_paragraphs_and_no_others(
    reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]
) -> None:
    """2,000 substrings of one to eight Han characters: the hits are those of a plain scan, common or once only."""
    texts = [paragraph.text for paragraph in paragraphs]
    rare = ["㐂", "𠮷", "𪚥", "〇", "𰻝", "䶮", "𠮷来", "㐂乐饭店", "难", "亠"]
    chosen = pieces(texts, 2_000 - len(rare), is_all_han, seed=1) + rare

    assert_found_exactly(chosen, reader, paragraphs, folded)


def test_every_han_character_of_the_texts_is_found_by_itself(
    reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]
) -> None:
    """Not one is a stop word, and none is out of the range of any table: extensions, compatibility, radicals."""
    every = sorted({char for paragraph in paragraphs for char in paragraph.text if is_han(char)})

    assert_found_exactly(every, reader, paragraphs, folded)


def test_the_other_script_finds_the_same(reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]) -> None:
    """500 substrings, traditional written simplified and simplified written traditional, in any of the forms."""
    table = files("searchlib.analysis").joinpath("data/simplified.txt").read_text(encoding="utf-8").split()
    simplified = {line[0]: line[1] for line in table}
    traditional: dict[str, list[str]] = {}
    for one, other in simplified.items():
        traditional.setdefault(other, []).append(one)
    chosen = random.Random(2)  # noqa: S311 — the same choice in every run

    def other_script(char: str) -> str:
        return chosen.choice(traditional[char]) if char in traditional else simplified.get(char, char)

    texts = [paragraph.text for paragraph in paragraphs]
    originals = pieces(
        texts, 500, lambda piece: is_all_han(piece) and any(c in traditional or c in simplified for c in piece), 3
    )
    others = ["".join(map(other_script, piece)) for piece in originals]

    assert all(one != other for one, other in zip(originals, others, strict=True))
    assert_found_exactly(others, reader, paragraphs, folded)


def test_full_width_finds_the_same(reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]) -> None:
    """500 substrings with letters, digits and marks of every kind, written in full width where that exists."""

    def fits(piece: str) -> bool:
        return any("!" <= char <= "~" for char in piece) and bool(piece.strip())

    widths = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
    originals = pieces([paragraph.text for paragraph in paragraphs], 500, fits, seed=4)
    others = [piece.translate(widths) for piece in originals if '"' not in piece]

    assert_found_exactly(others, reader, paragraphs, folded)


def test_anything_at_all_finds_its_paragraphs_and_no_others(
    reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]
) -> None:
    """500 substrings of whatever the texts have: scripts mixed, punctuation alone, emoji, spaces at the ends."""
    texts = [paragraph.text for paragraph in paragraphs if paragraph.place[0].endswith("技术札记.md")]
    chosen = pieces(texts, 500, lambda piece: bool(piece.strip()) and not set(piece) & set('"“”『』'), seed=5)

    assert_found_exactly(chosen, reader, paragraphs, folded)


def test_a_bare_clause_that_stands_in_a_paragraph_is_complete_there(
    reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]
) -> None:
    """Whatever words it is cut into, a clause without marks has every paragraph that has it between words."""
    texts = [paragraph.text for paragraph in paragraphs]

    def fits(piece: str) -> bool:
        # Some have a meaning in the language, `-水` and `水？江` among them; those that are text are to be found.
        try:
            clause = read_question(piece).tree
        except QueryError:
            return False
        return isinstance(clause, Bare) and clause.written == piece

    for piece in pieces(texts, 500, fits, seed=6):
        asked = BoundedLiteral(fold(piece))
        expected = {one.place for one, text in zip(paragraphs, folded, strict=True) if asked.matches(text)}
        ranking = search(reader, parse(piece), limit=ALL, strict=True)

        assert set() == expected - found_in(ranking, paragraphs)


def test_patterns_find_what_a_look_at_every_paragraph_finds(
    reader: Reader, paragraphs: Sequence[Whole], folded: Sequence[str]
) -> None:
    """The terms that narrow the choice of paragraphs leave none out: wildcards, distances, fuzzy words, expressions."""
    chosen = pieces([paragraph.text for paragraph in paragraphs], 400, is_all_han, seed=7)
    for number, piece in enumerate(piece for piece in chosen if len(piece) > 3):
        text = PATTERNS[number % len(PATTERNS)](piece)
        question = parse(text)
        (pattern,) = question.patterns
        expected = {one.place for one, text in zip(paragraphs, folded, strict=True) if pattern.matches(text)}
        ranking = search(reader, question, limit=ALL, strict=True)

        assert expected, text
        assert expected == found_in(ranking, paragraphs), text


def test_every_stretch_across_a_cut_finds_its_paragraphs_and_no_others(
    reader: Reader, sources: Sequence[Source], paragraphs: Sequence[Whole], folded: Sequence[str]
) -> None:
    """At each cut in a long paragraph twenty stretches of 2 to 40 characters, of whatever stands there."""
    chosen = random.Random(8)  # noqa: S311 — the same choice in every run
    across = []
    for text in (passage.text for source in sources for passage in whole_paragraphs(source)):
        for cut in cuts(text):
            for length in range(2, 42, 2):
                start = max(0, cut - chosen.randint(1, length - 1))
                across.append(text[start : start + length])
    fitting = [piece for piece in across if piece.strip() and not set(piece) & set("「」『』")]

    assert len(fitting) > 200
    assert_found_exactly(fitting, reader, paragraphs, folded)
