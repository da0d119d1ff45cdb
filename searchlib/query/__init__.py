"""Question to Whoosh query tree: the clauses, what each of them means, and what in them counts for the ranking."""

from searchlib.query.clauses import Clause, read_clauses
from searchlib.query.nodes import Literal, Paths
from searchlib.query.question import Question, Weight, parse

__all__ = ["Clause", "Literal", "Paths", "Question", "Weight", "parse", "read_clauses"]
