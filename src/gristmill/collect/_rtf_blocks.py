"""Paragraphs and tables of RTF: what a paragraph is, told by words that come before its text or within it."""

from __future__ import annotations

from gristmill.collect._flow import Flow

_LAST_LEVEL = 8


class Blocks:
    """Ends the paragraphs, items, cells and rows of a flow."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._levels: dict[int, int] = {}  # of headings, by the number of their style
        self._row: list[str] = []
        self._rows: list[list[str]] = []
        self._level: int | None = None
        self._depth = 0
        self._is_item = self._is_row = False
        self._number: int | None = None

    def begin(self) -> None:
        """Forget what was said of the paragraph (`\\pard`), but for the mark of an item, which may stand before."""
        self._level, self._depth, self._is_row = None, 0, False

    def name_style(self, number: int, name: str) -> None:
        """What a style is called in lower case: `heading 1`."""
        level = name.removeprefix("heading ")
        if name == "title":
            self._levels[number] = 1
        elif level != name and level.isdigit() and len(level) < 3:
            self._levels[number] = int(level)

    def set_style(self, number: int) -> None:
        self._level = self._levels.get(number)

    def set_level(self, number: int) -> None:
        if 0 <= number <= _LAST_LEVEL:
            self._level = number + 1

    def set_depth(self, number: int) -> None:
        self._depth = min(max(number, 0), _LAST_LEVEL)

    def set_row(self, is_row: bool) -> None:
        self._is_row = is_row

    def set_mark(self, text: str) -> None:
        """The paragraph is an item of a list, with this number or sign before it."""
        self._is_item = True
        self._number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

    def end_paragraph(self, *, is_note: bool) -> None:
        flow = self._flow
        if self._is_row and not is_note:
            flow.line_break()
            return
        if not flow.is_empty and not is_note:
            self.end_table()
        if self._level is not None:
            flow.end_heading(self._level)
        elif self._is_item:
            flow.end_item(self._depth, self._number)
        else:
            flow.end_block()
        self._is_item = False

    def end_cell(self) -> None:
        self._row.append(self._flow.taken())
        self._is_item = False

    def end_row(self) -> None:
        if self._row:
            self._rows.append(self._row)
            self._row = []

    def end_table(self) -> None:
        """Write the rows so far, before the paragraph that is open."""
        self.end_row()
        if self._rows:
            rows, self._rows = self._rows, []
            self._flow.table_before(rows)
