"""Presentations: slides in order, titles first, lists, tables, notes and what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from collecting import Got
from gristmill.collect.pptx import Pptx
from zipped import shape, slides, word


def read(tmp_path: Path, data: bytes, **settings: Any) -> Got:
    (tmp_path / "a.pptx").write_bytes(data)
    return Got(Pptx(paths=("a.pptx",), **settings), tmp_path)


def text(tmp_path: Path, *contents: str, notes: dict[int, str] | None = None, **settings: Any) -> str:
    got = read(tmp_path, slides(*contents, notes=notes), **({"form": "markdown"} | settings))
    assert not got.errors
    return str(got.column("text")[0])


def test_a_title_is_a_heading_wherever_it_was_drawn_and_a_body_is_a_list(tmp_path: Path) -> None:
    deeper = '<a:p><a:pPr lvl="1"/><a:r><a:t>rye</a:t></a:r></a:p>'
    plain = "<a:p><a:pPr><a:buNone/></a:pPr><a:r><a:t>So it</a:t></a:r><a:br/><a:r><a:t>goes.</a:t></a:r></a:p>"
    first = shape("grain", deeper, plain, place="body") + shape("The Mill", place="ctrTitle")
    second = shape("Free text.") + shape("7", place="sldNum") + f"<p:grpSp>{shape('Grouped.')}</p:grpSp>"
    assert text(tmp_path, first, second) == ("# The Mill\n\n- grain\n  - rye\n\nSo it\ngoes.\n\nFree text.\n\nGrouped.")


def test_notes_and_hidden_slides_come_by_option(tmp_path: Path) -> None:
    hidden = shape("Secret.")
    root = '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" show="0" '
    root += 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    root += f"<p:cSld><p:spTree>{hidden}</p:spTree></p:cSld></p:sld>"
    notes = {0: shape("Speak slowly.", place="body") + shape("3", place="sldNum")}
    assert text(tmp_path, shape("One."), root, notes=notes) == "One."
    assert text(tmp_path, shape("One."), root, notes=notes, speaker_notes=True) == "One.\n\n> Speak slowly."
    assert text(tmp_path, shape("One."), root, hidden_slides=True) == "One.\n\nSecret."


def test_tables_and_formulas_are_read(tmp_path: Path) -> None:
    def cell(content: str, merged: str = "") -> str:
        return f"<a:tc {merged}><a:txBody><a:p><a:r><a:t>{content}</a:t></a:r></a:p></a:txBody></a:tc>"

    rows = [cell("grain") + cell("price"), cell("rye") + cell("x", 'vMerge="1"')]
    table = f"<p:graphicFrame><a:tbl>{''.join(f'<a:tr>{row}</a:tr>' for row in rows)}</a:tbl></p:graphicFrame>"
    math = (
        "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    formula = shape(f"<a:p><mc:AlternateContent><mc:Choice>{math}</mc:Choice></mc:AlternateContent></a:p>")
    assert text(tmp_path, table + formula) == "| grain | price |\n| --- | --- |\n| rye |  |\n\n$x^2$"


def test_slides_are_counted_and_broken_files_named(tmp_path: Path) -> None:
    got = read(tmp_path, slides(shape("One."), shape("Two.")))
    assert orjson.loads(str(got.column("metadata")[0])) == {"slides": 2}
    assert read(tmp_path, slides(shape(""))).errors == ["the file has no text"]
    assert read(tmp_path, word("<w:p/>")).errors == ["the package's main part is no presentation"]
    assert read(tmp_path, slides(shape("One."))[:200]).errors == [
        "the zip archive is cut off or broken: its list of files cannot be read"
    ]
