"""The body of an OpenDocument text, walked in order and written as prose."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from gristmill.collect._flow import Flow
from gristmill.collect._grid import MAX_COLUMNS, Grid
from gristmill.collect._mathml import latex_of_mathml
from gristmill.collect._odt_styles import Styles
from gristmill.collect._scripts import lowered, raised

_SKIPPED = frozenset((
    "text.tracked-changes", "text.table-of-content", "text.illustration-index", "text.table-index", "text.object-index",
    "text.sequence-decls", "text.variable-decls", "text.user-field-decls", "office.annotation", "office.annotation-end",
    "office.forms", "text.ruby-text", "svg.title", "svg.desc", "office.binary-data", "text.index-title-template",
))  # fmt: skip
_MOST_SPACES = 1000
_MOST_REPEATED = 100


class Body:
    """Writes paragraphs, lists and tables into a flow. `formula` gives the MathML that an object is."""

    def __init__(self, flow: Flow, styles: Styles, formula: Callable[[Element], Element | None]) -> None:
        self._flow, self._styles, self._formula = flow, styles, formula
        self._lists: list[str] = []  # styles of the lists that are open
        self._code: list[str] = []
        self._makers: dict[str, Callable[[Element], None]] = {
            "text.h": self._heading,
            "text.p": self._paragraph,
            "text.list": self._list,
            "text.span": self._span,
            "text.s": self._spaces,
            "text.tab": lambda element: flow.put("\t"),
            "text.line-break": lambda element: flow.line_break(),
            "text.note": self._note,
            "text.ruby-base": self._children,
            "table.table": self._table,
            "draw.text-box": self._box,
            "draw.object": self._object,
        }
        self._boxes: list[str] = []

    def write(self, body: Element) -> None:
        self._children(body)
        self._end_code()
        self._flow.end_block()

    def _children(self, element: Element) -> None:
        self._flow.put(element.text)
        for child in element:
            if child.tag not in _SKIPPED:
                self._makers.get(child.tag, self._children)(child)
            self._flow.put(child.tail)

    # Blocks

    def _heading(self, element: Element) -> None:
        self._end_code()
        self._flow.end_block()
        self._children(element)
        level = element.get("text.outline-level", "1")
        self._flow.end_heading(int(level) if level.isdigit() and len(level) < 3 else 1)
        self._write_boxes()

    def _paragraph(self, element: Element) -> None:
        flow, style = self._flow, element.get("text.style-name", "")
        is_code = self._styles.is_code(style)
        if not is_code:
            self._end_code()
        flow.end_block()
        self._children(element)
        if is_code:
            self._code.append(flow.taken_raw())
        elif self._styles.is_title(style):
            flow.end_heading(1)
        elif self._styles.is_quote(style):
            flow.end_quoted()
        else:
            flow.end_block()
        self._write_boxes()

    def _end_code(self) -> None:
        if self._code:
            code, self._code = self._code, []
            self._flow.code("\n".join(code))

    def _list(self, element: Element) -> None:
        self._end_code()
        style = element.get("text.style-name") or (self._lists[-1] if self._lists else "")
        first = self._styles.first_number(style, len(self._lists))
        self._lists.append(style)
        with self._flow.listing(first):
            for child in element:
                start = child.get("text.start-value", "")
                if child.tag == "text.list-item":
                    with self._flow.item(int(start) if start.isdigit() and len(start) < 7 else None):
                        self._children(child)
                        self._end_code()
                elif child.tag == "text.list-header":
                    self._children(child)
        self._lists.pop()

    def _table(self, element: Element) -> None:
        self._end_code()
        grid = Grid()
        for row in element.iter("table.table-row"):
            grid.begin_row()
            for cell in row:
                if cell.tag not in ("table.table-cell", "table.covered-table-cell"):
                    continue
                text = self._apart(cell) if cell.tag == "table.table-cell" else ""
                repeated = cell.get("table.number-columns-repeated", "1")
                times = int(repeated) if repeated.isdigit() and len(repeated) < 6 else 1
                for _ in range(min(times, _MOST_REPEATED) if len(grid.rows[-1]) < MAX_COLUMNS else 1):
                    grid.cell(text)
        self._flow.table(grid.rows)

    def _apart(self, element: Element) -> str:
        """The text of something that stands apart."""
        held = self._code, self._lists, self._boxes
        self._code, self._lists, self._boxes = [], [], []
        with self._flow.aside() as found:
            self._children(element)
            self._end_code()
            self._flow.end_block()
            self._write_boxes()
        self._code, self._lists, self._boxes = held
        return found[0]

    def _box(self, element: Element) -> None:
        """A text box, which comes after the paragraph that it is fixed to."""
        self._boxes.append(self._apart(element))

    def _write_boxes(self) -> None:
        boxes, self._boxes = self._boxes, []
        for text in boxes:
            self._flow.prose.paragraph(text)

    # Inline

    def _span(self, element: Element) -> None:
        style = element.get("text.style-name", "")
        position = self._styles.position(style)
        if self._styles.is_hidden(style):
            return
        if position and not len(element):
            self._flow.put((raised if position == "super" else lowered)(element.text or ""))
        else:
            self._children(element)

    def _spaces(self, element: Element) -> None:
        count = element.get("text.c", "1")
        self._flow.put(" " * min(int(count) if count.isdigit() and len(count) < 9 else 1, _MOST_SPACES))

    def _note(self, element: Element) -> None:
        citation, body = element.find("text.note-citation"), element.find("text.note-body")
        label = "".join(citation.itertext()).strip() if citation is not None else ""
        self._flow.mark(label or "*")
        if body is not None:
            self._flow.note(label or "*", self._apart(body))

    def _object(self, element: Element) -> None:
        math = self._formula(element)
        latex = latex_of_mathml(math) if math is not None else ""
        if latex:
            self._flow.put(f"${latex}$")
