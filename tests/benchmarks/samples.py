"""What all rivals are asked: the questions, and literals drawn from the folder with what a plain scan says of them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from rivals.interface import paths_in

QUERIES = (
    "土地承包经营权 公司不给交社保怎么办 故意伤害罪 网络安全 交通事故责任认定 股东会决议撤销 民法典 食品安全标准"
    " 劳动合同解除 专利侵权赔偿 未成年人保护 行政处罚听证"
).split()
# Characters of a question.
LONG = 20
LENGTHS = (1, 2, 3, 4, 5, 6)
SEED = 4


class Corpus(NamedTuple):
    """The files of a folder, by their paths below it in order, with their texts."""

    paths: list[str]
    texts: list[str]

    @property
    def bytes(self) -> int:
        return sum(len(text.encode()) for text in self.texts)


def corpus(folder: Path) -> Corpus:
    files = paths_in(folder)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
    return Corpus([path.relative_to(folder).as_posix() for path in files], texts)


def literals(texts: list[str], count: int, seed: int = SEED) -> list[str]:
    """Of each length so many different ones of Han characters, from places that are drawn; fewer of a small text."""
    chosen = random.Random(seed)
    return [literal for length in LENGTHS for literal in _drawn(chosen, texts, length, count)]


def questions(texts: list[str], count: int, seed: int = SEED) -> list[str]:
    """So many different ones of `LONG` Han characters in a row, or fewer; raises `ValueError` where there are none."""
    if not (found := _drawn(random.Random(seed), texts, LONG, count)):
        raise ValueError(f"no text of the folder has {LONG} Han characters in a row")
    return found


def scanned(texts: list[str], sought: list[str]) -> dict[str, list[int]]:
    """The numbers of the texts in which each literal stands."""
    return {literal: [at for at, text in enumerate(texts) if literal in text] for literal in sought}


def _drawn(chosen: random.Random, texts: list[str], length: int, count: int) -> list[str]:
    drawn: dict[str, None] = {}
    for _ in range(100 * count):
        text = chosen.choice(texts)
        at = chosen.randrange(max(1, len(text) - length + 1))
        literal = text[at : at + length]
        if len(literal) == length and all("\u4e00" <= char <= "\u9fff" for char in literal):
            drawn[literal] = None
        if len(drawn) == count:
            break
    return list(drawn)
