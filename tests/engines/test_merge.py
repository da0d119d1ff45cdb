"""Merging: one segment that is what would have been written of what is left."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from conformance import paragraph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import file_at

from searchlib.engines.whoosh import arrays
from searchlib.engines.whoosh import merge as module
from searchlib.engines.whoosh.arrays import ArrayFile, column
from searchlib.engines.whoosh.build import Builder
from searchlib.engines.whoosh.corpus import Corpus
from searchlib.engines.whoosh.lists import Numbers
from searchlib.engines.whoosh.merge import merge
from searchlib.engines.whoosh.postings import Segment
from searchlib.engines.whoosh.schema import COLUMNS, TERM_FIELDS
from searchlib.engines.whoosh.terms import NOTHING, Terms

# Of one source, by its path: its texts.
Source = list[str]
texts = st.one_of(st.sampled_from(("水水", "长江水", "Phone15 水", "……", "")), st.text("水江Aa1 。", max_size=300))
segments = st.lists(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=4), min_size=1, max_size=4)


def build(path: Path, sources: dict[str, Source]) -> ArrayFile:
    builder = Builder(file_at(path))
    for name, source in sources.items():
        builder.add(name, [paragraph(name, number, text) for number, text in enumerate(source)])
    builder.write()
    return ArrayFile(file_at(path))


def removed_in(file: ArrayFile, paths: Sequence[str]) -> Numbers:
    segment = Segment(file, NOTHING.paragraphs)
    numbers = [number for path in paths for number in Corpus([segment]).of_path(path).tolist()]
    return segment.live.nonzero()[0][sorted(numbers)]


def content(file: ArrayFile) -> dict[str, object]:
    """All that a segment says, whatever way it is kept in."""
    segment, size = Segment(file, NOTHING.paragraphs), int(file.facts["paragraphs"])
    found: dict[str, object] = {
        "facts": dict(file.facts),
        "paragraphs": [segment.paragraph(number) for number in range(size)],
        "columns": {name: file[column(name)].tolist() for name in COLUMNS},
    }
    for field in TERM_FIELDS:
        terms = Terms(file, field, size)
        found[field] = {
            terms.dictionary[at]: [part.tolist() for part in terms.postings(at)] for at in range(len(terms))
        }
    return found


@pytest.mark.parametrize(("at_once", "words"), [(1, 1), (7, 5), (2_000_000, 3), (2_000_000, 200_000)])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(segments, st.data())
def test_what_is_merged_is_what_is_left(
    at_once: int, words: int, parts: list[list[Source]], data: st.DataObject
) -> None:
    """Paragraph by paragraph, term by term and column by column, however much is merged at once."""
    named = [{f"{at}-{n}.txt": source for n, source in enumerate(part)} for at, part in enumerate(parts)]
    gone = set(data.draw(st.lists(st.sampled_from([path for part in named for path in part]))))
    left = {path: source for part in named for path, source in part.items() if path not in gone}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_AT_ONCE", at_once)
        patch.setattr(module, "_WORDS", words)
        place = Path(folder)
        files = [build(place / f"{at}.arrays", part) for at, part in enumerate(named)]
        removed = [
            removed_in(file, [path for path in part if path in gone]) for file, part in zip(files, named, strict=True)
        ]
        size = merge(file_at(place / "merged.arrays"), list(zip(files, removed, strict=True)))
        merged = ArrayFile(file_at(place / "merged.arrays"))
        merged.check()

        assert sum(map(len, left.values())) == size
        if left:
            assert content(build(place / "expected.arrays", left)) == content(merged)


def test_memory_does_not_grow_with_words_that_are_all_different(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 1_000)
    monkeypatch.setattr(module, "_WORDS", 1_000)
    monkeypatch.setattr(arrays, "_IN_MEMORY", 2_000)
    most = []
    for words in (100, 4_000, 16_000):
        files = [build(tmp_path / f"{words}-{at}", {f"{at}.txt": different(words, at)}) for at in range(2)]
        tracemalloc.start()
        merge(file_at(tmp_path / str(words)), [(file, NOTHING.paragraphs) for file in files])
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    _, little, much = most
    # Held, a word takes some 200 bytes.
    assert much - little <= 50 * 2 * 12_000


def different(words: int, seed: int) -> Source:
    return [" ".join(f"{seed}{at:07x}" for at in range(first, first + 100)) for first in range(0, words, 100)]


def test_a_segment_ends_sooner_where_all_words_are_new(tmp_path: Path) -> None:
    """As many as take the memory of its characters."""
    builder = Builder(file_at(tmp_path / "a"))
    builder.add("a.txt", [paragraph("a.txt", number, text) for number, text in enumerate(different(10_000, 1))])

    # Nine of each word with its space, and eight; the last ones wait to be cut.
    assert 14 * 10_000 <= builder.characters <= 18 * 10_000
    builder.discard()
