"""Hostile questions, put through the parser and through a search; run from the root of the repository.

Nothing but `QueryError` may come of any text, every answer is the reference
engine's, and no question takes longer than `READING_S` to be read and `SEARCHING_S` to be answered, in seconds of
processor time. What breaks one of these is printed with its text, and the program ends with 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from searchlib.directory import Directory
from searchlib.engines import reference, whoosh
from searchlib.engines.interface import Engine, Reader
from searchlib.errors import QueryError, QueryTimeout
from searchlib.model import Anchor, Paragraph
from searchlib.query import Deadline, Question, parse
from searchlib.query.parser import LONGEST

READING_S = 1.0
# The time limit of a query here, so that slow ones do not take all the time there is; and what one may take at most.
QUERY_S, SEARCHING_S = 0.05, 10.0
# The reference engine is slow, and is asked about one question in so many.
COMPARED = 20

WORDS = (
    "枫桥 经济 楓橋 㐂𠮷 水 长江大桥 iPhone15 ｉＰｈｏｎｅ a ab aaa tidb_mem C++ R&D it's é ß ς İ 2024 ３ ☕ 👨‍👩‍👧"
).split()
OPERATORS = [
    *"AND OR NOT ＡＮＤ ＯＲ ＮＯＴ & ＆ && | ｜ || + ＋ - － ! ！ ( （ ) ） ^2 ＾２ ^2.5 ^0 ^1001 ^".split(),
    *"~1 ～２ ~20 ～ * ＊ ? ？ / // \\ ﹙ ﹚ ﹡ ﹖ ﹕ \" “ ” ‘ ’ ' 「 」 『 』 ｢ ｣ ＂ : ： , 。 … 、 [ ] { }".split(),
    *"title: 标题： 標題： heading: 小标题： path: 路径： date: 日期： size: encoding: text: foo:".split(),
    *" 　\n\t",
]
REAL = (
    "枫桥经验 人才",
    "（北京 OR 上海） AND 大学",
    "“枫桥 经济”～20 -水",
    "+长江 title:大桥^2.5",
    "/第[一二三]条.*违约金/ path:*.md",
    "北?大学 智能* 经济~1",
    "date:2024-03..2024-06 size:>1M encoding:gbk 江",
    "什么是“枫桥经验”？",
    "NOT (a b) OR 「他说“好”」",
    "1998/7/18 http://x.cn/a?b=c&d /etc/passwd 3~5",
)
ATOMS = [
    *r"a b . \w \W \d \s \S \b \B ^ $ \A \Z 枫 桥 [ab] [^a] [一-龥] [臺-灣] \1 \n \x41 \u67AB a* a+ .*".split(),
    *r"(a+)+ (a|a)* (a|ab)* (.*)* (?:a?){50}a{50} (((a{99}){99}){99}) (?=a) (?!a) (?<=a) (?<!ab) (?<=a*)".split(),
    *r"(?P<n>a) (?P=n) (?(1)a|b) (?>a*) a*+ (?i) (?i:σ) (?s) (?x) (?a) (?L) (?u) (?t) (?r) (?#x) (?R)".split(),
    *r"[[a] [a&&b] [] [^] ) ( { } {2} {2,} {,2} {9,1} {99} {999} {9999999999} | ? * + （ ） ［ ］ ＊".split(),
    *r"\N{BULLET} \p{L} \K \G \R \X".split(),
    " ",
]
AMOUNTS = [
    *"2024 2024-03 2024-3-5 2024年3月 0000 9999 2024-13 .. .. > < >= <= ≥ 1M 20k 1.5 ９".split(),
    *"999999999999999 99999999999999999999 gbk utf-8 \0 \ud800 *.md [a [z-a] ! a/b ** \\".split(),
]
SENTENCES = (
    "长江流经武汉，两岸是平原。枫桥经验与枫桥经济，人才密度决定创新浓度。",
    "長江「武漢」段的水位，今年 iPhone15 也查得到，北京大学、北方大学。",
    "第一条 违约金由当事人约定；tidb_mem_quota 从1GB調到4GB。",
    "𠮷来宝在㐂乐饭店，〆切﨑㎏ﬁ é ß ς İ ☕ 👨‍👩‍👧 C++ R&D it's",
    "a" * 1000,
    "ab" * 500,
    "枫桥" * 500,
    "他说：“水，水，水！”……",
    "a b " * 250,
    "。" * 40,
)


class Trouble(NamedTuple):
    """A question that did what none may."""

    text: str
    what: str


class Report(NamedTuple):
    """What came of a run: `refused` by message, with numbers and names left out; the slowest, in seconds."""

    asked: int
    answered: int
    refused: Counter[str]
    reading: tuple[float, str]
    searching: tuple[float, str]
    troubles: list[Trouble]


def anything(dice: random.Random) -> str:
    """All of Unicode, surrogates included."""
    return "".join(chr(dice.choice((dice.randrange(0x110000), dice.randrange(0x300)))) for _ in _some(dice, 40))


def soup(dice: random.Random) -> str:
    """Words and all that has a meaning, glued or with spaces."""
    space = dice.choice(("", " ", "　"))
    return space.join(dice.choice(dice.choice((WORDS, OPERATORS))) for _ in _some(dice, 30))


def run(dice: random.Random) -> str:
    """The same again and again, up to what a question may have and a little more."""
    piece = "".join(dice.choice(dice.choice((WORDS, OPERATORS, OPERATORS))) for _ in _some(dice, 4)) or "("
    lengths = (10, 30, 100, 300, dice.randrange(1000), dice.choice((100, LONGEST, LONGEST + 1)))
    return (piece * LONGEST)[: dice.choice(lengths)]


def nested(dice: random.Random) -> str:
    """Questions as people could write them, only deeper."""
    text = dice.choice(REAL)
    for _ in _some(dice, 25):
        form = dice.choice(
            ("({})", "（{}）", "({}) OR 水", "水 AND ({})", "NOT {}", "-({})^2", "+({})", "标题：({})", "a ({} | b)")
        )
        text = form.format(text)
    return text


def mutated(dice: random.Random) -> str:
    """A real question with some characters lost, doubled, moved or in other widths."""
    text = list(dice.choice(REAL))
    for _ in _some(dice, 6):
        at = dice.randrange(len(text))
        text[at] = dice.choice(("", text[at] * 2, dice.choice(OPERATORS), dice.choice(text), _wide(text[at])))
    return "".join(text)


def expression(dice: random.Random) -> str:
    """Regular expressions, most of them wrong or slow."""
    inside = "".join(dice.choice(ATOMS) for _ in _some(dice, dice.choice((3, 12, 60))))
    field = dice.choice(("", "", "title:", "-", "path:"))
    return f"{field}/{inside.replace('/', '')}/"


def pattern(dice: random.Random) -> str:
    """Wildcards, fuzzy words and distances, of few characters and of many."""
    piece = dice.choice(("a*", "a?", "*?", "枫*", "?桥", "ab", "枫", "。*", "é", "b"))
    kind = dice.choice(("{0}{1}", "{0}{1}~{2}", "“{0} {1}”~{2}", "「{0} {1} {0}」～{2}{2}", "title:{1}{0}*"))
    return kind.format(piece * dice.randrange(1, 80), dice.choice(WORDS), dice.randrange(10))


def condition(dice: random.Random) -> str:
    """Dates, sizes, encodings and paths, put together from what these are made of."""
    amount = "".join(dice.choice(AMOUNTS) for _ in _some(dice, 3))
    field = dice.choice(("date:", "日期：", "size:", "大小：", "encoding:", "path:", "路径："))
    return dice.choice(("{}{} 水", "{}“{}”", "-{}{}", "{}({} OR 水)")).format(field, amount)


def joined(dice: random.Random) -> str:
    """Several of these together."""
    kinds = [dice.choice(KINDS[:-1]) for _ in _some(dice, 4)]
    return dice.choice((" ", " OR ", "｜", " AND ", "")).join(kind(dice)[:900] for kind in kinds)


KINDS: tuple[Callable[[random.Random], str], ...] = (
    anything,
    soup,
    soup,
    run,
    nested,
    mutated,
    mutated,
    expression,
    expression,
    pattern,
    condition,
    joined,
)


def _some(dice: random.Random, most: int) -> range:
    return range(dice.randrange(1, most + 1))


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def questions(count: int, seed: int) -> Iterator[str]:
    dice = random.Random(seed)
    for _ in range(count):
        yield dice.choice(KINDS)(dice)


@contextmanager
def readers() -> Iterator[tuple[Reader, Reader]]:
    """The same 50 paragraphs in the Whoosh engine and in the reference engine."""
    with tempfile.TemporaryDirectory() as folder:
        engines = whoosh.create(Directory.open(folder)), reference.create()
        for engine in engines:
            _fill(engine)
        fast, plain = (engine.reader() for engine in engines)
        yield fast, plain
        fast.close()


def _fill(engine: Engine) -> None:
    with engine.writer() as writer:
        for number, path in enumerate(("a.txt", "卷/二.md", "坏\udcff.txt", "c.html", "枫桥.txt")):
            texts = [text if number else text * 2 for text in SENTENCES]
            heading, title = (f"第{number}章 水",) if number else (), "長江 a" if number % 2 else ""
            paragraphs = [
                Paragraph(path, at, text[:1000], at + 1, at + 1, heading, title, (Anchor(0, at + 1, 1),))
                for at, text in enumerate(texts)
            ]
            writer.replace(path, paragraphs)
        writer.commit()


def ask(count: int, seed: int, seconds: float | None = None) -> Report:
    """Asks so many questions, or as many as there is time for."""
    end = time.monotonic() + (float("inf") if seconds is None else seconds)
    asked = 0
    answered, refused, troubles = 0, Counter[str](), list[Trouble]()
    reading = searching = (0.0, "")
    with readers() as (fast, plain):
        for number, text in enumerate(questions(count, seed)):
            if time.monotonic() >= end:
                break
            asked += 1
            began = read = time.process_time()
            try:
                question = parse(text, deadline=Deadline(QUERY_S)).bound(lambda: ())
                read = time.process_time()
                found = _found(fast, question)
                is_whole = number % COMPARED == 0 and not question.deadline.ran_out
                if is_whole and found != _found(plain, question):
                    troubles.append(Trouble(text, "the engines differ"))
                answered += 1
            except QueryTimeout as error:
                refused[str(error)] += 1
            except QueryError as error:
                refused["".join(" " if char.isdigit() else char for char in str(error))[:40]] += 1
                if not 0 <= error.at <= len(text):
                    troubles.append(Trouble(text, f"wrong at {error.at}"))
            except Exception as error:  # noqa: BLE001 — that there is none is what is looked for
                troubles.append(Trouble(text, repr(error)))
            ended = time.process_time()
            read = read if read > began else ended
            reading, searching = max(reading, (read - began, text)), max(searching, (ended - read, text))
    return Report(asked, answered, refused, reading, searching, troubles)


def _found(reader: Reader, question: Question) -> tuple[int, int]:
    """How many paragraphs answer in whole and in part; the first ones are read."""
    ranking = reader.search(question, limit=5)
    for _ in ranking.ranked:
        pass
    return ranking.complete, ranking.partial


def main() -> int:
    options = argparse.ArgumentParser(
        prog="python -m tests.fuzz.query", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "count", nargs="?", type=int, default=100_000, metavar="N", help="how many questions (default: %(default)s)"
    )
    options.add_argument("--seconds", type=int, default=1_200, help="a bound on the time (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="of the questions (default: %(default)s)")
    given = options.parse_args()
    began = time.perf_counter()
    report = ask(given.count, given.seed, given.seconds)
    print(f"{report.asked:,} questions in {time.perf_counter() - began:.0f} s, seed {given.seed}")
    print(f"answered {report.answered:,}, refused {report.refused.total():,}")
    for message, times in report.refused.most_common(15):
        print(f"{times:8,} {message}")
    for what, (seconds, text), most in (
        ("reading", report.reading, READING_S),
        ("searching", report.searching, SEARCHING_S),
    ):
        print(f"slowest {what}: {seconds:.3f} s {text[:100]!r}")
        if seconds > most:
            report.troubles.append(Trouble(text, f"{what} took {seconds:.3f} s"))
    for trouble in report.troubles[:50]:
        print(f"{trouble.what}: {trouble.text!r}")
    print(f"{len(report.troubles)} in trouble")
    return 1 if report.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
