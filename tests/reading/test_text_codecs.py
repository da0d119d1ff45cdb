"""Of Python's codecs those for the text of documents are allowed, and the others refused before a file is read."""

from __future__ import annotations

import codecs
import encodings
import encodings.aliases
import pkgutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import searchlib

from searchlib import Library
from searchlib.errors import SearchlibError, UnknownEncoding, Unreadable
from searchlib.reading.encodings import decode
from searchlib.text_codecs import ENCODINGS, codec_of

NAMES = sorted(
    {*encodings.aliases.aliases, *encodings.aliases.aliases.values()}
    | {module.name for module in pkgutil.iter_modules(encodings.__path__)}
)
# By the name of the codec, and why.
REFUSED = {
    "charmap": "needs a table of its own",
    "idna": "names of hosts",
    "mbcs": "depends on the machine",
    "oem": "depends on the machine",
    "punycode": "parts of names of hosts, in quadratic time",
    "raw-unicode-escape": "source code, and halves of surrogate pairs",
    "undefined": "always an error",
    "unicode-escape": "source code, and halves of surrogate pairs",
}
NO_TEXT = ["base64", "bz2", "hex", "quopri", "rot-13", "uu", "zlib"]


def name_of(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:  # a codec of another system, or no codec
        return ""


def test_every_codec_of_python_is_allowed_or_refused_for_a_reason() -> None:
    there = {name_of(name) for name in NAMES} - {""}

    assert there <= ENCODINGS | {*REFUSED} | {*NO_TEXT}
    assert set() == ENCODINGS & {*REFUSED, *NO_TEXT}
    # The name is Python's own, so that a file read in it is known by one name.
    assert {name: name for name in ENCODINGS} == {name: codec_of(name) for name in ENCODINGS}


@pytest.mark.parametrize("name", [name for name in NAMES if name_of(name)])
def test_a_name_of_a_codec_gives_it_or_is_refused(name: str) -> None:
    """Each of the names that Python has, in the command and in the library, without a look at a file."""
    if name_of(name) in ENCODINGS:
        assert name_of(name) == codec_of(name)
        return
    with pytest.raises(UnknownEncoding) as caught:
        Library.create("index").update(["nowhere"], encoding=name)

    assert f"no encoding that files can be read in is called {name}" == str(caught.value)
    assert all(
        known in caught.value.hint for known in ("utf-16", "gb18030", "big5hkscs", "shift_jis", "euc_kr", "cp1252")
    )
    assert isinstance(caught.value, SearchlibError)
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(
    "name", ["punycode", "unicode_escape", "base64", "klingon", "", "a b", "\U0001f600", "x" * 10_000]
)
def test_the_command_refuses_it_at_once(name: str, here: Path) -> None:
    answer = searchlib("index", "--encoding", name, ".")

    said = "searchlib: Invalid value for '--encoding': no encoding that files can be read in is called "
    assert answer.err.startswith(f"{said}{name or repr(name)}; there are: utf-8, ")
    assert ("", 2) == (answer.out, answer.status)
    assert [] == [*here.iterdir()]


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_what_is_allowed_reads_any_bytes_or_refuses_them(encoding: str) -> None:
    """As characters that can be written again."""

    @given(st.one_of(st.binary(), st.text(max_size=20).map(lambda text: text.encode(encoding, "ignore"))))
    def holds(data: bytes) -> None:
        try:
            decode(data, encoding).text.encode()
        except Unreadable:
            return

    holds()


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(Unreadable, match="half a surrogate pair at character 2"):
        decode(b"ab+2AA-", "utf-7")


def test_an_encoding_that_was_allowed_before_is_refused_for_each_file() -> None:
    """Where a catalog says that the user once gave one."""
    with pytest.raises(Unreadable, match="no encoding that files can be read in is called punycode"):
        decode(b"abc", "punycode")
