"""Reading files and writing parts of an index with them, in this process or in several.

A worker process can die of a file: a parser in C or Rust may crash, and memory may run out. All that it has read since
it last finished its parts is read again by another, in smaller and smaller chunks, until the file that it died of is
alone; one that kills its reader twice is skipped. An error of the analysis, which takes many files at a time, is traced
to its file in the same way.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from searchlib.analysis import expect_much
from searchlib.directory import Directory
from searchlib.engines import engine
from searchlib.engines.interface import Parts
from searchlib.errors import SearchlibError, WorkerDied
from searchlib.ingest import Ingested, Outcome, Task, failed, ingest, reason_of
from searchlib.model import Paragraph
from searchlib.reading.content import Unsteady

# What a process is given at once: enough to be worth the way there and back, little enough that all end together.
_CHUNK_BYTES, _CHUNK_FILES = 256_000, 64
# How many of these a process has before it, so that it never waits for the next one.
_AHEAD = 2
# Paragraphs are made of tuples by the thousand and live as long as their file: to look among so many for circles, of
# which there are none, took a twelfth of a worker's time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
# Starting processes takes as long as reading this much.
_WORTHWHILE = 2_000_000
# A file that fails so often, the last time alone, is skipped.
_CHANCES = 2
# So many deaths one after the other, with nothing read between them, are no fault of files: ten of these are skipped.
_MOST_DEATHS = 20
# How the reason of a file begins that a process died of.
_DIED = "the process that read it died"

# Reads the files of some tasks, gives out what came of each, and names the parts with their paragraphs at the end. What
# came of a task may be given out once more, and replaces what came before, where its paragraphs were lost with others.
Run = Callable[[Sequence[Task], list[str]], Iterator[Outcome]]


@contextmanager
def reading(tasks: Sequence[Task], jobs: int, name: str, folder: Directory) -> Iterator[Run]:
    """What runs these tasks, or stretches of them, for the engine of this name in `folder`."""
    if (jobs > 1 and sum(task.bytes for task in tasks) > _WORTHWHILE) or any(map(_was_deadly, tasks)):
        with ExitStack() as stack:
            yield _Workers(jobs, lambda: stack.enter_context(_started(name, folder))).run
    else:
        yield run_here(lambda: engine(name).open(folder).parts(), ingest)


def _was_deadly(task: Task) -> bool:
    """Return whether a process died of the file before: it is not read here, where it would end the run."""
    return task.known is not None and task.known.reason.startswith(_DIED)


class _Failure(NamedTuple):
    """The end of some parts, with the file at which it came: None where that is not known.

    What the index has of a file stays where only memory was short for it, or where it changed: `is_of_file` is false.
    """

    at: int | None
    reason: str
    is_of_file: bool = True

    @classmethod
    def of(cls, error: BaseException, at: int | None) -> _Failure:
        return cls(at, reason_of(error), is_of_file=not isinstance(error, (MemoryError, Unsteady)))


class _Work:
    """The chunks of tasks that are to be done, and those that are to be done over in smaller ones."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._fresh = _chunks(tasks)
        self._again: list[list[Task]] = []
        self._failures: Counter[str] = Counter()
        # Once something was lost, parts are finished after each chunk, so that no more than one is lost at a time.
        self.is_careful = False

    def next(self) -> list[Task]:
        """The next chunk; empty where there is none."""
        return self._again.pop() if self._again else next(self._fresh, [])

    def put_back(self, *chunks: list[Task]) -> None:
        """Takes chunks that nobody has begun."""
        self._again += reversed([chunk for chunk in chunks if chunk])

    def lose(self, done: Sequence[Task], chunk: list[Task], failure: _Failure) -> Iterator[Outcome]:
        """Has everything of lost parts done over: what was done before, and the chunk in which the failure came.

        Gives out what came of a file that has failed often enough.
        """
        self.is_careful = True
        before = list(_chunks(done))
        if not chunk and len(before) == 1:
            # It came when the parts were finished.
            (chunk,), before = before, []
        at = failure.at if failure.at is not None or len(chunk) > 1 else 0
        if not chunk or at is None:
            half = (len(chunk) + 1) // 2
            self.put_back(*before, chunk[:half], chunk[half:])
            return
        suspect = chunk[at]
        self._failures[suspect.path] += 1
        if len(chunk) == 1 and self._failures[suspect.path] >= _CHANCES:
            reason = failure.reason
            yield failed(suspect, reason) if failure.is_of_file else Outcome(suspect, None, reason=reason)
            self.put_back(*before)
        else:
            self.put_back(*before, chunk[:at], [suspect], chunk[at + 1 :])


