"""Question to Whoosh query tree: the language, what its clauses mean, and what in them counts for the ranking."""

from searchlib.query.checked import BoundedLiteral, Checked, Literal, Near, Wildcard
from searchlib.query.conditions import Among, OfSource, PathHas, Paths, bind
from searchlib.query.deadline import Deadline
from searchlib.query.expansion import every, texts, words_of
from searchlib.query.guide import FORMS, NOTES, Form
from searchlib.query.narrowing import Nearly, Repeated
from searchlib.query.patterns import Fuzzy, Regex
from searchlib.query.question import Question, parse
from searchlib.query.tree import Bare, Boosted, Clauses, is_demand
from searchlib.query.weights import Weight
from searchlib.query.written import written

__all__ = [
    "FORMS",
    "NOTES",
    "Among",
    "Bare",
    "Boosted",
    "BoundedLiteral",
    "Checked",
    "Clauses",
    "Deadline",
    "Form",
    "Fuzzy",
    "Literal",
    "Near",
    "Nearly",
    "OfSource",
    "PathHas",
    "Paths",
    "Question",
    "Regex",
    "Repeated",
    "Weight",
    "Wildcard",
    "bind",
    "every",
    "is_demand",
    "parse",
    "texts",
    "words_of",
    "written",
]
