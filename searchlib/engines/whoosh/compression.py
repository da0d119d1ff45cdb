"""Zstandard, in the module that is Python's own from 3.14 on and its backport before that."""

from __future__ import annotations

import sys
from collections.abc import Callable

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdCompressor, ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdCompressor, ZstdDecompressor, ZstdError

# Of laws in blocks of 16 kB level 3 makes .329, in blocks of 32 kB .304 and level 4 .302, of documentation .339, .315
# and .308; with blocks of 32 kB both take less time, 3 at 210 MB/s and 4 at 200 (2026-11-28). Level 9 makes .31 at 23.
# zlib took twice the time of level 3 to make about the same, and three times as long to open a block.
_LEVEL = 4
# A block has 32 kB, and more where a single text is longer: of what is read unasked, none has more than 64 MB.
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
