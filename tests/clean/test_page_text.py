"""Plain text that a kernel writes, held to the same blocks written one by one with `Prose`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.clean._page_arrays import read_arrays
from gristmill.clean._page_text import _prose, _texts, page_text
from gristmill.text.block_layout import block_layout

PIECES = st.sampled_from(
    [
        "mill", "grain &amp; flour", "\u00e9\u4e2d\U0001f600", " ", "<br>", "a|b", "\u0085", "\u00a0", "\u2028",
        "<p>", "</p>", "<h2>", "</h2>", "<ul>", "</ul>", "<ol>", "</ol>", "<ol start=7>", "<ol start=0009>",
        "<ol start=10000>", "<ol start=-3>", "<ol start='99x'>", "<li>", "</li>", "<table>", "</table>", "<tr>", "<td>",
        "<th>", "</tr>", "<pre>", "</pre>", "  x\n\n\ty \n", "<blockquote>", "</blockquote>", "<div>", "</div>", "<i>",
        "</i>", "<code>", "</code>",
    ]
)  # fmt: skip
PAGES = st.lists(PIECES, max_size=60).map("".join)


def both(html: str, chosen: np.ndarray | None = None) -> tuple[str, str]:
    page = html.encode()
    arrays = read_arrays(page)
    taken = np.arange(len(arrays.blocks)) if chosen is None else np.flatnonzero(np.resize(chosen, len(arrays.blocks)))
    rows, ordinals = block_layout(arrays.blocks, arrays.elements, taken)
    blocks = zip(taken.tolist(), _texts(arrays, taken), rows.tolist(), strict=True)
    return page_text(arrays, page, taken, "text"), _prose(arrays, page, "text", ordinals, blocks)


@settings(max_examples=400)
@given(PAGES, st.lists(st.booleans(), min_size=1, max_size=9))
def test_the_kernel_writes_what_prose_writes(html: str, chosen: list[bool]) -> None:
    for some in (None, np.array(chosen)):
        written, expected = both(html, some)
        assert written == expected


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>a<br>b</h1><p>c<br>d", "a b\n\nc\nd"),
        ("<p>x<ul><li>a<br>b<li>c<ol><li>d<li>e</ol>f</ul>", "x\n\n- a\n  b\n- c\n  1. d\n  2. e\n\nf"),
        ("<ol start=09><li>a<p>b</ol>", "9. a\n   b"),
        ("<p>x<table><tr><td>a<td>b|c<tr><td>d</table>y", "x\n\n| a | b\\|c |\n| --- | --- |\n| d |  |\n\ny"),
        ("<pre>a\n\n  b</pre><p>a\u0085b", "a\n\n  b\n\na b"),
    ],
)
def test_text_of_a_page(html: str, text: str) -> None:
    assert both(html) == (text, text)


def test_more_lines_in_items_than_there_seemed_to_be_room_for_are_written() -> None:
    lines = "<br>".join("ab" for _ in range(2000))
    written, expected = both(f"{'<ul><li>x' * 12}<br>{lines}")
    assert written == expected and len(written) > 40_000


def test_a_table_of_which_nothing_is_left_leaves_no_gap() -> None:
    cells = "<td>" * 100
    written, expected = both(f"<p>x<table><tr>{cells}<td>far<tr><td><td>far</table><p>y")
    assert written == expected


def test_marks_of_permalinks_go_with_the_space_before_them() -> None:
    page = "<h1>a <a>\u00b6</a></h1><p>b\u00b6<p><a>\u00b6</a><p>c\u00b6d<p>e".encode()
    arrays = read_arrays(page)
    for form, text in (("text", "a\n\nb\n\nc\u00b6d\n\ne"), ("markdown", "# a\n\nb\n\nc\u00b6d\n\ne")):
        assert page_text(arrays, page, np.arange(len(arrays.blocks)), form) == text
