"""The chosen blocks of a page as plain text or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
import numpy.typing as npt

from gristmill.clean._page_arrays import PageArrays
from gristmill.clean._page_links import linked
from gristmill.records.prose import Form, Prose
from gristmill.text.block_layout import CELL, CODE, ITEM, LEVEL, LISTS, QUOTES, ROW, TABLE, block_layout
from gristmill.text.block_text import MOST_NUMBER, write_blocks
from gristmill.text.flat import Offsets
from gristmill.text.html_layout import END, HOLDER, PARENT, START, TAG, VALUE, VALUE_END
from gristmill.text.html_names import NUMBERS

_OL = NUMBERS["ol"]
_LANGUAGE_CLASSES = ("language-", "lang-", "highlight-source-", "brush:")
_LONGEST_LANGUAGE = 20
_PERMALINK = "¶".encode()
"""What Sphinx and others put behind a heading or a name as a link to it."""
_MOST_COLUMNS = 100
_MARKS = 16
"""Bytes of marks and empty lines that a block has room for at first."""

_Block = tuple[int, str, list[int]]
"""The number of a block, its text, and its row of the layout."""


def page_text(arrays: PageArrays, page: bytes, taken: npt.NDArray[np.int64], form: Form, links: bool = False) -> str:
    """The text of the blocks `taken`, ascending, of the page that the arrays were read from."""
    rows, ordinals = block_layout(arrays.blocks, arrays.elements, taken)
    marked = _permalinks(arrays, taken) & (rows[:, CODE] < 0)
    if marked.any():
        arrays = _without_permalinks(arrays, taken[marked])
        left = arrays.blocks[taken, START] < arrays.blocks[taken, END]
        taken, rows = taken[left], rows[left]
    if form == "text" and not links:
        text = _plain(arrays, page, taken, rows, ordinals)
        if text is not None:
            return text
    texts = linked(arrays, page, taken) if links else _texts(arrays, taken)
    return _prose(arrays, page, form, ordinals, zip(taken.tolist(), texts, rows.tolist(), strict=True))


def _permalinks(arrays: PageArrays, taken: Offsets) -> npt.NDArray[np.bool_]:
    """Which of the blocks end in the mark of a permalink."""
    whole = arrays.out.tobytes()
    if _PERMALINK not in whole:
        return np.zeros(len(taken), np.bool_)
    bounds = arrays.blocks[taken][:, [START, END]].tolist()
    return np.array([whole.endswith(_PERMALINK, start, end) for start, end in bounds], np.bool_)


def _without_permalinks(arrays: PageArrays, marked: Offsets) -> PageArrays:
    """The same page without the marks, nor the white space before them."""
    blocks = arrays.blocks.copy()
    ends = blocks[marked, END] - len(_PERMALINK)
    blocks[marked, END] = ends - ((ends > blocks[marked, START]) & (arrays.out[ends - 1] <= ord(" ")))
    return arrays._replace(blocks=blocks)


def _prose(arrays: PageArrays, page: bytes, form: Form, ordinals: Offsets, blocks: Iterable[_Block]) -> str:
    writer = _Writer(arrays, page, ordinals, form)
    for key, group in groupby(blocks, _unit):
        writer.write(key[0], list(group))
    return writer.prose.text()


def _plain(arrays: PageArrays, page: bytes, taken: Offsets, rows: Offsets, ordinals: Offsets) -> str | None:
    """The same text, of which only tables are made block by block; None where nothing is left of one of them."""
    data, begun = np.frombuffer(page, np.uint8), np.empty(len(arrays.elements), np.bool_)
    tables = np.empty((len(taken), 3), np.int64)
    room = len(arrays.out) + _MARKS * len(taken)
    while True:
        to = np.empty(room, np.uint8)
        size, found = write_blocks(
            arrays.blocks, arrays.elements, arrays.out, data, taken, rows, ordinals, to, begun, tables
        )
        if size <= room:
            break
        room = size  # more lines of items are indented than was thought
    written = to[:size].tobytes()
    pieces: list[str] = []
    at = 0
    for first, last, place in tables[:found].tolist():
        own = taken[first:last]
        blocks = zip(own.tolist(), _texts(arrays, own), rows[first:last].tolist(), strict=True)
        table = _prose(arrays, page, "text", ordinals, blocks)
        if not table:
            return None
        pieces += written[at:place].decode("utf-8", "replace"), table
        at = place
    return "".join(pieces) + written[at:].decode("utf-8", "replace")


def _texts(arrays: PageArrays, taken: npt.NDArray[np.int64]) -> list[str]:
    whole = arrays.out.data
    return [str(whole[start:end], "utf-8", "replace") for start, end in arrays.blocks[taken][:, [START, END]].tolist()]


def _unit(block: _Block) -> tuple[int, int]:
    """What is written as one: the blocks of a `pre`, a table, an item; else each block by itself."""
    number, _, row = block
    for kind in (CODE, TABLE, ITEM):
        if row[kind] >= 0:
            return kind, row[kind]
    return LEVEL, number


class _Writer:
    def __init__(self, arrays: PageArrays, page: bytes, ordinals: npt.NDArray[np.int64], form: Form) -> None:
        self.prose = Prose(form)
        self._arrays, self._page, self._ordinals = arrays, page, ordinals
        self._written: set[int] = set()  # items whose beginning stands already

    def write(self, kind: int, blocks: list[_Block]) -> None:
        number, text, row = blocks[0]
        if kind == CODE:
            self.prose.code("\n".join(text for _, text, _ in blocks), self._language(number, row[CODE]))
        elif kind == TABLE:
            self.prose.table(self._rows(blocks))
        elif kind == ITEM:
            self._item(row, "\n".join(text for _, text, _ in blocks))
        elif row[LEVEL]:
            self.prose.heading(row[LEVEL], text)
        else:
            self.prose.paragraph(text, row[QUOTES])

    def _item(self, row: list[int], text: str) -> None:
        item, depth = row[ITEM], max(row[LISTS] - 1, 0)
        if item in self._written:  # goes on behind a list in it
            self.prose.paragraph(text, row[QUOTES])
            return
        self._written.add(item)
        elements = self._arrays.elements
        parent = int(elements[item, PARENT])
        number = self._first(parent) + int(self._ordinals[item]) if elements[parent, TAG] == _OL else None
        self.prose.item(text, depth, number, row[QUOTES])

    def _first(self, ordered: int) -> int:
        """The number of a list's first item."""
        stated = self._value(ordered)
        number = int(stated.lstrip("0")[:5] or 0) if stated.isdecimal() and stated.isascii() else 1
        return number if number <= MOST_NUMBER else 1

    def _rows(self, blocks: list[_Block]) -> Iterator[list[str]]:
        for _, of_row in groupby(blocks, lambda block: block[2][ROW]):
            cells: dict[int, str] = {}
            for _, text, row in of_row:
                column = int(self._ordinals[row[CELL]])
                if column < _MOST_COLUMNS:
                    cells[column] = f"{cells[column]} {text}" if column in cells else text
            yield [cells.get(column, "") for column in range(max(cells, default=-1) + 1)]

    def _language(self, block: int, pre: int) -> str:
        """The language that the classes of `code` or `pre` name."""
        element = int(self._arrays.blocks[block, HOLDER])
        while element > 0:
            for word in self._value(element).lower().replace("brush: ", "brush:").split():
                for prefix in _LANGUAGE_CLASSES:
                    name = word.removeprefix(prefix)
                    if name != word and len(name) <= _LONGEST_LANGUAGE and name.replace("+", "").isalnum():
                        return name
            if element == pre:
                return ""
            element = int(self._arrays.elements[element, PARENT])
        return ""

    def _value(self, element: int) -> str:
        """The one attribute that an element of this kind is read for."""
        start, end = self._arrays.elements[element, [VALUE, VALUE_END]].tolist()
        return self._page[start:end].decode("utf-8", "replace")
