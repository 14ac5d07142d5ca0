"""Tables of wikitext as rows of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gristmill.collect._markup import attributes
from gristmill.collect._wiki_marks import GONE

MAX_DEPTH = 8
"""Tables within each other."""

_MOST_CELLS = 20_000
_MOST_SPAN = 200
_MOST_REPEATED = 50_000

Rows = list[list[str]]


class Table:
    """A table that is being read line by line. Cells that span rows or columns are repeated where they reach."""

    def __init__(self) -> None:
        self.caption = ""
        self._rows: list[list[tuple[str, int, int]]] = [[]]
        self._cells = 0
        self._repeated = 0
        self._in_caption = False

    def line(self, line: str) -> None:
        """Take one line between the table's first and last."""
        plain = line.strip()
        if plain.startswith("|-"):
            self._in_caption = False
            self._rows.append([])
        elif plain.startswith("|+"):
            self._in_caption = True
            self.caption = plain[2:].rpartition("|")[2].strip()
        elif plain.startswith("|"):
            self._add(plain[1:].split("||"))
        elif plain.startswith("!"):
            self._add(plain[1:].replace("!!", "||").split("||"))
        elif self._in_caption:
            self.caption = f"{self.caption} {plain}".strip()
        else:
            self.more(plain)

    def more(self, text: str) -> None:
        """Take what goes on with the last cell."""
        if self._rows[-1] and text:
            shown, across, down = self._rows[-1][-1]
            # Kept short: what is joined again and again would take quadratic time.
            if len(shown) < 20_000:
                self._rows[-1][-1] = (f"{shown} {text}".strip(), across, down)

    def rows(self) -> Rows:
        """The cells, those of wider reach repeated."""
        found: Rows = []
        reaching: dict[int, tuple[str, int]] = {}
        for cells in self._rows:
            if cells:
                found.append(list(_row(cells, reaching)))
        return found

    def _add(self, cells: Sequence[str]) -> None:
        self._in_caption = False
        for cell in cells:
            if self._cells == _MOST_CELLS:
                self.more(cell)
                continue
            self._cells += 1
            before, bar, after = cell.partition("|")
            if not bar and GONE in cell and "=" in cell.partition(GONE)[0]:  # attributes of what was not written out
                before, bar, after = cell.partition(GONE)
            if bar and ("=" in before or not before.strip()):
                own = attributes(before)
                across, down = _span(own.get("colspan")), _span(own.get("rowspan"))
                self._repeated += across * down - 1
                self._rows[-1].append(
                    (after.strip(), across, down) if self._repeated <= _MOST_REPEATED else (after.strip(), 1, 1)
                )
            else:
                self._rows[-1].append((cell.strip(), 1, 1))


def _row(cells: Sequence[tuple[str, int, int]], reaching: dict[int, tuple[str, int]]) -> Iterator[str]:
    if len(cells) == 1 and not reaching and cells[0][2] == 1:  # a heading across the table is said once
        yield cells[0][0]
        return
    column = 0
    for text, across, down in cells:
        while column in reaching:
            yield _reached(column, reaching)
            column += 1
        for _ in range(across):
            if down > 1:
                reaching[column] = (text, down - 1)
            yield text
            column += 1
    while column in reaching:
        yield _reached(column, reaching)
        column += 1


def _reached(column: int, reaching: dict[int, tuple[str, int]]) -> str:
    text, left = reaching.pop(column)
    if left > 1:
        reaching[column] = (text, left - 1)
    return text


def _span(value: str | None) -> int:
    plain = (value or "").strip()
    return min(max(int(plain), 1), _MOST_SPAN) if plain.isascii() and plain.isdigit() and len(plain) < 6 else 1
