"""Processes that run the command, and to which something happens at a chosen moment.

A moment is a step of a stage, and a step is a call or a return of any function, Python's or C's, which the profiler of
Python tells of: so there is no place between two of them that can't be chosen. Worker processes run this file again
when they start, and so know the moment too. Everything is bounded more narrowly than usual, so that a few small files
take several commits, several segments and a merge.

This file is also the program of these processes, and so imports nothing that lies beside it.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple, Self

import searchlib
from searchlib import cli, updating, workers
from searchlib.analysis import tokens
from searchlib.cli import index, progress  # noqa: F401 — what is imported first in a stage would be most of its steps
from searchlib.engines.whoosh import arrays, parts, policy, writer  # noqa: F401

NAME = "MOMENT"
_PACKAGE = Path(searchlib.__file__).parent
# The innermost of these functions that is running says which stage it is.
STAGES = {
    "looking for files": ("scan.py", "scan"),
    "taking the lock": ("lock.py", "writing"),
    "making an index": ("writing.py", "_create"),
    "making an index anew": ("writing.py", "_anew"),
    "reading": ("ingest.py", "ingest"),
    "gathering": ("engines/whoosh/parts.py", "Parts.add"),
    "writing a segment": ("engines/whoosh/parts.py", "Parts._flushed"),
    "changing the catalog": ("catalog.py", "Catalog.change"),
    "writing the catalog": ("catalog.py", "Catalog.save"),
    "removing paragraphs": ("engines/whoosh/table.py", "with_removed"),
    "merging": ("engines/whoosh/merge.py", "merge"),
    "committing the engine": ("engines/whoosh/table.py", "write"),
    "removing what is obsolete": ("engines/whoosh/table.py", "clean"),
    "making a new index valid": ("meta.py", "write"),
    "tidying": ("writing.py", "_tidy"),
}
# Stages that run in worker processes where there are any.
OF_WORKERS = ("reading", "gathering", "writing a segment")
_STAGE_OF = {(str(_PACKAGE / file), name): stage for stage, (file, name) in STAGES.items()}
# Functions of C through which the disk is written, or looked at; an error of the disk is one of theirs.
_DISK = frozenset("open write flush fsync replace unlink remove mkdir rmdir scandir".split())


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens: `deed`, at a `step` of a `stage`, counted from 1, of the process itself or of a worker of it.

    A deed is "kill", "kill the parent", "edit" (the file that is being read), "set the clock back", the name of an
    error of the disk, or anything else, which does nothing. Where it is to be an error, only `calls` that reach the
    disk are steps. How many steps of each stage there were is written to the file `counted`. A process is only killed
    where there is no file `once`, which is made then: what takes the place of a killed worker comes to the step too.
    """

    deed: str
    stage: str = ""
    step: int = 0
    in_worker: bool = False
    calls: bool = False
    counted: str = ""
    once: str = ""


class Killable:
    """Processes that run the command, one after the other, forked from one that has loaded all that they need."""

    def __init__(self) -> None:
        # Not where the command runs: that disk may be full.
        self._scratch = Path(tempfile.mkdtemp())
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, moment: Moment, *arguments: str, killed_after_s: float | None = None) -> Ended:
        """Runs the command in `folder` and waits for its end, which may be made to come after some time."""
        said = self._scratch / "said.txt"
        order = {"folder": str(folder), "moment": asdict(moment), "arguments": arguments, "said": str(said)}
        self._write(json.dumps(order))
        process = int(self._read())
        if killed_after_s is not None:
            time.sleep(killed_after_s)
            os.kill(process, signal.SIGKILL)
        # Only now may the server collect the process, so that no other can have got its number before.
        self._write("wait")
        return Ended(int(self._read()), said.read_text(encoding="utf-8"))

    def _write(self, line: str) -> None:
        assert self._server.stdin
        self._server.stdin.write(f"{line}\n")
        self._server.stdin.flush()

    def _read(self) -> str:
        assert self._server.stdout
        return self._server.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._server:
            self._server.kill()
        shutil.rmtree(self._scratch)


