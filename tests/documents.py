"""Documents as their readers see them, and as editors do."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from searchlib.model import Paragraph, Place
from searchlib.paragraphs import split
from searchlib.reading import read

TEXTS = sorted((Path(__file__).parent / "texts").glob("*.[tm][xd]*"))
PLAIN_TEXTS = [path for path in TEXTS if path.suffix == ".txt"]

HAN = "枫桥经验龍門客棧一的了〇𠮷𰻝難"
# What people write, and what breaks careless code: marks, spaces of many kinds, controls, joined emoji, line ends.
SOME = st.sampled_from(HAN + "，。“”「」《》（）、…—·aBé1Ω　 \t\x0b\x0c\x85\u2028\u200b👩🏽\u200d\n")
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")  # at a text's head it is none of it


class Stray(NamedTuple):
    """A character of a paragraph that the file does not have at the place that the paragraph names."""

    char: str
    place: Place
    instead: str


def paragraphs_of(name: str, text: str) -> tuple[Paragraph, ...]:
    return split(read(name, text.encode(), "utf-8"))


def blackened(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def editor_lines(text: str) -> list[str]:
    """The lines that an editor numbers: ended by LF or CRLF, or by CR where there is no LF."""
    if "\n" not in text:
        return text.split("\r")
    return [line.removesuffix("\r") for line in text.split("\n")]


def strays(name: str, text: str) -> list[Stray]:
    """Characters whose place is wrong; white space may stand for line ends, and `&` begins a character reference."""
    lines = editor_lines(text)
    found = []
    for paragraph in paragraphs_of(name, text):
        for at, char in enumerate(paragraph.text):
            place = paragraph.place(at)
            line = lines[place.line - 1] if place.line <= len(lines) else ""
            instead = line[place.column - 1 : place.column]
            if not char.isspace() and instead not in (char, "&"):
                found.append(Stray(char, place, instead))
    return found
