"""A question means what the design says, in Whoosh's query tree, and never more or less without a word about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from whoosh.query import And, Or, Term

from searchlib.analysis import analyze, fold
from searchlib.engines import reference
from searchlib.engines.interface import Entry
from searchlib.errors import QueryError
from searchlib.ingest import entries
from searchlib.model import Anchor, Paragraph
from searchlib.query import Clause, Literal, Paths, Weight, parse

# All of Unicode, with the surrogates that a terminal makes of bytes that are not UTF-8, and much of what has a meaning.
hostile = st.text(
    st.one_of(
        st.characters(exclude_categories=()), st.sampled_from("\"“”「」『』 　长江水aA1\ud800\udcff*?[]!()-:^~\\'")
    )
)


def test_a_bare_clause_asks_for_its_words_or_for_itself() -> None:
    """All of its words anywhere, or the clause as it stands."""
    words = And([Term("words", "土地"), Term("words", "承包")])

    assert Or([words, Literal("土地承包")]) == parse("土地承包").every


def test_a_quoted_clause_asks_for_itself_alone() -> None:
    """No words: just these characters."""
    question = parse("“土地承包”")

    assert (Literal("土地承包"), Literal("土地承包"), ()) == (question.every, question.some, question.words)


def test_a_glob_holds_for_every_and_for_some() -> None:
    """What is outside of it is neither complete nor partial."""
    question = parse("“水” “江”", path="*.md")

    assert And([Paths("*.md"), Literal("水"), Literal("江")]) == question.every
    assert And([Paths("*.md"), Or([Literal("水"), Literal("江")])]) == question.some


def test_part_of_a_bare_clause_is_a_word_or_a_pair() -> None:
    """A single character of a longer clause is too little to make a paragraph an answer."""
    some = parse("土地承包").some

    assert [
        *(Term("words", word) for word in ("土地", "承包")),
        *(Term("chars", pair) for pair in ("土地", "地承", "承包")),
        Literal("土地承包"),
    ] == list(some.children())


def test_a_character_that_occurs_twice_is_still_too_little() -> None:
    """How much a term weighs has nothing to say about which paragraphs answer."""
    assert Term("chars", "承") not in list(parse("土地承包者的土地承包权").some.children())


def test_each_term_has_one_weight_by_how_often_it_occurs() -> None:
    """Words count 1.0, pairs 0.7, single characters 0.5, and a term that occurs twice twice; quoted or not."""
    assert (
        Weight("words", "水", 2.0),
        Weight("words", "江水", 1.0),
        Weight("words", "iphone15", 1.0),
        Weight("words", "iphone", 1.0),
        Weight("words", "15", 1.0),
        Weight("chars", "水", 1.5),
        Weight("chars", "江", 0.5),
        Weight("chars", "江水", 0.7),
    ) == tuple(sorted(parse("水 “水” 江水 iPhone15").weights, key=lambda weight: weight.field != "words"))


def test_a_clause_without_a_term_is_ignored_and_said_to_be() -> None:
    """It stays in `ignored`, and the others are asked; quoted it is searched."""
    question = parse("长江 …… “。” ，")

    assert ["……", "，"] == [clause.written for clause in question.ignored]
    assert ("长江", "。") == question.literals


@pytest.mark.parametrize("text", ["，", "…… 、", "\ud800", "()", "+ -"])
def test_a_question_of_marks_alone_is_refused(text: str) -> None:
    """There is nothing to look for, and the hint is how to look for the marks themselves."""
    with pytest.raises(QueryError) as raised:
        parse(text)

    assert f"there is no word, character or number to look for in {text}" == str(raised.value)
    assert f"quote it to look for just these marks: 「{text}」" == raised.value.hint
    assert (Clause(fold(text), True, f"「{text}」"),) == parse(f"「{text}」").clauses


@pytest.mark.parametrize(("text", "quoted"), [("？「", "『？「』"), ("“", "「“」"), ("“” ？", "「？」")])
def test_the_hint_how_to_quote_marks_can_be_followed(text: str, quoted: str) -> None:
    """Marks of quotation too are quoted in others than themselves, and what is empty already is left out."""
    with pytest.raises(QueryError) as raised:
        parse(text)

    assert f"quote it to look for just these marks: {quoted}" == raised.value.hint
    assert [quoted] == [clause.written for clause in parse(quoted).clauses]


@pytest.mark.parametrize("text", ["“”", '""', "「　」 “”"])
def test_an_empty_quotation_is_refused_as_one(text: str) -> None:
    """To quote it once more would be no help."""
    with pytest.raises(QueryError, match=f"^there is nothing between the quotation marks {text}$") as raised:
        parse(text)

    assert "write what to look for between them: searchlib search “枫桥经验”" == raised.value.hint


@pytest.mark.parametrize("text", ["", "  ", "　\n"])
def test_an_empty_question_is_refused(text: str) -> None:
    """It says so, with an example."""
    with pytest.raises(QueryError, match=r"^the question is empty$") as raised:
        parse(text)

    assert "write what to look for: searchlib search 枫桥经验" == raised.value.hint


@given(hostile, st.none() | hostile)
@example("[z-a]", "[z-a]")
@example("a", "[[a]")
@example("a", "\\")
@example("\udcff水", "\udcff*")
@settings(deadline=None)
def test_no_text_is_worse_than_a_query_error(text: str, glob: str | None) -> None:
    """Whatever is asked, of whatever paths, it is a question or said not to be one; then an engine can answer it."""
    try:
        question = parse(text, path=glob)
    except QueryError:
        return
    entry = _entry(text)
    engine = reference.create(Path("nowhere"))
    with engine.writer() as writer:
        writer.replace("a.txt", [entry])
        writer.commit()

    assert engine.reader().search(question, limit=1).complete <= 1
    assert all(analyze(clause.text).words for clause in question.clauses if not clause.is_quoted)
    assert len(question.weights) == len({(weight.field, weight.term) for weight in question.weights})
    assert all(weight.weight > 0 for weight in question.weights)


@given(st.lists(st.text("长江水ab1 ，。“”「」", min_size=1, max_size=12), min_size=1, max_size=8), st.data())
@settings(deadline=None)
def test_whatever_matches_every_clause_matches_some(texts: list[str], data: st.DataObject) -> None:
    """Complete hits are never lost by asking for the partial ones too."""
    text = data.draw(st.text('长江水ab1 ，。"', min_size=1, max_size=10))
    try:
        question = parse(text)
    except QueryError:
        return
    for text in texts:
        if reference._matches(question.every, _entry(text)):
            assert reference._matches(question.some, _entry(text))


def _entry(text: str) -> Entry:
    (entry,) = entries([Paragraph("a.txt", 0, text, 1, 1, (), "", (Anchor(0, 1, 1),))])
    return entry
