"""The body of a Word document, walked in order and written as prose."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from gristmill.collect._docx_styles import Numbering, Styles, list_place, outline_level
from gristmill.collect._flow import Flow
from gristmill.collect._grid import Grid
from gristmill.collect._office import alternative
from gristmill.collect._omml import latex_of_omml
from gristmill.collect._scripts import lowered, raised

_INSERTED = frozenset(("w.ins", "w.moveTo"))
_DELETED = frozenset(("w.del", "w.moveFrom"))
_SKIPPED = frozenset(("w.pPr", "w.rPr", "w.tblPr", "w.trPr", "w.tcPr", "w.tblGrid", "w.sdtPr", "w.instrText", "w.rt"))
_OFF = ("0", "false", "off")


class Body:
    """Writes paragraphs and tables into a flow. `notes` are the elements of footnotes and endnotes by kind and id."""

    def __init__(
        self,
        flow: Flow,
        styles: Styles,
        numbering: Numbering,
        notes: dict[tuple[str, str], Element],
        *,
        accept: bool,
    ) -> None:
        self._flow, self._styles, self._numbering, self._notes = flow, styles, numbering, notes
        self._gone = _DELETED if accept else _INSERTED
        self._marks = 0
        self._boxes: list[str] = []
        self._code: list[str] = []
        self._makers: dict[str, Callable[[Element], None]] = {
            "w.p": self._paragraph,
            "w.tbl": self._table,
            "w.r": self._run,
            "w.t": self._text,
            "w.delText": self._text,
            "w.tab": lambda element: flow.put("\t"),
            "w.br": self._break,
            "w.cr": lambda element: flow.line_break(),
            "w.noBreakHyphen": lambda element: flow.put("\u2011"),
            "w.sym": self._symbol,
            "w.footnoteReference": self._mark,
            "w.endnoteReference": self._mark,
            "w.txbxContent": self._box,
            "w.sdt": self._control,
            "mc.AlternateContent": self._alternative,
            "m.oMathPara": self._displayed,
            "m.oMath": self._formula,
        }

    def write(self, body: Element) -> None:
        self._children(body)
        self._end_code()
        self._flow.end_block()

    def _children(self, element: Element) -> None:
        for child in element:
            tag = child.tag
            if tag not in _SKIPPED and tag not in self._gone:
                self._makers.get(tag, self._children)(child)

    # Blocks

    def _paragraph(self, element: Element) -> None:
        properties = element.find("w.pPr")
        style = _value(properties, "w.pStyle")
        if self._styles.is_contents(style):
            return
        if self._styles.is_code(style):
            self._children(element)
            self._code.append(self._flow.taken_raw())
            return
        self._end_code()
        self._children(element)
        if properties is not None and any(properties.find(f"w.rPr/{gone}") is not None for gone in self._gone):
            return  # the mark between this and the next paragraph is gone: they are one
        self._end(properties, style)
        boxes, self._boxes = self._boxes, []
        for text in boxes:
            self._flow.prose.paragraph(text)

    def _end(self, properties: Element | None, style: str) -> None:
        """End a paragraph as what it is by its own properties and its style's."""
        flow = self._flow
        if flow.is_empty:
            return
        level = outline_level(properties) or self._styles.heading(style)
        found = list_place(properties) or self._styles.list_place(style)
        place = self._numbering.next(*found) if found else None
        if level is not None and level <= 9:
            flow.end_heading(level, place.label if place else "")
        elif place is not None:
            flow.end_item(place.depth, place.number)
        elif self._styles.is_quote(style):
            flow.end_quoted()
        else:
            flow.end_block()

    def _end_code(self) -> None:
        if self._code:
            code, self._code = self._code, []
            self._flow.code("\n".join(code))

    def _table(self, element: Element) -> None:
        self._end_code()
        grid = Grid()
        for row in _inside(element, "w.tr"):
            if any(row.find(f"w.trPr/{gone}") is not None for gone in self._gone):
                continue
            grid.begin_row()
            for cell in _inside(row, "w.tc"):
                merged = cell.find("w.tcPr/w.vMerge")
                goes_on = merged is not None and merged.get("w.val", "continue") == "continue"
                with self._flow.aside() as found:
                    self._children(cell)
                    self._end_code()
                span = _value(cell.find("w.tcPr"), "w.gridSpan")
                grid.cell("" if goes_on else found[0], int(span) if span.isdigit() and len(span) < 5 else 1)
        self._flow.table(grid.rows)

    def _box(self, element: Element) -> None:
        """A text box, which comes after the paragraph that it is fixed to."""
        code, self._code = self._code, []
        with self._flow.aside() as found:
            self._children(element)
            self._end_code()
        self._code = code
        self._boxes.append(found[0])

    def _control(self, element: Element) -> None:
        gallery = element.find("w.sdtPr/w.docPartObj/w.docPartGallery")
        if gallery is None or gallery.get("w.val") != "Table of Contents":
            self._children(element)

    def _alternative(self, element: Element) -> None:
        chosen = alternative(element)
        if chosen is not None:
            self._children(chosen)

    def _displayed(self, element: Element) -> None:
        for math in element.iter("m.oMath"):
            self._flow.maths(latex_of_omml(math))

    # Inline

    def _run(self, element: Element) -> None:
        properties = element.find("w.rPr")
        if properties is None:
            self._children(element)
            return
        hidden = properties.find("w.vanish")
        if hidden is not None and hidden.get("w.val") not in _OFF:
            return
        position = _value(properties, "w.vertAlign")
        text = "".join(one.text or "" for one in element if one.tag == "w.t")
        if position in ("superscript", "subscript") and text:
            self._flow.put(raised(text) if position == "superscript" else lowered(text))
        else:
            self._children(element)

    def _text(self, element: Element) -> None:
        self._flow.put(element.text)

    def _break(self, element: Element) -> None:
        if element.get("w.type", "textWrapping") == "textWrapping":
            self._flow.line_break()

    def _symbol(self, element: Element) -> None:
        """A sign of a font; those of fonts of signs lie where Unicode has none."""
        code = int(element.get("w.char", ""), 16) if _is_hex(element.get("w.char", "")) else 0
        if 0x20 <= code < 0xD800:
            self._flow.put(chr(code))

    def _formula(self, element: Element) -> None:
        latex = latex_of_omml(element)
        if latex:
            self._flow.put(f"${latex}$")

    def _mark(self, element: Element) -> None:
        kind = element.tag.removesuffix("Reference")
        note = self._notes.pop((kind, element.get("w.id", "")), None)
        if note is None:
            return
        self._marks += 1
        label = str(self._marks)
        self._flow.mark(label)
        boxes, self._boxes = self._boxes, []
        with self._flow.aside() as found:
            self._children(note)
            self._end_code()
        self._boxes = boxes
        self._flow.note(label, found[0])


def _inside(element: Element, tag: str) -> list[Element]:
    """Rows of a table or cells of a row, also where a control or an insertion holds them."""
    found: list[Element] = []
    for child in element:
        if child.tag == tag:
            found.append(child)
        elif child.tag in ("w.sdt", "w.sdtContent", "w.ins", "w.customXml", "w.smartTag"):
            found += _inside(child, tag)
    return found


def _value(element: Element | None, name: str) -> str:
    found = element.find(name) if element is not None else None
    return found.get("w.val", "") if found is not None else ""


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 4 and all(char in "0123456789abcdefABCDEF" for char in text)