class Ended(NamedTuple):
    """What a process ended with, negative where it was a signal, and what it wrote."""

    status: int
    said: str


@contextmanager
def narrow_bounds() -> Iterator[None]:
    """Steps, segments and tiers of a size that small folders have."""
    bounds = (
        (updating, "STEP_BYTES", 3_000),
        (workers, "_WORTHWHILE", 0),
        (workers, "_CHUNK_FILES", 2),
        (parts, "MOST_CHARACTERS", 3_000),
        (policy, "FACTOR", 3),
        (arrays, "_IN_MEMORY", 2_000),
    )
    usual = [getattr(module, name) for module, name, _ in bounds]
    for module, name, value in bounds:
        setattr(module, name, value)
    try:
        yield
    finally:
        for (module, name, _), value in zip(bounds, usual, strict=True):
            setattr(module, name, value)


class Watch:
    """The profiler: counts the steps of each stage, and does the deed when its moment has come."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self._stages: list[tuple[CodeType, str]] = []
        self.steps: Counter[str] = Counter()

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:
        code = frame.f_code
        if event == "call" and (stage := _STAGE_OF.get((code.co_filename, code.co_qualname))):
            self._stages.append((code, stage))
        if self._stages:
            if not self.moment.calls or (event == "c_call" and called.__name__ in _DISK):
                self._step(frame)
            if event == "return" and self._stages[-1][0] is code:
                self._stages.pop()

    def _step(self, frame: FrameType) -> None:
        stage = self._stages[-1][1]
        self.steps[stage] += 1
        if (stage, self.steps[stage]) == (self.moment.stage, self.moment.step):
            self._do(frame)

    def _do(self, frame: FrameType) -> None:
        match self.moment.deed:
            case "kill" | "kill the parent" if self.moment.once and not _is_first(self.moment.once):
                return
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "kill the parent":
                os.kill(os.getppid(), signal.SIGKILL)
            case "edit":
                _edit(frame, in_place=self.moment.step % 4 == 1)
            case "set the clock back":
                _set_the_clock_back()
            case name:  # of an error
                number = getattr(errno, name)
                raise OSError(number, os.strerror(number))


def _is_first(once: str) -> bool:
    try:
        os.close(os.open(once, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def _edit(frame: FrameType | None, *, in_place: bool) -> None:
    """Another version of the file that is being read, of the same size or longer."""
    while frame and "task" not in frame.f_locals:
        frame = frame.f_back
    if frame:
        path = Path(frame.f_locals["task"].found.path)
        content = path.read_bytes()
        path.write_bytes(content.replace("。".encode(), "！".encode()) if in_place else content + content)


def _set_the_clock_back() -> None:
    now, now_ns = time.time, time.time_ns
    time.time, time.time_ns = lambda: now() - 86_400, lambda: now_ns() - 86_400 * 10**9


def _watch(moment: Moment, *, in_worker: bool) -> Watch:
    watch = Watch(moment)
    if moment.in_worker == in_worker:
        sys.setprofile(watch)
    return watch


def _serve() -> None:
    """Forks a process for each order, names it, and at the word says how it ended."""
    list(tokens("长江大桥"))
    for line in sys.stdin:
        order = json.loads(line)
        if not (process := os.fork()):
            os._exit(_run(**order))
        print(process, flush=True)
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def _run(folder: str, moment: dict[str, Any], arguments: list[str], said: str) -> int:
    os.chdir(folder)
    os.environ[NAME] = json.dumps(moment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    watch = _watch(Moment(**moment), in_worker=False)
    status = cli.run(arguments)
    sys.setprofile(None)
    if watch.moment.counted:
        Path(watch.moment.counted).write_text(json.dumps(watch.steps), encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__":
    with narrow_bounds():
        if sys.argv[1:]:
            sys.exit(cli.run(sys.argv[1:]))
        _serve()
# A worker imports this file under another name, and goes on to its work.
if __name__ == "__mp_main__":
    narrow_bounds().__enter__()
    _watch(Moment(**json.loads(os.environ[NAME])), in_worker=True)
