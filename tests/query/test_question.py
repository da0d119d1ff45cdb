"""A question means what the design says, in Whoosh's query tree, and never more or less without a word about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rankings import search
from test_parser import hostile
from whoosh.query import And, Or, Query

from searchlib.analysis import analyze, fold
from searchlib.engines import reference
from searchlib.errors import QueryError
from searchlib.model import Anchor, Facts, Paragraph
from searchlib.query import Among, Bare, BoundedLiteral, Literal, Paths, Regex, Wildcard, parse
from searchlib.query.patterns import Timed
from searchlib.query.weights import title_weights_of, weights_of


def test_a_glob_holds_for_every_and_for_some() -> None:
    """What is outside of it is neither complete nor partial."""
    question = parse("“水” “江”", path="*.md")
    both = [Literal("水"), Literal("江")]

    assert And([Paths("*.md"), And(both)]) == question.every
    assert And([Paths("*.md"), Or(both)]) == question.some


def test_a_question_has_the_weights_of_its_tree() -> None:
    """What is asked of paths weighs nothing."""
    question = parse("江^2 水", path="*.md")

    assert weights_of(question.tree) == question.weights
    assert title_weights_of(question.tree) == question.title_weights
    assert {"江", "水"} == {weight.term for weight in question.weights}


def test_a_question_tells_what_its_clauses_are() -> None:
    """Those about the text: literals, patterns, words and pairs, for whoever marks them in a snippet."""
    question = parse("长江大桥 “水” 北?大学 /a+/ -黄河 title:江")

    assert (Bare("长江大桥"), Literal("水"), Wildcard("北?大学"), Regex("a+")) == question.clauses
    assert ("长江大桥", "水") == question.literals
    assert (Wildcard("北?大学"), Regex("a+")) == question.patterns
    assert {"大学", "北"} <= set(question.words)
    assert not {"黄河", "水", "江"} & set(question.words)
    assert ("长江", "江大", "大桥", "大学") == question.pairs


def test_what_is_ignored_and_what_is_unknown_goes_with_the_question() -> None:
    """Nothing is dropped without a word."""
    question = parse("长江 …… “。” ， foo:水")

    assert (("……", "，"), ("foo",)) == (question.ignored, question.unknown)
    assert ("长江", "。") == question.literals
    assert (BoundedLiteral("foo:水"),) == question.patterns


def test_conditions_on_files_are_bound_once_for_both() -> None:
    """Before that no engine can run the question."""
    facts = [Facts(path="a.txt", size=10, modified_ns=0, encoding="utf-8")]
    question = parse("size:10 “水”")

    assert question.every != question.bound(lambda: facts).every
    assert And([Among(frozenset({"a.txt"})), Literal("水")]) == question.bound(lambda: facts).every
    assert And([Among(frozenset({"a.txt"})), Literal("水")]) == question.bound(lambda: facts).some


@pytest.mark.parametrize("text", ["，", "…… 、", "\ud800", "()", "+ -", "（！）"])
def test_a_question_of_marks_alone_is_refused(text: str) -> None:
    """There is nothing to look for, and the hint is how to look for the marks themselves."""
    with pytest.raises(QueryError) as raised:
        parse(text)

    assert f"there is no word, character or number to look for in {text}" == str(raised.value)
    assert f"quote it to look for just these marks: 「{text}」" == raised.value.hint
    assert (Literal(fold(text)),) == parse(f"「{text}」").clauses


@pytest.mark.parametrize(("text", "quoted"), [("？「", "『？「』"), ("“", "「“」"), ("“” ？", "「？」")])
def test_the_hint_how_to_quote_marks_can_be_followed(text: str, quoted: str) -> None:
    """Marks of quotation too are quoted in others than themselves, and what is empty already is left out."""
    with pytest.raises(QueryError) as raised:
        parse(text)

    assert f"quote it to look for just these marks: {quoted}" == raised.value.hint
    assert (Literal(fold(quoted[1:-1])),) == parse(quoted).clauses


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
        question = parse(text, path=glob).bound(lambda: ())
    except QueryError:
        return
    paragraph = _paragraph(text)
    engine = reference.create(Path("nowhere"))
    with engine.writer() as writer:
        writer.replace("a.txt", [paragraph])
        writer.commit()

    assert search(engine.reader(), question, limit=1).complete <= 1
    assert all(analyze(clause.text).words for clause in question.clauses if isinstance(clause, Bare))
    assert len(question.weights) == len({(weight.field, weight.term) for weight in question.weights})
    assert all(weight.weight > 0 for weight in question.weights)


def _paragraph(text: str) -> Paragraph:
    return Paragraph("a.txt", 0, text, 1, 1, (), "", (Anchor(0, 1, 1),))


def test_all_patterns_of_a_question_have_one_time_together() -> None:
    """However many there are, in whatever they stand: twenty slow ones take no longer than one."""
    question = parse("/(a|aa)+c/ (江水~1 -/b/) OR title:c?d path:*.md 登录~1", path="*.txt")

    def deadlines(node: Query) -> set[int]:
        own = {id(node.deadline)} if isinstance(node, Timed) else set()
        return own.union(*map(deadlines, node.children()))

    assert {id(question.deadline)} == deadlines(question.tree) | deadlines(question.every) | deadlines(question.some)
