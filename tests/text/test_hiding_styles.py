"""Text that inline markup hides: pages grown as trees whose truth is known, styles against plain Python."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.hidden_markup import ARIA_HIDDEN, COLUMNS, COMMENT, NOSCRIPT, VISIBLE, hidden_markup
from gristmill.text.inline_style import (
    ATTRIBUTE,
    CLIP,
    COLOUR,
    DISPLAY,
    FONT_SIZE,
    OFF_SCREEN,
    OPACITY,
    VISIBILITY,
)


def counts(page: str, *, white: bool = False) -> dict[int, int]:
    data, offsets = flat(pa.array([page.encode()], pa.large_binary()))
    found = hidden_markup(data, offsets, np.arange(1), white=white)
    return {kind: int(found.counts[0, kind]) for kind in range(COLUMNS) if found.counts[0, kind]}


STYLES: list[tuple[str, int | None]] = [
    ("display:none", DISPLAY),
    (" DISPLAY : None !important ; color: red", DISPLAY),
    ("visibility: hidden", VISIBILITY),
    ("visibility:collapse;", VISIBILITY),
    ("opacity:0", OPACITY),
    ("opacity: 0.0", OPACITY),
    ("font-size:0", FONT_SIZE),
    ("font-size: 1px", FONT_SIZE),
    ("position:absolute;left:-9999px", OFF_SCREEN),
    ("top: -100em", OFF_SCREEN),
    ("text-indent:-999px", OFF_SCREEN),
    ("clip: rect(0 0 0 0)", CLIP),
    ("clip:rect(1px, 1px, 1px, 1px)", CLIP),
    ("clip-path: inset(50%)", CLIP),
    ("height:1px;width:1px;overflow:hidden", CLIP),
    ("color:#fff;background:#FFFFFF", COLOUR),
    ("color: white; background-color: rgb(250, 250, 252)", COLOUR),
    ("color:transparent", COLOUR),
    ("background:url(data:image/png;base64,AA==); display:none", DISPLAY),
    ("display:block", None),
    ("opacity:0.5", None),
    ("font-size:1em", None),
    ("font-size:0.8rem", None),
    ("left:-50px", None),
    ("text-indent:-9px", None),
    ("height:0", None),
    ("color:#fff", None),
    ("color:#fff;background:#000", None),
    ("color:rgba(0,0,0,0.5);background:#000", None),
    ("clip:rect(0, 90px, 90px, 0)", None),
    ("clip-path: inset(5%)", None),
    ("background:url('x;display:none')", None),
    ("xdisplay:none", None),
    ("", None),
]


@pytest.mark.parametrize(("style", "kind"), STYLES)
def test_a_style_hides_or_does_not(style: str, kind: int | None) -> None:
    assert counts(f"""<p style="{style}">text</p>""") == {VISIBLE if kind is None else kind: 4}


NAMES = ["div", "span", "b", "section", "li", "p"]
element: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["seen ", "é中 x", " \n", "a&amp;b", "1 < 2 "]),
        st.tuples(st.sampled_from(NAMES), st.sampled_from(ATTRIBUTES), st.lists(element, max_size=3)),
    )
)
ATTRIBUTES: list[tuple[str, int | None]] = [
    *((f' style="{style}"', kind) for style, kind in STYLES if kind not in (COLOUR,) and "color" not in style),
    (" hidden", ATTRIBUTE),
    (" HIDDEN=''", ATTRIBUTE),
    (" class=hidden id='display:none'", None),
    (" data-style='display:none'", None),
    ("", None),
]


def grown(node: Any, hidden: int | None, truth: dict[int, int], paragraph: bool) -> str:
    """The markup of a tree; `truth` counts its text by how it is hidden. No block stands in a paragraph."""
    if isinstance(node, str):
        kind = VISIBLE if hidden is None else hidden
        truth[kind] = truth.get(kind, 0) + len(re.sub(r"\s", "", node))
        return node
    name, (attribute, kind), children = node
    name = (
        "i"
        if paragraph and name in ("div", "section", "li", "p")
        else "div"
        if name in ("li", "p") and children
        else name
    )
    inner = "".join(
        grown(child, kind if hidden is None else hidden, truth, paragraph or name == "p") for child in children
    )
    return f"<{name}{attribute}>{inner}</{name}>"


@given(st.lists(element, max_size=4))
@settings(max_examples=300, deadline=None)
def test_what_hides_an_element_hides_all_that_is_in_it(nodes: list[Any]) -> None:
    truth: dict[int, int] = {}
    page = "".join(grown(node, None, truth, False) for node in nodes)
    assert counts(page) == {kind: count for kind, count in truth.items() if count}


@given(st.text(alphabet="<>!-/ =\"'abpdivstyle:none;hidden()#0fscript", max_size=80))
@settings(max_examples=300, deadline=None)
def test_broken_markup_counts_no_more_than_its_characters(page: str) -> None:
    assert sum(count for kind, count in counts(page).items() if kind != ARIA_HIDDEN) <= len(page)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p hidden>gone<p>seen", {ATTRIBUTE: 4, VISIBLE: 4}),
        ("<ul><li hidden>gone<li>seen</ul>", {ATTRIBUTE: 4, VISIBLE: 4}),
        ("<p hidden>gone<div>seen</div>", {ATTRIBUTE: 4, VISIBLE: 4}),
        ("<div hidden>gone</p>gone</div>seen", {ATTRIBUTE: 8, VISIBLE: 4}),
        ("<div hidden><br>gone<img src=x>gone</div>seen", {ATTRIBUTE: 8, VISIBLE: 4}),
        ("<script>if(a<b){c}</script><style>p{}</style><title>t</title>seen", {VISIBLE: 4}),
        ("<svg><path d='' /><g hidden/></svg>seen", {VISIBLE: 4}),
        ("<!-- said --><!---->seen<!-->seen", {COMMENT: 4, VISIBLE: 8}),
        ("<noscript>none <b hidden>gone</b></noscript>seen", {NOSCRIPT: 8, VISIBLE: 4}),
        ("<template>gone</template>seen", {VISIBLE: 4}),
        ("<i aria-hidden=true>seen</i><i aria-hidden=false>seen</i>", {VISIBLE: 8, ARIA_HIDDEN: 4}),
        (
            "<div style='background:#fff'><p style='color:white'>gone <b style='color:red'>seen</b></p></div>",
            {COLOUR: 4, VISIBLE: 4},
        ),
        ("<body bgcolor=white><font color='#FFF'>gone</font>", {COLOUR: 4}),
        ("<a title='>' hidden>gone</a>seen", {ATTRIBUTE: 4, VISIBLE: 4}),
        ("</div></p>seen", {VISIBLE: 4}),
    ],
)
def test_pages_are_read_as_browsers_read_them(page: str, expected: dict[int, int]) -> None:
    assert counts(page) == expected


def test_white_text_is_hidden_where_pages_are_taken_for_white() -> None:
    page = "<p style='color:#fff'>gone</p><p>seen</p><p style='color:#fff;background:navy'>seen</p>"
    assert counts(page) == {VISIBLE: 12}
    assert counts(page, white=True) == {COLOUR: 4, VISIBLE: 8}


def test_deep_and_unclosed_markup_takes_time_by_its_length() -> None:
    assert counts("<div>" * 100_000 + "x" + "</b>" * 100_000 + '<a b="' + "y" * 100_000) == {VISIBLE: 1}
