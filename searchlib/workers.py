"""Reading files in order, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from searchlib.engines.interface import Entry
from searchlib.errors import WorkerDied
from searchlib.ingest import Outcome, Task, entries, ingest

# What one call to a worker reads: enough to be worth the way there and back.
_CHUNK_BYTES, _CHUNK_FILES = 256_000, 64
# A larger file is read by this process, paragraph by paragraph: its terms at once would be a hundred times its size.
_LARGE = 2_000_000
# Loading the dictionary in every worker takes as long as reading this much.
_WORTHWHILE = 2_000_000

Result = tuple[Outcome, Iterable[Entry]]


def results(tasks: Sequence[Task], jobs: int) -> Iterator[Result]:
    """Every task's outcome with the terms of its paragraphs, in the order of the tasks."""
    if jobs > 1 and sum(task.bytes for task in tasks) > _WORTHWHILE:
        return _in_processes(tasks, jobs)
    return map(_lazily, tasks)


def _lazily(task: Task) -> Result:
    outcome = ingest(task)
    return outcome, entries(outcome.paragraphs or ())


def _at_once(tasks: Sequence[Task]) -> list[Result]:
    return [(outcome, list(found)) for outcome, found in map(_lazily, tasks)]


def _in_processes(tasks: Sequence[Task], jobs: int) -> Iterator[Result]:
    # Spawned, not forked: a progress bar runs in a thread, and a fork of threads may never come back.
    context = multiprocessing.get_context("spawn")
    chunks = _chunks(tasks)
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_depend_on_the_parent) as pool:
        try:
            waiting = deque((chunk, _send(pool, chunk)) for chunk in islice(chunks, 2 * jobs))
            while waiting:
                chunk, sent = waiting.popleft()
                yield from sent.result() if sent else map(_lazily, chunk)
                waiting.extend((chunk, _send(pool, chunk)) for chunk in islice(chunks, 1))
        except (BrokenProcessPool, WorkerDied) as error:
            # The pool ends the others, but not one that was just being started, and then waits for it for ever.
            for process in (pool._processes or {}).values():
                process.kill()
            raise WorkerDied from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _send(pool: ProcessPoolExecutor, chunk: Sequence[Task]) -> Future[list[Result]] | None:
    if chunk[0].bytes > _LARGE:
        return None
    try:
        return pool.submit(_at_once, chunk)
    except ValueError as error:
        # A worker died and the pool closed its pipes while this call was starting another worker with them.
        raise WorkerDied from error


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


def _depend_on_the_parent() -> None:
    """Leaves interruptions to the parent, and ends with it: killed, it could not tell its workers to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
