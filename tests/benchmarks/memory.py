"""Memory of one process that is asked many questions: `python tests/benchmarks/memory.py FOLDER`.

FOLDER's texts are indexed in a temporary folder. One open library is then asked questions, each of which is new: words
drawn from the paragraphs, alone, in pairs, as phrases, with wildcards, with fuzziness and under a `path:`. Every tenth
part of them, what the process holds in memory (VmRSS and, of it, what is no mapped file: RssAnon) is printed.
"""

from __future__ import annotations

import argparse
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path

from searchlib import Library
from searchlib.analysis.runs import is_han

_FORMS = (
    "{0}{1}",
    "{0} {1}",
    "{0} OR {1}",
    "“{0} {1}”~20",
    "{0}*{1}",
    "{0}?",
    "{0}{1}~1",
    "{0} -{1}",
    "path:*{1[0]}* {0}",
    "{0} date:>2001-01-01",
)


def questions(library: Library, seed: int) -> Iterator[str]:
    """Questions without end, none of them twice."""
    random.seed(seed)
    paths = library.sources()
    asked = set[str]()
    while True:
        texts = [paragraph.text for paragraph in library.paragraphs(random.choice(paths))]
        for form in _FORMS:
            question = form.format(drawn(texts), drawn(texts))
            if question not in asked:
                asked.add(question)
                yield question


def drawn(texts: list[str]) -> str:
    """A word of two to four characters that stands in the texts."""
    text = random.choice(texts)
    runs = ["".join(run) for is_word, run in groupby(text, key=is_han) if is_word]
    run = random.choice([run for run in runs if len(run) > 1] or ["法律"])
    start = random.randrange(len(run) - 1)
    return run[start : start + random.randint(2, 4)]


def held_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--count", type=int, default=20_000, help="how many questions (20,000)")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {given.count:,} questions")
    with tempfile.TemporaryDirectory() as place:
        index = Path(place, "index")
        # In a process of its own: what writing took isn't to be seen in what asking takes.
        subprocess.run([sys.executable, "-m", "searchlib", "index", "--index", index, given.folder], check=True)
        with Library.open(index) as library:
            ask(library, given.count, given.seed)


def ask(library: Library, count: int, seed: int) -> None:
    every = max(1, count // 10)
    # All of them before the first is asked: to draw them takes whole sources into memory.
    drawn_before = list(islice(questions(library, seed), count))
    hits, started = 0, time.perf_counter()
    for number, question in enumerate(drawn_before, start=1):
        hits += len(library.search(question))
        if number % every == 0:
            mb = f"VmRSS {held_mb('VmRSS'):6.1f} MB, RssAnon {held_mb('RssAnon'):6.1f} MB"
            print(f"{number:6,} questions, {hits:7,} hits, {time.perf_counter() - started:5.0f} s: {mb}", flush=True)


if __name__ == "__main__":
    main()
