"""The command, in which documents do what some do to real parsers; its worker processes run this file too.

A document says in its text what happens to the process that reads or analyses it: `!signal 11`, `!exit 3`, `!raise
ValueError`; before that, when: `!reading`, `!adding` to the index, `!writing` the part that has it. With `!once`, only
the first time.
"""

from __future__ import annotations

import builtins
import os
import re
import sys
from collections.abc import Iterable
from typing import Any
from zlib import crc32

from searchlib import cli, updating, workers
from searchlib.engines.whoosh.build import Builder
from searchlib.reading import text
from searchlib.reading.pieces import Pieces

ORDER = re.compile(r"!(reading|adding|writing) (!once )?!(signal|exit|raise) (\w+)")
_FILES = 8


def obey(content: str, when: str) -> None:
    for moment, once, deed, what in ORDER.findall(content):
        if moment == when and not (once and _was_done(content)):
            _do(deed, what)


def _do(deed: str, what: str) -> None:
    match deed:
        case "signal":
            os.kill(os.getpid(), int(what))
        case "exit":
            os._exit(int(what))
        case _:
            error = getattr(builtins, what, None) or type(what, (BaseException,), {})
            raise error("says the document")


def _was_done(content: str) -> bool:
    """Whether it was done before, by any process."""
    try:
        os.close(os.open(f".done-{crc32(content.encode())}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return True
    return False


def plant() -> None:
    usual_read, usual_extend, usual_write = text.read, Builder.extend, Builder.write

    def read(content: Pieces) -> Any:
        obey("".join(content), "reading")
        return usual_read(content)

    def extend(self: Builder, paragraphs: Any, behind: str = "") -> None:
        obey(_said(paragraphs), "adding")
        self.__dict__.setdefault("said", []).append(_said(paragraphs))
        usual_extend(self, paragraphs, behind)

    def write(self: Builder) -> None:
        for said in self.__dict__.get("said", []):
            obey(said, "writing")
        usual_write(self)

    text.read, Builder.extend, Builder.write = read, extend, write  # type: ignore[assignment,method-assign]
    workers._WORTHWHILE, workers._CHUNK_FILES = 0, _FILES
    updating.STEP_BYTES = int(os.environ.get("STEP_BYTES", updating.STEP_BYTES))


def _said(paragraphs: Iterable[Any]) -> str:
    return "\n".join(paragraph.text for paragraph in paragraphs)


if __name__ in ("__main__", "__mp_main__"):
    plant()
if __name__ == "__main__":
    sys.exit(cli.run(sys.argv[1:]))
