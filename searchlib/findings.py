"""What a check of an index found, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from searchlib.model import Skipped


class FindingKind(StrEnum):
    DAMAGED = "damaged"  # a file of the index is missing, or not as it was written
    MISSING = "missing"  # a source has fewer paragraphs than were indexed
    EXTRA = "extra"  # there are paragraphs that are of no source, or more than were indexed
    DOUBLED = "doubled"  # paragraphs of a source are there twice
    ALTERED = "altered"  # paragraphs are not those of the file, or postings not those of the text


class Finding(NamedTuple):
    """Something that is wrong: `what` is a clause. `path` is the source; empty where it is about the index."""

    kind: FindingKind
    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Repairs:
    """What was done about what was found, source by source.

    `read` were read from their files again, `removed` were no sources and are gone. Of `kept` the files are gone, and
    what the index had of them is still in it; of `lost` it could not be read either. `rebuilt` is the whole index.
    """

    read: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a check found.

    No damage are `changed`, sources whose files have changed since they were indexed or are gone: the next update sees
    to them. `unread` are files that could not be compared. Where the index was to
    be repaired, `repairs` is what was done and `left` what is wrong afterwards; else all that was found is left.
    """

    findings: tuple[Finding, ...]
    left: tuple[Finding, ...]
    repairs: Repairs | None
    changed: tuple[str, ...]
    unread: tuple[Skipped, ...]
    sources: int
    paragraphs: int
    seconds: float
