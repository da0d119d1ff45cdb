"""Writes commonness.txt, which says how common every Chinese character is, in simplified and in traditional text.

Run it by hand when a source has changed; it needs the packages jieba and opencc-python-reimplemented:

    python searchlib/reading/data/make_commonness.py

The words of jieba's dictionary, weighted with their counts, give the simplified characters. The same words, rewritten
with OpenCC's tables, give the traditional ones: once in OpenCC's own forms, once in those of Taiwan, once in those of
Hong Kong, since a file may come from either. Both packages are read as files and never imported.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

TARGET = Path(__file__).with_name("commonness.txt")

# The words of text are Han for about 17 characters in 20; the rest is punctuation, digits and Latin.
HAN_SHARE = 0.85

# jieba counts this particle a tenth as often as it stands in text, so that it does not pull words apart.
PARTICLE, PARTICLE_SHARE = "的", 0.03

# A character that stands in no counted word has still been seen by somebody; this is the count it starts from.
UNSEEN = 20.0

# The rest is as surprising as a character that was never seen; the program knows that figure.
CUT_OFF = 20

HEADER = """\
# How surprising each Chinese character is, in bits: 7 means one character of 128. Lines are: script, bits, characters.
# Made by make_commonness.py from the word counts of jieba (MIT licence) and, for the traditional characters,
# from the conversion tables of OpenCC (Apache licence 2.0).
"""


def main() -> None:
    words = dict(jieba_words())
    standard, phrases = table("STCharacters.txt"), table("STPhrases.txt")
    traditional = {word: phrases.get(word) or rewrite(word, standard) for word in words}
    plain: Mapping[str, str] = {}
    simplified_lines = lines("simplified", counts(words, {word: word for word in words}, [plain]))
    regions = [plain, table("TWVariants.txt"), table("HKVariants.txt")]
    traditional_lines = lines("traditional", counts(words, traditional, regions))
    TARGET.write_text(HEADER + "".join([*simplified_lines, *traditional_lines]), encoding="utf-8")


def jieba_words() -> Iterator[tuple[str, int]]:
    for line in (folder("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        yield word, int(count)


def table(name: str) -> dict[str, str]:
    """An OpenCC table: what to write for a key, of several forms the most usual, which it names first."""
    rows = (folder("opencc") / "dictionary" / name).read_text(encoding="utf-8").splitlines()
    return {key: forms.split(" ")[0] for key, forms in (row.split("\t") for row in rows)}


def folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the package {package} is needed and not installed")
    return Path(spec.origin).parent


def rewrite(word: str, characters: Mapping[str, str]) -> str:
    return "".join(characters.get(character, character) for character in word)


def counts(words: Mapping[str, int], spelling: Mapping[str, str], regions: list[Mapping[str, str]]) -> Counter[str]:
    """How often each Han character stands in the words as they are spelt, averaged over the regions' own forms."""
    total: Counter[str] = Counter()
    for word, count in words.items():
        for region in regions:
            for character in rewrite(spelling[word], region):
                if is_han(character):
                    total[character] += count / len(regions)  # type: ignore[assignment]
    return total


def is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def lines(script: str, seen: Counter[str]) -> Iterator[str]:
    """The rows of one script, commonest first, a row for each half bit."""
    rows: dict[float, list[str]] = defaultdict(list)
    for character, share in shares(seen).items():
        rows[round(-2 * math.log2(share)) / 2].append(character)
    for bits in sorted(bits for bits in rows if bits < CUT_OFF):
        yield f"{script} {bits:g} {''.join(sorted(rows[bits]))}\n"


def shares(seen: Counter[str]) -> dict[str, float]:
    """The part of all text that each character makes up."""
    smoothed = {character: count + UNSEEN for character, count in seen.items() if character != PARTICLE}
    rest = (HAN_SHARE - PARTICLE_SHARE) / sum(smoothed.values())
    return {PARTICLE: PARTICLE_SHARE} | {character: count * rest for character, count in smoothed.items()}


if __name__ == "__main__":
    main()
