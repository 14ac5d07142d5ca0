"""Rich text: code pages, groups, lists, tables, footnotes, and files that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect._documents import Unreadable
from gristmill.collect._flow import Flow
from gristmill.collect._rtf_text import RtfText
from gristmill.collect.rtf import Rtf


def read(tmp_path: Path, data: bytes, **settings: Any) -> Got:
    (tmp_path / "a.rtf").write_bytes(data)
    return Got(Rtf(paths=("a.rtf",), **settings), tmp_path)


def text(tmp_path: Path, content: bytes, **settings: Any) -> str:
    got = read(tmp_path, rb"{\rtf1\ansi " + content + b"}", **({"form": "markdown"} | settings))
    assert not got.errors
    return str(got.column("text")[0])


FONTS = rb"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset128 Gothic;}{\f3\fcharset2 Symbol;}}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (rb"caf\'e9 \'93so\'94", "café “so”"),
        (rb"\ansicpg1250 \'b9", "ą"),
        (FONTS + rb"{\f1 \'ec\'e5\'eb}\f2\'83A\f3\'b7\'41", "мелア•"),
        (rb"\u8364?\u-10179?\u-8704?x", "€😀x"),
        (rb"\uc2\u233\'c3\'a9t\uc0\u233t{\uc1\u233 e}", "étété"),
        (rb"\uc1\u228\'e4\u228 \bullet x", "ääx"),
        (rb"a\~b\_c\-d\{\}\\ \emdash  e", "a\u00a0b\u2011cd{}\\ — e"),
        (rb"a\bin3 }{}b", "ab"),
    ],
)
def test_signs_are_decoded_by_their_font_and_their_words(tmp_path: Path, content: bytes, expected: str) -> None:
    assert text(tmp_path, content) == expected


def test_destinations_that_hold_no_text_are_passed_over(tmp_path: Path) -> None:
    content = rb"""{\colortbl;\red0;}{\*\generator Mill 1;}{\header Head\par}{\pict 0102}{\field
{\*\fldinst HYPERLINK "x"}{\fldrslt a link}}{\*\unknown x{y}z}, {\v hidden}{\deleted old }{\upr{plain}{\*\ud{rich}}}
{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}
{\shptxt  in a box}}}"""
    assert text(tmp_path, content) == "a link, rich in a box"


def test_headings_come_from_styles_and_outlines(tmp_path: Path) -> None:
    styles = rb"{\stylesheet{\s0 Normal;}{\s4\b heading 2;}{\s5 Title;}}"
    content = rb"\pard\s5 Mills\par\pard\s4 Water\par\pard\outlinelevel2 Deep\par\pard plain\par"
    assert text(tmp_path, styles + content) == "# Mills\n\n## Water\n\n### Deep\n\nplain"


def test_lists_are_told_by_their_marks(tmp_path: Path) -> None:
    content = (
        rb"""\pard{\listtext 3.\tab}\ilvl0 three\par{\pntext\pard\plain \'b7\tab}\pard\ilvl1 dot\par\pard plain\par"""
    )
    assert text(tmp_path, content) == "3. three\n  - dot\n\nplain"


def test_rows_that_follow_each_other_are_a_table(tmp_path: Path) -> None:
    row = rb"\trowd\cellx1\cellx2\pard\intbl %s\cell %s\cell\row"
    content = rb"Before\par" + row % (b"grain", b"price") + row % (rb"rye\par and oats", b"1") + rb"\pard After\par"
    assert text(tmp_path, content) == "Before\n\n| grain | price |\n| --- | --- |\n| rye and oats | 1 |\n\nAfter"


def test_footnotes_are_told_apart_or_left_out(tmp_path: Path) -> None:
    content = rb"Flour{\super\chftn}{\footnote\pard {\super\chftn} Ground.\par} is white.\par"
    assert text(tmp_path, content) == "Flour[^1] is white.\n\n[^1]: Ground."
    assert text(tmp_path, content, notes=False) == "Flour is white."


def test_the_file_says_who_wrote_it(tmp_path: Path) -> None:
    got = read(tmp_path, rb"{\rtf1{\info{\title The {\b Mill}}{\author Ada}{\creatim\yr2020}}Text}")
    assert orjson.loads(str(got.column("metadata")[0])) == {"title": "The Mill", "authors": ["Ada"]}
    assert got.column("text") == ["Text"]


def test_each_broken_file_is_one_sentence(tmp_path: Path) -> None:
    for data, why in (
        (b"PK", "the file is no RTF: it does not begin with {\\rtf"),
        (rb"{\rtf1 {\b cut", "the file is cut off: 2 of its groups do not end"),
        (rb"{\rtf1 " + b"{" * 2000, "the groups of the file are nested deeper than 1000"),
        (rb"{\rtf1 {\pict 00}}", "the file has no text"),
    ):
        assert read(tmp_path, data).errors == [why]
    assert read(tmp_path, rb"{\rtf1 a} b").column("text") == ["a"]


WORDS = [
    *(
        b"{",
        b"}",
        rb"\par ",
        rb"\cell",
        rb"\row",
        rb"\intbl ",
        rb"\pard",
        rb"\u233 ",
        rb"\'e9",
        rb"\uc",
        rb"\*",
        rb"\footnote ",
    ),
    *(
        rb"\fonttbl",
        rb"\f1 ",
        rb"\fcharset128 ",
        rb"\stylesheet",
        rb"\s1 ",
        rb"\info",
        rb"\title ",
        rb"\listtext ",
        rb"\bin9 ",
    ),
    *(b"text", b"1.", b"\xff\x81", rb"\ud", rb"\upr", rb"\super ", rb"\v", rb"\plain", rb"\line", rb"\outlinelevel1 "),
]


@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=4), max_size=60).map(b"".join))
def test_no_file_makes_it_fail_but_by_a_sentence(content: bytes) -> None:
    def once() -> str:
        flow = Flow("text")
        try:
            RtfText(flow).read(rb"{\rtf1 " + content + b"}")
        except Unreadable as error:
            return str(error)
        return flow.finished()

    first = once()
    first.encode()  # there is no half of a character
    assert once() == first
