"""Indexes and searches a folder with searchlib and with stock Whoosh and jieba, and prints what it cost.

python tests/benchmarks/folder.py FOLDER
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

RIVAL = Path(__file__).with_name("stock_whoosh.py")
QUERIES = (
    "土地承包经营权 公司不给交社保怎么办 故意伤害罪 网络安全 交通事故责任认定 股东会决议撤销 民法典 食品安全标准"
    " 劳动合同解除 专利侵权赔偿 未成年人保护 行政处罚听证"
).split()
ROUNDS = 5


def main(folder: Path) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.md"))]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    literals = _literals(texts)
    print(f"{time.strftime('%Y-%m-%d')}, {_machine()}")
    print(f"{len(texts):,} files, {megabytes:.1f} MB; {len(QUERIES)} queries, {ROUNDS} rounds; times in ms")
    print()
    with tempfile.TemporaryDirectory() as work:
        for name, measure in (("searchlib", _searchlib), ("stock Whoosh + jieba", _stock)):
            print(name)
            for label, value in measure(folder, Path(work), megabytes, literals).items():
                print(f"    {label + ':':<34}{value}", flush=True)


def _searchlib(folder: Path, work: Path, megabytes: float, literals: list[str]) -> dict[str, str]:
    from searchlib import Library

    copy, index = work / "copy", work / "index"
    subprocess.run(["cp", "-r", f"{folder}/.", copy], check=True)
    command = [sys.executable, "-m", "searchlib"]
    update = [*command, "index", str(copy), "--index", str(index)]
    indexing = _run(update)
    unchanged = median(_run(update).seconds for _ in range(ROUNDS))
    changed = median(_changed(path, update) for path in sorted(copy.rglob("*.md"))[:ROUNDS])
    cold = median(_run([*command, "search", "枫桥经验", "--index", str(index)]).seconds for _ in range(ROUNDS))
    with Library.open(index) as library:
        figures = _timed(library.search)
        long = _timed(lambda query: library.search(query), ["承包地被村里收回去建厂房应当怎样要求补偿"])
        found = sum(bool(library.search(f'"{literal}"', limit=1).complete) for literal in literals)
    return {
        "indexing, MB/s": f"{megabytes / indexing.seconds:.2f} ({indexing.seconds:.0f} s)",
        "peak memory of a process, MB": f"{indexing.memory:.0f}",
        "index size ÷ text": f"{_size(index) / 1e6 / megabytes:.2f}",
        "command with nothing changed, s": f"{unchanged:.2f}",
        "command with one file changed, s": f"{changed:.2f}",
        "cold search command, s": f"{cold:.2f}",
        "query with ten snippets": figures,
        "20-character question": long,
        "quoted four characters found": f"{found} of {len(literals)}",
    }


def _stock(folder: Path, work: Path, megabytes: float, literals: list[str]) -> dict[str, str]:
    index, asked = work / "stock", work / "asked.json"
    asked.write_text(json.dumps({"queries": QUERIES, "rounds": ROUNDS, "literals": literals}), encoding="utf-8")
    indexing = _run([sys.executable, str(RIVAL), "index", str(folder), str(index)])
    answered = json.loads(
        subprocess.run(
            [sys.executable, str(RIVAL), "search", str(asked), str(index)], check=True, capture_output=True
        ).stdout
    )
    return {
        "indexing, MB/s": f"{megabytes / indexing.seconds:.2f} ({indexing.seconds:.0f} s)",
        "peak memory of a process, MB": f"{indexing.memory:.0f}",
        "index size ÷ text": f"{_size(index) / 1e6 / megabytes:.2f}",
        "query, ten stored texts, AND": _figures(answered["and"]),
        "query, ten stored texts, OR": _figures(answered["or"]),
        "quoted four characters found": f"{answered['found']} of {len(literals)}",
    }


def _changed(path: Path, update: list[str]) -> float:
    """Seconds of the command after one file has got a line more."""
    path.write_text(path.read_text(encoding="utf-8") + "\n附记：本文件已修改。\n", encoding="utf-8")
    return _run(update).seconds


class _Run:
    def __init__(self, seconds: float, memory: float) -> None:
        self.seconds, self.memory = seconds, memory


def _run(command: list[str]) -> _Run:
    """Wall seconds, and megabytes of the largest process, this one's workers included."""
    began = time.perf_counter()
    # Errors go where this script's own go; a status of 1 is a search that found nothing.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{command} failed")
    return _Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def _timed(search: Callable[[str], object], queries: list[str] | None = None) -> str:
    took = []
    for _ in range(ROUNDS):
        for query in queries or QUERIES:
            began = time.perf_counter()
            search(query)
            took.append(1000 * (time.perf_counter() - began))
    return _figures(took)


def _figures(took: list[float]) -> str:
    return f"p50 {median(took):.1f}, p95 {quantiles(took, n=20)[-1]:.1f}, first {took[0]:.1f}"


def _literals(texts: list[str]) -> list[str]:
    chosen = random.Random(4)
    found: list[str] = []
    while len(found) < 200:
        text = chosen.choice(texts)
        at = chosen.randrange(max(1, len(text) - 4))
        literal = text[at : at + 4]
        if len(literal) == 4 and all("\u4e00" <= char <= "\u9fff" for char in literal):
            found.append(literal)
    return found


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    packages = ", ".join(f"{name} {version(name)}" for name in ("whoosh3", "jieba", "numpy"))
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
