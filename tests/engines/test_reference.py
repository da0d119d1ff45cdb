"""The oracle keeps the contract itself, held to plain scans and to figures worked out by hand."""

from __future__ import annotations

from typing import ClassVar, cast

import pytest

from searchlib.engines import reference
from searchlib.engines.interface import EngineModule

# pytest explains the failed asserts of other modules than tests only where it is told to before they are imported.
pytest.register_assert_rewrite("conformance", "questions")
from conformance import EngineConformance  # noqa: E402


class TestReference(EngineConformance):
    module: ClassVar[EngineModule] = cast(EngineModule, reference)
