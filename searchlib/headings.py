"""The path of headings above a paragraph: those of the format, and those that Chinese documents number in the text.

第一编 › 第二章 › 第三节 › 第四条, and 一、 › （一） below them. A line counts as a heading of the text when it is
short and is not a sentence; only 第X条 is one even where its text follows in the same line, as in every statute.
"""

from __future__ import annotations

import re

_DIGITS = "〇零○一二三四五六七八九十百千两0123456789０１２３４５６７８９"
_NUMBER = f"[{_DIGITS}]+"
# What a numbered heading begins with, which most paragraphs do not.
_FIRST = frozenset(f"第（({_DIGITS}")
_CHAPTER = re.compile(rf"第{_NUMBER}(?P<unit>部分|分编|卷|部|编|編|篇|章|回|节|節)")
_ARTICLE = re.compile(rf"第{_NUMBER}[条條](?:之{_NUMBER})?(?=[\s　【（(：:、]|$)")
_ITEM = re.compile(rf"{_NUMBER}、")
_SUB_ITEM = re.compile(rf"[（(]{_NUMBER}[）)]")
_STOP = re.compile("[。；！？;!?]")
_LAST_OF_SENTENCE = frozenset("。；！？;!?，、：,:…")
_LONGEST = 40
# Characters that the paths of one document's headings may have together, a hundred times as many as those of a book.
# Each is kept and indexed whole: short headings below a long one would take many times the memory that their file does.
_MOST_CHARACTERS = 5_000_000
# Between number and words; without one, a comma betrays a sentence: 第三章讲到的，这里不再重复
_GAPS = " \t　：:、.．"

# Ranks of numbered headings lie below the six levels that formats have.
_RANKS = {
    "卷": 10,
    "部": 10,
    "部分": 10,
    "编": 10,
    "編": 10,
    "篇": 10,
    "分编": 11,
    "章": 12,
    "回": 12,
    "节": 13,
    "節": 13,
}
_ARTICLE_RANK, _ITEM_RANK, _SUB_ITEM_RANK = 14, 15, 16


class HeadingPath:
    """Follows a document from paragraph to paragraph and knows the headings that hold."""

    def __init__(self) -> None:
        # Each with its rank and, itself the last, the path that it makes for what is below it.
        self._open: list[tuple[int, tuple[str, ...]]] = []
        self._path: tuple[str, ...] = ()
        self._left = _MOST_CHARACTERS

    def place(self, text: str, level: int) -> tuple[str, ...]:
        """The headings above a paragraph, which may itself open one; `level` is 0 or that of the format's heading.

        In a document with more headings than any person writes, those far down have only the nearest one above them.
        """
        if level:
            return self._placed(level, text)
        if text[:1] in _FIRST:
            rank, label = numbered(text)
            if rank:
                return self._placed(rank, label)
        return self._path

    def _placed(self, rank: int, label: str) -> tuple[str, ...]:
        while self._open and self._open[-1][0] >= rank:
            self._open.pop()
        above = self._open[-1][1] if self._open else ()
        self._path = (*above, label)
        self._left -= sum(map(len, self._path))
        if self._left < 0:
            self._path = (label,)
        self._open.append((rank, self._path))
        return above


def numbered(text: str) -> tuple[int, str]:
    """The rank and the words of the heading that a paragraph of text is or opens with; (0, "") where it is none."""
    if is_title(text):
        rank = _rank(text)
        return rank, text if rank else ""
    article = _ARTICLE.match(text)
    return (_ARTICLE_RANK, article[0]) if article else (0, "")


def _rank(title: str) -> int:
    if _ARTICLE.match(title):
        return _ARTICLE_RANK
    chapter = _CHAPTER.match(title)
    if chapter and (title[chapter.end() :][:1] in _GAPS or "，" not in title):
        return _RANKS[chapter["unit"]]
    if _ITEM.match(title):
        return _ITEM_RANK
    return _SUB_ITEM_RANK if _SUB_ITEM.match(title) else 0


def is_title(text: str) -> bool:
    """Whether a line is short and no sentence."""
    return len(text) <= _LONGEST and text[-1:] not in _LAST_OF_SENTENCE and "\n" not in text and not _STOP.search(text)
