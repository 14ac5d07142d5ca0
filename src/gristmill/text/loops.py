"""Texts that end in the same stretch over and over, as a model does that does not stop."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel

LONGEST = 512
"""Bytes of the longest stretch that is looked for."""

WINDOW = 8192
"""Bytes from the end of a text that are looked at."""

TIMES, LEAST = 4, 64
"""A loop is a stretch that comes so many times, and has so many bytes in all."""


@kernel
def _loops(data: Bytes, offsets: Offsets, rows: Offsets, out: Offsets) -> None:
    for k in range(len(rows)):
        begin = offsets[rows[k]]
        stop = offsets[rows[k] + 1]
        while stop > begin and (data[stop - 1] <= 0x20 or data[stop - 1] == 0x2E):  # white space and full stops
            stop -= 1
        begin = max(begin, stop - WINDOW)
        for period in range(1, min(LONGEST, (stop - begin) // TIMES) + 1):
            at = stop - 1
            letters = 0  # rulers of dashes and empty table cells are no loop
            while at - period >= begin and data[at] == data[at - period]:
                byte = data[at]
                if stop - at <= period:
                    letters += int(byte >= 0x80 or 0x61 <= byte | 0x20 <= 0x7A)
                at -= 1
            size = stop - 1 - at + period
            if size >= TIMES * period and size >= LEAST and 2 * letters > period:
                out[k] = size
                break


def loops(data: Bytes, offsets: Offsets, rows: Offsets) -> Offsets:
    """Of each asked row the bytes of the loop that it ends in, the shortest stretch first; 0 where it ends in none."""
    out = np.zeros(len(rows), np.int64)
    _loops(data, offsets, rows, out)
    return out
