"""A question as engines get it: which paragraphs match every clause, which some, and what each term is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from whoosh.query import And, Query

from searchlib.analysis import fold
from searchlib.errors import QueryError
from searchlib.model import TEXT, Facts
from searchlib.query.checked import Checked, Literal
from searchlib.query.conditions import Paths, bind
from searchlib.query.deadline import Deadline
from searchlib.query.expansion import as_it_stands, every, some, terms_of, texts, words_of
from searchlib.query.parser import Parsed, read
from searchlib.query.patterns import Timed
from searchlib.query.tree import Bare, leaves
from searchlib.query.weights import Weight, title_weights_of, weights_of


@dataclass(frozen=True)
class Question:
    """A parsed question.

    `tree` is what was asked. `every` matches the paragraphs that match all of it, `some` those that match at least a
    part; every paragraph of the first is one of the second, and demands are in both. `ignored` are the clauses in which
    there was nothing to search for, as they were written, `unknown` names before a colon that are no field's. `weights`
    count in texts and titles together, `title_weights` once more where a title has most of its words in the question.
    All that is done for the query shares the `deadline`.
    """

    text: str
    tree: Query
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]
    every: Query
    some: Query
    weights: tuple[Weight, ...]
    title_weights: tuple[Weight, ...]
    deadline: Deadline = field(default_factory=Deadline, compare=False, repr=False)

    @cached_property
    def clauses(self) -> tuple[Query, ...]:
        """The clauses that say what should be in a paragraph's text."""
        return tuple(leaf for leaf in leaves(self.tree) if getattr(leaf, "fieldname", None) == TEXT)

    @property
    def literals(self) -> tuple[str, ...]:
        """The clauses that can stand anywhere in a text as they are, folded."""
        return tuple(node.text for node in self._looked_for if isinstance(node, Literal))

    @property
    def patterns(self) -> tuple[Checked, ...]:
        """The clauses that a stretch of text can be like, or be where words end."""
        return tuple(node for node in self._looked_for if not isinstance(node, Literal))

    @property
    def _looked_for(self) -> Iterator[Checked]:
        for leaf in self.clauses:
            if isinstance(leaf, Bare):
                yield from as_it_stands(leaf)
            elif isinstance(leaf, Checked):
                yield leaf

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the clauses that are not quoted."""
        return tuple(dict.fromkeys(word for leaf in self.clauses for word in words_of(leaf)))

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of neighbouring characters of these."""
        pieces = (text for leaf in self.clauses if words_of(leaf) for text in texts(leaf))
        return tuple(dict.fromkeys(term for text in pieces for term in terms_of(text).chars if len(term) == 2))

    def bound(self, facts: Callable[[], Iterable[Facts]]) -> Question:
        """The question with every condition on files turned into sources; `facts` is asked only if there is one."""
        return replace(self, every=bind(self.every, facts), some=bind(self.some, facts))


def parse(text: str, *, path: str | None = None, deadline: Deadline | None = None) -> Question:
    """The question that `text` asks, of the sources that the glob `path` matches; raises `QueryError`.

    Without a `deadline` there is no limit of time.
    """
    parsed = read(text)
    if parsed.tree is None:
        raise _refusal(text, parsed)
    deadline = deadline or Deadline()
    tree = _sharing(deadline, parsed.tree)
    filters = [Paths(path)] if path is not None else []
    return Question(
        text=text,
        tree=tree,
        ignored=parsed.ignored,
        unknown=parsed.unknown,
        every=_filtered(filters, every(tree)),
        some=_filtered(filters, some(tree)),
        weights=weights_of(tree),
        title_weights=title_weights_of(tree),
        deadline=deadline,
    )


def _sharing(deadline: Deadline, node: Query) -> Query:
    """The tree, all patterns of which have one deadline."""
    if isinstance(node, Timed):
        return replace(node, deadline=deadline)
    return node if node.is_leaf() else node.apply(lambda part: _sharing(deadline, part))


def _filtered(filters: list[Paths], node: Query) -> Query:
    return And([*filters, node]) if filters else node


def _refusal(text: str, parsed: Parsed) -> QueryError:
    marks = text
    for written in parsed.ignored:
        if len(written) > 1 and fold(written[0]) in "\"'" and not written[1:-1].strip():
            marks = marks.replace(written, "")
    if not text.strip():
        return QueryError("the question is empty", hint="write what to look for: searchlib search 枫桥经验")
    if not marks.strip():
        hint = "write what to look for between them: searchlib search “枫桥经验”"
        return QueryError(f"there is nothing between the quotation marks {text.strip()}", hint=hint)
    # Not in "…", which the shell would take away.
    opening, closing = "『』" if set(marks) & set("「」") else "「」"
    return QueryError(
        f"there is no word, character or number to look for in {text.strip()}",
        hint=f"quote it to look for just these marks: {opening}{marks.strip()}{closing}",
    )
