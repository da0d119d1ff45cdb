"""What users read of the language is what it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from searchlib.query import FORMS, Bare, Form, parse
from searchlib.query.tree import leaves

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_has_the_table_that_help_prints() -> None:
    """Row by row, in order, and no other."""
    written = README.read_text(encoding="utf-8")
    rows = [f"| {' '.join(f'`{example}`' for example in form.examples)} | {form.meaning} |" for form in FORMS]
    table = re.search(r"(?<=^\| written \| asks for \|\n\|---\|---\|\n).*?(?=\n\n)", written, re.M | re.S)

    assert table
    assert "\n".join(rows).replace("北京 | ", "北京 \\| ") == table[0]


@pytest.mark.parametrize("form", FORMS[1:], ids=lambda form: form.examples[0])
def test_every_form_is_more_than_words(form: Form) -> None:
    """An example that were read as a bare clause with odd marks in it would be none."""
    for example in form.examples:
        question = parse(example)

        assert ((), ()) == (question.ignored, question.unknown)
        assert not isinstance(question.tree, Bare) or question.tree.text != example
        assert not any(set(leaf.text) & set("()*~^|&:+") for leaf in leaves(question.tree) if isinstance(leaf, Bare))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.examples[0])
def test_ways_to_write_a_form_ask_for_the_same(form: Form) -> None:
    """Where a form has several examples with the same words in them, they are one question."""
    by_words: dict[tuple[str, ...], object] = {}
    for example in form.examples:
        words = tuple(re.findall(r"[\u4e00-\u9fff]+|[-a-z0-9.<>=]+", re.sub(r"^[^:：]*[:：]", "", example)))

        assert by_words.setdefault(words, parse(example).tree) == parse(example).tree
