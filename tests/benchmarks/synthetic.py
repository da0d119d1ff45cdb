"""Folders of any size, made of the sentences of another one.

They are for how cost grows, and nothing else: sentences are repeated, so that the vocabulary stops growing where that
of real texts goes on, and what stands beside what is chance.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Sequence
from pathlib import Path

SEED = 7
# As of most files of a folder: old enough for an unchanged time to be proof that nothing changed.
WRITTEN = 1_700_000_000
FILES_IN_FOLDER = 500
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]")


def sentences(texts: Sequence[str]) -> list[str]:
    """All that end with a mark that ends sentences, in order, each as often as it occurs.

    >>> sentences(["# 水\\n茶要等霜降。水开三次；茶就老了"])
    ['茶要等霜降。', '水开三次；']
    """
    return [sentence for text in texts for found in _SENTENCE.findall(text) if (sentence := found.strip())]


def write(folder: Path, drawn_from: Sequence[str], paragraphs: int, per_file: int, seed: int = SEED) -> list[str]:
    """Writes so many paragraphs of one to three sentences into text files; says their paths below the folder."""
    chosen = random.Random(seed)
    paths = []
    for first in range(0, paragraphs, per_file):
        number = first // per_file
        count = min(per_file, paragraphs - first)
        texts = ("".join(chosen.choices(drawn_from, k=chosen.randint(1, 3))) for _ in range(count))
        path = f"{number // FILES_IN_FOLDER:04}/{number:06}.txt"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("\n\n".join(texts) + "\n", encoding="utf-8")
        os.utime(folder / path, (WRITTEN, WRITTEN))
        paths.append(path)
    return paths
