"""Groonga with pairs of characters (`TokenBigram`), from Debian's `groonga`.

The lexicon is a patricia trie, so that a single character finds the pairs that begin with it; a line is a record, and
what is loaded comes as JSON through a pipe, as its documentation does it. Both are Groonga's own: `every` is a query,
which for Chinese is a phrase, `some` its search for similar texts. Warm queries go to one process through its standard
input. Its files are mapped into memory, so its peak memory counts pages of them.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import rivals.interface as interface

SCHEMA = """\
table_create Paragraph TABLE_NO_KEY
column_create Paragraph path COLUMN_SCALAR ShortText
column_create Paragraph text COLUMN_SCALAR Text
table_create Term TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerNFKC130
column_create Term text COLUMN_INDEX|WITH_POSITION Paragraph text
table_create Path TABLE_PAT_KEY ShortText
column_create Path path COLUMN_INDEX Paragraph path
"""
# Quoted for Groonga as well, on its command line too: it splits at brackets.
COLUMNS = "'_score,path,text,snippet_html(text)'"
SHOWN = f"--limit {interface.LIMIT} --sort_keys -_score --output_columns"


class Groonga(interface.Scripted):
    key: ClassVar = "groonga"
    name: ClassVar = "Groonga, pairs"

    def versions(self) -> dict[str, str]:
        said = subprocess.run(["groonga", "--version"], capture_output=True, text=True, check=True).stdout
        return {"Groonga": said.split()[1]}

    def build(self, folder: Path, index: Path) -> None:
        index.mkdir()
        with _talk(index, is_new=True) as talk:
            for command in SCHEMA.splitlines():
                talk.ask(command)
            talk.load(interface.files_in(folder))

    def replace(self, folder: Path, index: Path, changed: str) -> None:
        with _talk(index) as talk:
            talk.ask(f"delete Paragraph --filter {_argument(f'path == {_string(changed)}')}")
            talk.load([(changed, interface.lines_of(folder / changed))])

    def cold(self, folder: Path, index: Path, query: str) -> list[str]:
        asked = f"select Paragraph --match_columns text --query {query} {SHOWN}"
        return ["groonga", str(index / "db"), *asked.split(), COLUMNS]

    @contextmanager
    def session(self, folder: Path, index: Path) -> Iterator[interface.Session]:
        with _talk(index) as talk:
            # It keeps its last answers, and would give those for every query but the first time it is asked.
            talk.ask("cache_limit 0")
            yield _Session(talk)


class _Session:
    def __init__(self, talk: _Talk) -> None:
        self._talk = talk

    def every(self, query: str) -> int:
        return self._fetched(f"--match_columns text --query {_argument(_string(query))}")

    def some(self, query: str) -> int:
        return self._fetched(f"--filter {_argument(f'text *S {_string(query)}')}")

    def literal(self, literal: str) -> int:
        return self._fetched(f"--filter {_argument(f'text @ {_string(literal)}')}")

    def files(self, literal: str) -> set[str]:
        drilled = "--limit 0 --drilldown path --drilldown_limit -1 --drilldown_output_columns _key"
        found = self._talk.ask(f"select Paragraph --filter {_argument(f'text @ {_string(literal)}')} {drilled}")
        return {path for (path,) in found[1][1][2:]}

    def _fetched(self, condition: str) -> int:
        return len(self._talk.ask(f"select Paragraph {condition} {SHOWN} {COLUMNS}")[1][0][2:])


class _Talk:
    """A process of Groonga that answers a line with a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self._process, self._said, self._heard = process, process.stdin, process.stdout

    def ask(self, command: str) -> Any:
        self._said.write(command + "\n")
        return self._answer(command)

    def load(self, files: Iterator[interface.File] | list[interface.File]) -> None:
        self._said.write('load --table Paragraph\n[\n["path","text"]')
        for path, lines in files:
            for line in lines:
                self._said.write(",\n" + json.dumps([path, line], ensure_ascii=False))
        self._said.write("\n]\n")
        self._answer("load")

    def _answer(self, command: str) -> Any:
        self._said.flush()
        answer = json.loads(self._heard.readline())
        status, message = answer[0][0], answer[0][3:]
        if status:
            raise RuntimeError(f"{command}: {message}")
        return answer


@contextmanager
def _talk(index: Path, *, is_new: bool = False) -> Iterator[_Talk]:
    command = ["groonga", *(["-n"] if is_new else []), str(index / "db")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1 << 16
    ) as process:
        yield _Talk(process)


def _string(text: str) -> str:
    """The text as a string of Groonga's expressions."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _argument(expression: str) -> str:
    """The expression as one argument of a command line of Groonga."""
    return "'" + re.sub(r"(['\\])", r"\\\1", expression) + "'"
