"""The package runs no shell and no other program, unpickles nothing, and makes files in one place."""

from __future__ import annotations

import ast
from pathlib import Path

from test_layers import MODULES, ROOT, imports

RUNS = {"code", "ctypes", "dill", "imp", "pickle", "pty", "runpy", "shelve", "subprocess", "yaml"}
CALLS = {"__import__", "breakpoint", "compile", "eval", "exec"}
OF_OS = ("exec", "fork", "popen", "posix_spawn", "spawn", "startfile", "system")
# A command is loaded when it is run, an engine when it is named, and so on: by names that are the program's own.
BY_NAME = {"analysis/__init__.py", "cli/__init__.py", "engines/__init__.py", "reading/__init__.py"}
# What users name themselves is theirs to share, streams that are closed are written nowhere, and what makes tables of
# characters is no part of a run. The cache is opened by descriptor.
WRITE = {
    "directory.py",
    "analysis/cache.py",
    "evaluation/runs.py",
    "cli/__init__.py",
    "analysis/data/make_simplified.py",
    "reading/data/make_commonness.py",
}


def sources() -> list[tuple[str, Path]]:
    return [(path.relative_to(ROOT).as_posix(), path) for path in MODULES.values()]


def calls(path: Path) -> list[tuple[str, ast.Call]]:
    """The calls in a module, each with what is called: `open` or `os.open`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_nothing_that_runs_what_it_reads_is_imported() -> None:
    """No shell, no other program, no pickle."""
    found = {(place, name) for place, path in sources() for name in imports(path) if name.split(".")[0] in RUNS}
    loads = ("marshal.load", "marshal.loads")
    marshals = {place for place, path in sources() for name, _ in calls(path) if name in loads}

    assert set() == found
    assert set() == marshals


def test_nothing_that_runs_a_text_is_called() -> None:
    found = []
    for place, path in sources():
        for name, call in calls(path):
            is_run = name in CALLS or (name.startswith("os.") and name[3:].startswith(OF_OS))
            is_shell = any(keyword.arg in ("shell", "allow_pickle") for keyword in call.keywords)
            is_loaded = name.endswith(("import_module", "enable_load_extension")) and place not in BY_NAME
            if is_run or is_shell or is_loaded:
                found.append((place, name))

    assert [] == found


def test_files_are_made_in_one_place() -> None:
    """Where it is decided who may read them, and that no link is followed."""
    found = [(place, name) for place, path in sources() for name, call in calls(path) if makes(name, call)]

    assert [] == [(place, name) for place, name in found if place not in WRITE]
    assert {place for place, _ in found} == WRITE


def makes(name: str, call: ast.Call) -> bool:
    """Whether a call makes a file or opens one for writing."""
    if name.endswith((".write_text", ".write_bytes", ".touch", ".mkstemp", ".mkdtemp")):
        return True
    given = [ast.unparse(value).strip("'") for value in (*call.args, *(word.value for word in call.keywords))]
    is_to_write = any(set(mode) & set("wax") and set(mode) <= set("wax+bt") for mode in given)
    return name.split(".")[-1] in ("open", "fdopen") and is_to_write
