"""The encodings that files can be read in: an allow-list of Python's codecs.

Python has codecs that are not for the text of documents: some give bytes (base64), some are notations inside of other
text (`unicode_escape`, `idna`), take time by the square of the length (`punycode`), give halves of surrogate pairs
(`raw_unicode_escape`), or depend on the machine (`mbcs`). Whatever is not listed here is refused before a file is read.
"""

from __future__ import annotations

import codecs

from searchlib.errors import UnknownEncoding

_UNICODE = "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be utf-7"
_CHINESE = "gb18030 gbk gb2312 hz big5 big5hkscs cp950"
_JAPANESE = (
    "shift_jis shift_jis_2004 shift_jisx0213 cp932 euc_jp euc_jis_2004 euc_jisx0213 iso2022_jp iso2022_jp_1 "
    "iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext"
)
_KOREAN = "euc_kr cp949 johab iso2022_kr"
_IBM = (
    "037 273 424 437 500 720 737 775 850 852 855 856 857 858 860 861 862 863 864 865 866 869 874 875 1006 1026 1125 "
    "1140"
)
_MAC = "arabic croatian cyrillic farsi greek iceland latin2 roman romanian turkish"
_SINGLE_BYTE = (
    "ascii",
    *(f"iso8859-{number}" for number in (*range(1, 12), *range(13, 17))),
    *(f"cp{number}" for number in (*_IBM.split(), *range(1250, 1259))),
    *(f"mac-{name}" for name in _MAC.split()),
    *"hp-roman8 koi8-r koi8-t koi8-u kz1048 palmos ptcp154 tis-620".split(),
)
ENCODINGS = frozenset((*_UNICODE.split(), *_CHINESE.split(), *_JAPANESE.split(), *_KOREAN.split(), *_SINGLE_BYTE))
"""By the names that `codecs.lookup` gives."""

_SAID = (
    "utf-8, utf-16, utf-32, utf-7, gb18030, gbk, gb2312, hz, big5, big5hkscs, shift_jis, euc_jp, iso2022_jp, euc_kr, "
    "cp949, johab, and those of single bytes such as cp1252, iso8859-1 and koi8-r"
)


def codec_of(name: str) -> str:
    """Return Python's name of an encoding, which may be given by another one; raises `UnknownEncoding`."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        codec = ""
    if codec not in ENCODINGS:
        raise UnknownEncoding(name, _SAID) from None
    return codec
