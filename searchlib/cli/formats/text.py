"""Answers for pipes: a line each, `path:line:column:text`, as grep has them.

A path before a colon has no line end and no command to a terminal; one that stands alone goes out as the bytes it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from searchlib.answers import Hit, HitStream, Results, Snippet
from searchlib.cli.formats.plain import one_line, path_in_line
from searchlib.model import Paragraph, merge

# The colours grep and ripgrep have made usual.
_PATH, _NUMBER, _TERM, _END = "\x1b[35m", "\x1b[32m", "\x1b[1;31m", "\x1b[0m"

Shown = Callable[[str], str]


def hits(results: Results | HitStream, shown: Shown, *, color: bool, snippets: bool) -> Iterator[str]:
    """The hits in order; with neighbours, groups of lines with `--` between them."""
    for number, hit in enumerate(results):
        path = path_in_line(shown(hit.path))
        if number and (hit.before or hit.after):
            yield "--"
        yield from (_paragraph(path, "-", neighbour, color=color) for neighbour in hit.before)
        yield _hit(path, hit, color=color, snippets=snippets)
        yield from (_paragraph(path, "-", neighbour, color=color) for neighbour in hit.after)


def file(path: str, count: int | None, *, color: bool) -> str:
    if count is None:
        return _painted(path, _PATH, color)
    return f"{_painted(path_in_line(path), _PATH, color)}:{count}"


def paragraph(found: Paragraph, line: int, path: str, *, color: bool) -> str:
    """A paragraph with its first line; `:` if it is at `line`, `-` if it is a neighbour."""
    return _paragraph(
        path_in_line(path), ":" if not line or found.first_line <= line <= found.last_line else "-", found, color=color
    )


def _hit(path: str, hit: Hit, *, color: bool, snippets: bool) -> str:
    place = ":".join(
        (
            _painted(path, _PATH, color),
            _painted(str(hit.line), _NUMBER, color),
            _painted(str(hit.column), _NUMBER, color),
        )
    )
    return f"{place}:{_marked(hit.snippet, color)}" if snippets else place


def _paragraph(path: str, mark: str, found: Paragraph, *, color: bool) -> str:
    line = _painted(str(found.first_line), _NUMBER, color)
    return f"{_painted(path, _PATH, color)}{mark}{line}{mark}{one_line(found.text.rstrip())}"


def _marked(snippet: Snippet, color: bool) -> str:
    """The snippet with its terms coloured; made safe piece by piece, so that only our own escapes are in it."""
    if not color:
        return one_line(snippet.text)
    pieces: list[str] = []
    at = 0
    for start, end in merge(snippet.spans):
        pieces += (one_line(snippet.text[at:start]), _painted(one_line(snippet.text[start:end]), _TERM, color))
        at = end
    return "".join((*pieces, one_line(snippet.text[at:])))


def _painted(text: str, style: str, color: bool) -> str:
    return f"{style}{text}{_END}" if color else text
