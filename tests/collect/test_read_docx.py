"""Word documents: structure by styles and lists, revisions, footnotes, boxes and formulas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from collecting import Got
from gristmill.collect.docx import Docx
from zipped import word, zipped

STYLES = """<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Mine"><w:name w:val="My heading"/><w:basedOn w:val="H1"/></w:style>
<w:style w:styleId="Code"><w:name w:val="Source Code"/></w:style>
<w:style w:styleId="Q"><w:name w:val="Quote"/></w:style>
<w:style w:styleId="Toc"><w:name w:val="toc 1"/></w:style>"""
NUMBERING = """<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>"""


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, style: str = "", properties: str = "") -> str:
    inside = content if content.startswith("<") else run(content)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inside}</w:p>'


def item(text: str, depth: int, number: int = 1) -> str:
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def read(tmp_path: Path, data: bytes, **settings: Any) -> Got:
    (tmp_path / "a.docx").write_bytes(data)
    return Got(Docx(paths=("a.docx",), **settings), tmp_path)


def text(tmp_path: Path, body: str, *, form: str = "markdown", **settings: Any) -> str:
    parts = {name: settings.pop(name) for name in ("footnotes", "endnotes") if name in settings}
    got = read(tmp_path, word(body, styles=STYLES, numbering=NUMBERING, **parts), form=form, **settings)
    assert not got.errors
    return str(got.column("text")[0])


def test_headings_quotes_and_code_are_told_by_their_styles(tmp_path: Path) -> None:
    body = (
        paragraph("Mills", "H1")
        + paragraph("Water", "Mine")
        + paragraph("Deep", properties='<w:outlineLvl w:val="2"/>')
        + paragraph("Mills ... 3", "Toc")
        + paragraph("So it goes.", "Q")
        + paragraph("def f():", "Code")
        + paragraph("  grind()", "Code")
        + paragraph("After.")
    )
    assert text(tmp_path, body) == (
        "# Mills\n\n# Water\n\n### Deep\n\n> So it goes.\n\n```\ndef f():\n  grind()\n```\n\nAfter."
    )


def test_lists_are_nested_numbered_and_begin_anew(tmp_path: Path) -> None:
    body = (
        item("one", 0) + item("one one", 1) + item("dot", 2) + item("two", 0) + item("two one", 1) + item("five", 0, 2)
    )
    assert text(tmp_path, body) == "1. one\n  1. one one\n    - dot\n2. two\n  1. two one\n5. five"


def test_a_numbered_heading_has_its_number(tmp_path: Path) -> None:
    numbered = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
    body = paragraph("Mills", "H1", numbered.format(0)) + paragraph("Water", "H1", numbered.format(1))
    assert text(tmp_path, body) == "# 1. Mills\n\n# 1.1 Water"


def test_tables_keep_their_columns_where_cells_are_merged(tmp_path: Path) -> None:
    def cell(content: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(content) if content else '<w:p/>'}</w:tc>"

    rows = [
        cell("grain") + cell("price", '<w:gridSpan w:val="2"/>'),
        cell("rye", '<w:vMerge w:val="restart"/>') + cell("1") + cell("2"),
        cell("rye", "<w:vMerge/>") + cell("3") + cell("4"),
    ]
    body = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    assert text(tmp_path, body) == "| grain | price |  |\n| --- | --- | --- |\n| rye | 1 | 2 |\n|  | 3 | 4 |"


REVISED = (
    f"<w:p>{run('The ')}<w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
    f"<w:ins>{run('new ')}</w:ins>{run('mill')}</w:p>"
    f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('turns ')}</w:p>{paragraph('slowly.')}"
)


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [("accept", "The new mill\n\nturns slowly."), ("reject", "The old mill\n\nturns\n\nslowly.")],
)
def test_tracked_changes_are_accepted_or_rejected(tmp_path: Path, revisions: str, expected: str) -> None:
    assert text(tmp_path, REVISED, revisions=revisions) == expected


def test_footnotes_and_endnotes_are_numbered_as_they_are_met(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('Rye')}<w:r><w:endnoteReference w:id='4'/></w:r>{run(' and oats')}"
        "<w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
    )
    notes = {
        "footnotes": f"<w:footnote w:id='0' w:type='separator'/><w:footnote w:id='2'>{paragraph('Foot.')}</w:footnote>",
        "endnotes": f"<w:endnote w:id='4'>{paragraph('End.')}</w:endnote>",
    }
    assert text(tmp_path, body, **notes) == "Rye[^1] and oats[^2]\n\n[^1]: End.\n\n[^2]: Foot."
    assert text(tmp_path, body, notes=False, **notes) == "Rye and oats"


def test_a_text_box_is_read_once_and_comes_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('In a box.')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert text(tmp_path, f"<w:p><w:r>{both}</w:r>{run('Beside it.')}</w:p>") == "Beside it.\n\nIn a box."


def test_runs_keep_breaks_scripts_and_hyphens_and_hide_what_is_hidden(tmp_path: Path) -> None:
    body = paragraph(
        run("H")
        + run("2", '<w:vertAlign w:val="subscript"/>')
        + run("O", "<w:b/>")
        + run("secret", "<w:vanish/>")
        + "<w:r><w:br/><w:t>non</w:t><w:noBreakHyphen/><w:t>stop</w:t>"
        "<w:br w:type='page'/><w:instrText>PAGE</w:instrText></w:r>"
    )
    assert text(tmp_path, body) == "H₂O\nnon\u2011stop"


def test_formulas_are_written_as_latex(tmp_path: Path) -> None:
    def r(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    root = f"<m:rad><m:deg/><m:e><m:sSup><m:e>{r('b')}</m:e><m:sup>{r('2')}</m:sup></m:sSup></m:e></m:rad>"
    fraction = f"<m:f><m:num>{root}</m:num><m:den>{r('2a')}</m:den></m:f>"
    total = (
        f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{r("i=1")}</m:sub><m:sup>{r("n")}</m:sup>'
        f"<m:e>{r('𝑥')}</m:e></m:nary>"
    )
    body = f"<w:p>{run('So ')}<m:oMath>{fraction}</m:oMath></w:p>"
    body += f"<w:p><m:oMathPara><m:oMath>{total}</m:oMath></m:oMathPara></w:p>"
    assert text(tmp_path, body) == "So $\\frac{\\sqrt{b^2}}{2a}$\n\n$$\n\\sum_{i=1}^n x\n$$"


def test_the_document_says_who_wrote_it(tmp_path: Path) -> None:
    got = read(tmp_path, word(paragraph("Text.")))
    assert orjson.loads(str(got.column("metadata")[0])) == {
        "title": "The Mill",
        "authors": ["Ada", "Ben"],
        "date": "2020-01-02T03:04:05Z",
    }
    assert str(got.column("time")[0]) == "2020-01-02 03:04:05+00:00"


def test_each_broken_document_is_one_sentence(tmp_path: Path) -> None:
    for data, why in (
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...",
            "the file is encrypted by a password, or of an office format before 2007",
        ),
        (zipped({"a": "b"}), "the package has no word/document.xml: it is no such document"),
        (word("<w:p/>"), "the file has no text"),
        (word("<w:tbl><w:tr><w:tc>" * 20), "the XML is broken at line 1 (mismatched tag)"),
        (
            word("<w:tbl><w:tr><w:tc>" * 60 + "</w:tc></w:tr></w:tbl>" * 60),
            "the XML is nested deeper than 160 elements",
        ),
        (
            zipped({"_rels/.rels": '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}),
            "the XML declares an entity of its own that is long or holds others (b)",
        ),
    ):
        assert read(tmp_path, data).errors == [why]
