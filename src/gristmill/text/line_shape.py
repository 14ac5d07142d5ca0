"""How the lines of a text look: how they end, how long they are, and whether they come again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.character_counts import characters_in
from gristmill.text.characters import TERMINAL, Table, decode, flags_of, previous
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.lines import Lines
from gristmill.text.many_bytes import wide_enough
from gristmill.text.measures import Counts, stripped
from gristmill.text.mixing import hashed_wide


class LineShapes(NamedTuple):
    """One entry for each asked row; blank lines are left out but for `characters` and `breaks`."""

    lines: Counts
    ended: Counts  # lines whose last character is terminal punctuation, of any script
    short: Counts
    repeated: Counts  # characters in second and later copies of lines
    characters: Counts  # of the text without line feeds
    breaks: Counts  # line feeds


@part
def _same(data: Bytes, a: int, b: int, size: int) -> bool:
    k = 0
    while k < size and data[a + k] == data[b + k]:
        k += 1
    return k == size


@part
def _seen_before(
    data: Bytes, starts: Offsets, stops: Offsets, line: int, slots: Offsets, mask: int, hashes: npt.NDArray[np.uint64]
) -> bool:
    """Whether an equal line was put into the table before; puts this one there where not. Open addressing."""
    value = hashed_wide(data, starts[line], stops[line])
    slot = int(value) & mask
    size = stops[line] - starts[line]
    while slots[slot] >= 0:
        other = slots[slot]
        alike = hashes[slot] == value and stops[other] - starts[other] == size
        if alike and _same(data, starts[other], starts[line], size):
            return True
        slot = (slot + 1) & mask
    slots[slot] = line
    hashes[slot] = value
    return False


@kernel
def _shapes(
    data: Bytes, starts: Offsets, stops: Offsets, offsets: Offsets, rows: Offsets, table: Table, short: int
) -> Counts:
    out = np.zeros((6, len(rows)), np.int64)
    most = 0
    for row in rows:
        most = max(most, offsets[row + 1] - offsets[row])
    room = 16
    while room < 2 * most:
        room *= 2
    slots = np.full(room, -1, np.int64)
    hashes = np.empty(room, np.uint64)
    for i in range(len(rows)):
        first, last = offsets[rows[i]], offsets[rows[i] + 1]
        size = 16
        while size < 2 * (last - first):
            size *= 2
        slots[:size] = -1
        for k in range(first, last):
            characters = characters_in(data, starts[k], stops[k])
            out[4, i] += characters
            start, stop = stripped(data, starts[k], stops[k])
            if start == stop:
                continue
            out[0, i] += 1
            end = previous(data, stops[k], starts[k])
            out[1, i] += flags_of(decode(data, end, stops[k])[0], table) & TERMINAL != 0
            out[2, i] += characters <= short
            if _seen_before(data, starts, stops, k, slots, size - 1, hashes):
                out[3, i] += characters
        out[5, i] = last - first - 1
    return out


def line_shapes(data: Bytes, lines: Lines, rows: Offsets, table: Table, short: int) -> LineShapes:
    """Measure the lines (`newline_lines`) of each asked row; a line of no more than `short` characters is short."""
    return LineShapes(*_shapes(wide_enough(data), *lines, rows, table, short))
