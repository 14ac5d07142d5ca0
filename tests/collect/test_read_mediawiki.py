"""Dumps of wikis: wikitext as people read it, from markup as it is in the wild."""

from __future__ import annotations

import bz2
import time
from html import escape
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect._wiki_blocks import Blocks
from gristmill.collect._wiki_dump import CANONICAL
from gristmill.collect._wikitext import Page, Resolver, is_disambiguation
from gristmill.collect.mediawiki import Mediawiki
from gristmill.errors import InputError

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">
<siteinfo>
<sitename>Mühlenwiki</sitename>
<base>https://de.example.org/wiki/Hauptseite</base><namespaces><namespace key="0" /><namespace key="6">Datei</namespace>
<namespace key="14">Kategorie</namespace></namespaces></siteinfo>
"""


def page(text: str, title: str = "Mühle", more: str = "") -> str:
    return (
        f"<page><title>{title}</title><ns>0</ns><id>7</id>{more}<revision><id>70</id>"
        f"<timestamp>2026-11-26T18:50:20Z</timestamp>"
        "<contributor><username>Ann</username></contributor>"
        f"<model>wikitext</model><text xml:space='preserve'>{escape(text)}</text></revision></page>"
    )


def dump(*pages: str) -> str:
    return HEAD + "\n".join(pages) + "</mediawiki>"


def prose(text: str, form: str = "text", **settings: object) -> str:
    return found(text, form, **settings)[0]


def found(text: str, form: str = "text", captions: bool = False, **settings: object) -> tuple[str, Page]:
    resolver = Resolver({**CANONICAL, "datei": 6, "kategorie": 14}, captions=captions)
    resolved, held, page = resolver.resolve(text, "Mill")
    own = {"tables": True, "left_out": frozenset[str](), **settings}
    return Blocks(held, form, **own).text(resolved.split("\n")), page


@pytest.mark.parametrize(
    ("wikitext", "read"),
    [
        ("'''Bold''', ''italic'', '''''both''''' and ''''one''' left", "Bold, italic, both and 'one left"),
        (
            "A [[mill]], two [[mill|mills]], [[mill]]s, [[mill (tool)|]], [[#top|up]]",
            "A mill, two mills, mills, mill, up",
        ),
        ("[[File:a.png|thumb|A [[mill]].]]Text[[Category:Mills|x]]", "Text"),
        ("[[Datei:a.png|mini|Eine Mühle]]Text[[kategorie:Mühlen]]", "Text"),
        ("[[:Category:Mills]] and [[de:Mühle]]", "Category:Mills and"),
        ("See [https://x.org the site], [https://x.org] and [1].", "See the site, and [1]."),
        ("One{{cn}}<ref name=a>{{cite|x}}</ref><ref name=a/> two.", "One two."),
        ("A<!-- hidden --> b", "A b"),
        ("Mill ({{IPAc-en|m}}) is (/{{x}}; {{x}} Latin: {{lang|la|mola}})", "Mill is (/ Latin: mola)"),
        ("{{Infobox|a=[[b|c]]|d={{e|{{f}}}}}}Text", "Text"),
        ("{{lang|fr|moulin}}, {{convert|5|to|10|km|mi}}, {{convert|6|ft|2|in}}", "moulin, 5 to 10 km, 6 ft 2 in"),
        ("{{nihongo|mill|水車|suisha}}", "mill (水車, suisha)"),
        ("{{circa|1900}}, {{frac|1|2}}, {{val|5|e=6|u=m}}, {{formatnum:1234}}", "c. 1900, 1/2, 5×10⁶ m, 1234"),
        ("{{birth date|1900|1|2}}, {{PAGENAME}}, {{{1|else}}}, {{{2}}}", "1900-01-02, Mill, else,"),
        ("H<sub>2</sub>O, 10<sup>6</sup>, x<sup>th</sup>", "H₂O, 10⁶, xth"),
        ("<nowiki>[[no]] {{no}} ''no''</nowiki>", "[[no]] {{no}} ''no''"),
        ("E = <math>mc^2|x</math>.", "E = $mc^2|x$."),
        ("Text\n:<math>a</math>,", "Text\n\n$$\na\n$$"),
        ("5 < 6 &amp; &lt;b&gt; <foo> <span style='x'>in</span>", "5 < 6 & <b> <foo> in"),
        ("one\ntwo\n\nthree<br>four", "one two\n\nthree\nfour"),
        ("__NOTOC__ a __b__ c", "a __b__ c"),
        ("unclosed {{template and [[link|x", "unclosed {{template and [[link|x"),
        ("closed ]] too }} often", "closed ]] too }} often"),
        ("{{a|[[b}} c]] d", "c]] d"),
        ("<gallery>\nFile:x.png|y\n</gallery>After <ref>unclosed", "After unclosed"),
        ("<blockquote>Said.</blockquote>\nx", "Said.\n\nx"),
        ("300{{e|9}} kg, HA {{eqm}} A", "300×10⁹ kg, HA ⇌ A"),
        ("{{chem|H|2|O}}, {{chem|C|n|H|2n+2}}", "H₂O, CnH2n+2"),
        ("* a\n*: b\n** c", "- a\n  - b\n  - c"),
        ("{|\n| colspan=2 | A\n|-\n| b || c\n|}", "| A |  |\n| --- | --- |\n| b | c |"),
        ("<poem>one\ntwo</poem>", "one\ntwo"),
        ("<poem>one<ref>[http://x y], z</ref>\n<poem>two<nowiki>''</nowiki></poem>", "one\n<poem>two''"),
        ("{{wiktionary|mill}}\nMill may mean {{wikt|la|mola}}:", "Mill may mean mola:"),
        (
            "Aristotle (''A'' {{IPA|x}}, b) and the ''mill'' {{IPA-nah|y}}, who  turned {{z}}.",
            "Aristotle (A x, b) and the mill, who turned.",
        ),
    ],
)
def test_wikitext_is_read_as_people_read_it(wikitext: str, read: str) -> None:
    assert prose(wikitext) == read


def test_headings_lists_and_quotes() -> None:
    text = "Top\n== One ==\n* a\n** b\n* c\n# x\n## y\n# z\n\n# again\n; term\n: said\n=== Empty ===\n"
    text += "== Two ==\n{{quote|Q|Ann}}"
    assert prose(text, "markdown") == (
        "Top\n\n## One\n\n- a\n  - b\n- c\n1. x\n  1. y\n2. z\n1. again\n\nterm\n\nsaid\n\n## Two\n\n> Q\n\n> — Ann"
    )


def test_a_section_that_is_not_wanted_goes_with_all_below_it() -> None:
    text = "Top\n== See also ==\n* x\n=== Deep ===\ny\n{|\n| t || u\n|}\n== Stays ==\nz"
    assert prose(text, left_out=frozenset(["see also"])) == "Top\n\nStays\n\nz"


def test_tables_are_markdown_with_spans_filled() -> None:
    text = """Before
{| class="wikitable"
|+ style="x" | Mills
! Name !! colspan=2 | Built
|-
| rowspan="2" | [[A|Alpha]] || 1900 || {{yes}}
|- style="x"
| 1901
| style="color:red" | '''B'''
more
|}
After"""
    assert prose(text) == (
        "Before\n\nMills\n\n| Name | Built | Built |\n| --- | --- | --- |\n"
        "| Alpha | 1900 | Yes |\n"
        "| Alpha | 1901 | B more |\n\nAfter"
    )
    assert prose(text, tables=False) == "Before\n\nAfter"


def test_a_table_in_a_table_is_in_its_cell_and_one_that_never_ends_is_read() -> None:
    assert prose("{|\n| a\n|\n{|\n| b || c\n|}\n| d\n") == "| a | b, c | d |\n| --- | --- | --- |"


def test_code_stays_as_it_is() -> None:
    code = "<syntaxhighlight lang=python>\nif a < b: # [[x]]\n  pass\n</syntaxhighlight>"
    text = f"Do:\n{code}\n indented '''b'''\n  more\nEnd"
    assert prose(text, "markdown") == (
        "Do:\n\n```python\nif a < b: # [[x]]\n  pass\n```\n\n```\nindented b\n more\n```\n\nEnd"
    )


def test_captions_are_kept_where_that_is_asked_for() -> None:
    assert prose("[[File:a.png|thumb|200px|left|alt=x|A '''mill'''.]]\nText", captions=True) == "A mill.\n\nText"


def test_categories_and_what_was_left_out_are_told() -> None:
    text, page = found("{{disambiguation}}{{x}}a[[Category:B]][[Category:C|*]]")
    assert (text, page.categories, page.dropped, page.disambiguation) == ("a", ["B", "C"], 2, True)


def test_a_dump_gives_a_record_for_each_page_that_is_wanted(tmp_path: Path) -> None:
    other = page("x").replace("<ns>0</ns>", "<ns>1</ns>")
    css = page("x").replace("<model>wikitext", "<model>css")
    moved = page("#REDIRECT [[Mühle]]", "Mill", '<redirect title="Mühle" />')
    (tmp_path / "a.xml").write_text(dump(page("Die '''Mühle'''.[[Kategorie:Mühlen]]"), other, css, moved))
    got = Got(Mediawiki(paths=("a.xml",)), tmp_path)
    (row,) = got.rows
    assert row["text"] == "Die Mühle."
    assert row["url"] == "https://de.example.org/wiki/M%C3%BChle"
    assert row["id"] == "7"
    assert str(row["time"]) == "2026-11-26 18:50:20+00:00"
    assert orjson.loads(str(row["metadata"])) == {
        "title": "Mühle",
        "site": "Mühlenwiki",
        "language": "de",
        "namespace": "0",
        "revision": "70",
        "categories": ["Mühlen"],
    }
    assert got.skipped == {"namespace 1": 1, "content model css": 1, "redirect": 1}
    got = Got(Mediawiki(paths=("a.xml",), redirects=True, namespaces=(0, 1)), tmp_path)
    assert got.column("text") == ["Die Mühle.", "x", "Mühle"]


@pytest.mark.parametrize(
    ("template", "is_one"),
    [("{{disambiguation}}", True), ("{{ Hndis |Mill, A}}", True), ("{{Begriffsklärung}}", True), ("{{geodis}}", True),
     ("{{dn}} {{disambiguation needed}}", False), ("{{other uses|Mill (disambiguation)}}", False)],
)  # fmt: skip
def test_pages_of_meanings_can_be_passed_over(template: str, is_one: bool) -> None:
    assert is_disambiguation(f"Mill may mean\n* a mill\n{template}") is is_one
    assert found(f"x {template}")[1].disambiguation is is_one


def test_a_page_that_is_broken_costs_itself(tmp_path: Path) -> None:
    long = page("long " * 50_000)
    bomb = page("x").replace("<page>", "<page><!DOCTYPE a>")
    pages = [
        page("One"),
        "<page><title>x</page>",
        long,
        bomb,
        page("{{all}}"),
        page("&nope;").replace("&amp;", "&"),
        page("Two"),
    ]
    (tmp_path / "a.xml.bz2").write_bytes(
        bz2.compress(dump(*pages[:3]).encode()[:-12]) + bz2.compress("".join(pages[3:]).encode())
    )
    got = Got(Mediawiki(paths=("a.xml.bz2",), max_record_bytes=100_000), tmp_path)
    assert got.column("text") == ["One", "Two"]
    assert got.errors == [
        "the page is no XML: mismatched tag (line 1 of it)",
        "the page is longer than max_record_bytes (100000 bytes)",
        "the page is no XML: not well-formed (invalid token) (line 1 of it)",
        "the page has no text but templates, files and references",
        "the page is no XML: undefined entity (line 1 of it)",
    ]


def test_entities_that_a_dump_declares_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    (tmp_path / "a.xml").write_text(bomb + dump(page("x").replace(">x<", ">&b;<"), page("Two")))
    got = Got(Mediawiki(paths=("a.xml",)), tmp_path)
    assert got.errors == ["the page is no XML: undefined entity (line 1 of it)"]
    assert got.column("text") == ["Two"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<html><p>x", "the file is no MediaWiki dump: it has neither <mediawiki> nor a <page>"),
        (dump().encode("utf-16"), "the dump is in UTF-16; dumps are in UTF-8: convert it first"),
        (dump(page("a"), page("b")).encode()[:-60], "the file ends in the middle of a page; its rest is lost"),
        (bz2.compress(dump(page("a")).encode())[:-9], "the file ends in the middle of its bzip2 data"),
    ],
)
def test_a_file_that_is_no_whole_dump_is_told(tmp_path: Path, data: bytes, error: str) -> None:
    (tmp_path / "a.xml").write_bytes(data)
    assert [one[: len(error)] for one in Got(Mediawiki(paths=("a.xml",)), tmp_path).errors] == [error]


PIECES = """
{{ }} {{{ }}} [[ ]] | {| |} |- ! '' <ref> </ref> <math> </math> <nowiki> a = == [http://x <br> &lt; <!-- --> lang| File:
<sup> </sup> \ue000 \ue0011\ue001
""".split()  # noqa: SIM905


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, " ", "\n", "* ", "# ", ": "]), max_size=60))
def test_any_wikitext_has_the_same_answer_twice(pieces: list[str]) -> None:
    text = "".join(pieces)
    answer = prose(text, "markdown", captions=True)
    assert answer == prose(text, "markdown", captions=True)
    assert not any(mark in answer for mark in "\ue000\ue001\ue002\ue003\ue004\ue005")


HOSTILE = """
{{ [[ {{{ {{a| [[a| <ref> <math> < <!-- '' ' [http:// * = {{a}} [[a]] __A__ <sup> <nowiki>x </ref> {{a|b}}[[c <poem>
& {{lang|a| }} ]] |
""".split()  # noqa: SIM905


@pytest.mark.parametrize(
    "piece",
    [*HOSTILE, "* ", "{|\n", "{|\n|a\n", "|-\n", "\n:<math>x</math>", "{|\n|a\n|rowspan=9 colspan=9|b\n|}\n"],
)
def test_hostile_wikitext_takes_bounded_time(piece: str) -> None:
    start = time.process_time()
    prose(piece * (1_000_000 // len(piece)))
    assert time.process_time() - start < 15


def test_a_folder_without_dumps_is_told_how_they_end(tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "wiki.xml.bz2").write_bytes(b"x")
    said = r"^dumps: no file in this folder ends in pages-articles\.xml, .*, \.mediawiki\.xml, compressed or not$"
    with pytest.raises(InputError, match=said) as raised:
        Mediawiki(paths=("dumps",)).units(str(tmp_path))
    assert len(str(raised.value)) < 250
