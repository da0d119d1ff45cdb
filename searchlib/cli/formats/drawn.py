"""Answers for people at a terminal: a heading for each hit, its snippet wrapped as Chinese is, terms marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from searchlib.answers import Hit, HitStream, Results
from searchlib.cli.formats.plain import one_line, visible
from searchlib.cli.formats.wrap import wrap
from searchlib.model import Paragraph, Span, merge

# Styles are named for what they mean; this is the one place that says how they look.
THEME = Theme(
    {
        "path": "magenta",
        "place": "green",
        "heading": "dim",
        "more": "cyan",
        "term": "bold red",
        "around": "dim",
        "border": "yellow",
    }
)
_INDENT = "  "
# Wider lines are hard to follow; a snippet fits into two or three of these.
_WIDEST = 100

Shown = Callable[[str], str]


def console(*, color: bool) -> Console:
    """A console that draws text as it is given: no markup, no emoji names, no guessing at numbers and paths."""
    return Console(theme=THEME, markup=False, emoji=False, highlight=False, no_color=not color, force_terminal=color)


def draw(results: Results | HitStream, shown: Shown, *, color: bool, snippets: bool) -> None:
    """The hits, with a rule at the border between those that match the whole query and the rest."""
    out = console(color=color)
    is_behind_border = False
    for number, hit in enumerate(results):
        # Where the first hit shown is behind the border, it is drawn if nothing complete was left out before it.
        if not hit.complete and not is_behind_border and (number > 0 or results.offset <= results.complete):
            rule = Text(f"── what follows matches only part of {one_line(results.query)}", style="border")
            out.print(rule, soft_wrap=True)
            out.print()
        is_behind_border = not hit.complete
        _draw_hit(out, hit, shown(hit.path), snippets=snippets)


def draw_paragraphs(paragraphs: Iterable[Paragraph], line: int, path: str, *, color: bool) -> None:
    """Paragraphs of one source, the one at `line` plainly and its neighbours dim."""
    out = console(color=color)
    for paragraph in paragraphs:
        is_asked = not line or paragraph.first_line <= line <= paragraph.last_line
        out.print(_place(path, f":{paragraph.first_line}", paragraph), soft_wrap=True)
        _draw_text(out, paragraph.text.rstrip(), (), "" if is_asked else "around")
        out.print()


def _draw_hit(out: Console, hit: Hit, path: str, *, snippets: bool) -> None:
    place = _place(path, f":{hit.line}:{hit.column}", hit.paragraph)
    if hit.more:
        place.append(f"  +{hit.more:,} more", "more")
    out.print(place, soft_wrap=True)
    if not snippets:
        return
    for paragraph in hit.before:
        _draw_text(out, paragraph.text.rstrip(), (), "around")
    before = "…" if hit.snippet.start else ""
    after = "…" if hit.snippet.start + len(hit.snippet.text) < len(hit.paragraph.text.rstrip()) else ""
    spans = [Span(start + len(before), end + len(before)) for start, end in merge(hit.snippet.spans)]
    _draw_text(out, f"{before}{hit.snippet.text}{after}", spans, "")
    for paragraph in hit.after:
        _draw_text(out, paragraph.text.rstrip(), (), "around")
    out.print()


def _place(path: str, place: str, paragraph: Paragraph) -> Text:
    above = " › ".join(one_line(heading) for heading in paragraph.heading[-2:])
    heading = f"  {above or one_line(paragraph.named)}"
    return Text.assemble((one_line(path), "path"), (place, "place"), (heading, "heading"))


def _draw_text(out: Console, text: str, spans: Iterable[Span], style: str) -> None:
    """Text wrapped to the terminal; as long as it was, so that the spans stay where they are."""
    safe = visible(text).replace("\t", " ")
    whole = Text(safe, style=style)
    for start, end in spans:
        whole.stylize("term", start, end)
    for start, end in wrap(safe, max(2, min(out.width, _WIDEST) - len(_INDENT))):
        out.print(Text.assemble(_INDENT, whole[start:end]), soft_wrap=True)
