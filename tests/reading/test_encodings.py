"""The encoding of a file is found, or the file is refused; its text never turns into other characters."""

from __future__ import annotations

import codecs
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchlib.errors import Unreadable
from searchlib.reading.encodings import Decoded, decode

TEXTS = Path(__file__).parents[1] / "texts"
IN_TRADITIONAL = {"山中茶事", "港城來信"}

LENGTHS = ((2, 5), (6, 19), (20, 49), (50, 200))
BARS = {(2, 5): 0.85, (6, 19): 0.95, (20, 49): 0.99, (50, 200): 0.99}
SAMPLES = 200  # for each length, codec and script

# Written in Cantonese every day, and missing from Big5 and cp950.
ONLY_IN_HKSCS = "咗喺嘅哋嚟嗰㗎"

UNKNOWN = "not text in any encoding that is known here; name it with --encoding"


class Row(NamedTuple):
    codec: str
    script: str


ROWS = (
    Row("gb18030", "simplified"),
    Row("gb18030", "traditional"),
    Row("big5", "traditional"),
    Row("big5hkscs", "traditional"),
    Row("utf-16-le", "simplified"),
    Row("utf-16-le", "traditional"),
    Row("utf-16-be", "simplified"),
    Row("utf-16-be", "traditional"),
)


def test_the_encoding_of_a_stretch_of_text_is_found_without_a_mark(capsys: pytest.CaptureFixture[str]) -> None:
    """Transcoded stretches come back as they were: 99 % from 20 characters up, 95 % from 6, in every encoding."""
    shares = {(row, length): share_right(row, length) for row in ROWS for length in LENGTHS}
    with capsys.disabled():  # the figures are wanted also when the test passes
        sys.stdout.write(report(shares))
    below = {key: share for key, share in shares.items() if share < BARS[key[1]]}

    assert not below


def share_right(row: Row, length: tuple[int, int]) -> float:
    return sum(text_or_none(text.encode(row.codec)) == text for text in samples(row, length)) / SAMPLES


def text_or_none(data: bytes) -> str | None:
    try:
        return decode(data).text
    except Unreadable:
        return None


def samples(row: Row, length: tuple[int, int]) -> Iterator[str]:
    """As many stretches as are wanted that the codec can write, the same ones in every run."""
    chance = repeatable(f"{row} {length}")
    text, made = whole_text(row.script), 0
    while made < SAMPLES:
        start = chance.randrange(len(text) - length[1])
        sample = text[start : start + chance.randint(*length)]
        if row.codec == "big5hkscs":
            sample = with_one_of(ONLY_IN_HKSCS, sample, chance)
        if sample.strip() and can_write(row.codec, sample):
            made += 1
            yield sample


