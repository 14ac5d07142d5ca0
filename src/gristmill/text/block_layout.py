"""What the blocks of a page are by the elements around them: headings, items, cells of tables, code, quotes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.html_layout import ELEMENT, FOLLOWED, PARENT, TAG, Table
from gristmill.text.html_names import NUMBERS
from gristmill.text.jit import kernel, part

LEVEL, CODE, QUOTES, ITEM, LISTS, CELL, ROW, TABLE = range(8)
"""Of a block: its level as a heading, and the element that is its `pre`, list item, cell, row and table, -1 where it
has none; how many quotes and lists are around it."""

MOST_BLOCKS = 4
"""An item or cell with more blocks, or with a heading, is no item or cell but a part of the page's layout."""

_H = np.array([NUMBERS[f"h{level}"] for level in range(1, 7)], np.int64)
_PRE, _QUOTE, _LI, _UL, _OL, _MENU, _TD, _TH, _TR, _TABLE = (
    NUMBERS[name] for name in ["pre", "blockquote", "li", "ul", "ol", "menu", "td", "th", "tr", "table"]
)


@part
def _level(tag: int) -> int:
    level = 0
    for k in range(6):
        level = k + 1 if _H[k] == tag else level
    return level


@part
def _upward(elements: Table, element: int, row: Offsets) -> None:
    row[:] = -1
    row[LEVEL] = row[QUOTES] = row[LISTS] = 0
    depth = 0
    while element > 0 and depth < FOLLOWED:
        depth += 1
        tag = elements[element, TAG]
        if row[LEVEL] == 0:
            row[LEVEL] = _level(tag)
        if tag == _PRE and row[CODE] < 0:
            row[CODE] = element
        elif tag == _QUOTE:
            row[QUOTES] += 1
        elif tag == _LI and row[ITEM] < 0 and row[CELL] < 0:
            row[ITEM] = element
        elif tag in (_UL, _OL, _MENU) and row[ITEM] >= 0:
            row[LISTS] += 1
        elif (tag in (_TD, _TH)) and row[CELL] < 0 and row[ITEM] < 0:
            row[CELL] = element
        elif tag == _TR and row[ROW] < 0 and row[CELL] >= 0:
            row[ROW] = element
        elif tag == _TABLE:
            row[TABLE] = element if row[TABLE] < 0 and row[ROW] >= 0 else row[TABLE]
            if row[ITEM] >= 0:
                break  # a list in a cell does not go on around the table
        element = elements[element, PARENT]


@part
def _ordinals(elements: Table, counts: Offsets, ordinals: Offsets) -> None:
    """The place of each item and cell among those of its list or row, from 0."""
    counts[:] = 0
    for e in range(1, len(elements)):
        tag = elements[e, TAG]
        if tag in (_LI, _TD, _TH):
            parent = elements[e, PARENT]
            ordinals[e] = counts[parent]
            counts[parent] += 1


@part
def _mark_layout(elements: Table, rows: Offsets, ordinals: Offsets, counts: Offsets, broken: Offsets) -> None:
    """Mark items that are too large, and tables with such cells, with tables in them, or of one column."""
    counts[:] = 0
    broken[:] = 0
    for k in range(len(rows)):
        if rows[k, TABLE] >= 0:
            broken[rows[k, TABLE]] |= 1
            outer, depth = elements[rows[k, TABLE], PARENT], 0
            while outer > 0 and depth < FOLLOWED:
                depth += 1
                broken[outer] |= 2 if elements[outer, TAG] == _TABLE else 0
                outer = elements[outer, PARENT]
    for k in range(len(rows)):
        row = rows[k]
        for held in (row[ITEM], row[CELL]):
            if held >= 0:
                counts[held] += 1
                if counts[held] > MOST_BLOCKS or row[LEVEL]:
                    broken[row[TABLE] if held == row[CELL] and row[TABLE] >= 0 else held] |= 2
        if row[CELL] >= 0 and row[TABLE] >= 0 and ordinals[row[CELL]] > 0:
            broken[row[TABLE]] |= 4
    for k in range(len(rows)):
        row = rows[k]
        if row[ITEM] >= 0 and broken[row[ITEM]] & 2:
            row[ITEM], row[LISTS] = -1, 0
        if row[TABLE] >= 0 and (broken[row[TABLE]] & 2 or not broken[row[TABLE]] & 4):
            row[CELL] = row[ROW] = row[TABLE] = -1


@kernel
def block_layout(blocks: Table, elements: Table, taken: npt.NDArray[np.int64]) -> tuple[Offsets, Offsets]:
    """A row for each block of `taken`, and of each element its place among the items or cells beside it."""
    rows = np.empty((len(taken), 8), np.int64)
    counts, ordinals = np.empty(len(elements), np.int64), np.zeros(len(elements), np.int64)
    broken = np.empty(len(elements), np.int64)
    for k in range(len(taken)):
        _upward(elements, blocks[taken[k], ELEMENT], rows[k])
    _ordinals(elements, counts, ordinals)
    _mark_layout(elements, rows, ordinals, counts, broken)
    return rows, ordinals
