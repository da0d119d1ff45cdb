"""The JSON is what the module that writes it documents."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from patients import forget
from sessions import plant, searchlib

from searchlib import Library
from searchlib.cli.formats import json as format_


@pytest.fixture(autouse=True)
def indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path)
    monkeypatch.chdir(tmp_path)
    Library.create().update(["texts/生僻字.txt", "编码"])


def written(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in searchlib(*arguments, "--json").out.splitlines()]


def documented(kind: str) -> set[str]:
    """The keys that the docstring gives for a type, in its two ways of listing them."""
    assert format_.__doc__
    listed = re.search(rf"^`{kind}`[^:\n]*: (.*)\.$", format_.__doc__, re.M)
    if listed:
        return {"type", *listed[1].split(", ")}
    section = re.search(rf"^`{kind}`.*:\n((?:    .*\n)+)", format_.__doc__, re.M)
    assert section
    names = re.findall(r"^    ([a-z_]+(?:, [a-z_]+)*)(?:  |\n)", section[1], re.M)
    return {"type", *", ".join(names).split(", ")}


@pytest.mark.parametrize(
    ("kind", "arguments", "also"),
    [
        ("hit", ("search", "民警", "-n", "1", "-C", "1", "--group"), set()),
        ("hit", ("search", "民警", "-n", "2", "-C", "1"), {"more"}),
        ("hit", ("search", "民警", "-n", "2"), {"before", "after", "more"}),
        ("summary", ("search", "民警", "龙", "，"), set()),
        ("summary", ("search", "没有这样的话霜"), set()),
        ("paragraph", ("show", "生僻字.txt:3"), set()),
        ("file", ("search", "-l", "民警"), set()),
        ("file", ("search", "-c", "民警"), set()),
        ("token", ("analyze", "长江abc"), set()),
        ("recall", ("doctor", "--samples", "20"), set()),
        ("check", ("doctor", "--samples", "20"), set()),
        ("verification", ("verify",), set()),
    ],
)
def test_keys_are_those_that_are_documented(kind: str, arguments: tuple[str, ...], also: set[str]) -> None:
    objects = [found for found in written(*arguments) if found["type"] == kind]

    assert objects
    assert all(set(found) == documented(kind) - also for found in objects)


@pytest.mark.parametrize("field", format_.FIELDS)
def test_a_hit_has_the_field_that_was_asked_for_and_no_other(field: str) -> None:
    """Beside its type; the names that can be asked for are those that are documented."""
    first = written("search", "民警", "-n", "1", "-C", "1", "--group", "--fields", field)[0]
    whole = written("search", "民警", "-n", "1", "-C", "1", "--group")[0]

    assert first == {"type": "hit", field: whole[field]}
    assert {"type", *format_.FIELDS} == documented("hit")


def test_a_fault_has_the_keys_that_are_documented() -> None:
    forget("的")
    faults = [found for found in written("doctor", "--samples", "300") if found["type"] == "fault"]

    assert faults
    assert all(set(found) == documented("fault") for found in faults)


def test_a_finding_has_the_keys_that_are_documented() -> None:
    forget("的")
    findings = [found for found in written("verify") if found["type"] == "finding"]

    assert findings
    assert all(set(found) == documented("finding") for found in findings)


def test_spans_point_at_what_was_found() -> None:
    hits = [found for found in written("search", "戶籍窗口") if found["type"] == "hit"]
    first = hits[0]
    text, snippet = first["text"], first["snippet"]

    assert text[snippet["start"] :].startswith(snippet["text"])
    assert [snippet["text"][start:end] for start, end in snippet["spans"]] == ["户籍窗口"]
    assert Path(first["path"]).read_text(encoding="utf-8").split("\n")[first["line"] - 1][first["column"] - 1 :] == text


def test_chinese_stands_as_it_is_and_controls_do_not() -> None:
    Path("控.txt").write_text("长江\x1b[31m\x9b\u202e\u2066大桥\u2028。", encoding="utf-8")
    Library.create().update(["控.txt"])

    out = searchlib("search", "大桥", "--path", "控.txt", "--json").out

    assert "长江\\u001b[31m\\u009b\\u202e\\u2066大桥\\u2028。" in out
    assert json.loads(out.splitlines()[0])["text"] == "长江\x1b[31m\x9b\u202e\u2066大桥\u2028。"


def test_a_name_that_is_not_utf_8_has_its_bytes_beside_it(tmp_path: Path) -> None:
    name = b"\xc4\xe3.txt"
    Path(name.decode("utf-8", "surrogateescape")).write_text("泥上偶然留指爪。", encoding="utf-8")
    Library.create().update([tmp_path])

    found = written("search", "偶然留指爪")[0]

    assert (found["path"], found["path_bytes"]) == ("\ufffd\ufffd.txt", "xOMudHh0")
    assert set(written("search", "偶然留指爪", "--fields", "path")[0]) == {"type", "path", "path_bytes"}
    assert set(written("search", "偶然留指爪", "--fields", "line")[0]) == {"type", "line"}