def repeatable(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - what is drawn has to be the same in every run, and need not be secret


def whole_text(script: str) -> str:
    paths = [path for path in sorted(TEXTS.glob("*.txt")) if (path.stem in IN_TRADITIONAL) == (script == "traditional")]
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def with_one_of(characters: str, text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(characters) + text[at + 1 :]


def can_write(codec: str, text: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def report(shares: dict[tuple[Row, tuple[int, int]], float]) -> str:
    head = "characters".ljust(24) + "".join(f"{first}-{last}".rjust(8) for first, last in LENGTHS)
    rows = [
        f"{row.codec:12}{row.script:12}" + "".join(f"{shares[row, length]:8.1%}" for length in LENGTHS) for row in ROWS
    ]
    return "\n".join(["", head, *rows, ""])


def refusal(data: bytes, encoding: str | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        decode(data, encoding)
    return str(caught.value)


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_a_byte_order_mark_settles_the_encoding_and_leaves_the_text(mark: bytes, codec: str) -> None:
    assert Decoded("长江", codec) == decode(mark + "长江".encode(codec))


def test_a_mark_that_the_file_belies_is_a_reason_to_refuse() -> None:
    assert (
        refusal(codecs.BOM_UTF8 + "长江流域".encode("gb18030"))
        == "it begins with the byte order mark of utf-8 and is not utf-8"
    )


@pytest.mark.parametrize("text", ["", "a", "é", "长", "长江\r\n", "\N{REPLACEMENT CHARACTER}" * 9])
def test_valid_utf_8_is_utf_8_however_short(text: str) -> None:
    assert Decoded(text, "utf-8") == decode(text.encode())


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gb18030", "我爱北京天安门"),
        ("gb18030", "圖書館"),
        ("gb18030", "联通"),
        ("gb18030", "饕餮"),
        ("gb18030", "㐂𠮷䶮"),
        ("gb18030", "他姓䶮，在𠮷野家吃面，店名写作㐂。"),
        ("big5", "圖書館"),
        ("cp950", "宏碁電腦"),
        ("big5hkscs", "佢哋喺度食緊嘢"),
        ("utf-16-le", "hi"),
        ("utf-16-be", "hello, world\n"),
        ("utf-16-le", "好😀吧"),
    ],
)
def test_a_few_characters_are_enough(codec: str, text: str) -> None:
    """A Big5 file is named by the smallest of the Big5 codecs that reads it."""
    assert Decoded(text, codec) == decode(text.encode(codec))


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be"])
def test_a_cut_through_the_last_character_costs_that_character_only(codec: str) -> None:
    whole = "中文文件之末"

    assert Decoded("中文文件之\ufffd", codec) == decode(whole.encode(codec)[:-1])


def test_one_broken_byte_does_not_turn_utf_8_into_another_encoding() -> None:
    half = "山中茶事" * 100

    assert Decoded(half + "\ufffd" + half, "utf-8") == decode(half.encode() + b"\xff" + half.encode())


def test_bytes_that_are_broken_throughout_are_refused() -> None:
    assert refusal(("山中茶事".encode() + b"\xff") * 100) == UNKNOWN


@pytest.mark.parametrize(
    "text", ["café", "café au lait", "naïve", "für", "¿Qué?", "Français résumé, très bien", "“smart” quotes — it’s"]
)
def test_western_text_is_refused_rather_than_read_as_a_rare_character(text: str) -> None:
    assert refusal(text.encode("cp1252")) == UNKNOWN


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\0", id="a NUL"),
        pytest.param(b"\0" * 1000, id="NULs"),
        pytest.param(b"hello\0world", id="ASCII with a NUL"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0", id="PNG"),
        pytest.param(b"PK\x03\x04\x14\0\0\0\x08\0\xb4\x5a\x77\x59\x9d\x8f\x1c\x02\0\0", id="ZIP"),
        pytest.param(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0", id="ELF"),
        *(pytest.param(repeatable("noise").randbytes(size), id=f"{size} random bytes") for size in (32, 500, 200_000)),
    ],
)
def test_binary_data_is_refused(data: bytes) -> None:
    assert refusal(data) == "binary data"


@pytest.mark.parametrize(
    ("named", "data", "expected"),
    [
        ("latin-1", b"caf\xe9", Decoded("café", "iso8859-1")),
        ("GBK", b"\xd6\xd0", Decoded("中", "gbk")),
        ("big5", "实施".encode("gb18030"), Decoded("妗囥", "big5")),
        ("utf-8", codecs.BOM_UTF8 + b"a", Decoded("a", "utf-8")),
        ("utf-16", codecs.BOM_UTF16_BE + b"\x4e\x2d", Decoded("中", "utf-16")),
    ],
)
def test_a_named_encoding_is_obeyed(named: str, data: bytes, expected: Decoded) -> None:
    assert expected == decode(data, named)


def test_a_named_encoding_that_does_not_fit_says_where() -> None:
    assert refusal("长江".encode("gb18030") + b"\xff", "gb18030") == "not gb18030: byte 0xff at 4"


@pytest.mark.parametrize("name", ["klingon", "hex", "undefined", "punycode", "a\0b", ""])
def test_a_name_that_no_text_codec_has_is_an_error(name: str) -> None:
    assert f"no encoding that files can be read in is called {name or repr(name)}" == refusal(b"abc", name)


CHARACTERS = st.one_of(
    st.characters(min_codepoint=1, max_codepoint=0x7F),
    st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x20000, max_codepoint=0x323AF),
)


@given(st.text(CHARACTERS))
def test_any_text_in_utf_8_comes_back(text: str) -> None:
    assert Decoded(text, "utf-8") == decode(text.encode())


@example("\ufffd" * 9, (codecs.BOM_UTF16_LE, "utf-16-le"))
@given(st.text(), st.sampled_from([(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]))
def test_any_text_in_utf_16_with_a_mark_comes_back(text: str, how: tuple[bytes, str]) -> None:
    mark, codec = how
    # A mark and a NUL are how UTF-32-LE begins.
    text = text.lstrip("\0")

    assert Decoded(text, codec) == decode(mark + text.encode(codec))


@given(st.binary())
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    """What was found reads the same when its name is given, unless bytes of it were broken."""
    try:
        found = decode(data)
    except Unreadable:
        return

    assert "\ufffd" in found.text or found == decode(data, found.encoding)


def test_what_a_file_was_said_to_be_gives_way_to_a_mark_and_to_utf_8() -> None:
    """A file is converted to these; what fits neither them nor the usual codec is found out as ever."""
    text = "山中的茶要等霜降以後才好"

    assert ("big5", text) == decode(text.encode("big5"), usual="big5")[::-1]
    assert ("utf-8", text) == decode(text.encode(), usual="big5")[::-1]
    assert ("utf-16-le", text) == decode(text.encode("utf-16"), usual="big5")[::-1]
    assert ("gb18030", text) == decode(text.encode("gb18030"), usual="ascii")[::-1]
