"""HTML: what a reader of the page sees is searched, and pointed at where it stands in the file."""

from __future__ import annotations

import pytest
from documents import paragraphs_of, strays
from hypothesis import given
from hypothesis import strategies as st

from searchlib.model import Place
from searchlib.reading import read

# Tags and text in any order, most of it broken markup.
TAGS = (
    "<p> </p> <b> </b> <h1> </h1> <pre> </pre> <td> <tr> <br> <ruby> <rt> <title> </title> <script> </script>".split()
)
PIECES = [
    *"甲乙丙丁戊𠮷 \n<>/&;!-a\"'=",
    *TAGS,
    "&amp;",
    "&copy",
    "&#20013;",
    "&#x4e2d",
    "<!--",
    "<![",
    "-->",
    "]]>",
    "<?x",
    "\r\n",
]


def shown(text: str) -> list[str]:
    return [paragraph.text for paragraph in paragraphs_of("a.html", text)]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (["枫桥经验"], "<p>枫<b>桥<i>经</i></b><span class=x>验</span></p>"),
        (["枫桥经验"], "<P>枫<B>桥</B>经<!-- <p>注 -->验</P>"),
        (["北京市"], "<p>北<st1:place w:st='on'>京</st1:place>市<o:p></o:p></p>"),
        (["甲", "乙", "丙"], "<div>甲<br>乙<br/>丙</div>"),
        (["一", "二", "三"], "<ul><li>一<li>二</ul>三"),
        (["甲乙", "丙丁"], "<p>甲<b>乙<p>丙</b>丁"),
        (["中文与two words"], "<p>中文\n  与two\n\twords </p>"),
        (["甲 = 1\n\n  乙"], "<pre>\n甲 = 1\n\n  <b>乙</b>\n</pre>"),
        (
            ["甲 乙 丙丁", "戊 己"],
            "<table><tr><td>甲</td>\n<td>乙</td>\n <th>\n丙\n丁</th></tr><tr><td>戊<td>己</table>",
        ),
        (["一", "二"], "<table><tr><td><p>一</p></td><td><p>二</p></td></tr></table>"),
        (["文"], "<script>var 甲 = '<p>乙';</script><style>p {}</style><template>丙</template>文"),
        (["文"], "<!DOCTYPE html><?xml version='1.0'?><![CDATA[甲]]><!-- 乙\n --><body>文"),
        (["漢字很美", "后文"], "<ruby>漢<rp>(<rt>hàn<rp>)</ruby>字很美<p>后文"),
        (["漢字", "后文"], "<ruby><rb>漢<rt>かん<rb>字<rt>じ</ruby><p>后文"),
        (["甲", "后文"], "<p><ruby>甲<rt>jiǎ<p>后文"),
        (["& <b> 枫桥 ©2024 中国"], "&amp; &lt;b&gt; 枫&#26725; &copy2024 &#x4e2d;&#22269"),
        (["AT&T 与 R&D; 与 a&b"], "AT&T 与 R&D; 与 a&b"),
        (["甲 < 乙 <3 & 丙"], "<p>甲 < 乙 <3 & 丙"),
        (["甲", "乙"], "<script src=a.js/></script>甲<script/><p>乙"),
        (["甲", "乙丙", "<![丁"], "<![if !vml]>甲<![endif]><p>乙<![丁]>丙<p><![丁"),
        (["题", "甲"], "<title>题</title><p>甲"),
        (["甲", "乙"], "<p>甲<!-- <p>乙"),
        (["甲", '<a href="乙 <p'], '<p>甲</p><a href="乙 <p'),
        ([], "<script>永远没有结束 <p>甲"),
        ([], ""),
    ],
)
def test_the_text_of_the_page_is_what_is_searched(found: list[str], text: str) -> None:
    """Blocks are paragraphs, a table's rows too; tags inside a line do not part a word, and no markup is left."""
    assert found == shown(text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("题 目", "<html><head><title>\n题\n 目 </title></head><body><h1>头</h1>"),
        ("甲 & 乙", "<TITLE>甲 &amp; 乙</TITLE>"),
        ("甲", "<title>甲</title><svg><title>图标</title></svg>"),
        ("甲", "<title>甲<body><p>乙"),
        ("", "<h1>头</h1>"),
    ],
)
def test_the_title_is_that_of_the_page(title: str, text: str) -> None:
    """Its first `<title>`, with white space as a browser shows it."""
    assert title == read("a.html", text.encode()).title


def test_headings_lie_above_what_follows_them() -> None:
    """Levels make the path; a heading may be broken, stand in blocks of its own, or lack its end."""
    text = "<h1>第一<br>章</h1>甲<h2><div>二</div></h2><p>乙<h2>三<p>丙<h1></h1><p>丁"

    assert [
        ("第一章", ()),
        ("甲", ("第一章",)),
        ("二", ("第一章",)),
        ("乙", ("第一章", "二")),
        ("三", ("第一章",)),
        ("丙", ("第一章", "三")),
        ("丁", ("第一章", "三")),
    ] == [(paragraph.text, paragraph.heading) for paragraph in paragraphs_of("a.html", text)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end: str) -> None:
    """Flowing text and preformatted text behind any kind of line end keep their line numbers."""
    found = paragraphs_of("a.html", end.join(["<p>甲", " 乙</p>", "", "<pre>丙", "丁</pre>", "戊"]))

    assert [("甲乙", 1, 2), ("丙\n丁", 4, 5), ("戊", 6, 6)] == [
        (paragraph.text, paragraph.first_line, paragraph.last_line) for paragraph in found
    ]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(1, 9), "<p>a<b>b甲"),
        (Place(2, 3), "<p>a\n  甲"),
        (Place(1, 9), "x &amp; 甲"),
        (Place(1, 10), "&copy2024甲"),
        (Place(1, 4), "&T 甲"),
        (Place(3, 2), "<pre>\nb\n\t甲</pre>"),
        (Place(1, 4), "🍵é 甲"),
        (Place(1, 4), "<b>&#30002;"),
    ],
)
def test_a_character_is_pointed_at_behind_any_markup(place: Place, text: str) -> None:
    """Lines and columns are the file's, counted in characters; a reference is pointed at where it begins."""
    (paragraph,) = paragraphs_of("a.html", text)

    assert place == paragraph.place(paragraph.text.index("甲"))


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_every_place_is_right(text: str) -> None:
    """Whatever the markup, line and column of each character are those of that character in the file."""
    assert [] == strays("a.html", text)


@pytest.mark.parametrize("end", ["", ";"])
@pytest.mark.parametrize("reference", ["&#", "&#;", "&#x;", "&#甲;", "&", "&#12ab", "&#x", "&#xg"])
def test_what_is_no_reference_is_text_and_markup_goes_on_behind_it(reference: str, end: str) -> None:
    """Python's parser stops at some of these, and takes what is behind the second one for text."""
    found = paragraphs_of("a.html", "".join(f"<p>甲 {reference} <b>乙</b>{end}</p>" for _ in range(3)))

    assert [f"甲 {reference} 乙{end}"] * 3 == [paragraph.text for paragraph in found]
