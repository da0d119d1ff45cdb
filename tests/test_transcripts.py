"""Terminal sessions, each a file in `transcripts/`; `pytest --update-golden` writes down what the program says now."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sessions import Session, plant, play

import searchlib

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
PACKAGE = Path(searchlib.__file__).parent
SAYING = [
    "backup.py",
    "errors.py",
    "explaining.py",
    "forgetting.py",
    "indexing.py",
    "keeping.py",
    "planning.py",
    "roots.py",
    "writing.py",
    "ingest.py",
    "holdings.py",
    "library.py",
    "meta.py",
    *(
        f"query/{name}.py"
        for name in ("amounts", "conditions", "deadline", "parser", "patterns", "question", "structure", "syntax")
    ),
    "reading/content.py",
    "reading/encodings.py",
    "workers.py",
    "recall.py",
    "repaired_update.py",
    "repairing.py",
    "scan.py",
    "searching.py",
    "snapshot.py",
    "directory.py",
    "trust.py",
    "lock.py",
    "texts.py",
    "verifying.py",
    *(str(file.relative_to(PACKAGE)) for file in (PACKAGE / "cli").glob("*.py")),
    *(str(file.relative_to(PACKAGE)) for file in (PACKAGE / "evaluation").glob("*.py")),
]


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
def test_session(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """The program answers as it is written down."""
    plant(tmp_path)
    expected = file.read_text(encoding="utf-8")

    played = play(expected, Session(tmp_path, monkeypatch))

    if pytestconfig.getoption("update_golden"):
        file.write_text(played, encoding="utf-8")
    else:
        assert expected == played


# Where a sentence is proved that no session can bring about, and why.
ELSEWHERE = {
    "making it was interrupted": "test_hostile_index.py: it has to be cut off",
    "is a folder and not a file": "test_directory.py",
    "another folder was put in its place": "test_directory.py",
    "if you trust all who could have written it": "test_trust.py: an index of others",
    "belongs to another user": "test_trust.py",
    "make it your own with": "test_trust.py",
    "can be written by other users": "test_trust.py",
    "is a link or a device": "test_directory.py",
    "what was not named now is no longer in it": "test_verify.py",
    "is not a number of seconds, 0 or more": "cli/test_time_limit.py",
    "its file was last changed": "test_explaining.py: the time is that of the place",
    "no path was named": "test_roots.py: the command line says that there is no folder seeds",
    "the roots can't be read": "test_roots.py",
    "before something can be forgotten": "test_roots.py: an update has to be cut off",
    "bring it up to date with": "test_roots.py",
    "what the index had of it is damaged": "test_roots.py",
    "kept changing while": "test_bad_input.py: a second process has to write",
    "vanished before": "test_bad_input.py: the file has to go at the right moment",
    "is being written by": "test_bad_input.py: a second process has to hold the lock",
    "process after process": "test_workers.py: processes have to die",
    "look whether memory is short": "test_workers.py",
    "the process that read it died": "test_workers.py: a process has to be killed",
    "could not be read (": "test_workers.py: a parser has to fail",
    "not a file with an end": "test_bad_input.py: a file of the kernel",
    "can't be locked": "test_bad_input.py: a file system without locks",
    "network folders often have no locks": "test_bad_input.py",
    "half a surrogate pair": "reading/test_text_codecs.py",
    "the index is as of its last commit": "cli/test_process.py: somebody has to press Ctrl-C",
    "this should not have happened": "cli/test_errors.py: only a fault brings it about",
    "searchlib --debug COMMAND": "cli/test_errors.py",
    "try again when it has ended": "test_bad_input.py",
    "could not compare": "test_verify.py",
    "nothing that can be read in": "test_verify.py",
    "make the index anew with": "test_verify.py",
    "texts that are in no file": "test_verify.py",
    "give the texts to Library.update_texts": "test_verify.py",
    "paragraphs are missing": "test_verify.py",
    "paragraphs more than were indexed": "test_verify.py",
    "paragraphs are of no source": "test_verify.py",
    "its file has another content": "test_verify.py",
    "its paragraphs are not those of its file": "test_verify.py",
    "it does not say what an index was made with": "test_bad_input.py",
    "it names something that can't be there": "test_hostile_index.py",
    "it lies in none of the folders": "test_verify.py",
    "the index is kept there": "test_scan.py: a folder of the index below a root is not entered",
    "says it was made with": "test_verify.py",
    "and this is still wrong": "test_verify.py",
    "files were committed": "cli/test_process.py",
    "nothing was changed": "cli/test_process.py",
    "could not be written": "test_bad_input.py: the disk has to be full",
    "mend the cause": "test_bad_input.py",
    " of … …, ": "cli/test_errors.py: only large files bring it about",
    "nothing of the answer was known": "cli/test_time_limit.py: the time to get so far differs",
    "give it more time with": "cli/test_time_limit.py",
    "stopped after": "cli/test_time_limit.py",
    "takes more memory than there is": "test_hostile_files.py: memory has to be short",
    "there was not enough memory": "test_hostile_files.py: memory has to be short",
    "searchlib index --jobs 1 needs the least": "test_hostile_files.py",
    "each of which counts as": "test_hostile_files.py: a file of megabytes has to be read",
    "thousands of digits": "evaluation/test_judgements.py",
    "too many brackets in one another": "query/test_patterns.py: the stack has to be nearly full",
    "two texts have the path": "test_texts.py: a corpus is refused before",
    "give each a path of its own": "test_texts.py",
    "which is not installed": "evaluation/test_metrics.py",
    "install it with: pip": "evaluation/test_metrics.py",
    "%Y-%m-%d": "no sentence",
    "%(prog)s": "no sentence",
}


def test_every_sentence_is_in_a_session() -> None:
    """Nobody has to meet a sentence of the program that was never read in its place."""
    told = _on_one_line("\n".join(file.read_text(encoding="utf-8") for file in TRANSCRIPTS))

    unread = [
        said
        for said, pattern in _sentences().items()
        if not pattern.search(told) and not any(map(said.count, ELSEWHERE))
    ]

    assert "\n".join(unread) == ""


def test_what_is_proved_elsewhere_is_still_said() -> None:
    said = "\n".join(_sentences())

    assert [part for part in ELSEWHERE if part not in said] == []


def _sentences() -> dict[str, re.Pattern[str]]:
    """Every string of three words or more, docstrings apart, with a pattern for it: values may be anything."""
    found = {}
    for name in SAYING:
        for parts in _strings(ast.parse((PACKAGE / name).read_text(encoding="utf-8"))):
            said = _on_one_line("…".join(parts))
            if len(re.findall(r"\w+", said)) >= 3 and " " in said:
                known = [re.escape(_on_one_line(part)) for part in parts if part.strip()]
                found[said] = re.compile(".{0,200}?".join(known))
    return found


def _strings(tree: ast.AST) -> Iterator[list[str]]:
    """The pieces of each string literal between its values."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
            yield text.split("\0")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield [node.value]
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield from _strings(node)


def _on_one_line(text: str) -> str:
    return re.sub(r"\s*\n(?:! )?\s*", " ", text)
