"""Lines of JSON objects as columns: a kernel reads the usual ones, and leaves the others to Python."""

from __future__ import annotations

import numpy as np

from gristmill.text.character_counts import characters_in
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.json_numbers import INTEGER, MINUS, NINE, number_end
from gristmill.text.json_scan import (
    CLOSE,
    COLON,
    COMMA,
    OPEN,
    after_space,
    key_end,
    key_order,
    write_string,
    write_value,
)
from gristmill.text.json_strings import QUOTE
from gristmill.text.many_bytes import WIDE, copy_wide
from gristmill.text.sound_lines import line_end
from gristmill.text.time_scan import iso_time, since_1970

TEXT, ID, URL, TIME, METADATA, POSITION, FLAGS = range(7)
"""Rows of the table of columns. Strings of row r end at `table[column, r + 1]`; other values are `table[column, r]`."""

TABLE = 7

UNWRITTEN = 1 << 8
"""The flag of a row whose metadata is JSON, but not as orjson writes it; `1 << column` says that it has a value."""
UNTIMED = 1 << 9
"""The flag of a row whose metadata, not written either, has a value in the place of the time that may be one."""

DONE, BEYOND, FULL, UNUSUAL = range(4)
"""Why the kernel ends: no line is left; the next is beyond the last place; enough was read; the line is unusual."""

AT, SIZE, POSITION_OF, LAST, NUMBERED, LONGEST, ROWS, MAX_ROWS, CHARACTERS, AT_MOST, MAX_CHARACTERS, END = range(12)
"""What the state holds.

Where the next line begins and the lines end in the data; the position of the next line, the first that is not to be
read, and whether it counts lines; the longest line; rows so far and at most; characters so far, how many there may be
besides in metadata yet to be written, and at most; where the newline of the line is that the kernel ended at.
"""
STATE = 12

BEFORE = WIDE
"""Bytes of room before the lines."""

_MAX_MEMBERS = 64
KEYS = 2 * (_MAX_MEMBERS + 2)
SPANS = 5 * (_MAX_MEMBERS + 1)
_NUMBER_SIZE = 6
"""Times as long as what stands there may be a number that orjson writes, at most."""


@part
def _column_of(data: Bytes, begin: int, stop: int, names: Bytes, bounds: Offsets) -> int:
    for column in range(4):
        size = bounds[column + 1] - bounds[column]
        if size == stop - begin:
            k = 0
            while k < size and data[begin + k] == names[bounds[column] + k]:
                k += 1
            if k == size:
                return column
    return -1


@part
def _put_bytes(data: Bytes, begin: int, stop: int, out: Bytes, to: int) -> int:
    for at in range(begin, stop, WIDE):
        copy_wide(data, at, out, to + at - begin)
    return to + stop - begin


@part
def _integer(data: Bytes, begin: int, stop: int) -> int:
    value = 0
    for at in range(begin + (data[begin] == MINUS), stop):
        value = 10 * value + int(np.int64(data[at])) - 0x30
    return -value if data[begin] == MINUS else value


@part
def _time_of(data: Bytes, at: int) -> tuple[int, int]:
    """Where a time ends, and the time; less than 0 where it is none of the usual ones."""
    if data[at] == QUOTE:
        stop = key_end(data, at + 1)
        if stop < 0:
            return -1, 0
        time, known = iso_time(data, at + 1, stop)
        return (stop + 1 if known else -1), time
    stop, kind = number_end(data, at)
    if stop < 0 or kind != INTEGER:
        return -1, 0
    time, known = since_1970(_integer(data, at, stop))
    return (stop if known else -1), time


@part
def _write_metadata(data: Bytes, members: Bytes, spans: Offsets, count: int, out: Bytes, to: int) -> tuple[int, bool]:
    """Write members as an object, sorted by their keys: where it ends, and whether no key comes twice.

    `spans` holds of each where its key begins and ends in `data`, where it does in `members`, and room for the order.
    """
    order = spans[4 * _MAX_MEMBERS :]
    distinct = True
    for one in range(count):
        place = one
        while place > 0:
            other = order[place - 1]
            found = key_order(data, spans[4 * one], spans[4 * one + 1], spans[4 * other], spans[4 * other + 1])
            distinct = distinct and found != 0
            if found >= 0:
                break
            order[place] = other
            place -= 1
        order[place] = one
    out[to] = OPEN
    to += 1
    for k in range(count):
        if k > 0:
            out[to] = COMMA
            to += 1
        one = order[k]
        to = _put_bytes(members, spans[4 * one + 2], spans[4 * one + 3], out, to)
    out[to] = CLOSE
    return to + 1, distinct


