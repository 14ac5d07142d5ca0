"""Books: what is in them, in order, and what is wrong with some."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from collecting import Got
from gristmill.collect.epub import Epub
from zipped import book, book_files, page, zipped

CHAPTERS = {
    "title.xhtml": page('<body epub:type="titlepage"><p>THE MILL</p></body>'),
    "one.xhtml": page("<h1>One</h1><p>Water turns\n the wheel.</p>"),
    "two.xhtml": page("<h1>Two</h1><p>It stops.</p>"),
    "notes.xhtml": page('<body epub:type="backmatter"><h1>Index</h1><p>wheel, 1</p></body>'),
}
NAV = """<nav epub:type="toc"><ol><li><a href="one.xhtml">Chapter One</a></li>
<li><a href="two.xhtml">Chapter Two</a></li><li><a href="notes.xhtml">Index</a></li></ol></nav>"""


def read(tmp_path: Path, data: bytes, **settings: Any) -> Got:
    (tmp_path / "a.epub").write_bytes(data)
    return Got(Epub(paths=("a.epub",), **settings), tmp_path)


def text(tmp_path: Path, body: str, **settings: Any) -> str:
    got = read(tmp_path, book({"one.xhtml": page(body)}), **settings)
    assert not got.errors
    return str(got.column("text")[0])


def facts(got: Got, at: int = 0) -> dict[str, Any]:
    return orjson.loads(str(got.column("metadata")[at]))


def test_a_book_is_one_record_in_reading_order_with_its_metadata(tmp_path: Path) -> None:
    got = read(tmp_path, book(CHAPTERS, nav=NAV))
    assert got.column("text") == ["THE MILL\n\nOne\n\nWater turns the wheel.\n\nTwo\n\nIt stops.\n\nIndex\n\nwheel, 1"]
    assert facts(got) == {
        "title": "The Mill",
        "authors": ["Ada Miller"],
        "language": "en",
        "identifier": "urn:isbn:9780000000002",
        "date": "1899-05-06",
        "front_characters": 10,
        "back_characters": 17,
    }
    assert str(got.column("time")[0]) == "1899-05-06 00:00:00+00:00"


def test_a_book_that_was_packed_with_its_folder_is_read_and_two_in_one_archive_are_not(tmp_path: Path) -> None:
    """As pandoc's and xmlto's users do who zip the folder from outside; some packages of Debian are such."""
    files = book_files(CHAPTERS, nav=NAV)
    got = read(tmp_path, zipped({f"epub/{name}": data for name, data in files.items()}))
    assert got.column("text") == read(tmp_path, book(CHAPTERS, nav=NAV)).column("text")
    two = read(tmp_path, zipped({f"{folder}/{name}": data for folder in "ab" for name, data in files.items()}))
    assert two.errors == ["the archive has no META-INF/container.xml"]


def test_chapters_are_records_that_know_their_place(tmp_path: Path) -> None:
    got = read(tmp_path, book(CHAPTERS, nav=NAV), per="chapter", form="markdown")
    assert got.column("text") == [
        "THE MILL",
        "# One\n\nWater turns the wheel.",
        "# Two\n\nIt stops.",
        "# Index\n\nwheel, 1",
    ]
    assert got.column("position") == [0, 1, 2, 3]
    told = [facts(got, at) for at in range(4)]
    assert [one.get("chapter") for one in told] == [None, "Chapter One", "Chapter Two", "Index"]
    assert [one["matter"] for one in told] == ["front", "body", "body", "back"]
    assert {one["title"] for one in told} == {"The Mill"}


@pytest.mark.parametrize("per", ["book", "chapter"])
def test_front_and_back_matter_can_be_left_out(tmp_path: Path, per: str) -> None:
    got = read(tmp_path, book(CHAPTERS, nav=NAV), per=per, leave_out=("front", "back"))
    assert "\n\n".join(map(str, got.column("text"))) == "One\n\nWater turns the wheel.\n\nTwo\n\nIt stops."


def test_what_stands_before_the_place_where_reading_begins_is_front_matter(tmp_path: Path) -> None:
    pages = {"a.xhtml": page("<p>For my mother.</p>"), "b.xhtml": page("<p>Once.</p>")}
    for guide, nav in (
        ('<reference type="text" href="b.xhtml#start"/>', ""),
        ("", '<nav epub:type="landmarks"><ol><li><a epub:type="bodymatter" href="b.xhtml">Start</a></li></ol></nav>'),
    ):
        assert read(tmp_path, book(pages, guide=guide, nav=nav), leave_out=("front",)).column("text") == ["Once."]


def test_chapters_of_one_page_are_cut_where_the_table_of_contents_points(tmp_path: Path) -> None:
    pages = {
        "a.xhtml": page('<div><h2><a id="c1"/>I</h2><p>One.</p><div id="c2"><h2>II</h2><p>Two.</p></div></div>'),
        "b.xhtml": page('<p>Two goes on.</p><h2 id="c3">III</h2><p>Three.</p>'),
    }
    points = "".join(
        f'<navPoint><navLabel><text>{name}</text></navLabel><content src="{place}"/></navPoint>'
        for name, place in (("I", "a.xhtml#c1"), ("II", "a.xhtml#c2"), ("III", "b.xhtml#c3"))
    )
    got = read(tmp_path, book(pages, ncx=points), per="chapter")
    assert got.column("text") == ["I\n\nOne.", "II\n\nTwo.\n\nTwo goes on.", "III\n\nThree."]


def test_a_part_that_is_only_a_heading_goes_before_its_first_chapter(tmp_path: Path) -> None:
    pages = {"p.xhtml": page("<h1>Part I</h1>"), "one.xhtml": page("<h2>One</h2><p>Once.</p>")}
    nav = '<nav epub:type="toc"><ol><li><a href="p.xhtml">Part</a></li><li><a href="one.xhtml">One</a></li></ol></nav>'
    got = read(tmp_path, book(pages, nav=nav), per="chapter")
    assert got.column("text") == ["Part I\n\nOne\n\nOnce."]
    assert facts(got)["chapter"] == "One"


def test_a_chapter_without_a_heading_gets_that_of_the_table_of_contents(tmp_path: Path) -> None:
    nav = '<nav epub:type="toc"><ol><li><a href="one.xhtml">The Wheel</a></li></ol></nav>'
    got = read(
        tmp_path, book({"one.xhtml": page('<img src="h.png" alt="I"/><p>t turns.</p>')}, nav=nav), form="markdown"
    )
    assert got.column("text") == ["# The Wheel\n\nI\n\nt turns."]


def test_lists_tables_code_and_quotes_keep_their_shape(tmp_path: Path) -> None:
    body = """<ul><li>rye</li><li><p>oat</p><ol start="3"><li>white</li><li>black</li></ol></li></ul>
    <table><caption>Prices</caption><thead><tr><th>grain</th><th colspan="2">price</th></tr></thead>
    <tbody><tr><td rowspan="2">rye</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></tbody></table>
    <table><tr><td><p>One column only arranges.</p></td></tr></table>
    <pre><code class="language-py">def f():\n    grind()</code></pre><blockquote><p>So it goes.</p></blockquote>"""
    assert text(tmp_path, body, form="markdown") == (
        "- rye\n- oat\n  3. white\n  4. black\n\nPrices\n\n| grain | price |  |\n| --- | --- | --- |\n| rye | 1 | 2 |\n"
        "|  | 3 | 4 |\n\nOne column only arranges.\n\n```py\ndef f():\n    grind()\n```\n\n> So it goes."
    )


def test_what_belongs_to_the_printed_page_goes(tmp_path: Path) -> None:
    body = """<p><span class="dropcap">W</span>a\u00adter <ruby>水<rp>(</rp><rt>みず</rt><rp>)</rp></ruby>
    turns<span epub:type="pagebreak" title="7">7</span> it<span class="pagenum">[Pg 8]</span>.</p>
    <label class="ocn">9</label>
    <p>H<sub>2</sub>O, 10<sup>-3</sup>, the 19<sup>th</sup>.</p>"""
    assert text(tmp_path, body) == "Water 水 turns it.\n\nH₂O, 10⁻³, the 19th."


def test_a_line_that_ends_between_chinese_letters_leaves_no_space(tmp_path: Path) -> None:
    assert text(tmp_path, "<p>水が\n  回る。\n and so</p>") == "水が回る。 and so"


def test_lines_of_verse_stay_lines(tmp_path: Path) -> None:
    assert text(tmp_path, '<div class="poem">\n The wheel\n  turns\n</div><p>a<br/>b</p>') == "The wheel\nturns\n\na\nb"


@pytest.mark.parametrize(
    "body",
    [
        '<p>Flour<a epub:type="noteref" href="#n1">1</a> is white.</p>'
        '<aside epub:type="footnote" id="n1"><p>1. Ground.</p></aside>',
        '<p>Flour<sup><a href="#n1" id="r1">1</a></sup> is white.</p><p id="n1"><a href="#r1">1</a>. Ground.</p>',
        '<p>Flour<a href="#n1"><sup>[1]</sup></a> is white.</p>'
        '<p><a id="n1" href="#r1">[1]</a> Ground. <a href="#r1">↩</a></p>',
    ],
)
def test_footnotes_are_told_apart_or_left_out(tmp_path: Path, body: str) -> None:
    assert text(tmp_path, body, form="markdown") == "Flour[^1] is white.\n\n[^1]: Ground."
    assert text(tmp_path, body) == "Flour[1] is white.\n\n[1] Ground."
    assert text(tmp_path, body, notes=False) == "Flour is white."


def test_maths_is_written_as_latex(tmp_path: Path) -> None:
    body = """<p>So <math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math> grows.</p>
    <math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>"""
    assert text(tmp_path, body) == "So $x^2$ grows.\n\n$$\n\\frac{a}{b}\n$$"


def test_a_page_that_is_no_xml_is_read_as_html(tmp_path: Path) -> None:
    got = read(tmp_path, book({"a.xhtml": "<html><body><p>Rye &amp oats<br>and <b>flour<p>More</body></html>"}))
    assert got.column("text") == ["Rye & oats\nand flour\n\nMore"]


def encrypted(algorithm: str, uri: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        f'<e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData><e:CipherReference URI="{uri}"/>'
        "</e:CipherData></e:EncryptedData></encryption>"
    )


def test_encrypted_text_is_named_and_obfuscated_fonts_are_fine(tmp_path: Path) -> None:
    aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    files = book_files(CHAPTERS)
    files["META-INF/rights.xml"] = "<rights/>"
    locked = files | {"META-INF/encryption.xml": encrypted(aes, "OEBPS/one.xhtml")}
    assert read(tmp_path, zipped(locked)).errors == ["the book's text is encrypted (Adobe ADEPT)"]
    fonts = files | {"META-INF/encryption.xml": encrypted("http://www.idpf.org/2008/embedding", "OEBPS/f.otf")}
    assert read(tmp_path, zipped(fonts)).errors == []


def test_each_broken_book_is_one_sentence_and_the_next_is_read(tmp_path: Path) -> None:
    files = book_files(CHAPTERS)
    deep = page("<div>" * 200 + "x" + "</div>" * 200)
    bad: dict[str, tuple[bytes, str]] = {
        "b": (b"%PDF-1.7", "the file is no zip archive"),
        "c": (zipped(files)[:-40], "the zip archive is cut off or broken: its list of files cannot be read"),
        "d": (zipped({"x": "y"}), "the archive has no META-INF/container.xml"),
        "e": (book({"a.xhtml": page("<p> </p>")}), "the file has no text"),
        "f": (
            zipped([*files.items(), ("OEBPS/one.xhtml", "other")]),
            "the archive has 2 different files of the name OEBPS/one.xhtml",
        ),
        "g": (book({"a.xhtml": deep}), "a page is nested deeper than 160 elements"),
        "h": (
            zipped(files | {"OEBPS/one.xhtml": page("<p>" + "x" * (3 << 20))}),
            "OEBPS/one.xhtml in the archive inflates to more than 400 times its size",
        ),
        "i": (
            zipped(files | {"OEBPS/book.opf": "<package>"}),
            "the XML is broken at line 1 (no element found)",
        ),
        "j": (book({"../../etc/passwd": "x"}), "the book's reading order names no page that is in the archive"),
    }
    for name, (data, _) in bad.items():
        (tmp_path / f"{name}.epub").write_bytes(data)
    (tmp_path / "z.epub").write_bytes(book(CHAPTERS))
    got = Got(Epub(paths=(".",)), tmp_path)
    assert {problem.source[0]: problem.error for problem in got.problems} == {key: why for key, (_, why) in bad.items()}
    assert got.column("source") == ["z.epub"]


def test_a_book_beyond_the_bound_is_named_whatever_its_headers_claim(tmp_path: Path) -> None:
    data = bytearray(book({"a.xhtml": page("<p>" + "grain of rye " * 20_000 + "</p>")}))
    assert read(tmp_path, bytes(data), max_record_bytes=100_000).errors == [
        "the archive inflates to more than max_record_bytes (100000 bytes)"
    ]
    with zipfile.ZipFile(tmp_path / "a.epub") as archive:
        claimed = archive.getinfo("OEBPS/a.xhtml").file_size.to_bytes(4, "little")
    lying = bytes(data).replace(claimed, (100).to_bytes(4, "little"))
    assert read(tmp_path, lying).errors == ["OEBPS/a.xhtml in the archive is cut off or broken"]


def test_a_page_that_is_not_in_the_archive_is_told_of(tmp_path: Path) -> None:
    files = book_files(CHAPTERS)
    del files["OEBPS/two.xhtml"]
    got = read(tmp_path, zipped(files))
    assert facts(got)["missing"] == ["two.xhtml"]
    assert "It stops." not in str(got.column("text")[0])
