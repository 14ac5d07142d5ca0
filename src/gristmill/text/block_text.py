"""The blocks of a page written out as plain text, the way `Prose` writes them; tables are left to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.block_layout import CODE, ITEM, LEVEL, LISTS, TABLE
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.html_layout import END, PARENT, START, TAG, VALUE, VALUE_END, Table
from gristmill.text.html_names import NUMBERS
from gristmill.text.jit import kernel, part, small_part

MOST_NUMBER = 9_999
"""A list that says it begins higher begins at 1."""

_DEEPEST_INDENT = 16
_OL = NUMBERS["ol"]
_LF, _SPACE, _DASH, _STOP, _ZERO = 10, 32, ord("-"), ord("."), ord("0")


@small_part
def _put(to: Bytes, at: int, byte: int) -> int:
    """Write a byte where there is room; where the next one goes."""
    if at < len(to):
        to[at] = byte
    return at + 1


@part
def _spaces(to: Bytes, at: int, count: int) -> int:
    for _ in range(count):
        at = _put(to, at, _SPACE)
    return at


@part
def _number(to: Bytes, at: int, number: int) -> int:
    power = 1
    while power * 10 <= number:
        power *= 10
    while power:
        at = _put(to, at, _ZERO + number // power % 10)
        power //= 10
    return at


@part
def _copied(shown: Bytes, begin: int, stop: int, to: Bytes, at: int, indent: int) -> int:
    """Copy a text; behind a line feed come so many spaces, and where that is -1 a space stands for it."""
    for k in range(begin, stop):
        at = _put(to, at, _SPACE if shown[k] == _LF and indent < 0 else shown[k])
        if shown[k] == _LF:
            at = _spaces(to, at, indent)
    return at


@part
def kind_of(row: Offsets) -> int:
    """What a block is written as a part of: a `pre`, a table, an item; or by itself."""
    if row[CODE] >= 0:
        return CODE
    if row[TABLE] >= 0:
        return TABLE
    return ITEM if row[ITEM] >= 0 else LEVEL


@part
def first_number(elements: Table, page: Bytes, ordered: int) -> int:
    """The number of a list's first item."""
    number = 0
    begin, stop = elements[ordered, VALUE], elements[ordered, VALUE_END]
    for k in range(begin, stop):
        if not _ZERO <= page[k] <= _ZERO + 9 or number > MOST_NUMBER:
            return 1
        number = 10 * number + page[k] - _ZERO
    return number if begin < stop and number <= MOST_NUMBER else 1


@part
def _mark(elements: Table, page: Bytes, ordinals: Offsets, row: Offsets, to: Bytes, at: int) -> tuple[int, int]:
    """Write what stands before an item: where its text begins, and how far its further lines are indented."""
    begin = at
    at = _spaces(to, at, 2 * min(max(row[LISTS] - 1, 0), _DEEPEST_INDENT))
    parent = elements[row[ITEM], PARENT]
    if elements[parent, TAG] == _OL:
        at = _put(to, _number(to, at, first_number(elements, page, parent) + ordinals[row[ITEM]]), _STOP)
    else:
        at = _put(to, at, _DASH)
    at = _put(to, at, _SPACE)
    return at, at - begin


@kernel
def write_blocks(
    blocks: Table,
    elements: Table,
    shown: Bytes,
    page: Bytes,
    taken: npt.NDArray[np.int64],
    rows: Offsets,
    ordinals: Offsets,
    to: Bytes,
    begun: npt.NDArray[np.bool_],
    tables: Offsets,
) -> tuple[int, int]:
    """Write the blocks `taken` into `to` as far as there is room: the size of the text, and how many tables it has.

    Table `k` is that of the blocks `taken[tables[k, 0]:tables[k, 1]]` and belongs at `to[tables[k, 2]]`. `begun` is
    room for a mark on each item whose beginning is written.
    """
    begun[:] = False
    at = found = first = 0
    after_item = False
    while first < len(taken):
        row = rows[first]
        kind = kind_of(row)
        last = first + 1
        while kind != LEVEL and last < len(taken) and kind_of(rows[last]) == kind and rows[last, kind] == row[kind]:
            last += 1
        item = kind == ITEM and not begun[row[ITEM]]
        if first > 0:
            at = _put(to, at, _LF)
            at = at if item and after_item else _put(to, at, _LF)
        indent = -1 if kind == LEVEL and row[LEVEL] else 0
        if item:
            begun[row[ITEM]] = True
            at, indent = _mark(elements, page, ordinals, row, to, at)
        if kind == TABLE:
            tables[found, 0], tables[found, 1], tables[found, 2] = first, last, at
            found += 1
        else:
            for k in range(first, last):
                if k > first:
                    at = _spaces(to, _put(to, at, _LF), indent)
                at = _copied(shown, blocks[taken[k], START], blocks[taken[k], END], to, at, indent)
        after_item = item
        first = last
    return at, found
