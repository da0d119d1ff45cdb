"""Imports point one way, and every library of others stands behind one door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import searchlib

ROOT = Path(searchlib.__file__).parent
MODULES = {
    ".".join(file.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(ROOT.rglob("*.py"))
}

GROUND = {
    "answers",
    "commit_data",
    "defaults",
    "errors",
    "findings",
    "lasting",
    "model",
    "place",
    "punctuation",
    "text_codecs",
    "text_lines",
    "units",
}
# What each unit, a module or a package, may import of the others.
MAY_IMPORT: dict[str, set[str]] = {
    **{name: set() for name in GROUND},
    "answers": {"model"},
    "errors": {"units"},
    "findings": {"model"},
    "text_codecs": {"errors"},
    "trust": GROUND,
    "directory": GROUND | {"trust"},
    "reading": GROUND,
    "passages": GROUND,
    "headings": GROUND,
    "wrapping": GROUND,
    "paragraphs": GROUND | {"headings", "passages", "wrapping"},
    "analysis": GROUND,
    "globs": GROUND,
    "query": GROUND | {"analysis", "globs"},
    "engines": GROUND | {"analysis", "directory", "query"},
    "highlight": GROUND | {"analysis"},
    "ignore": GROUND | {"globs"},
    "scan": GROUND | {"ignore", "roots"},
    "scope": GROUND,
    "catalog": GROUND | {"directory", "scope"},
    "facts": GROUND | {"catalog"},
    "meta": GROUND | {"analysis", "directory", "engines"},
    "lock": GROUND | {"directory"},
    "snapshot": GROUND | {"catalog", "directory", "engines", "facts", "meta"},
    "ingest": GROUND | {"catalog", "paragraphs", "reading"},
    "workers": GROUND | {"analysis", "directory", "engines", "ingest", "reading"},
    "updating": GROUND | {"catalog", "directory", "engines", "ingest", "workers"},
    "writing": GROUND
    | {"analysis", "catalog", "directory", "engines", "ingest", "lock", "meta", "updating", "workers"},
    "indexing": GROUND
    | {
        "analysis",
        "catalog",
        "directory",
        "ignore",
        "ingest",
        "keeping",
        "meta",
        "planning",
        "roots",
        "scan",
        "updating",
        "workers",
        "writing",
    },
    "texts": GROUND | {"catalog", "indexing", "ingest", "paragraphs", "updating", "workers", "writing"},
    "verifying": GROUND | {"catalog", "directory", "engines", "ingest", "meta", "query", "reading", "roots", "writing"},
    "repairing": GROUND
    | {
        "catalog",
        "directory",
        "engines",
        "indexing",
        "ingest",
        "meta",
        "planning",
        "reading",
        "roots",
        "scan",
        "updating",
        "verifying",
        "workers",
        "writing",
    },
    "explaining": GROUND | {"analysis", "engines", "query"},
    "backup": GROUND | {"directory", "meta", "snapshot", "writing"},
    "forgetting": GROUND | {"catalog", "meta", "naming", "planning", "roots", "scope", "snapshot", "writing"},
    "keeping": GROUND | {"catalog", "engines", "ingest", "meta", "workers", "writing"},
    "merging": GROUND | {"roots", "scope"},
    "naming": GROUND | {"roots", "scope"},
    "planning": GROUND | {"catalog", "merging", "naming", "reading", "roots", "scan", "scope"},
    "roots": GROUND | {"catalog", "reading", "scope"},
    "holdings": GROUND | {"catalog", "meta", "naming", "roots", "snapshot"},
    "searching": GROUND | {"engines", "facts", "highlight", "query", "snapshot"},
    "repaired_update": GROUND | {"indexing", "repairing"},
    "library": GROUND
    | {
        "analysis",
        "backup",
        "catalog",
        "explaining",
        "forgetting",
        "holdings",
        "indexing",
        "meta",
        "planning",
        "query",
        "reading",
        "repaired_update",
        "repairing",
        "roots",
        "scan",
        "searching",
        "snapshot",
        "texts",
        "updating",
    },
    "evaluation": GROUND | {"library"},
    "sampling": GROUND | {"analysis", "paragraphs"},
    "originals": GROUND | {"catalog", "ingest", "library", "paragraphs", "passages", "reading", "verifying"},
    "plain_scan": GROUND | {"analysis", "paragraphs", "passages", "query", "sampling"},
    "recall": GROUND | {"analysis", "library", "originals", "passages", "plain_scan", "sampling"},
    "cli": GROUND | {"evaluation", "library", "recall"},
    "searchlib": {"library"},
    "__main__": {"cli"},
}
# Where other people's work is imported; what is not here is imported nowhere.
ONLY_IN = {
    "backports": ("engines/whoosh/compression.py",),
    "click": ("cli/",),
    "compression": ("engines/whoosh/compression.py",),
    "filelock": ("lock.py",),
    "ir_measures": ("evaluation/metrics.py",),
    "jieba": ("analysis/loaded_jieba.py",),
    "numpy": ("analysis/bulk.py", "engines/", "reading/commonness.py"),
    "platformdirs": ("analysis/cache.py",),
    "pyromark": ("reading/markdown.py",),
    "regex": ("query/deadline.py", "query/patterns.py"),
    "rich": ("cli/",),
    "rjieba": ("analysis/rust_jieba.py",),
    "scipy": ("evaluation/chance.py",),
    "sqlite3": ("catalog.py", "writing.py"),
    "whoosh": ("analysis/analyzer.py", "engines/", "explaining.py", "query/"),
}


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or when something is called; names of modules in full."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                assert node.level == 0, f"{file} has a relative import"
                for alias in node.names:
                    name = f"{node.module}.{alias.name}"
                    yield name if name in MODULES else str(node.module)


def unit(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def ours(module: str) -> bool:
    return module.split(".")[0] == "searchlib"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_layer_may(module: str) -> None:
    """The way of the data is the way of the imports; nothing reaches back or around."""
    allowed = MAY_IMPORT[unit(module)] | {unit(module)}

    assert [] == [name for name in imports(MODULES[module]) if ours(name) and unit(name) not in allowed]


@pytest.mark.parametrize("module", MODULES)
def test_the_work_of_others_is_imported_where_it_is_at_home(module: str) -> None:
    """So that it can be replaced in one place, and costs its time only where it is used."""
    place = MODULES[module].relative_to(ROOT).as_posix()
    foreign = {name.split(".")[0] for name in imports(MODULES[module]) if not ours(name)}
    named = {name for name in foreign if name in ONLY_IN or name not in sys.stdlib_module_names}

    assert set() == {name for name in named if not place.startswith(ONLY_IN.get(name, ()))}


def test_no_module_imports_itself_by_way_of_others() -> None:
    """There are no circles, neither among the layers nor among the modules in one."""
    order = list(TopologicalSorter(MAY_IMPORT).static_order())
    modules = {module: {name for name in imports(file) if ours(name)} for module, file in MODULES.items()}

    assert order.index("model") < order.index("library") < order.index("cli")
    assert set(modules) == set(TopologicalSorter(modules).static_order())


def test_the_tables_have_nothing_that_is_no_more() -> None:
    """Every unit there is has its line, and every permission is used."""
    used: dict[str, set[str]] = {unit(module): set() for module in MODULES}
    doors: set[tuple[str, str]] = set()
    for module, file in MODULES.items():
        for name in imports(file):
            if ours(name):
                used[unit(module)].add(unit(name))
            elif name.split(".")[0] in ONLY_IN:
                doors.add((name.split(".")[0], file.relative_to(ROOT).as_posix()))

    assert set(used) == set(MAY_IMPORT)
    assert [] == [(name, other) for name, others in MAY_IMPORT.items() for other in others - GROUND - used[name]]
    assert [] == [
        (name, place)
        for name, places in ONLY_IN.items()
        for place in places
        if not any(door[0] == name and door[1].startswith(place) for door in doors)
    ]
