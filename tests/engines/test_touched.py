"""What a query touches, counted: terms that are looked up and texts that are read, however many words there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from searchlib import Library
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.postings import Part, Segment

PARAGRAPHS = 3_000


def texts() -> Iterator[str]:
    """Paragraphs of news and of documentation: nearly every one has words that no other has."""
    for number in range(PARAGRAPHS):
        year, month, day = 1990 + number * 7 % 40, 1 + number * 5 % 12, 1 + number * 11 % 28
        version = f"{number * 3 % 12}.{number * 7 % 11}.{number * 5 % 13}"
        yield (
            f"{year}年{month}月{day}日，记者从第{number}次会议获悉：增长{number * 13 % 99}.{number % 10}%。”"
            f"“server{number} is busy” code_{number}x{year} 使用C++与TiDB v{version}，"
            f"iPhone {number % 20} 涨了{8 * number}元。"
        )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("touched")
    (folder / "a.md").write_text("\n\n".join(texts()), encoding="utf-8")
    with Library.create(folder / "index") as library:
        library.update([folder / "a.md"])
    return folder / "index"


class Touched:
    """Counts on the way what is looked up and read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.terms = self.texts = 0
        look_up, read = Segment.part, Corpus.texts

        def part(segment: Segment, field: str, term: str | bytes) -> Part | None:
            self.terms += 1
            return look_up(segment, field, term)

        def read_texts(corpus: Corpus, numbers: Numbers, field: str) -> list[str]:
            self.texts += len(numbers)
            return read(corpus, numbers, field)

        monkeypatch.setattr(Segment, "part", part)
        monkeypatch.setattr(Corpus, "texts", read_texts)


@pytest.mark.parametrize(
    ("query", "most_texts"),
    [
        # One term says it all.
        ("8", 0),
        ("tidb", 0),
        ("“8”", 0),
        ("“88”", 0),
        ("“，”", 0),
        ("“c+”", 0),
        ("“8月2”", 0),
        ("“。”", 0),
        # Its terms leave those that have it, and few others.
        ("“8月2日”", 60),
        ("“2027年8月”", 60),
        ("“。””", 0),
        ("“24元”", 200),
        ("“.8%”", 0),
        # All have iphone, and of those with 15 few have both as they are asked for.
        ("“iphone 15”", 800),
        ("“server88”", 60),
        ("“code_88x”", 60),
        ("8?2日", 800),
        ("/8月2[0-3]日/", 200),
        ("“server88 busy”~9", 60),
        # All have it, so all are read, once.
        ("“，记者”", PARAGRAPHS),
        ("“c++与tidb”", PARAGRAPHS),
        # All of its words, or else as it stands.
        ("8月2日", 100),
        ("c++", 0),
        ("2023年", 0),
        ("v3.7.5", 60),
        ("code_88x2006", 60),
    ],
)
def test_a_query_looks_up_as_many_terms_as_it_has_and_reads_what_they_leave(
    index: Path, query: str, most_texts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more than 10,000 words most have a digit: none is looked up because it has one of the query's inside."""
    with Library.open(index) as library:
        library.search("会议")
        touched = Touched(monkeypatch)
        answer = library.search(query, strict=True)

    assert touched.texts <= most_texts
    # Words, characters, pairs and threes that find it, and those in text and title that rank it.
    assert touched.terms <= 10 * (len(query) + 2)
    assert answer.complete


@pytest.mark.parametrize("query", ["“，记者”", "“8月2日”", "/8月2[0-3]日/", "8?2日"])
def test_who_asks_again_has_no_text_read(index: Path, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a look into a text has told holds as long as the commit."""
    with Library.open(index) as library:
        first = library.search(query, strict=True)
        touched = Touched(monkeypatch)
        again = library.search(query, strict=True)

    assert 0 == touched.texts
    assert [(hit.path, hit.score) for hit in first.hits] == [(hit.path, hit.score) for hit in again.hits]
    assert first.complete == again.complete > 0
