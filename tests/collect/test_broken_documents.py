"""Files of books, papers and offices with bytes changed, cut out and put in: a record or a sentence, the same twice."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.collect._documents import Document, DocumentReader, Unreadable
from gristmill.contracts import catalog
from zipped import book, odt, page, shape, slides, word

BODY = (
    '<h1 id="a">One</h1><p>Rye<sup><a href="#n">1</a></sup></p><ul><li>x<ol><li>y</li></ol></li></ul><p id="n">1 z</p>'
)
TABLE = "<table><tr><td rowspan='2'>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
JATS = f"<article><front><article-meta/></front><body><sec><title>T</title><p>x</p>{TABLE}</sec></body></article>"
TEI = "<TEI><text><front><p>f</p></front><body><head>H</head><lg><l>a</l></lg><sp><p>b</p></sp></body></text></TEI>"
TAGS = [
    *("p", "sec", "title", "fn", "xref", "table", "tr", "td", "list", "list-item", "div", "head", "lg", "l", "sp"),
    *("note", "choice", "q", "sup", "disp-formula", "ref-list", "fig", "caption", "table-wrap", "speaker", "item"),
]
NAV = '<nav epub:type="toc"><ol><li><a href="a.xhtml#a">One</a></li></ol></nav>'
SOUND: dict[str, bytes] = {
    "epub": book({"a.xhtml": page(BODY + TABLE)}, nav=NAV),
    "docx": word("<w:p><w:r><w:t>x</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>", styles=""),
    "odt": odt("<text:h>H</text:h><text:p>x</text:p>"),
    "pptx": slides(shape("x", place="title")),
    "rtf": rb"{\rtf1\ansi{\fonttbl{\f0\fcharset204 A;}}{\footnote x}\pard\intbl a\cell\row\u8364?\'e9 b\par}",
    "jats": JATS.encode(),
    "tei": TEI.encode(),
}


def answer(name: str, data: bytes) -> list[str]:
    reader = catalog.reader(name)(paths=("x",))
    assert isinstance(reader, DocumentReader)
    try:
        return [one.text if isinstance(one, Document) else one for one in reader.documents(io.BytesIO(data))]
    except Unreadable as error:
        assert "\n" not in str(error)
        return [str(error)]


@pytest.mark.parametrize("name", SOUND)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_named(name: str, data: st.DataObject) -> None:
    sound = SOUND[name]
    start = data.draw(st.integers(0, len(sound)))
    end = data.draw(st.integers(start, min(start + 8, len(sound))) | st.just(len(sound)))
    damaged = sound[:start] + data.draw(st.binary(max_size=6)) + sound[end:]
    assert answer(name, damaged) == answer(name, damaged)


@pytest.mark.parametrize("name", ["jats", "tei"])
@settings(max_examples=60, deadline=None)
@given(tags=st.lists(st.sampled_from(TAGS)))
def test_elements_within_each_other_in_any_order_are_read_or_named(name: str, tags: list[str]) -> None:
    inside = "".join(f"<{tag}>x" for tag in tags) + "".join(f"</{tag}>" for tag in reversed(tags))
    body = f"<body>{inside}</body>"
    whole = f"<article>{body}</article>" if name == "jats" else f"<TEI><text>{body}</text></TEI>"
    assert len(answer(name, whole.encode())) == 1


def test_tables_that_ask_for_more_cells_than_there_are_stay_small(tmp_path: Path) -> None:
    cells = '<tr><td colspan="1000" rowspan="9000">x</td></tr>' * 3000
    data = book({"a.xhtml": page(f"<table>{cells}</table>")})
    assert len(answer("epub", data)[0]) < 2_000_000


@pytest.mark.parametrize(
    ("name", "tags", "around"),
    [
        ("jats", ["sec"], "<article><body>{}</body></article>"),
        ("jats", ["list", "list-item"], "<article><body>{}</body></article>"),
        ("tei", ["div"], "<TEI><text><body>{}</body></text></TEI>"),
        ("tei", ["list", "item"], "<TEI><text><body>{}</body></text></TEI>"),
        ("epub", ["blockquote"], "<html><body>{}</body></html>"),
        ("epub", ["ul", "li"], "<html><body>{}</body></html>"),
        ("epub", ["table", "tr", "td"], "<html><body>{}</body></html>"),
        ("epub", ["math", "mrow", "msqrt"], "<html><body>{}</body></html>"),
    ],
)
def test_what_is_nested_as_deeply_as_is_allowed_is_read(name: str, tags: list[str], around: str) -> None:
    count = 150 // len(tags)
    closing = "".join(f"</{tag}>" for tag in tags[::-1])
    inside = "".join(f"<{tag}>" for tag in tags) * count + "<mi>deep</mi>" + closing * count
    data = around.format(inside)
    (text,) = answer(name, book({"a.xhtml": data}) if name == "epub" else data.encode())
    assert "deep" in text and "nested" not in text
