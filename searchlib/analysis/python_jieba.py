"""jieba itself; nothing else imports it.

jieba writes its dictionary cache to the system's temp folder under a name that anyone can guess, and reads it back
with `marshal`. Here it goes to a folder of the user's own that nobody else can enter.
"""

from __future__ import annotations

import logging
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path


def cut(stretches: str) -> list[str]:
    """The words of stretches that line ends keep apart, line ends included, without the words inside others."""
    return list(_tokenizer().cut(stretches))


def is_word(word: str) -> bool:
    """Whether the dictionary has it."""
    # The beginnings of words are in it too, with a frequency of 0.
    return bool(_tokenizer().FREQ.get(word))


@cache
def _tokenizer() -> Any:
    """jieba's tokenizer with its dictionary read (0.6 s), from the cache where there is one."""
    with warnings.catch_warnings():
        # jieba's own source has invalid escapes, and it still asks for pkg_resources.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(_cache_folder())
    tokenizer.initialize()
    return tokenizer


def _cache_folder() -> Path:
    folder = user_cache_path("searchlib")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError:
        # A home that can't be written costs the cache, not the search: here jieba finds nothing and leaves nothing.
        return Path(os.devnull)
    return folder
