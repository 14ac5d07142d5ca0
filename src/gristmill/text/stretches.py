"""Texts written anew without some of their stretches."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel


@kernel
def _cut_out(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    starts: Offsets,
    stops: Offsets,
    bounds: Offsets,
    out: Bytes,
    sizes: Offsets,
) -> None:
    at = 0
    for k in range(len(rows)):
        begin, end = offsets[rows[k]], offsets[rows[k] + 1]
        copied = begin
        for n in range(bounds[k], bounds[k + 1]):
            for place in range(copied, starts[n]):
                out[at] = data[place]
                at += 1
            copied = stops[n]
            at_line_start = starts[n] == begin or data[starts[n] - 1] == 10
            if at_line_start and copied < end and data[copied] == 10:
                copied += 1
        for place in range(copied, end):
            out[at] = data[place]
            at += 1
        sizes[k + 1] = at


def cut_out(
    data: Bytes, offsets: Offsets, rows: Offsets, starts: Offsets, stops: Offsets, bounds: Offsets
) -> tuple[Bytes, Offsets]:
    """The asked rows without their stretches, as data and offsets: row k has those from `bounds[k]` on.

    They ascend, none overlaps another. One that is a whole line takes its line feed with it.
    """
    sizes = np.zeros(len(rows) + 1, np.int64)
    out = np.empty(int((offsets[rows + 1] - offsets[rows]).sum()), np.uint8)
    _cut_out(data, offsets, rows, starts, stops, bounds, out, sizes)
    return out[: sizes[-1]], sizes