def run_here(begin: Callable[[], Parts], ingest: Callable[[Task], Ingested]) -> Run:
    """What runs tasks in this process, one after the other."""

    def run(tasks: Sequence[Task], names: list[str]) -> Iterator[Outcome]:
        work, parts, done = _Work(tasks), begin(), list[Task]()
        while True:
            chunk, failure = work.next(), None
            is_last = not chunk
            for at, task in enumerate(chunk):
                outcome, paragraphs = ingest(task)
                added = _added(parts, outcome, paragraphs, at)
                if isinstance(added, _Failure):
                    failure = added
                    break
                yield added
            else:
                done, chunk = [*done, *chunk], []
                if is_last or work.is_careful:
                    failure = _finished(parts, names)
            if failure:
                parts.discard()
                parts = begin()
                yield from work.lose(done, chunk, failure)
            elif is_last:
                return
            if failure or work.is_careful:
                done = []

    return run


def _added(parts: Parts, outcome: Outcome, paragraphs: Iterable[Paragraph], at: int) -> Outcome | _Failure:
    """Adds what is new of the file at this place of its chunk; returns the outcome with the number of its paragraphs.

    Errors of the disk are for the caller's caller.
    """
    if not outcome.is_new:
        return outcome
    numbers = count()
    try:
        parts.add(outcome.task.path, (paragraph for paragraph, _ in zip(paragraphs, numbers, strict=False)))
    except (OSError, SearchlibError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 — of the analysis, panics of Rust included: a line of the report
        return _Failure.of(error, at)
    return outcome.with_paragraphs(next(numbers))


def _finished(parts: Parts, names: list[str]) -> _Failure | None:
    try:
        names += parts.finish()
    except (OSError, SearchlibError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 — the same
        return _Failure.of(error, None)
    return None


_Answer = list[Outcome] | list[str] | _Failure | OSError | MemoryError


@dataclass(eq=False, slots=True)
class _Worker:
    """A process with the chunks that it has not answered, and the tasks that are in no finished part of it.

    Over `begun` it says of each file that it begins with it, so that it is known which one it died of.
    """

    process: BaseProcess
    connection: Connection
    begun: Connection
    sent: deque[list[Task]] = field(default_factory=deque)
    done: list[Task] = field(default_factory=list)

    def send(self, chunk: list[Task]) -> None:
        """Sends tasks; none at all asks for the names of the parts that were written."""
        self.sent.append(chunk)
        # One that has died is noticed when its answer is asked for.
        with suppress(ConnectionError):
            self.connection.send(chunk)

    def receive(self) -> tuple[list[Task], _Answer]:
        """Return what was asked first, and the answer to it; raises `EOFError` or `OSError` if the process has died."""
        if not self.connection.poll():
            raise EOFError
        answer: _Answer = self.connection.recv()
        chunk = self.sent.popleft()
        for _ in range(answer.at + 1 if isinstance(answer, _Failure) and answer.at is not None else len(chunk)):
            self.begun.recv_bytes()
        return chunk, answer

    def count_begun(self) -> int:
        """Return how many files of its present chunk a process had begun that has died."""
        count = 0
        with suppress(EOFError, OSError):
            while self.begun.poll():
                self.begun.recv_bytes()
                count += 1
        return count

    def end(self) -> str:
        """Waits for the end of a process that has died; returns the reason of its files."""
        self.process.join(1)
        self.process.kill()
        self.process.join()
        code = self.process.exitcode or 0
        return f"{_DIED} ({f'signal {-code}' if code < 0 else f'exit status {code}'})"


@contextmanager
def _started(name: str, folder: Directory) -> Iterator[_Worker]:
    # Spawned, not forked: a progress bar runs in a thread, and a fork of threads may never come back.
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    begun, begins = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(its, begins, name, folder), daemon=True)
    try:
        process.start()
        its.close()
        begins.close()
        yield _Worker(process, ours, begun)
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        for connection in (ours, its, begun, begins):
            connection.close()


class _Workers:
    """Processes that read and write, each its own parts; one that dies is replaced."""

    def __init__(self, jobs: int, start: Callable[[], _Worker]) -> None:
        self._start = start
        self._workers = [start() for _ in range(jobs)]
        self._deaths = 0

    def run(self, tasks: Sequence[Task], names: list[str]) -> Iterator[Outcome]:
        work = _Work(tasks)
        while busy := self._hand_out(work):
            for worker in _ready(busy):
                try:
                    chunk, answer = worker.receive()
                except (EOFError, OSError):
                    yield from self._replace(worker, work)
                else:
                    yield from self._take(worker, work, chunk, answer, names)

    def _hand_out(self, work: _Work) -> list[_Worker]:
        """Sends what there is to do; returns the workers that have something to answer."""
        for worker in self._workers:
            while len(worker.sent) < (1 if work.is_careful else _AHEAD) and (chunk := work.next()):
                worker.send(chunk)
                if work.is_careful:
                    worker.send([])
            if worker.done and not worker.sent:
                worker.send([])
        return [worker for worker in self._workers if worker.sent]

    def _take(
        self, worker: _Worker, work: _Work, chunk: list[Task], answer: _Answer, names: list[str]
    ) -> Iterator[Outcome]:
        match answer:
            case BaseException():
                raise answer
            case _Failure():
                yield from work.lose(worker.done, chunk, answer)
                worker.done = []
            case _ if chunk:
                self._deaths = 0
                worker.done += chunk
                yield from (one for one in answer if isinstance(one, Outcome))
            case _:
                worker.done = []
                names += (one for one in answer if isinstance(one, str))

    def _replace(self, worker: _Worker, work: _Work) -> Iterator[Outcome]:
        """Puts a new worker in the place of one that has died, and has done over what it had not finished."""
        reason, begun = worker.end(), worker.count_begun()
        self._deaths += 1
        if self._deaths == _MOST_DEATHS:
            raise WorkerDied
        chunk = worker.sent.popleft()
        work.put_back(*worker.sent)
        if chunk and not begun:
            # It died of something else.
            work.put_back(*_chunks(worker.done), chunk)
            work.is_careful = True
        else:
            # Of the last one it had perhaps written all.
            yield from work.lose(worker.done, chunk, _Failure(begun - 1 if begun < len(chunk) else None, reason))
        try:
            self._workers[self._workers.index(worker)] = self._start()
        except OSError as error:
            raise WorkerDied from error


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    """Those that have answered, or have died, of which at least one is waited for."""
    # What a process started may keep its end of the pipe open when it has died.
    ready = set(wait([handle for worker in workers for handle in (worker.connection, worker.process.sentinel)]))
    return [worker for worker in workers if not ready.isdisjoint((worker.connection, worker.process.sentinel))]


def _chunks(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """The tasks in order, small ones together, a large one by itself."""
    chunk: list[Task] = []
    count = 0
    for task in tasks:
        if chunk and (count + task.bytes > _CHUNK_BYTES or len(chunk) == _CHUNK_FILES):
            yield chunk
            chunk, count = [], 0
        chunk.append(task)
        count += task.bytes
    if chunk:
        yield chunk


def _work(connection: Connection, begun: Connection, name: str, folder: Directory) -> None:
    """What a worker does: answers each chunk with what came of it, an empty one with the parts it has written."""
    _depend_on_the_parent()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # There are workers only where there is much to read, and the first files are not here yet.
    expect_much()
    parts: Parts | None = None
    while True:
        chunk = connection.recv()
        try:
            if chunk and not parts:
                parts = engine(name).open(folder).parts()
            answer = _answer(parts, chunk, begun) if parts else []
        except (OSError, MemoryError) as error:
            # A full disk, or full memory: for the parent to tell.
            answer = error
        if parts and isinstance(answer, _Failure):
            parts.discard()
            parts = None
        connection.send(answer)


def _answer(parts: Parts, chunk: list[Task], begun: Connection) -> _Answer:
    if not chunk:
        names: list[str] = []
        return _finished(parts, names) or names
    outcomes = []
    for at, task in enumerate(chunk):
        begun.send_bytes(b".")
        outcome, paragraphs = ingest(task)
        added = _added(parts, outcome, paragraphs, at)
        if isinstance(added, _Failure):
            return added
        outcomes.append(added)
    return outcomes


def _depend_on_the_parent() -> None:
    """Leaves interruptions to the parent, and ends with it: killed, it could not tell its workers to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
