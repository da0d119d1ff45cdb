"""Zstandard, in the module that is Python's own from 3.14 on and its backport before that."""

from __future__ import annotations

import sys
from collections.abc import Callable

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdCompressor, ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdCompressor, ZstdDecompressor, ZstdError

# On paragraphs of statutes in blocks of 16 kB: level 1 makes .40 of them at 227 MB/s, 3 .38 at 178, 9 .35 at 43;
# zlib .39 at 78 and .35 at 35, and takes three times as long to open a block.
_LEVEL = 3
# A block has 16 kB, and more where a single text is longer: of what is read unasked, none has more than 64 MB.
MOST_BYTES = 256_000_000


def compressor() -> Callable[[bytes], bytes]:
    """What makes a frame of each text it is given; to make one costs more than most frames."""
    made = ZstdCompressor(_LEVEL)

    def compress(content: bytes) -> bytes:
        if len(content) > MOST_BYTES:
            raise OverflowError(f"a text of more than {MOST_BYTES:,} bytes can't be stored")
        return made.compress(content, ZstdCompressor.FLUSH_FRAME)

    return compress


def decompress(frame: bytes) -> bytes:
    """Raises `ValueError` where it is no frame, or has more than `MOST_BYTES`: a few bytes can stand for 10 GB."""
    opened = ZstdDecompressor()
    try:
        content = opened.decompress(frame, MOST_BYTES)
    except ZstdError as error:
        raise ValueError(str(error)) from error
    if not opened.eof:
        raise ValueError(f"more than {MOST_BYTES:,} bytes, or not all of a block")
    return content
