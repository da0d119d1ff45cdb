"""A folder of judged questions: the texts, the questions, and which text answers which.

`corpus.jsonl` has a JSON object a line with `id`, `content` and, where there is one, `title` or `name`; `queries.tsv`
lines of question id, tab, question; `qrels.txt` lines in the form of TREC: question id, 0, text id, relevance. All are
UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchlib.errors import Malformed, PathError
from searchlib.evaluation.lines import lines
from searchlib.model import Text

CORPUS, QUESTIONS, JUDGEMENTS = "corpus.jsonl", "queries.tsv", "qrels.txt"
# The longest relevance; what counts as high is for the metrics to say, and these count in 32 bits.
_DIGITS = 9
_HINT = f"a folder of judged questions has {CORPUS}, {QUESTIONS} and {JUDGEMENTS}"


@dataclass(frozen=True, slots=True)
class Judged:
    """`name` is the folder's, with that of the file of questions where it is another than usual.

    `judgements` has the relevance of texts by question and text, for each of the `questions`: those that some text
    answers, that is with a relevance above 0. `unjudged` questions have none.
    """

    name: str
    texts: tuple[Text, ...]
    questions: dict[str, str]
    judgements: dict[str, dict[str, int]]
    unjudged: tuple[str, ...]


def read(folder: Path, questions: Path | None = None) -> Judged:
    """The judged questions in `folder`, or other `questions` with the same judgements.

    Raises `PathError` for a file that is missing, and `Malformed` with file and line for one that is not as above.
    """
    if not folder.is_dir():
        raise PathError(f"there is no folder {folder}", hint=_HINT)
    asked = _questions(questions or folder / QUESTIONS)
    texts = _texts(folder / CORPUS)
    # Other questions may be only some of those that are judged.
    judgements = _judgements(folder / JUDGEMENTS, texts, None if questions else asked)
    answered = {question for question, found in judgements.items() if max(found.values()) > 0}
    name = folder.resolve().name
    judged = Judged(
        name=f"{name}/{questions.name}" if questions else name,
        texts=tuple(texts.values()),
        questions={question: text for question, text in asked.items() if question in answered},
        judgements={question: judgements[question] for question in asked if question in answered},
        unjudged=tuple(question for question in asked if question not in answered),
    )
    if not judged.questions:
        raise Malformed(str(questions or folder / QUESTIONS), 0, f"{JUDGEMENTS} has a text for none of these questions")
    return judged


def _texts(file: Path) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for number, line in lines(file, _HINT):
        text = _text(file, number, line)
        _refuse_twice(text.path, texts, file, number)
        texts[text.path] = text
    return texts


def _text(file: Path, number: int, line: str) -> Text:
    try:
        value: Any = json.loads(line)
        # JSON can name half of a character, which no text has.
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        what = f"this is no JSON: {error.msg.lower()} at column {error.colno}"
        raise Malformed(str(file), number, what) from error
    except UnicodeEncodeError as error:
        raise Malformed(str(file), number, "half of a character is in it, which no text has") from error
    except RecursionError:
        raise Malformed(str(file), number, "there are too many brackets in one another") from None
    except ValueError as error:
        raise Malformed(str(file), number, "there is a number with thousands of digits in it") from error
    if not isinstance(value, dict):
        raise Malformed(str(file), number, "this is no JSON object")
    title = value.get("title", value.get("name", ""))
    path, title, content = (
        _string(name, field, file, number)
        for name, field in (("id", value.get("id")), ("title", title), ("content", value.get("content")))
    )
    return Text(_identifier(path, file, number), title, content)


def _string(name: str, field: Any, file: Path, number: int) -> str:
    if not isinstance(field, str):
        raise Malformed(str(file), number, f"“{name}” is missing or no string")
    return field


def _questions(file: Path) -> dict[str, str]:
    questions: dict[str, str] = {}
    for number, line in lines(file, _HINT):
        question, tab, text = line.partition("\t")
        if not tab:
            raise Malformed(str(file), number, "there is no tab between a question's id and its text")
        _refuse_twice(_identifier(question, file, number), questions, file, number)
        questions[question] = text
    return questions


def _judgements(file: Path, texts: Iterable[str], questions: Iterable[str] | None) -> dict[str, dict[str, int]]:
    known_texts, known_questions = set(texts), None if questions is None else set(questions)
    judgements: dict[str, dict[str, int]] = {}
    for number, line in lines(file, _HINT):
        fields = line.split()
        if len(fields) != 4 or not _is_number(fields[3]):
            raise Malformed(str(file), number, "this is not of the form: question id, 0, text id, relevance")
        question, _, text, relevance = fields
        if text not in known_texts:
            raise Malformed(str(file), number, f"{CORPUS} has no text {text}")
        if known_questions is not None and question not in known_questions:
            raise Malformed(str(file), number, f"{QUESTIONS} has no question {question}")
        of_question = judgements.setdefault(question, {})
        _refuse_twice(text, of_question, file, number)
        of_question[text] = int(relevance)
    return judgements


def _identifier(value: str, file: Path, number: int) -> str:
    """Ids stand between spaces in the files of judgements and runs."""
    if not value or value.split() != [value]:
        raise Malformed(str(file), number, f"“{value}” is no id: it is empty or has a space in it")
    return value


def _refuse_twice(identifier: str, known: Iterable[str], file: Path, number: int) -> None:
    if identifier in known:
        raise Malformed(str(file), number, f"{identifier} is there for the second time")


def _is_number(field: str) -> bool:
    return len(field) <= _DIGITS and field.removeprefix("-").isdecimal()
