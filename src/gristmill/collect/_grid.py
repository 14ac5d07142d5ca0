"""The cells of a table in rows and columns, with those that reach over several."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

MAX_COLUMNS = 1000
MAX_SPAN = 10_000
MAX_EMPTY = 200_000
"""Cells of a table that only others reach over: a few bytes of a file ask for thousands."""


class Grid:
    """Takes cells as they come in a file; a cell over several columns or rows leaves the others empty."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._left = MAX_EMPTY
        self._reaching: dict[int, int] = {}  # columns that a cell above still takes, and for how many rows

    def begin_row(self) -> None:
        self._reaching = {column: rows - 1 for column, rows in self._reaching.items() if rows > 1}
        self.rows.append([])

    def cell(self, text: str, columns: int = 1, rows: int = 1) -> None:
        if not self.rows:
            self.begin_row()
        row = self.rows[-1]
        while len(row) in self._reaching and self._left:
            row.append("")
            self._left -= 1
        start = len(row)
        empty = max(min(columns - 1, MAX_COLUMNS - len(row), self._left), 0)
        row += [text, *[""] * empty]
        self._left -= empty
        if rows > 1:
            below = min(rows, MAX_SPAN)
            self._reaching |= dict.fromkeys(range(start, len(row)), below)


def html_rows(table: Element, text_of_cell: Callable[[Element], str]) -> list[list[str]]:
    """The rows of a table in the mark-up of HTML, which JATS and many TEI files use too."""
    grid = Grid()
    for part in table:
        for row in [part] if part.tag == "tr" else part.iterfind("tr"):
            grid.begin_row()
            for cell in row:
                if cell.tag in ("td", "th"):
                    grid.cell(text_of_cell(cell), number(cell.get("colspan")) or 1, number(cell.get("rowspan")) or 1)
    return grid.rows


def number(value: str | None) -> int | None:
    """A small number that an attribute holds; None where it holds none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 7 else None
