"""What is given hostile input: each target takes bytes, and whatever it raises is a failure.

A target holds what it runs to what users are promised: nothing but the errors that are meant for them, and of a text
nothing lost, nothing added and every character pointed at where it stands.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from searchlib import meta
from searchlib.cli.formats import json as lines
from searchlib.cli.formats.plain import UNSAFE
from searchlib.directory import Directory
from searchlib.engines.whoosh import table
from searchlib.engines.whoosh.arrays import ArrayFile
from searchlib.errors import IndexDamaged, Malformed, NoIndex, PathError, QueryError, Unreadable
from searchlib.evaluation import floors, judgements, runs
from searchlib.model import Anchor, Block, BlockKind, Paragraph, Source, wholes
from searchlib.paragraphs import LONGEST, split
from searchlib.query.parser import LONGEST as LONGEST_QUERY
from searchlib.query.parser import read as read_query
from searchlib.query.written import written
from searchlib.reading import read
from searchlib.reading.encodings import decode, encoding_of

Target = Callable[[bytes], None]

# An open block needs one that it goes on in: readers in pieces make them.
_KINDS = (BlockKind.PLAIN, BlockKind.FLOW, BlockKind.VERBATIM)

# What files of judged questions are, and those of an index, in a folder that every input is written to.
# In memory where that can be: some disks wait for the end of each write to a file that was emptied.
_MEMORY = Path("/dev/shm")  # noqa: S108 — the folder in it is made by `mkdtemp`
_FOLDER = Path(tempfile.mkdtemp(prefix="searchlib-fuzz-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
atexit.register(shutil.rmtree, _FOLDER)


def text(data: bytes) -> None:
    """Plain text: nothing is lost, and each character stands in the file where it is said to."""
    # A byte order mark is no character of the text.
    content = _text(data).removeprefix("\ufeff")
    file = content.replace("\r\n", "\n") if "\n" in content else content.replace("\r", "\n")
    rows = file.split("\n")
    paragraphs = _alike("a.txt", f"\ufeff{content}".encode())
    assert _solid(file) == _solid("".join(paragraph.text for paragraph in paragraphs))
    for paragraph in paragraphs:
        for at, char in enumerate(paragraph.text):
            line, column = paragraph.place(at)
            assert char == " " or rows[line - 1][column - 1] == char


def markdown(data: bytes) -> None:
    _alike("a.md", _text(data).encode())


def html(data: bytes) -> None:
    _alike("a.html", _text(data).encode())


def encodings(data: bytes) -> None:
    """Any bytes: a text that can be written again, or refused; in pieces as in one."""
    pieces = _InPieces(data)
    try:
        decoded = decode(data)
    except Unreadable as error:
        try:
            encoding_of(pieces)
        except Unreadable as again:
            assert str(error) == str(again)  # noqa: PT017 — this is no test of pytest's
            return
        raise
    found = encoding_of(pieces)
    assert (decoded.encoding, decoded.text) == (found.codec, "".join(found.texts(pieces)))
    decoded.text.encode()
    if decoded.encoding == "utf-8" and "\ufffd" not in decoded.text:
        assert decoded.text.encode() == data.removeprefix(b"\xef\xbb\xbf")


def paragraphs(data: bytes) -> None:
    """Blocks of any kind, never blank, plain ones without blank lines: nothing is lost."""
    blocks = []
    for number, piece in enumerate(_text(data).split("\0")):
        kind = _KINDS[ord(piece[0]) % len(_KINDS)] if piece else BlockKind.PLAIN
        level = ord(piece[0]) // 3 % 7 if piece else 0
        body = piece[1:]
        if kind is BlockKind.PLAIN:
            body = "\n".join(line for line in body.split("\n") if line.strip())
        if body.strip():
            starts = [0, *(at + 1 for at, char in enumerate(body) if char == "\n" and at + 1 < len(body))]
            anchors = tuple(Anchor(start, 1 + number * 9 + row, 1 + row % 3) for row, start in enumerate(starts))
            blocks.append(Block(body, anchors, kind, level))
    found = split(Source("a.txt", "utf-8", "text", "", tuple(blocks)))
    _hold(found)
    assert _solid("".join(block.text for block in blocks)) == _solid("".join(one.text for one in found))


class _InPieces:
    """Bytes that come some at a time, as those of a large file do."""

    is_held = False

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size, self.head, self.digest = len(data), data[:1024], b""

    def pieces(self) -> Iterator[bytes]:
        step = 1 + len(self._data) % 13
        return (self._data[at : at + step] for at in range(0, len(self._data), step))


def _alike(path: str, data: bytes) -> tuple[Paragraph, ...]:
    """The paragraphs of a file, which are the same in pieces as in one."""
    whole, pieces = read(path, data, "utf-8"), read(path, _InPieces(data), "utf-8")
    paragraphs = split(whole)
    _hold(paragraphs)
    assert (whole.title, paragraphs) == (pieces.title, split(pieces))
    return paragraphs


def query(data: bytes) -> None:
    """A question is read or refused; as it was read it can be written, and reads the same."""
    asked = data.decode("utf-8", "surrogateescape")
    try:
        tree = read_query(asked).tree
    except QueryError as error:
        _hold_place(error, asked)
        return
    if tree is not None and len(again := written(tree)) <= LONGEST_QUERY:
        assert tree == read_query(again).tree


def output(data: bytes) -> None:
    """What goes out as JSON is one line, has nothing that a terminal obeys, and reads back."""
    said = data.decode("utf-8", "surrogateescape")
    line = lines.line({"text": said, said: [said]})
    assert not UNSAFE.search(line)
    assert "\n" not in line
    assert json.loads(line) == {"text": said, said: [said]}


def judged(data: bytes) -> None:
    """The files of judged questions, parted by NULs, and runs and floors."""
    names = (judgements.CORPUS, judgements.QUESTIONS, judgements.JUDGEMENTS, "run", "floors.toml")
    parts = (*data.split(b"\0", len(names) - 1), *[b""] * len(names))
    for name, part in zip(names, parts, strict=False):
        (_FOLDER / name).write_bytes(part)
    for reads in (
        lambda: judgements.read(_FOLDER),
        lambda: runs.read(_FOLDER / "run"),
        lambda: floors.read(_FOLDER / "floors.toml", "a"),
    ):
        try:
            reads()
        except (Malformed, PathError):
            continue


def index(data: bytes) -> None:
    """The files of an index that any update may find damaged."""
    (_FOLDER / meta.NAME).write_bytes(data)
    (_FOLDER / "table.json").write_bytes(data)
    (_FOLDER / "a.arrays").write_bytes(data)
    folder = Directory.open(_FOLDER)
    for reads in (lambda: meta.read(folder), lambda: table.read(folder), lambda: _read_arrays(_FOLDER / "a.arrays")):
        try:
            reads()
        except (IndexDamaged, NoIndex):
            continue


def _read_arrays(path: Path) -> None:
    file = ArrayFile(Directory.open(path.parent) / path.name)
    file.check()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "ignore")


def _solid(content: str) -> str:
    """Without white space, which paragraphs are parted and joined by."""
    return "".join(content.split())


def _hold_place(error: QueryError, asked: str) -> None:
    assert 0 <= error.at <= len(asked)


def _hold(found: tuple[Paragraph, ...]) -> None:
    """What holds for the paragraphs of any source."""
    for number, paragraph in enumerate(found):
        starts = [anchor.start for anchor in paragraph.anchors]
        assert paragraph.number == number
        assert 0 < len(paragraph.text) <= LONGEST
        assert starts == sorted(set(starts))
        assert starts[0] == 0
        assert starts[-1] < len(paragraph.text)
        assert paragraph.first_line == paragraph.anchors[0].line
        assert all(anchor.line >= 1 <= anchor.column for anchor in paragraph.anchors)
    # White space at a cut stays there.
    for text in ("".join(piece.text for piece in pieces) for pieces in wholes(found)):
        assert text == text.strip() != ""


TARGETS: dict[str, Target] = {
    target.__name__: target for target in (text, markdown, html, encodings, paragraphs, query, output, judged, index)
}
_PROSE = "第一章 长江\n\n　　长江流经武汉，两岸是平原。“枫桥经验”\n与人才。\n\n一、水\r\n水……\n"
SEEDS: dict[str, list[bytes]] = {
    "text": [_PROSE.encode(), ("枫桥经验与枫桥经济，人才密度决定创新浓度，今年也是这样的\n" * 6).encode()],
    "markdown": [
        '---\ntitle: "长江"\n---\n# 一\n\n**枫**桥[a](b "c")`码 a|b`\n\n- 甲\n  > 乙\n\n'.encode(),
        "|a|b|\n|-|-|\n|c|d|\n\n```\n码\n```\n<div>枫<b>桥</b></div>\n\n[^1]: 注\n\n[a]: b\n\n***\n".encode(),
        "~~a~~ &amp; \\* <!-- x -->\n甲  \n乙\n===\n\n<ruby>枫<rt>fēng</ruby>\n".encode(),
    ],
    "html": [
        "<title>长&amp;江</title><h1>一</h1><p>枫<b>桥</b><br>&#26539;&copy2024<pre>a\n b</pre>".encode(),
        "<table><tr><td>a<th>b</table><ruby>枫<rt>fēng</ruby><script>x</script>".encode(),
        "<!DOCTYPE a><![CDATA[a]]><![if !vml]><?xml a?><!-- c --><p a='b' c>d<st1:place>枫</st1:place>&amp".encode(),
    ],
    "encodings": [
        *(_PROSE.encode(codec) for codec in ("utf-8", "gb18030", "utf-16", "utf-16-le", "utf-32")),
        "記憶體不足".encode("big5"),
        b"\xff\xfe\x00\xd8",
        b"\x81\x30\x81\x30\xff",
    ],
    "paragraphs": [b"\0a" + _PROSE.encode() + b"\0b" + _PROSE.encode(), ("c" + "枫桥，" * 400).encode()],
    "query": [
        question.encode()
        for question in (
            "（枫桥 OR 上海） AND “长 江”~20",
            "title:北?大学^2.5 -/第[一二]条.*/",
            "date:>2024-3 size:<1M 词~1",
        )
    ],
    "output": ["长江\x1b]0;a\x07\x9b\u202e\u2066".encode(), b"\xff\xc4\xe3"],
    "judged": [b'{"id": "a", "content": "b", "title": "c"}\0q\tb\0q 0 a 1\0q Q0 a 1 2.5 x\0["a"]\n"MRR@10" = 0.9'],
    "index": [
        b'{"format": 3, "engine": "whoosh", "generation": 1, "fingerprint": "a"}',
        b"slarrays\x01" + bytes(90) + b"slar",
    ],
}
