"""Nothing is missed: whatever stands in a paragraph finds it, and finds no paragraph in which it does not stand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from places import made

from searchlib.analysis import fold
from searchlib.analysis.runs import is_han
from searchlib.engines import engine
from searchlib.engines.interface import Reader
from searchlib.errors import QueryError
from searchlib.model import Paragraph
from searchlib.paragraphs import split
from searchlib.query import Bare, parse
from searchlib.query.parser import read as read_question
from searchlib.reading import read

TEXTS = Path(__file__).parent / "texts"
# Every pair that the design names, and each of them the wrong way round where both marks are of one family.
MARKS = ('""', "“”", "”“", "„“", "「」", "『』", "〝〞", "〝〟", "＂＂", "｢｣")
LONGEST = 8
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


@pytest.fixture(scope="module")
def paragraphs() -> list[Paragraph]:
    sources = [read(file.name, file.read_bytes()) for file in sorted(TEXTS.iterdir()) if file.name != "README.md"]
    return [paragraph for source in sources for paragraph in split(source)]


@pytest.fixture(scope="module")
def folded(paragraphs: Sequence[Paragraph]) -> list[str]:
    return [fold(paragraph.text) for paragraph in paragraphs]


@pytest.fixture(scope="module")
def reader(paragraphs: Sequence[Paragraph], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """All texts in the embedded engine, in two commits."""
    engines = engine("whoosh").create(made(tmp_path_factory.mktemp("recall") / "engine"))
    paths = sorted({paragraph.path for paragraph in paragraphs})
    for some in (paths[::2], paths[1::2]):
        with engines.writer() as writer:
            for path in some:
                own = [paragraph for paragraph in paragraphs if paragraph.path == path]
                writer.replace(path, own)
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
    pieces: Sequence[str], reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]
) -> None:
    for number, piece in enumerate(pieces):
        wanted = fold(piece)
        expected = {
            (paragraph.path, paragraph.number)
            for paragraph, text in zip(paragraphs, folded, strict=True)
            if wanted in text
        }
        ranking = reader.search(parse(quoted(piece, number)), limit=len(paragraphs), strict=True)

        assert expected == {(ranked.paragraph.path, ranked.paragraph.number) for ranked in ranking.ranked}, piece
        assert len(expected) == ranking.complete


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
    reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]
) -> None:
    """2,000 substrings of one to eight Han characters: the hits are those of a plain scan, common or once only."""
    texts = [paragraph.text for paragraph in paragraphs]
    rare = ["㐂", "𠮷", "𪚥", "〇", "𰻝", "䶮", "𠮷来", "㐂乐饭店", "难", "亠"]
    chosen = pieces(texts, 2_000 - len(rare), is_all_han, seed=1) + rare

    assert_found_exactly(chosen, reader, paragraphs, folded)


def test_every_han_character_of_the_texts_is_found_by_itself(
    reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]
) -> None:
    """Not one is a stop word, and none is out of the range of any table: extensions, compatibility, radicals."""
    every = sorted({char for paragraph in paragraphs for char in paragraph.text if is_han(char)})

    assert_found_exactly(every, reader, paragraphs, folded)


def test_the_other_script_finds_the_same(
    reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]
) -> None:
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


def test_full_width_finds_the_same(reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]) -> None:
    """500 substrings with letters, digits and marks of every kind, written in full width where that exists."""

    def fits(piece: str) -> bool:
        return any("!" <= char <= "~" for char in piece) and bool(piece.strip())

    widths = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
    originals = pieces([paragraph.text for paragraph in paragraphs], 500, fits, seed=4)
    others = [piece.translate(widths) for piece in originals if '"' not in piece]

    assert_found_exactly(others, reader, paragraphs, folded)


def test_anything_at_all_finds_its_paragraphs_and_no_others(
    reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]
) -> None:
    """500 substrings of whatever the texts have: scripts mixed, punctuation alone, emoji, spaces at the ends."""
    texts = [paragraph.text for paragraph in paragraphs if paragraph.path == "技术札记.md"]
    chosen = pieces(texts, 500, lambda piece: bool(piece.strip()) and not set(piece) & set('"“”『』'), seed=5)

    assert_found_exactly(chosen, reader, paragraphs, folded)


def test_a_bare_clause_that_stands_in_a_paragraph_is_complete_there(
    reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]
) -> None:
    """Whatever words it is cut into, a clause without marks has every paragraph that has it as it stands."""
    texts = [paragraph.text for paragraph in paragraphs]

    def fits(piece: str) -> bool:
        # Some have a meaning in the language, `-水` and `水？江` among them; those that are text are to be found.
        try:
            clause = read_question(piece).tree
        except QueryError:
            return False
        return isinstance(clause, Bare) and clause.written == piece

    for piece in pieces(texts, 500, fits, seed=6):
        expected = {
            (paragraph.path, paragraph.number)
            for paragraph, text in zip(paragraphs, folded, strict=True)
            if fold(piece) in text
        }
        ranking = reader.search(parse(piece), limit=len(paragraphs), strict=True)

        assert set() == expected - {(ranked.paragraph.path, ranked.paragraph.number) for ranked in ranking.ranked}


def test_patterns_find_what_a_look_at_every_paragraph_finds(
    reader: Reader, paragraphs: Sequence[Paragraph], folded: Sequence[str]
) -> None:
    """The terms that narrow the choice of paragraphs leave none out: wildcards, distances, fuzzy words, expressions."""
    chosen = pieces([paragraph.text for paragraph in paragraphs], 400, is_all_han, seed=7)
    for number, piece in enumerate(piece for piece in chosen if len(piece) > 3):
        text = PATTERNS[number % len(PATTERNS)](piece)
        question = parse(text)
        (pattern,) = question.patterns
        expected = {
            (paragraph.path, paragraph.number)
            for paragraph, of_paragraph in zip(paragraphs, folded, strict=True)
            if pattern.matches(of_paragraph)
        }
        ranking = reader.search(question, limit=len(paragraphs), strict=True)

        assert expected, text
        assert expected == {(ranked.paragraph.path, ranked.paragraph.number) for ranked in ranking.ranked}, text
