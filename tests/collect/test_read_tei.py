"""Editions in TEI: header, parts, notes, verse, drama, and what editors did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from collecting import Got
from gristmill.collect.tei import Tei

HEADER = """<teiHeader><fileDesc><titleStmt><title type="sub">A tale</title><title type="main">The Mill</title>
<author><persName><forename>Ada</forename> <surname>Miller</surname></persName></author><editor>Ed</editor></titleStmt>
<publicationStmt><publisher>Press</publisher><idno>m1</idno><date when="2015">2015</date>
<availability><licence target="https://creativecommons.org/licenses/by/4.0/">CC BY</licence></availability>
</publicationStmt>
<sourceDesc><bibl><date when="1899-05-06"/></bibl></sourceDesc></fileDesc>
<profileDesc><langUsage><language ident="en"/></langUsage></profileDesc></teiHeader>"""


def tei(body: str, front: str = "", back: str = "", header: str = "") -> str:
    parts = f"<front>{front}</front><body>{body}</body><back>{back}</back>"
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{header}<text>{parts}</text></TEI>'


def read(tmp_path: Path, data: str, **settings: Any) -> Got:
    (tmp_path / "a.tei").write_text(data)
    return Got(Tei(paths=("a.tei",), **settings), tmp_path)


def text(tmp_path: Path, body: str, **settings: Any) -> str:
    got = read(tmp_path, tei(body), **({"form": "markdown"} | settings))
    assert not got.errors
    return str(got.column("text")[0])


def test_a_text_has_its_facts_and_its_parts_are_told_apart(tmp_path: Path) -> None:
    data = tei("<p>Once.</p>", "<p>To Ben.</p>", "<p>Index.</p>", HEADER)
    got = read(tmp_path, data)
    assert got.column("text") == ["To Ben.\n\nOnce.\n\nIndex."]
    assert orjson.loads(str(got.column("metadata")[0])) == {
        "title": "The Mill",
        "authors": ["Ada Miller"],
        "editors": ["Ed"],
        "publisher": "Press",
        "identifier": "m1",
        "date": "1899-05-06",
        "language": "en",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "front_characters": 9,
        "back_characters": 8,
    }
    assert read(tmp_path, data, leave_out=("front", "back")).column("text") == ["Once."]


def test_divisions_lists_tables_and_quotes_keep_their_shape(tmp_path: Path) -> None:
    body = """<div><head>Mills</head><div><head>Water</head><p>Turns<lb/>slowly.</p></div>
    <list type="ordered"><item>one</item><item>two</item></list><list><label>rye</label><item>grain</item></list>
    <table><head>Prices</head><row><cell>grain</cell><cell cols="2">price</cell></row></table>
    <quote><p>So it goes.</p></quote><p>He said <q>no</q>.</p></div>"""
    assert text(tmp_path, body) == (
        "# Mills\n\n## Water\n\nTurns slowly.\n\n1. one\n2. two\n- rye: grain\n\nPrices\n\n| grain | price |  |\n"
        "| --- | --- | --- |\n\n> So it goes.\n\nHe said no."
    )


def test_verse_keeps_its_lines_and_stanzas(tmp_path: Path) -> None:
    body = "<lg><head>Song</head><lg><l>The wheel</l>\n<l>  turns</l></lg><lg><l>and stops.</l></lg></lg>"
    assert text(tmp_path, body) == "Song\n\nThe wheel\nturns\n\nand stops."


def test_speeches_begin_with_who_speaks(tmp_path: Path) -> None:
    body = """<stage>Enter MILLER</stage><sp><speaker>MILLER.</speaker><l>To grind,</l><l>or not.</l></sp>
    <sp><speaker>ADA.</speaker><stage>(aside)</stage><p>He rhymes.</p><p>Badly.</p></sp>"""
    assert text(tmp_path, body) == (
        "[Enter MILLER]\n\nMILLER.\nTo grind,\nor not.\n\nADA.\n(aside) He rhymes.\n\nBadly."
    )


def test_notes_are_told_apart_or_left_out(tmp_path: Path) -> None:
    body = '<p>Flour<note place="foot"><p>Ground.</p></note> is white<note n="b">Mostly.</note>.</p>'
    assert text(tmp_path, body) == "Flour[^1] is white[^b].\n\n[^1]: Ground.\n\n[^b]: Mostly."
    assert text(tmp_path, body, notes=False) == "Flour is white."


def test_one_reading_is_taken_and_aids_of_the_page_go(tmp_path: Path) -> None:
    body = """<p>The <choice><sic>wheal</sic><corr>wheel</corr></choice>
    <choice><orig>turneth</orig><reg>turns</reg></choice>
    <subst><del>fast</del><add>slow</add></subst>ly wa<pb n="3" break="no"/>
    ter<fw>The Mill 4</fw><pb n="4"/> <app><lem>runs</lem><rdg>ran</rdg></app> <gap/> 10<hi rend="sup">2</hi>.</p>"""
    assert text(tmp_path, body) == "The wheel turns slowly water runs […] 10²."
    assert text(tmp_path, body, reading="original").startswith("The wheal turneth slowly")


def test_each_text_of_a_corpus_is_a_record(tmp_path: Path) -> None:
    got = read(tmp_path, f"<teiCorpus>{tei('<p>One.</p>')}{tei('')}{tei('<p>Two.</p>')}</teiCorpus>")
    assert got.column("text") == ["One.", "Two."]
    assert got.column("position") == [0, 2]
    assert got.errors == ["the TEI text is empty"]
    assert read(tmp_path, "<article/>").errors == ["the file holds no TEI text: its outermost element is <article>"]
    assert read(tmp_path, "<TEI>").errors == ["the XML is broken at line 1 (no element found)"]
