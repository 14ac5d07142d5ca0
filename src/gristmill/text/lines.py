"""Where the lines of a text begin and end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, small_part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_set, how_many_set, where, where_of, wide_enough


class Lines(NamedTuple):
    """Row `i` has the lines `data[starts[k]:stops[k]]` for k in `range(offsets[i], offsets[i + 1])`, breaks left out.

    `offsets` has an entry for every row of the batch, and one more; rows that were not asked have no lines.
    """

    starts: Offsets
    stops: Offsets
    offsets: Offsets


@small_part
def line_end_width(data: Bytes, at: int, stop: int) -> int:
    """How many bytes of line end (as `str.splitlines` has it) lie at `at`; 0 where there is none."""
    byte = data[at]
    if byte < 32:
        if byte == 13 and at + 1 < stop and data[at + 1] == 10:
            return 2
        return 1 if 10 <= byte <= 13 or 28 <= byte <= 30 else 0
    if byte == 0xC2:
        return 2 if at + 1 < stop and data[at + 1] == 0x85 else 0
    if byte == 0xE2 and at + 2 < stop and data[at + 1] == 0x80:
        return 3 if data[at + 2] == 0xA8 or data[at + 2] == 0xA9 else 0
    return 0


@small_part
def close_lines(starts: Offsets, stops: Offsets, first: int) -> int:
    """Behind the last of the lines that follow one another closely from `first` on: they can be scanned as one."""
    last = first
    while last + 1 < len(starts) and 0 <= starts[last + 1] - stops[last] <= WIDE:
        last += 1
    return last + 1


@small_part
def _line_feeds(data: Bytes, at: int, stop: int) -> np.uint64:
    block = block_of(data, at)
    return bits_of(where(data, block, 10), block, at, stop)


@small_part
def _may_end_lines(data: Bytes, at: int, stop: int) -> np.uint64:
    """Bit k is set where `data[at + k]` may be the first byte of a line end."""
    block = block_of(data, at)
    found = where_of(data, block, 10, 4) | where_of(data, block, 28, 3)
    found |= where(data, block, 0xC2) | where(data, block, 0xE2)
    return bits_of(found, block, at, stop)


@kernel
def _newlines(data: Bytes, offsets: Offsets, rows: Offsets) -> tuple[Offsets, Offsets, Offsets]:
    total = 0
    for row in rows:
        total += 1
        for block in range(offsets[row], offsets[row + 1], WIDE):
            total += how_many_set(_line_feeds(data, block, offsets[row + 1]))
    starts = np.empty(total, np.int64)
    stops = np.empty(total, np.int64)
    bounds = np.zeros(len(offsets), np.int64)
    found = 0
    done = 0
    for row in rows:
        bounds[done : row + 1] = found
        done = row + 1
        begin = offsets[row]
        stop = offsets[row + 1]
        for block in range(begin, stop, WIDE):
            marks = _line_feeds(data, block, stop)
            while marks:
                at = block + first_set(marks)
                marks &= marks - np.uint64(1)
                starts[found] = begin
                stops[found] = at
                found += 1
                begin = at + 1
        starts[found] = begin
        stops[found] = stop
        found += 1
    bounds[done:] = found
    return starts, stops, bounds


@kernel
def _all_line_ends(data: Bytes, offsets: Offsets, rows: Offsets) -> tuple[Offsets, Offsets, Offsets]:
    total = 0
    for row in rows:
        total += 1
        for block in range(offsets[row], offsets[row + 1], WIDE):
            total += how_many_set(_may_end_lines(data, block, offsets[row + 1]))
    starts = np.empty(total, np.int64)
    stops = np.empty(total, np.int64)
    bounds = np.zeros(len(offsets), np.int64)
    found = 0
    done = 0
    for row in rows:
        bounds[done : row + 1] = found
        done = row + 1
        begin = offsets[row]
        stop = offsets[row + 1]
        for block in range(begin, stop, WIDE):
            marks = _may_end_lines(data, block, stop)
            while marks:
                at = block + first_set(marks)
                marks &= marks - np.uint64(1)
                width = line_end_width(data, at, stop) if at >= begin else 0  # the line feed of CR LF is passed over
                if width:
                    starts[found] = begin
                    stops[found] = at
                    found += 1
                    begin = at + width
        if stop > begin:
            starts[found] = begin
            stops[found] = stop
            found += 1
    bounds[done:] = found
    return starts[:found], stops[:found], bounds


def newline_lines(data: Bytes, offsets: Offsets, rows: Offsets) -> Lines:
    """Lines as `text.split("\\n")` gives them, blank ones included: an empty text has one. `rows` ascend."""
    return Lines(*_newlines(wide_enough(data), offsets, rows))


def universal_lines(data: Bytes, offsets: Offsets, rows: Offsets) -> Lines:
    """Lines as `str.splitlines` gives them, ended by any line end of Unicode: an empty text has none. `rows` ascend."""
    return Lines(*_all_line_ends(wide_enough(data), offsets, rows))
