"""Reading files and writing parts of an index with them, in this process or in several."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from searchlib.analysis import expect_much
from searchlib.directory import Directory
from searchlib.engines import engine
from searchlib.engines.interface import Parts
from searchlib.errors import WorkerDied
from searchlib.ingest import Ingested, Outcome, Task, ingest
from searchlib.model import Paragraph

# What a process is given at once: enough to be worth the way there and back, little enough that all end together.
_CHUNK_BYTES, _CHUNK_FILES = 256_000, 64
# How many of these a process has before it, so that it never waits for the next one.
_AHEAD = 2
# Paragraphs are made of tuples by the thousand and live as long as their file: to look among so many for circles, of
# which there are none, took a twelfth of a worker's time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
# Starting processes takes as long as reading this much.
_WORTHWHILE = 2_000_000

# Reads the files of some tasks, gives out what came of each, and names the parts with their paragraphs at the end.
Run = Callable[[Sequence[Task], list[str]], Iterator[Outcome]]


@contextmanager
def reading(tasks: Sequence[Task], jobs: int, name: str, folder: Directory) -> Iterator[Run]:
    """What runs these tasks, or stretches of them, for the engine of this name in `folder`."""
    if jobs > 1 and sum(task.bytes for task in tasks) > _WORTHWHILE:
        with _started(jobs, name, folder) as workers:
            yield workers.run
    else:
        yield run_here(lambda: engine(name).open(folder).parts(), ingest)


def run_here(begin: Callable[[], Parts], ingest: Callable[[Task], Ingested]) -> Run:
    """What runs tasks in this process, one after the other."""

    def run(tasks: Sequence[Task], names: list[str]) -> Iterator[Outcome]:
        parts = begin()
        yield from (_written(parts, *ingest(task)) for task in tasks)
        names += parts.finish()

    return run


def _written(parts: Parts, outcome: Outcome, paragraphs: Iterable[Paragraph]) -> Outcome:
    if outcome.is_new:
        parts.add(outcome.task.path, paragraphs)
    return outcome


@contextmanager
def _started(jobs: int, name: str, folder: Directory) -> Iterator[_Workers]:
    # Spawned, not forked: a progress bar runs in a thread, and a fork of threads may never come back.
    context = multiprocessing.get_context("spawn")
    workers = []
    try:
        for _ in range(jobs):
            ours, its = context.Pipe()
            process = context.Process(target=_work, args=(its, name, folder), daemon=True)
            process.start()
            its.close()
            workers.append(_Worker(process, ours))
        yield _Workers(workers)
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()
            worker.connection.close()


@dataclass(slots=True)
class _Worker:
    """A process, and how many chunks it has not answered."""

    process: BaseProcess
    connection: Connection
    waiting: int = 0

    def send(self, chunk: list[Task]) -> None:
        """Sends tasks; none at all asks for the names of the parts that were written."""
        self.connection.send(chunk)
        self.waiting += 1

    def receive(self) -> list[Outcome] | list[str]:
        answer: list[Outcome] | list[str] | BaseException = self.connection.recv()
        self.waiting -= 1
        if isinstance(answer, BaseException):
            raise answer
        return answer


class _Workers:
    """Processes that read and write, each its own parts."""

    def __init__(self, workers: Sequence[_Worker]) -> None:
        self._by_connection = {worker.connection: worker for worker in workers}

    def run(self, tasks: Sequence[Task], names: list[str]) -> Iterator[Outcome]:
        try:
            for answer in self._answers(_chunks(tasks)):
                for one in answer:
                    if isinstance(one, str):
                        names.append(one)
                    else:
                        yield one
        except (EOFError, ConnectionError) as error:
            raise WorkerDied from error

    def _answers(self, chunks: Iterator[list[Task]]) -> Iterator[list[Outcome] | list[str]]:
        # Whoever is ready first gets the next chunk; and each is asked for its parts when there are no more.
        for worker in self._by_connection.values():
            for chunk in islice(chunks, _AHEAD):
                worker.send(chunk)
        asked: set[Connection] = set()
        while True:
            for connection, worker in self._by_connection.items():
                if not worker.waiting and connection not in asked:
                    worker.send([])
                    asked.add(connection)
            busy = [connection for connection, worker in self._by_connection.items() if worker.waiting]
            if not busy:
                return
            ready = wait(busy)
            for worker in (worker for connection, worker in self._by_connection.items() if connection in ready):
                yield worker.receive()
                for chunk in islice(chunks, 1):
                    worker.send(chunk)


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


def _work(connection: Connection, name: str, folder: Directory) -> None:
    """What a worker does: answers each chunk with what came of it, an empty one with the parts it has written."""
    _depend_on_the_parent()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # There are workers only where there is much to read, and the first files are not here yet.
    expect_much()
    parts: Parts | None = None
    while True:
        chunk = connection.recv()
        try:
            if chunk:
                parts = parts or engine(name).open(folder).parts()
                connection.send([_written(parts, *ingest(task)) for task in chunk])
            else:
                connection.send(parts.finish() if parts else [])
        except (OSError, MemoryError) as error:
            # A full disk, or full memory: for the parent to tell.
            connection.send(error)


def _depend_on_the_parent() -> None:
    """Leaves interruptions to the parent, and ends with it: killed, it could not tell its workers to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
