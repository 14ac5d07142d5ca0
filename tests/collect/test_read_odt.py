"""OpenDocument texts: headings, lists, tables, notes, formulas and what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from collecting import Got
from gristmill.collect.odt import Odt
from zipped import odf, odt, zipped

STYLES = """<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Preformatted_20_Text"/>
<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Quotations"/>
<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="T2" style:family="text"><style:text-properties text:display="none"/></style:style>
<text:list-style style:name="L1">
<text:list-level-style-number text:level="1" style:num-format="1" text:start-value="3"/>
<text:list-level-style-bullet text:level="2"/></text:list-style>"""


def read(tmp_path: Path, data: bytes, name: str = "a.odt", **settings: Any) -> Got:
    (tmp_path / name).write_bytes(data)
    return Got(Odt(paths=(name,), **settings), tmp_path)


def text(tmp_path: Path, body: str, **settings: Any) -> str:
    got = read(tmp_path, odt(body, STYLES), **({"form": "markdown"} | settings))
    assert not got.errors
    return str(got.column("text")[0])


def test_headings_quotes_and_code_are_told_by_their_styles(tmp_path: Path) -> None:
    body = """<text:h text:outline-level="2">Mills</text:h><text:p text:style-name="Title">The Mill</text:p>
    <text:p text:style-name="P2">So it goes.</text:p><text:p text:style-name="P1">def f():</text:p>
    <text:p text:style-name="P1"><text:s text:c="4"/>grind()</text:p><text:p>After<text:line-break/>that.</text:p>"""
    assert text(tmp_path, body) == (
        "## Mills\n\n# The Mill\n\n> So it goes.\n\n```\ndef f():\n    grind()\n```\n\nAfter\nthat."
    )


def test_lists_are_nested_and_numbered_by_their_style(tmp_path: Path) -> None:
    inner = "<text:list><text:list-item><text:p>dot</text:p></text:list-item></text:list>"
    body = f"""<text:list text:style-name="L1"><text:list-item><text:p>three</text:p>{inner}</text:list-item>
    <text:list-item><text:p>four</text:p></text:list-item></text:list>"""
    assert text(tmp_path, body) == "3. three\n  - dot\n4. four"


def test_tables_keep_covered_and_repeated_cells(tmp_path: Path) -> None:
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    body = f"""<table:table><table:table-header-rows><table:table-row>{cell.format("", "grain")}
    {cell.format(' table:number-columns-spanned="2"', "price")}<table:covered-table-cell/></table:table-row>
    </table:table-header-rows><table:table-row>{cell.format(' table:number-columns-repeated="3"', "1")}
    </table:table-row></table:table>"""
    assert text(tmp_path, body) == "| grain | price |  |\n| --- | --- | --- |\n| 1 | 1 | 1 |"


def test_notes_boxes_and_raised_text_are_told_apart_and_hidden_text_goes(tmp_path: Path) -> None:
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Ground.</text:p></text:note-body></text:note>"
    )
    box = "<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame>"
    body = (
        f'<text:p>{box}10<text:span text:style-name="T1">2</text:span> sacks{note} of rye'
        '<text:span text:style-name="T2">secret</text:span></text:p>'
    )
    assert text(tmp_path, body) == "10² sacks[^1] of rye\n\nIn a box.\n\n[^1]: Ground."
    assert text(tmp_path, body, notes=False) == "10² sacks of rye\n\nIn a box."


def test_deleted_text_comments_and_tables_of_contents_are_left_out(tmp_path: Path) -> None:
    body = """<text:tracked-changes><text:changed-region><text:deletion><text:p>old</text:p></text:deletion>
    </text:changed-region></text:tracked-changes><text:table-of-content><text:index-body><text:p>Mills 3</text:p>
    </text:index-body></text:table-of-content><text:p>new<office:annotation><text:p>why?</text:p></office:annotation></text:p>"""
    assert text(tmp_path, body) == "new"


def test_a_formula_is_in_a_part_of_its_own(tmp_path: Path) -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>'
    body = '<text:p>So <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>'
    assert read(tmp_path, odt(body, **{"Object 1/content.xml": math})).column("text") == ["So $x^2$"]


def test_a_flat_file_is_read_with_its_metadata(tmp_path: Path) -> None:
    meta = (
        "<office:meta><dc:title>The Mill</dc:title><meta:initial-creator>Ada</meta:initial-creator>"
        "<meta:creation-date>2020-01-02T03:04:05</meta:creation-date></office:meta>"
    )
    body = "<office:body><office:text><text:p>Text.</text:p></office:text></office:body>"
    got = read(tmp_path, odf("office:document", meta + body).encode(), "a.fodt")
    assert got.column("text") == ["Text."]
    assert orjson.loads(str(got.column("metadata")[0])) == {
        "title": "The Mill",
        "authors": ["Ada"],
        "date": "2020-01-02T03:04:05",
    }


def test_a_prefix_that_is_not_declared_is_taken_as_it_is_written(tmp_path: Path) -> None:
    assert text(tmp_path, "<text:p>Text<form:x>.</form:x></text:p>") == "Text."


def test_each_broken_document_is_one_sentence(tmp_path: Path) -> None:
    locked = odf(
        "manifest:manifest",
        '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>',
    )
    for data, why in (
        (odt("<text:p>x</text:p>", **{"META-INF/manifest.xml": locked}), "the document is encrypted by a password"),
        (zipped({"content.xml": "<x/>"}), "the file is no OpenDocument text"),
        (b"<x", "the XML is broken at line 1 (unclosed token)"),
        (zipped({"a": "b"}), "the archive has no content.xml"),
        (
            b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
            "a part of the text is in another file (file:///etc/passwd), which is not read",
        ),
    ):
        assert read(tmp_path, data).errors == [why]
