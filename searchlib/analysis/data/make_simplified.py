"""Writes `simplified.txt`: traditional characters and the simplified ones they stand for, two characters a line.

    python make_simplified.py PATH/TO/TSCharacters.txt

The table is the character table of OpenCC (Apache License 2.0, github.com/BYVoid/OpenCC, `data/dictionary`), which
the package opencc-python-reimplemented carries as text. Where OpenCC names several simplified characters, the first
is taken: folding has to be the same everywhere, and a search finds what was folded alike on both sides.
"""

import sys
from pathlib import Path


def main(source: str) -> None:
    pairs = []
    for line in Path(source).read_text(encoding="utf-8").splitlines():
        traditional, simplified = line.split("\t")
        pairs.append(traditional + simplified.split(" ")[0])
    Path(__file__).with_name("simplified.txt").write_text("\n".join(sorted(pairs)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
