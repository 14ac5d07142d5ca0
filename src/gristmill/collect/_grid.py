"""The cells of a table in rows and columns, with those that reach over several."""

from __future__ import annotations

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
