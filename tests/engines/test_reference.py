"""The oracle keeps the contract itself, held to plain scans and to figures worked out by hand."""

from __future__ import annotations

from typing import ClassVar, cast

from conformance import EngineConformance

from searchlib.analysis import Terms, analyze
from searchlib.engines import reference
from searchlib.engines.interface import EngineModule
from searchlib.engines.reference_matching import entries_of
from searchlib.model import Anchor, Paragraph


class TestReference(EngineConformance):
    module: ClassVar[EngineModule] = cast(EngineModule, reference)


def test_an_entry_has_the_terms_of_text_title_and_headings() -> None:
    """Without a title the file's name is one; pairs do not reach from one heading into the next."""
    untitled = Paragraph("卷/枫桥.之一.txt", 0, "黄河", 1, 1, ("桥", "灯"), "", (Anchor(0, 1, 1),))
    titled = untitled._replace(text="长江", heading=(), title="水")

    assert (analyze("黄河"), analyze("枫桥.之一"), Terms(["桥", "灯"], ["桥", "灯"], [])) == entries_of([untitled])[0][
        1:
    ]
    assert (analyze("长江"), analyze("水"), Terms([], [], [])) == entries_of([titled])[0][1:]
