"""Options that several commands have."""

from __future__ import annotations

import math
import os
import re
import sys
from typing import Any

import click

from searchlib.defaults import FOLDER, TIMEOUT_S
from searchlib.units import read_size

index_option = click.option(
    "--index",
    "folder",
    default=FOLDER,
    show_default=True,
    envvar="SEARCHLIB_INDEX",
    show_envvar=True,
    metavar="FOLDER",
    help="Where the index is.",
)
trust_option = click.option(
    "--trust",
    is_flag=True,
    envvar="SEARCHLIB_TRUST",
    show_envvar=True,
    help="Use an index that another user owns or can write to.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write one JSON object a line.")
color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output; auto is on a terminal, unless NO_COLOR is set.",
)


class Seconds(click.FloatRange):
    """A number of seconds, 0 or more; what is not a number at all is none either."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(super().convert(value, param, ctx))
        except click.BadParameter:
            seconds = math.nan
        if math.isnan(seconds):
            self.fail(f"{str(value)!r} is not a number of seconds, 0 or more", param, ctx)
        return seconds


timeout_option = click.option(
    "--timeout",
    type=Seconds(),
    default=TIMEOUT_S,
    show_default=True,
    metavar="SECONDS",
    help="Stop after this time with what is known; 0 is no limit.",
)


class Asking(click.Command):
    """A command that takes a query. No option begins with a Chinese character or mark: `-人才` is part of the query."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # In full width the sign means the same in a query, and nothing to click.
        return super().parse_args(ctx, [re.sub(r"^-(?=[^\x00-\x7f])", "－", arg) for arg in args])


def in_colour(color: str) -> bool:
    if color == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return color == "always"


class Size(click.ParamType[int]):
    """A number of bytes: 500000, 300k, 64M, 1.5G."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        count = read_size(value)
        if count is None:
            self.fail(f"{value} is not a size; write for example 500k, 64M or 1.5G", param, ctx)
        return count


class Fields(click.ParamType[tuple[str, ...]]):
    """Names of what a hit has as JSON, with commas between them."""

    name = "fields"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        from searchlib.cli.formats.json import FIELDS

        names = tuple(name.strip() for name in value.split(","))
        if unknown := [name for name in names if name not in FIELDS]:
            self.fail(f"a hit has no field {unknown[0] or repr('')}; it has {', '.join(FIELDS)}", param, ctx)
        return names


class Encoding(click.ParamType[str]):
    """An encoding of text, by the name of its codec."""

    name = "encoding"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from searchlib.errors import UnknownEncoding
        from searchlib.text_codecs import codec_of

        try:
            return codec_of(value)
        except UnknownEncoding as error:
            self.fail(f"{error}; {error.hint}", param, ctx)
