"""Where the words of a text begin and end, as white space has it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part


class Words(NamedTuple):
    """Row `i` has the words `data[starts[k]:stops[k]]` for k in `range(offsets[i], offsets[i + 1])`.

    `offsets` has an entry for every row of the batch, and one more; rows that were not asked have no words.
    """

    starts: Offsets
    stops: Offsets
    offsets: Offsets


@small_part
def space_width(data: Bytes, at: int, stop: int) -> int:
    """How many bytes of white space (`str.isspace`) lie at `at`; 0 where there is none."""
    byte = data[at]
    if byte <= 32:
        return 1 if byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31 else 0
    if byte < 0xC2 or byte > 0xE3 or at + 2 > stop:
        return 0
    after = data[at + 1]
    if byte == 0xC2:
        return 2 if after == 0x85 or after == 0xA0 else 0
    if byte < 0xE1 or at + 3 > stop:
        return 0
    last = data[at + 2]
    if byte == 0xE2:
        if after == 0x80:
            return 3 if last <= 0x8A or last == 0xA8 or last == 0xA9 or last == 0xAF else 0
        return 3 if after == 0x81 and last == 0x9F else 0
    if byte == 0xE1:
        return 3 if after == 0x9A and last == 0x80 else 0
    return 3 if after == 0x80 and last == 0x80 else 0


@part
def room_for_words(offsets: Offsets, rows: Offsets) -> int:
    """The most words the asked rows can have, each at least a byte and a space."""
    total = 0
    for row in rows:
        total += (offsets[row + 1] - offsets[row]) // 2 + 1
    return total


@kernel
def _whitespace(data: Bytes, offsets: Offsets, rows: Offsets) -> tuple[Offsets, Offsets, Offsets]:
    room = room_for_words(offsets, rows)
    starts = np.empty(room, np.int64)
    stops = np.empty(room, np.int64)
    bounds = np.zeros(len(offsets), np.int64)
    found = 0
    done = 0
    for row in rows:
        bounds[done : row + 1] = found
        done = row + 1
        stop = offsets[row + 1]
        at = begin = offsets[row]
        while at < stop:
            byte = data[at]
            if (byte > 32 and byte < 0xC2) or byte > 0xE3:
                at += 1
                continue
            width = space_width(data, at, stop)
            if width:
                if at > begin:
                    starts[found] = begin
                    stops[found] = at
                    found += 1
                at += width
                begin = at
            else:
                at += 1
        if stop > begin:
            starts[found] = begin
            stops[found] = stop
            found += 1
    bounds[done:] = found
    return starts[:found], stops[:found], bounds


def whitespace_words(data: Bytes, offsets: Offsets, rows: Offsets) -> Words:
    """Words as `str.split` gives them: runs without white space. `rows` ascend."""
    return Words(*_whitespace(data, offsets, rows))