@part
def _mapped(data: Bytes, at: int, column: int, out: Bytes, table: Offsets, row: int) -> tuple[int, bool]:
    """Take the value of a mapped column: where it ends, less than 0 where it is unusual; whether it belongs there."""
    begin = table[column, row]
    if column == TIME:
        stop, time = _time_of(data, at)
        table[TIME, row] = time
        return (stop, True) if stop >= 0 else (at, False)
    if data[at] == QUOTE:
        if column == ID and data[at + 1] == QUOTE:
            return at, False
        at, to = write_string(data, at + 1, out, begin, False)
        table[column, row + 1] = to
        return at, True
    if column != ID or data[at] > NINE:
        return at, False
    stop, kind = number_end(data, at)
    if stop >= 0 and kind == INTEGER:
        table[column, row + 1] = _put_bytes(data, at, stop, out, begin)
        return stop, True
    return -1, False


@part
def _record(
    data: Bytes,
    at: int,
    names: Bytes,
    bounds: Offsets,
    text: Bytes,
    ids: Bytes,
    urls: Bytes,
    metadata: Bytes,
    members: Bytes,
    spans: Offsets,
    keys: Offsets,
    table: Offsets,
    row: int,
) -> int:
    """Read the object of a line into a row: where it ends, less than 0 where it is not a usual one."""
    for column in (TEXT, ID, URL, METADATA):
        table[column, row + 1] = table[column, row]
    flags = seen = count = to = 0
    at = after_space(data, at)
    if data[at] != OPEN:
        return -1
    while data[at] != CLOSE:
        begin = after_space(data, at + 1) + 1
        stop = key_end(data, begin) if data[begin - 1] == QUOTE else -1
        at = after_space(data, stop + 1)
        if stop < 0 or data[at] != COLON:
            return -1
        at = after_space(data, at + 1)
        column = _column_of(data, begin, stop, names, bounds)
        taken = False
        if column >= 0:
            if seen >> column & 1:
                return -1
            seen |= 1 << column
            out = text if column == TEXT else ids if column == ID else urls
            at, taken = _mapped(data, at, column, out, table, row)
            if column == TIME and not taken and (data[at] == QUOTE or data[at] <= NINE):
                flags |= UNWRITTEN | UNTIMED
        if taken:
            flags |= 1 << column
        else:
            if count == _MAX_MEMBERS:
                return -1
            spans[4 * count], spans[4 * count + 1], spans[4 * count + 2] = begin, stop, to
            to = _put_bytes(data, begin - 1, stop + 1, members, to)
            members[to] = COLON
            at, to, same = write_value(data, at, members, to + 1, keys)
            spans[4 * count + 3] = to
            count += 1
            flags |= 0 if same else UNWRITTEN
        if at < 0:
            return -1
        at = after_space(data, at)
        if data[at] != COMMA and data[at] != CLOSE:
            return -1
    if not flags >> TEXT & 1:
        return -1
    if count:
        to, distinct = _write_metadata(data, members, spans, count, metadata, table[METADATA, row])
        table[METADATA, row + 1] = to
        flags |= 1 << METADATA | (0 if distinct else UNWRITTEN)
    table[FLAGS, row] = flags
    return after_space(data, at + 1)


@part
def _is_blank(data: Bytes, at: int, end: int) -> bool:
    while at < end and (data[at] == 0x20 or 0x09 <= data[at] <= 0x0D):
        at += 1
    return at >= end


@kernel
def read_records(
    data: Bytes,
    state: Offsets,
    names: Bytes,
    bounds: Offsets,
    text: Bytes,
    ids: Bytes,
    urls: Bytes,
    metadata: Bytes,
    members: Bytes,
    spans: Offsets,
    keys: Offsets,
    table: Offsets,
) -> int:
    """Read lines of `data` on from where the state says into the next rows, and say why it ends.

    Each line ends with a newline; `BEFORE` bytes stand before the first, and 64 after the last. What is to be written
    has room for as many bytes as the lines have, and 64. `bounds` tells where in `names` are the names of text, id,
    url and time, which differ.
    """
    while state[AT] < state[SIZE]:
        begin, row = state[AT], state[ROWS]
        if state[POSITION_OF] >= state[LAST]:
            return BEYOND
        end, sound = line_end(data, begin)
        state[END] = end
        if not _is_blank(data, begin, end):
            if row >= state[MAX_ROWS] or state[CHARACTERS] + state[AT_MOST] >= state[MAX_CHARACTERS]:
                return FULL
            stop = -1
            if sound and end - begin <= state[LONGEST]:
                stop = _record(data, begin, names, bounds, text, ids, urls, metadata, members, spans, keys, table, row)
            if stop != end:
                return UNUSUAL
            table[POSITION, row] = state[POSITION_OF]
            state[CHARACTERS] += characters_in(text, table[TEXT, row], table[TEXT, row + 1])
            if table[FLAGS, row] & UNWRITTEN:
                state[AT_MOST] += _NUMBER_SIZE * (table[METADATA, row + 1] - table[METADATA, row])
            else:
                state[CHARACTERS] += characters_in(metadata, table[METADATA, row], table[METADATA, row + 1])
            state[ROWS] += 1
        state[AT] = end + 1
        state[POSITION_OF] += 1 if state[NUMBERED] else end + 1 - begin
    return DONE
