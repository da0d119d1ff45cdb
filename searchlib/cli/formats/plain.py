"""Text from files and from elsewhere made safe for a terminal: data, never commands to it."""

from __future__ import annotations

import re
import shlex

# Everything that moves the cursor, hides, recolours or reorders text: C0 and C1 controls, line and paragraph
# separators, bidirectional overrides and isolates, other invisible formatting, lone surrogates.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
# What no shell takes for anything but a part of a word.
_PLAIN_WORD = re.compile(r"[\w@%+=:,./-]+")
# What would not come out of a terminal as it went in, as a part of a command that is to be copied.
_UNSHOWN = re.compile(f"[\\t\\n]|{UNSAFE.pattern}")
_UNSHOWN_OR_MARK = re.compile(rf"[\\']|{_UNSHOWN.pattern}")
_BY_LETTER = {"\n": "n", "\t": "t", "\r": "r", "\\": "\\", "'": "'"}
# What ends a line or commands a terminal; bytes that are not UTF-8, for which surrogates stand, do neither.
_NOT_IN_LINE = re.compile(rf"(?![\ud800-\udfff])(?:[\t\n]|{UNSAFE.pattern})")
_GAPS = re.compile(r"[\t\n]+")


def visible(text: str) -> str:
    """The text as long as it was, controls replaced by pictures of them; tabs and line ends stay."""
    return UNSAFE.sub(_picture, text)


def one_line(text: str) -> str:
    """Visible text without tabs and line ends, for one line of output."""
    return _GAPS.sub(" ", visible(text))


def path_in_line(path: str) -> str:
    """A path before the rest of a line: controls and line ends are pictures, bytes that are no text stay."""
    return _NOT_IN_LINE.sub(_picture, path)


def counted(count: int, noun: str) -> str:
    """`1 paragraph`, `2,000 paragraphs`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def word(text: str) -> str:
    """A text as one word of a command line, in quotation marks where a shell needs them.

    What a terminal must not get, or does not show, is written in escapes, which bash, zsh and others read in `$'…'`.
    """
    if _PLAIN_WORD.fullmatch(text):
        return text
    if not _UNSHOWN.search(text):
        return shlex.quote(text)
    return f"$'{_UNSHOWN_OR_MARK.sub(_escaped, text)}'"


def path_word(path: str) -> str:
    """A path as one word, that no command takes for an option."""
    return word(f"./{path}" if path.startswith("-") else path)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _BY_LETTER:
        return f"\\{_BY_LETTER[character]}"
    # Three octal digits end by themselves; more hexadecimal ones than two may be read as part of the number.
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"\\{byte:03o}" for byte in character.encode(errors=errors))


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"
