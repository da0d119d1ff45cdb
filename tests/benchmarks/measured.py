"""What a command costs: `cost(command)`; as a program, the small process between that starts it.

Linux counts the memory of a process from what its parent had when it was started. So a command is started by a process
that has hardly any.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """`seconds` by the clock from start to exit, `cpu_s` of all its processes, `peak_mb` of the largest of them."""

    seconds: float
    cpu_s: float
    peak_mb: float


class Failed(Exception):
    def __init__(self, command: list[str], status: int, said: str) -> None:
        super().__init__(f"{' '.join(command)[:300]} ended with {status}: {said.strip()[-500:]}")


def cost(command: list[str], statuses: tuple[int, ...] = (0,)) -> Cost:
    """Runs it; raises `Failed` where it ends with a status that is none of these."""
    # Users' modules are compiled once and not at each start, whatever holds here.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-S", "-E", __file__, *command], capture_output=True, text=True, check=True, env=environment
    )
    status, figures, said = json.loads(done.stdout)
    if status not in statuses:
        raise Failed(command, status, said)
    return Cost(*figures)


def main(command: list[str]) -> None:
    began = time.perf_counter()
    # What it writes is thrown away but for its last words.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr
        said = process.stderr.read()
        _, ended, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(ended)
    figures = [seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]
    print(json.dumps([process.returncode, figures, said.decode(errors="replace")[-1000:]]))


if __name__ == "__main__":
    main(sys.argv[1:])
