"""What is said of an answer when the time is over is true, and as much of it as is known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clocks import Clock
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from places import made
from rankings import search

from searchlib.analysis import fold
from searchlib.engines import whoosh
from searchlib.engines.interface import Engine, Reader
from searchlib.engines.whoosh import looks, matching
from searchlib.engines.whoosh.wildcards import CodedTexts, is_searchable
from searchlib.model import Anchor, Paragraph
from searchlib.query import Deadline, Wildcard, parse

TEXTS = [f"{first}{second}水，{third}江a{first}ab" for first in "长江水" for second in "江人" for third in "长水人民"]
CLAUSES = [
    "长江水",
    "江?水",
    "水*江",
    "“长 水”~3",
    "长江水~1",
    "/[长人].水/",
    "人",
    "江",
    "title:长江水",
    "path:*.txt",
    "-民",
]
FORMS = ["{} {}", "{} OR {}", "{} AND {}", "{} NOT {}", "{} NOT ({} OR /江.水/)", "+{} {}", "NOT (长?水 AND NOT {}) {}"]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = whoosh.create(made(Path(folder, "engine")))
        with engine.writer() as writer:
            for at, path in enumerate(("a.txt", "b.md")):
                texts = TEXTS[at::2]
                writer.replace(
                    path,
                    [
                        Paragraph(path, n, text, n + 1, n + 1, (), "", (Anchor(0, n + 1, 1),))
                        for n, text in enumerate(texts)
                    ],
                )
            writer.commit()
        yield engine


@pytest.fixture(scope="module")
def reader(engine: Engine) -> Iterator[Reader]:
    with closing(engine.reader()) as reader:
        yield reader


@pytest.fixture(autouse=True)
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few texts between two looks at the clock, so that time is over in the middle of everything."""
    monkeypatch.setattr(looks, "_STRETCH", 2)
    monkeypatch.setattr(matching, "_BLOCK", 5)


def _answer(reader: Reader, text: str, deadline: Deadline) -> dict[tuple[str, int], bool]:
    found = search(reader, parse(text, deadline=deadline), limit=1_000).ranked
    return {(hit.paragraph.path, hit.paragraph.number): hit.complete for hit in found}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.sampled_from(FORMS), st.sampled_from(CLAUSES), st.sampled_from(CLAUSES), st.integers(0, 120))
@example("{} NOT {}", "人", "/[长人].水/", 8)
def test_no_answer_has_a_paragraph_that_does_not_match(
    reader: Reader, form: str, one: str, other: str, reads: int
) -> None:
    """Whenever the time is over: complete ones are complete, all are in the whole answer, and `NOT` hides nothing."""
    text = form.format(one, other)
    whole = _answer(reader, text, Deadline())
    deadline = Deadline(reads + 0.5, clock=Clock(tick_s=1.0), processor=Clock())
    known = _answer(reader, text, deadline)

    assert known.keys() <= whole.keys()
    assert all(whole[place] for place, complete in known.items() if complete)
    assert deadline.ran_out or known == whole


def test_the_longer_a_query_may_take_the_more_of_its_answer_is_known(engine: Engine) -> None:
    """From nothing to all of it, not all at once; each is asked of a reader that knows nothing of the others."""
    sizes = []
    for reads in range(60):
        deadline = Deadline(reads + 0.5, clock=Clock(tick_s=1.0), processor=Clock())
        with closing(engine.reader()) as reader:
            sizes.append(len(_answer(reader, "/[长人].水/", deadline)))

    assert sorted(sizes) == sizes
    assert 0 == sizes[0]
    assert len(set(sizes)) > 4


@given(
    st.lists(st.text("ab江水1，. \udcff", max_size=12), min_size=1, max_size=5),
    st.text("ab江，**??", min_size=1, max_size=7).filter(lambda text: text.strip("*?")),
)
@example(["happy", "app"], "*pp")
@example(["a", "ba"], "a*")
@example(["江a江b", "江，b"], "江*b")
def test_a_wildcard_is_found_in_many_texts_as_in_each(texts: list[str], pattern: str) -> None:
    """Where a query has hundreds of them."""
    node = Wildcard(pattern)
    if is_searchable(node):
        assert [node.matches(fold(text)) for text in texts] == CodedTexts.folded(texts).having(node).tolist()


def test_a_query_that_ran_out_of_time_goes_on_from_there_when_it_is_asked_again(engine: Engine) -> None:
    """What has been decided is remembered, and what has not been is not."""
    with closing(engine.reader()) as reader:
        whole = _answer(reader, "/[长人].水/", Deadline())
    with closing(engine.reader()) as reader:
        deadlines = [Deadline(12.5, clock=Clock(tick_s=1.0), processor=Clock()) for _ in range(40)]
        sizes = [len(_answer(reader, "/[长人].水/", deadline)) for deadline in deadlines]

        assert sorted(sizes) == sizes
        assert sizes[0] < sizes[-1] == len(whole)
        assert whole == _answer(reader, "/[长人].水/", Deadline())


def test_hundreds_of_wildcards_find_what_each_finds(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whichever way each of them is looked for."""
    monkeypatch.setattr(looks, "_FEW_WILDCARDS", 1)
    monkeypatch.setattr(looks, "_MANY_TEXTS", 1)
    patterns = [f"{one}{sign}{other}" for one in "长江水a" for sign in "?*" for other in "人民b"]
    each = [_answer(reader, pattern, Deadline()) for pattern in patterns]

    assert {place for found in each for place in found} == _answer(reader, " OR ".join(patterns), Deadline()).keys()
