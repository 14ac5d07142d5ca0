"""A page read into flat arrays, beside the tree that lexbor makes of it."""

from __future__ import annotations

import html

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from gristmill.clean._page_arrays import PageArrays, Reader, read_arrays
from gristmill.text.html_attributes import token_hash
from gristmill.text.html_layout import (
    CHARACTERS,
    ELEMENT,
    END,
    FINAL,
    FIRST,
    HIDDEN,
    INITIAL,
    LAST,
    LINK_WORDS,
    LINKS,
    PARENT,
    START,
    STATE,
    TAG,
    WORDS,
    WORDS_END,
)
from gristmill.text.html_names import NAMES
from gristmill.text.html_references import LONGEST

INLINE = {"a", "b", "span", "i", "em", "code"}


def read(page: str) -> PageArrays:
    return read_arrays(page.encode())


def texts(page: str) -> list[str]:
    return read(page).texts()


def path(arrays: PageArrays, block: int) -> list[str]:
    """The names of the elements around a block, the outermost first."""
    names = []
    element = int(arrays.blocks[block, ELEMENT])
    while element > 0:
        number = int(arrays.elements[element, TAG])
        names.append(NAMES[number - 1] if number else "?")
        element = int(arrays.elements[element, PARENT])
    return names[::-1]


def paths(page: str) -> list[str]:
    arrays = read(page)
    return [" ".join(path(arrays, k)) for k in range(len(arrays.blocks))]


def test_text_between_block_elements_is_a_block_each_with_white_space_collapsed():
    assert texts("<p>one\n  two<p> <b>th</b>ree </p><div></div> four") == ["one two", "three", "four"]


def test_a_line_break_is_a_line_and_two_are_a_new_block():
    assert texts("one<br>two<br> <br>three") == ["one\ntwo", "three"]


def test_code_keeps_its_white_space():
    assert texts("<pre>\n  if x:\n\treturn <b>1</b>  \n</pre>after") == ["  if x:\n\treturn 1", "after"]


def test_end_tags_that_html_leaves_out_are_implied():
    assert paths("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>") == ["ul li", "ul li", "ul li ul li", "ul li"]
    assert paths("<table><tr><td>1<td>2<tr><th>3</table>x") == ["table tr td", "table tr td", "table tr th", ""]
    assert paths("<dl><dt>a<dd>b<dt>c</dl>") == ["dl dt", "dl dd", "dl dt"]
    assert paths("<p>a<h2>b</h2><p>c<div>d</div>e") == ["p", "h2", "p", "div", ""]


def test_an_end_tag_that_closes_nothing_is_passed_over():
    assert texts("<div><p>a</b></i></section>b</p></div>c") == ["ab", "c"]
    assert paths("<table><tr><td>a</div></ul>b</td></tr></table>") == ["table tr td"]


def test_scripts_styles_comments_and_drawings_have_no_text():
    page = "a<script>if (x < 1) '<p>no</p>'</script><style>p{}</style><!-- <p>no -- > --><svg><text>no</text></svg>b"
    assert texts(page) == ["a b"]
    assert texts("<select><option>no</select><template><p>no</p></template>x<title>no</title>") == ["x"]
    assert texts("<!-->a<!--->b<!doctype html>c<?php no ?>d</ no>e") == ["abcde"]


def test_what_is_for_browsers_without_scripts_is_read():
    assert texts("<noscript><p>posts</p></noscript>") == ["posts"]


def test_a_page_that_ends_within_markup_is_read_so_far():
    for end in ("<", "</", "<!", "<!--", "<p", "<p a", "<p a='", "<script>no", "&", "&#", "&#x", "&am", "<a href="):
        assert texts(f"<p>so far</p>{end}")[0] == "so far", end


def test_formulas_are_their_latex_where_they_carry_it():
    annotated = "<math><mi>E</mi><annotation encoding='application/x-tex'> E = mc^2 </annotation></math>"
    assert texts(f"so {annotated} holds") == ["so $E = mc^2$ holds"]
    assert texts("so <math alttext='a &lt; b'><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>.") == ["so $a < b$."]
    assert texts("<script type='math/tex; mode=display'>\\pi</script>") == ["$\\pi$"]
    assert texts("<math><mi>x</mi><mo>=</mo><mn>1</mn></math>") == ["x=1"]
    assert texts("<math><mi>x</mi></math><annotation encoding=tex>no</annotation>") == ["x"]


def test_the_title_is_apart():
    arrays = read("<title>Mills &amp; grist</title><p>text<title>other</title>")
    assert arrays.title_text() == "Mills & grist"
    assert arrays.texts() == ["text"]


def test_words_in_links_and_links_are_counted():
    (block,) = read("<p>one <a href=x>two three</a> <a name=y>four</a>").blocks
    assert (block[WORDS], block[LINK_WORDS], block[LINKS]) == (4, 2, 2)


def test_a_class_is_read_by_its_words_and_as_a_whole():
    def tokens(value):
        return read(f"<p class='{value}'>x").tokens.tolist()

    assert tokens("relatedPosts_7") == tokens("related-posts") and len(tokens("related-posts")) == 3
    assert tokens("related-posts")[:2] == [token_hash("related"), token_hash("posts")]
    assert tokens("related posts") == tokens("related-posts")[:2] and tokens("post-42") == [token_hash("post")]
    assert tokens("posts-related")[2] != tokens("related-posts")[2]


@pytest.mark.parametrize("name", ["aB", "aaBb", "ab-cd ", "a-b ", "abCdEfGhIjKlMnOpQrSt "])
def test_there_is_room_for_the_tokens_of_a_page_of_nothing_else(name):
    page = f"<p class='{name * 30}'>".encode() * 400
    assert len(read_arrays(page).tokens) <= len(page) - len(page) // 4


