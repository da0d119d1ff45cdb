"""Stored values as bytes: what a field of Whoosh's keeps of a paragraph, each with its kind.

    kind  0     nothing is stored
          1     bytes, as they are
          2     text in UTF-8
          3     JSON: numbers, true, false, null, text and lists as they are, the rest as an object of one member,
                {"bytes": base64}, {"tuple": [...]}, {"dict": [[key, value], ...]}, {"decimal": text},
                {"datetime": ISO 8601}, {"date": ISO 8601} or {"time": ISO 8601}

Nothing else can be stored: reading a value never runs anything that the index says.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

NOTHING, BYTES, TEXT, JSON = range(4)
# Text may have halves of surrogate pairs, which broken UTF-16 leaves.
_ERRORS = "surrogatepass"


def record(value: object) -> tuple[int, bytes]:
    """A value's kind and bytes; raises `TypeError` for what is none of the above."""
    match value:
        case None:
            return NOTHING, b""
        case bytes():
            return BYTES, value
        case str():
            return TEXT, value.encode("utf-8", _ERRORS)
    return JSON, json.dumps(_plain(value)).encode()


def value_of(kind: int, content: bytes) -> object:
    """What `record` was given."""
    match kind:
        case 0:
            return None
        case 1:
            return content
        case 2:
            return content.decode("utf-8", _ERRORS)
    return _restored(json.loads(content))


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_plain(part) for part in value]
        case tuple():
            return {"tuple": [_plain(part) for part in value]}
        case dict():
            return {"dict": [[_plain(key), _plain(part)] for key, part in value.items()]}
        case bytes():
            return {"bytes": b64encode(value).decode()}
        case Decimal():
            return {"decimal": str(value)}
        case datetime() | date() | time():
            return {type(value).__name__: value.isoformat()}
    raise TypeError(f"{value!r} can't be stored: it is not made of numbers, text, bytes, dates, lists and dictionaries")


def _restored(value: Any) -> object:
    if isinstance(value, list):
        return [_restored(part) for part in value]
    if not isinstance(value, dict):
        return value
    ((name, content),) = value.items()
    return _MAKERS[name](content)


_MAKERS: dict[str, Callable[[Any], object]] = {
    "tuple": lambda parts: tuple(map(_restored, parts)),
    "dict": lambda pairs: {_restored(key): _restored(part) for key, part in pairs},
    "bytes": b64decode,
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}
