"""Presentations of PowerPoint: slides in order with their titles, lists and tables, and notes by option."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from pydantic import Field

from gristmill.collect._columns import as_time
from gristmill.collect._documents import Document, DocumentReader, Unreadable
from gristmill.collect._flow import Flow
from gristmill.collect._grid import Grid
from gristmill.collect._office import Package, alternative
from gristmill.collect._omml import latex_of_omml
from gristmill.collect._zip import Archive

_TITLES = frozenset(("title", "ctrTitle"))
_FURNITURE = frozenset(("dt", "ftr", "hdr", "sldNum", "sldImg"))
_BODIES = frozenset(("body", "obj", ""))


class Pptx(DocumentReader):
    """Presentations, one record each: a heading for each slide that has a title, then what is on it from top to
    bottom as it was drawn. Hidden slides, dates, footers and numbers of slides are left out."""

    suffixes = (".pptx", ".pptm", ".ppsx")

    speaker_notes: bool = Field(False, description="Take the speaker's notes, after each slide.")
    hidden_slides: bool = Field(False, description="Take slides that are hidden in the show.")

    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        package = Package(Archive(file, self.max_record_bytes), "ppt/presentation.xml")
        name, root = package.main()
        listed = root.find("p.sldIdLst")
        if root.tag != "p.presentation":
            raise Unreadable("the package's main part is no presentation")
        slides = package.related(name, "slide")
        flow = Flow(self.form, notes=self.notes)
        count = 0
        for entry in listed if listed is not None else ():
            slide = slides.get(entry.get("r.id", ""))
            if slide is not None:
                count += self._write(flow, package, slide)
        facts = package.facts() | {"slides": count}
        yield Document(flow.finished(), facts, time=as_time(str(facts.get("date") or "")))

    def _write(self, flow: Flow, package: Package, name: str) -> bool:
        slide = package.part(name)
        if slide.get("show") == "0" and not self.hidden_slides:
            return False
        tree = slide.find("p.cSld/p.spTree")
        shapes = list(_shapes(tree)) if tree is not None else []
        for shape in [*filter(_is_title, shapes), *(shape for shape in shapes if not _is_title(shape))]:
            _write_shape(flow, shape)
        notes = package.first(name, "notesSlide") if self.speaker_notes else None
        for shape in _shapes(notes) if notes is not None else ():
            if _placeholder(shape) == "body":
                with flow.quote():
                    _write_shape(flow, shape, as_list=False)
        return True


def _shapes(element: Element) -> Iterator[Element]:
    """Shapes and tables in the order in which they were drawn, those within groups too."""
    for child in element:
        if child.tag in ("p.sp", "p.graphicFrame"):
            yield child
        elif child.tag == "mc.AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                yield from _shapes(chosen)
        elif child.tag in ("p.grpSp", "p.cSld", "p.spTree"):
            yield from _shapes(child)


def _placeholder(shape: Element) -> str | None:
    """What a shape is a place for; None where it is a shape of its own."""
    found = shape.find("p.nvSpPr/p.nvPr/p.ph")
    return found.get("type", "") if found is not None else None


def _is_title(shape: Element) -> bool:
    return _placeholder(shape) in _TITLES


def _write_shape(flow: Flow, shape: Element, *, as_list: bool = True) -> None:
    kind = _placeholder(shape)
    if kind in _FURNITURE:
        return
    for table in shape.iter("a.tbl"):
        _write_table(flow, table)
    body = shape.find("p.txBody")
    for paragraph in body.iterfind("a.p") if body is not None else ():
        _inline(flow, paragraph)
        if kind in _TITLES:
            flow.line_break()
        elif kind in _BODIES and as_list:
            _end_item(flow, paragraph)
        else:
            flow.end_block()
    if kind in _TITLES:
        flow.end_heading(1)


def _end_item(flow: Flow, paragraph: Element) -> None:
    """The body of a slide is a list, but where a paragraph says that it is none."""
    properties = paragraph.find("a.pPr")
    level = properties.get("lvl", "0") if properties is not None else "0"
    if properties is not None and properties.find("a.buNone") is not None:
        flow.end_block()
    else:
        flow.end_item(int(level) if level.isdigit() and len(level) == 1 else 0)


def _inline(flow: Flow, paragraph: Element) -> None:
    for child in paragraph:
        if child.tag in ("a.r", "a.fld"):
            text = child.find("a.t")
            flow.put(text.text if text is not None else None)
        elif child.tag == "a.br":
            flow.line_break()
        elif child.tag == "mc.AlternateContent" or child.tag == "m":
            for math in child.iter("m.oMath"):
                flow.put(f"${latex_of_omml(math)}$")


def _write_table(flow: Flow, table: Element) -> None:
    grid = Grid()
    for row in table.iterfind("a.tr"):
        grid.begin_row()
        for cell in row.iterfind("a.tc"):
            with flow.aside() as found:
                for paragraph in cell.iterfind("a.txBody/a.p"):
                    _inline(flow, paragraph)
                    flow.end_block()
            merged = cell.get("hMerge") or cell.get("vMerge")
            grid.cell("" if merged else found[0])
    flow.table(grid.rows)
