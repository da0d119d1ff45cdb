"""Implementations of the index. An engine is imported only when an index names it."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from searchlib.engines.interface import EngineModule

DEFAULT = "whoosh"


def engine(name: str) -> EngineModule:
    return cast(EngineModule, import_module(f"searchlib.engines.{name}"))
