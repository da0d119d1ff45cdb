"""Time of queries that only texts can decide: `python tests/benchmarks/deadline.py LAWS NEWS`.

LAWS and NEWS are folders with texts. Each is indexed in a temporary folder; then every query is asked twice of a
library that has just been opened. The bars are those of a quiet machine of two cores.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from os import cpu_count, getloadavg
from pathlib import Path
from typing import NamedTuple

from searchlib import Library
from searchlib.analysis.runs import is_han

# Of how many paragraphs one is looked at to find the commonest pairs.
_SAMPLED = 20
_WILDCARDS = 400


class Case(NamedTuple):
    """A query, and the seconds in which it should be answered."""

    name: str
    query: str
    bar_s: float


def cases_of_laws(library: Library) -> Iterator[Case]:
    pairs = commonest_pairs(library)
    yield Case("的*的*… (ten)", "*".join(["的"] * 10), 2.0)
    yield Case("“的 的”~1000", "“的 的”~1000", 2.0)
    yield Case("400 × X*Y joined by OR", " OR ".join(f"{pair[0]}*{pair[1]}" for pair in pairs), 2.0)
    yield Case("400 × X?Y joined by OR", " OR ".join(f"{pair[0]}?{pair[1]}" for pair in pairs), 2.0)
    yield Case("path: with 40 stars", f"path:{'*的' * 40}*x 法", 2.0)
    yield Case("中华人民共和国~2", "中华人民共和国~2", 0.5)


def cases_of_news(_library: Library) -> Iterator[Case]:
    yield Case("人工智~1", "人工智~1", 0.5)
    yield Case("新?车", "新?车", 0.5)
    yield Case("的*的*… (ten)", "*".join(["的"] * 10), 2.0)
    yield Case("“的 的”~1000", "“的 的”~1000", 2.0)


def commonest_pairs(library: Library) -> list[str]:
    counts = Counter[str]()
    for path in library.sources()[::_SAMPLED]:
        for paragraph in library.paragraphs(path):
            counts.update(one + other for one, other in pairwise(paragraph.text) if is_han(one) and is_han(other))
    return [pair for pair, _ in counts.most_common(_WILDCARDS)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("laws", type=Path)
    options.add_argument("news", type=Path)
    given = options.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {cpu_count()} cores,", end=" ")
    print(f"load {getloadavg()[0]:.1f}")
    print("first and again: wall seconds, and in brackets seconds of the processor")
    for name, folder, cases in (("laws", given.laws, cases_of_laws), ("news", given.news, cases_of_news)):
        with tempfile.TemporaryDirectory() as place:
            index = Path(place, "index")
            with Library.create(index) as library:
                library.update([folder])
                made = list(cases(library))
            for case in made:
                with Library.open(index) as library:
                    first, again = asked(library, case), asked(library, case)
                print(f"{name}  {case.name:28} first {first}  again {again}  bar {case.bar_s:g} s", flush=True)


def asked(library: Library, case: Case) -> str:
    wall_s, processor_s = time.perf_counter(), time.process_time()
    library.search(case.query, timeout=None)
    return f"{time.perf_counter() - wall_s:7.3f} ({time.process_time() - processor_s:.3f})"


if __name__ == "__main__":
    main()