def test_what_a_style_or_an_attribute_hides_is_marked_with_all_in_it():
    page = '<div style="color:red; Display : none"><p>a</p></div><p hidden>b</p><p style="display:block">c</p>'
    arrays = read(page)
    hidden = arrays.elements[arrays.blocks[:, ELEMENT], STATE] & HIDDEN
    assert hidden.astype(bool).tolist() == [True, True, False]


@pytest.mark.parametrize("name", ["amp", "eacute", "nbsp", "hellip", "NotEqualTilde", "nGt", "lt", "Dot"])
def test_references_are_the_characters_that_they_stand_for(name):
    expected = html.unescape(f"&{name};").replace("\xa0", " ").strip()
    assert texts(f"<p>x&{name};y") == [f"x{expected or ' '}y"]


def test_names_without_a_semicolon_and_numbers_are_read_as_browsers_do():
    assert texts("<p>a&ampb &copy2 &notit; &nope; &#8217;&#x2019 &#150;&#0; &#xD800;") == [
        "a&b ©2 ¬it; &nope; ’’ –\ufffd \ufffd"
    ]


@given(st.text(alphabet="&#;xampltcopyNotEqualTilde0123456789 ", max_size=2 * LONGEST))
def test_any_reference_is_read_as_the_standard_library_reads_it(text):
    if "&#" in text:  # numbers of controls are left out there
        return
    assert texts(f"<p>.{text}") == [" ".join(html.unescape(f".{text}").split())]


PIECES = [
    "p", "div", "ul", "li", "ol", "table", "tr", "td", "th", "pre", "h1", "body", "html", "title", "svg", "select",
    "noscript", "x-card", "dl", "dt", "dd", "math", "a", "b", "span", 'a|href="x"', 'p|class="aB|c-d1"',
    'p|style="display:none"', "br", "!--|--|script", "/p", "/div", "/ul", "/li", "/td", "/table", "/a", "/b", "/pre",
    "/title", "/svg", "/script", "/select", "/x-card", "/body", "/dl", "/math",
]  # fmt: skip
TAGS = st.sampled_from([f"<{piece.replace('|', ' ')}>" for piece in PIECES])
MARKS = st.sampled_from(
    ["<", ">", "&", "&amp;", "&nGt;", "&#x1F600;", "<!--", "-->", '"', "'", "=", "/", " ", "é", "中"]
)
FRAGMENTS = st.lists(st.one_of(TAGS, MARKS, st.text(max_size=6)), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(FRAGMENTS)
@example("<a" * 300)
@example("&nGt;" * 50)
@example("<p>a" * 200)
def test_whatever_the_markup_the_arrays_fit_together(page):
    arrays = read(page)
    blocks, elements = arrays.blocks, arrays.elements
    assert all(0 <= parent < k for k, parent in enumerate(elements[1:, PARENT], 1))
    assert (elements[:, FIRST] <= elements[:, LAST]).all() and (elements[:, LAST] <= len(blocks)).all()
    assert (blocks[:, START] < blocks[:, END]).all() and (blocks[1:, START] >= blocks[:-1, END]).all()
    assert (blocks[:, WORDS_END] <= len(arrays.words)).all()
    for block, text in zip(blocks, arrays.texts(), strict=True):
        assert text.strip() and "\ufffd" not in text.replace("\ufffd", "", page.count("\ufffd"))
        assert block[INITIAL] == ord(text.lstrip()[0]) or "&" in page
        assert block[CHARACTERS] > 0 and block[FINAL] > 0x20
        element = int(block[ELEMENT])
        assert elements[element, FIRST] <= blocks.tolist().index(block.tolist()) < elements[element, LAST]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_utf_8_do_not_break_it(page):
    assert len(Reader().read(page).texts()) <= page.count(b"<") + 1


def test_a_room_used_again_leaves_nothing_of_the_page_before():
    reader = Reader()
    big, small = b"<div class=one><p>" + b"words and words " * 200 + b"</div>" * 3, b"<p class=x>small</p>"
    reader.read(big)
    again = reader.read(small)
    for one, other in zip(again, read_arrays(small), strict=True):
        np.testing.assert_array_equal(one, other)


WELL_FORMED = st.recursive(
    st.text(alphabet="abc é中", min_size=1, max_size=8),
    lambda inner: st.tuples(
        st.sampled_from(["div", "section", "span", "b", "article", "em", "blockquote"]), st.lists(inner, max_size=4)
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(WELL_FORMED)
def test_the_text_of_a_page_is_that_of_lexbors_tree(page):
    tree = HTMLTree.parse(f"<html><body>{page}</body></html>")
    assert "".join("".join(texts(page)).split()) == "".join((tree.body.text or "").split())


ODD = [
    "<p>a<b>b<p>c</b>d</p>e",
    "<ul><li>a<div>b<li>c</div>d</ul>",
    "<table><tr><td>a<table><tr><td>b</table>c<td>d</table>",
    "<a href=1>a<a href=2>b</a>c</a>",
    "<div><span>a</div>b</span>c",
    "<ol><li><p>a<li><p>b</ol>c",
    "<p>a<table><tr><td>b</table>c",
    "<h1>a<h2>b</h1>c",
    "<dl><dt>a<dd>b<p>c<dt>d</dl>",
    "<body>a<body>b<html>c</body>d</html>e",
    "<pre>a</pre>b<br/>c<hr/>d",
]


@pytest.mark.parametrize("page", ODD)
def test_odd_markup_gives_the_words_of_lexbors_tree_in_its_order(page):
    tree = HTMLTree.parse(page)
    assert "".join(texts(page)).replace("\n", "") == "".join((tree.body.text or "").split())
