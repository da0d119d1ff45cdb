"""What the nodes of a question mean, done again in the plainest way, and texts to try them on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from hypothesis import strategies as st
from whoosh.query import And, Every, Or, Query, Term

from searchlib.analysis import Terms
from searchlib.analysis.runs import is_han
from searchlib.query import Nearly, Repeated

# All scripts, both widths, letters that are related by case alone, marks, spaces, pictures.
ALPHABET = "长江江水臺㐂𠮷〇﨑aAbBcｂ1１_éiİıσςsſ.'-，。“”【 \n☕\udcff"
# Few enough that what is looked for is there.
FEW = "江水ab1_，. "
texts = st.one_of(st.text(ALPHABET, max_size=30), st.text(FEW, max_size=20))


def has(node: Query, terms: Terms) -> bool:
    """Whether a paragraph with these terms is one of those that a node narrows the choice to."""
    match node:
        case And():
            return all(has(part, terms) for part in node.children())
        case Or():
            return any(has(part, terms) for part in node.children())
        case Repeated():
            return bool(getattr(terms, node.fieldname).count(node.text) >= node.times)
        case Nearly():
            return bool(node.fewest_changes(lambda term: not has(term, terms), min) <= node.distance)
        case Term():
            return node.text in getattr(terms, node.fieldname)
        case Every():
            return True
    raise TypeError(node)


def is_picture(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF)))


def is_inside(char: str) -> bool:
    """What a wildcard stands for."""
    return char.isalnum() or char == "_" or is_han(char) or is_picture(char)


def is_letter(char: str) -> bool:
    return is_inside(char) and not is_han(char) and not is_picture(char)


def wildcard_stretches(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """All stretches that are like the pattern, without the stars at its ends."""
    for start in range(len(text) + 1):
        if is_letter(pattern[0]) and start and is_letter(text[start - 1]):
            continue
        for end in _ends(pattern.strip("*"), text, {start}):
            if not (is_letter(pattern[-1]) and end < len(text) and is_letter(text[end])):
                yield start, end


def _ends(pattern: str, text: str, ends: set[int]) -> set[int]:
    for sign in pattern:
        if sign == "*":
            ends = {further for end in ends for further in _reach(text, end)}
        else:
            ends = {end + 1 for end in ends if end < len(text) and _is_like(sign, text[end])}
    return ends


def _is_like(sign: str, char: str) -> bool:
    return is_inside(char) if sign == "?" else sign == char


def _reach(text: str, at: int) -> Iterator[int]:
    yield at
    while at < len(text) and is_inside(text[at]):
        at += 1
        yield at


def fuzzy_stretches(wanted: str, distance: int, text: str) -> Iterator[tuple[int, int]]:
    """All stretches that `distance` changes make of the text that is wanted."""
    is_word = all(map(is_letter, wanted))
    for start in range(len(text) + 1):
        if is_word and start and is_letter(text[start - 1]):
            continue
        for length, changes in enumerate(_changes(wanted, text[start:])):
            end = start + length
            if changes <= distance and not (is_word and end < len(text) and is_letter(text[end])):
                yield start, end


def _changes(wanted: str, text: str) -> list[float]:
    """For each beginning of the text how many changes make it of what is wanted."""
    never = float("inf")
    step = never if len(wanted) == 2 else 1
    row = [0.0]
    for char in text:
        row.append(row[-1] + (step if is_inside(char) else never))
    for sign in wanted:
        above, row = row, [row[0] + step]
        for at, char in enumerate(text):
            other = 0 if char == sign else 1 if is_inside(char) else never
            inserted = step if is_inside(char) else never
            row.append(min(above[at] + other, above[at + 1] + step, row[at] + inserted))
    return row


def is_near(parts: Sequence[str], distance: int, text: str) -> bool:
    """Whether some occurrences of all parts stand within so many characters."""
    places = [[at for at in range(len(text)) if text.startswith(part, at)] for part in parts]
    for starts in product(*places):
        ends = [start + len(part) for start, part in zip(starts, parts, strict=True)]
        is_distinct = len(set(zip(starts, parts, strict=True))) == len(parts)
        if is_distinct and max(ends) - min(starts) <= distance + sum(map(len, parts)):
            return True
    return False
